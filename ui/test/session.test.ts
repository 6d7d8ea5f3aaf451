/** A session of the page against a server that is played here: what it sends, when, and what it says when it can't. */

import { afterEach, beforeEach, expect, test, vi } from "vitest";
import type { AidPressed, FromPage, ToPage } from "../src/messages";
import { LiveSession } from "../src/session";
import { wire } from "./picture";

const FORM = ["%SIGN ON             ", "%USER_....%PW!....%  "];
const MENU = ["%MENU                ", "%OPTION_.%           "];

/** The WebSocket of a page, and the server at its other end. */
class Line {
  static readonly OPEN = 1;
  static all: Line[] = [];
  static get last(): Line {
    return Line.all.at(-1)!;
  }
  readyState = 0;
  readonly sent: FromPage[] = [];
  onopen = () => {};
  onmessage = (_: { data: string }) => {};
  onclose = (_: { code: number }) => {};

  constructor(readonly url: string) {
    Line.all.push(this);
  }

  send(text: string): void {
    this.sent.push(JSON.parse(text) as FromPage);
  }

  close(): void {
    this.readyState = 3;
  }

  opens(): this {
    this.readyState = Line.OPEN;
    this.onopen();
    return this;
  }

  breaks(code = 1012): void {
    this.readyState = 3;
    this.onclose({ code });
  }

  says(...messages: ToPage[]): void {
    for (const message of messages) this.onmessage({ data: JSON.stringify(message) });
  }

  get aids(): AidPressed[] {
    return this.sent.filter((message) => message.type === "aid");
  }
}

const names = { session: "s-1", connection: "c-1" };
const shows = (rows: string[], more: object = {}): ToPage => ({ type: "screen", session: "s-1", screen: wire(rows, more) });
const taken = (aid: AidPressed): ToPage => ({ type: "taken", seq: aid.seq, ...names });
const refuses = (aid: AidPressed, why: string): ToPage => ({ type: "refused", seq: aid.seq, code: "stale", why, ...names });
const control = (controller: string | null): ToPage => ({ type: "control", session: "s-1", controller, viewers: controller ? [{ user: controller, name: "Anna" }] : [] });
const ends = (state: "lost" | "closed", reason: string): ToPage => ({ type: "session", session: "s-1", state, reason, host: "demo", lu: "", worker: "w" });
const shown = (session: LiveSession, row: number) => session.view!.cells.slice(row * 21, row * 21 + 21).join("").replaceAll("\0", ".");

beforeEach(() => {
  vi.useFakeTimers();
  Line.all = [];
  vi.stubGlobal("WebSocket", Line);
  vi.stubGlobal("location", { href: "http://page/", assign: vi.fn() });
  vi.stubGlobal("window", globalThis);
  vi.stubGlobal("addEventListener", () => {});
  vi.stubGlobal("removeEventListener", () => {});
  vi.stubGlobal("document", { visibilityState: "visible", addEventListener: () => {}, removeEventListener: () => {} });
});
afterEach(() => (vi.useRealTimers(), vi.unstubAllGlobals()));

/** A session whose line is open and whose screen is there. */
function at(rows = FORM, more: object = { cursor: 27 }): LiveSession {
  const session = new LiveSession("s-1", "demo", "");
  session.connect();
  Line.last.opens().says(shows(rows, more));
  return session;
}

test("typing sends nothing; an AID sends what was typed, once", () => {
  const session = at();
  session.type("me");
  expect(Line.last.sent).toEqual([]);
  session.press("Enter");
  session.press("Enter"); // the keyboard is locked: this one waits
  expect(Line.last.aids).toMatchObject([{ type: "aid", aid: "Enter", screen: 1, fields: [[27, "me\0\0"]] }]);
});

test("each AID has a number of its own, and an answer to another's is nobody's", () => {
  const session = at();
  session.press("Enter");
  const [first] = Line.last.aids;
  Line.last.says({ type: "refused", seq: first!.seq + 1, code: "stale", why: "Another's", ...names });
  expect(session.keyboard.value!.sent).not.toBeNull();
  Line.last.says(taken(first!), shows(MENU, { serial: 2, layout: 2, cursor: 29 }));
  session.press("PF3");
  expect(Line.last.aids[1]!.seq).not.toBe(first!.seq);
});

test("what is typed ahead is typed when the host has written, and its AID goes out then", () => {
  const session = at();
  session.press("Enter");
  Line.last.says(taken(Line.last.aids[0]!));
  session.type("me");
  session.press("PF5");
  expect(Line.last.aids).toHaveLength(1);
  Line.last.says(shows(FORM, { serial: 2, cursor: 27 }));
  expect(Line.last.aids[1]).toMatchObject({ aid: "PF5", screen: 2, fields: [[27, "me\0\0"]] });
});

test("a refused AID gives the keyboard back with what was typed, and says why", () => {
  const session = at();
  session.type("me");
  session.press("Enter");
  Line.last.says(refuses(Line.last.aids[0]!, "The screen has changed."));
  expect(session.keyboard.value!.sent).toBeNull();
  expect(shown(session, 1)).toContain("me..");
  expect(session.notice.value).toContain("The screen has changed.");
});

test("with the line down no AID is sent, then or later, and typing goes on", () => {
  const session = at();
  Line.last.breaks();
  session.type("me");
  session.press("Enter");
  expect(session.notice.value).toBe("Not connected: nothing was sent. Press it again when the line is back.");
  vi.advanceTimersByTime(1000);
  expect(Line.all).toHaveLength(2);
  Line.last.opens().says(shows(FORM, { cursor: 27 }));
  expect(Line.last.sent).toEqual([]);
  expect(shown(session, 1)).toContain("me..");
});

test("an AID that was under way when the line broke is not sent again", () => {
  const session = at();
  session.press("Enter");
  Line.last.breaks();
  vi.advanceTimersByTime(1000);
  Line.last.opens().says(shows(FORM, { cursor: 27 }));
  expect(Line.last.aids).toEqual([]);
  session.press("Enter"); // the person's own choice
  expect(Line.last.aids).toHaveLength(1);
});

test("a delta on a screen that is not here asks for a whole one", () => {
  const session = at();
  Line.last.says({ type: "delta", session: "s-1", base: 7, serial: 8, layout: 1, cursor: 0, locked: false, oia: "", alarm: false, state: "tn3270e", spans: [], palette: null, fields: null });
  expect(Line.last.sent).toEqual([{ type: "repaint" }]);
  expect(session.keyboard.value!.screen.serial).toBe(1);
});

test("what is typed into a hidden field goes to the host, and into no view", () => {
  const session = at(FORM, { cursor: 35 });
  session.type("pw");
  expect(session.view!.cells.join("")).not.toContain("p");
  session.press("Enter");
  expect(Line.last.aids[0]!.fields).toEqual([[35, "pw\0\0"]]);
  expect(session.past.value[0]!.view.cells.join("")).not.toContain("p");
});

test("the screen that an AID leaves is kept, and a key pressed at a past one is not sent", () => {
  const session = at();
  session.press("Enter");
  Line.last.says(taken(Line.last.aids[0]!), shows(MENU, { serial: 2, layout: 2, cursor: 29 }));
  expect(session.past.value.map(({ left }) => left)).toEqual(["Enter"]);
  session.look(0);
  session.press("PF3");
  expect([session.looking.value, Line.last.aids.length]).toEqual([null, 1]);
});

test("before there is a past screen, looking for one takes no key away", () => {
  const session = at();
  session.look(-1);
  expect([session.looking.value, session.notice.value]).toEqual([null, "There is no past screen yet."]);
  session.press("Enter");
  expect(Line.last.aids).toHaveLength(1);
});

test("while somebody else has the keyboard nothing is typed, pasted or sent", () => {
  const session = at();
  Line.last.says(control("u-anna"));
  session.press("x");
  expect(session.notice.value).toBe("Somebody else has the keyboard. Take control first.");
  session.paste("x", "fields");
  session.press("Enter");
  expect([shown(session, 1).includes("x"), Line.last.sent]).toEqual([false, []]);
  session.takeControl();
  expect(Line.last.sent).toMatchObject([{ type: "take" }]);
});

test("nothing is pasted into a locked keyboard", () => {
  const session = at();
  session.press("Enter");
  session.paste("me", "fields");
  expect(session.notice.value).toBe("The keyboard is locked: nothing was pasted.");
  expect(session.keyboard.value!.ahead).toEqual([]);
});

test("Reset drops what was typed ahead and tells the owner", () => {
  const session = at();
  session.press("Enter");
  session.type("me");
  session.press("Reset");
  expect(session.keyboard.value!.ahead).toEqual([]);
  expect(Line.last.sent.at(-1)).toMatchObject({ type: "reset" });
});

test("a macro types, waits for the host, asks for what is hidden, and goes on", () => {
  const session = at();
  session.play("Sign on", [{ expect: "SIGN ON" }, { type: "me" }, { key: "Tab" }, { ask: "PW" }, { key: "Enter" }, { expect: "MENU" }, { type: "1" }]);
  expect(session.playing.value!.ask).toBe("PW");
  session.answer("pw");
  expect(Line.last.aids[0]!.fields).toEqual([[27, "me\0\0"], [35, "pw\0\0"]]);
  expect(session.playing.value!.at).toBe(5);
  Line.last.says(taken(Line.last.aids[0]!), shows(MENU, { serial: 2, layout: 2, cursor: 29 }));
  expect([session.playing.value, session.notice.value, shown(session, 1).includes("1")]).toEqual([null, "Sign on: done.", true]);
});

test("a key pressed by hand stops a macro, and so does a line that breaks", () => {
  const session = at();
  const steps = [{ expect: "NEVER" }];
  session.play("Waits", steps);
  session.press("x");
  expect(session.playing.value).toBeNull();
  session.play("Waits", steps);
  Line.last.breaks();
  expect([session.playing.value, session.notice.value]).toEqual([null, "The macro was stopped: the line broke."]);
});

test("a session that ended says why, and its line is not opened again", () => {
  const session = at();
  Line.last.says(ends("lost", "The host hung up."));
  Line.last.breaks(4410);
  vi.advanceTimersByTime(60_000);
  expect(Line.all).toHaveLength(1);
  expect([session.over, session.status.value.reason]).toEqual([true, "The host hung up."]);
});

test("a line that is refused as not there counts as a closed session; one not signed in goes to the sign-in", () => {
  const gone = at();
  Line.last.breaks(4404);
  expect([gone.over, gone.status.value.reason]).toEqual([true, "This session is not there any more."]);
  at();
  Line.last.breaks(4401);
  expect(location.assign).toHaveBeenCalledWith("/auth/login");
});

test("a session that was left is not brought back", () => {
  const session = at();
  session.disconnect();
  Line.last.breaks(1000);
  vi.advanceTimersByTime(60_000);
  expect(Line.all).toHaveLength(1);
});

test("the bell rings once a screen, and a lane or a colleague's session does not end with its tab", () => {
  const session = at();
  Line.last.says(shows(FORM, { serial: 2, alarm: true }), shows(FORM, { serial: 2, alarm: true }));
  expect(session.rings.value).toBe(1);
  expect([session, new LiveSession("s", "h", "", "", "watch"), new LiveSession("s", "h", "", "", "own", "lane")].map((s) => s.closes)).toEqual([true, false, false]);
});
