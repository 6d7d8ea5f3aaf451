/** One session as the page has it: its socket, its keyboard, what is shown. Joins the pure parts; what it shows is in signals. */

import { signal } from "@preact/signals";
import { aidRefused, aidTaken, aidUnknown, drain, hostWrote, isAid, isWaiting, open, point, press, visible, type Key, type Keyboard, type Pressed } from "./keyboard";
import { next, recorded, told, type Step } from "./macros";
import { me } from "./me";
import type { FromPage, PrinterState, ToPage } from "./messages";
import { paste, type PasteMode } from "./paste";
import { remember, type Seen } from "./past";
import { change, show, type Screen } from "./screen";
import { Socket, type Line } from "./socket";
import { openCells, type View } from "./view";

export interface Status {
  line: Line | "none"; // none: nobody looked at it yet
  retryAt: number;
  state: "opening" | "open" | "lost" | "closed";
  reason: string;
  controller: string | null;
  viewers: { user: string; name: string }[];
}

/** A macro that is being played. `ask`: what the person is asked for, "" when nothing. */
export interface Playing { readonly name: string; readonly steps: readonly Step[]; readonly at: number; readonly ask: string }

export class LiveSession {
  readonly name = signal("");
  readonly keyboard = signal<Keyboard | null>(null);
  readonly status = signal<Status>({ line: "none", retryAt: 0, state: "opening", reason: "", controller: null, viewers: [] });
  readonly notice = signal("");
  readonly latency = signal<number | null>(null); // ms from the last AID to the screen that answered it
  readonly rings = signal(0); // how often the host rang the bell
  readonly past = signal<readonly Seen[]>([]);
  readonly looking = signal<number | null>(null); // which past screen is shown; null: the live one
  readonly recording = signal<readonly Step[] | null>(null);
  readonly playing = signal<Playing | null>(null);
  readonly filmed = signal(false); // the server records the session
  readonly printer = signal<PrinterState | null>(null); // null: none was wished for
  wishedPrinter: string | undefined; // as the session was opened with
  view: View | null = null;
  private socket: Socket<ToPage, FromPage> | null = null;
  private seq = Math.floor(Math.random() * 2 ** 40); // other viewers of the session count from elsewhere
  private readonly waiting = new Set<number>(); // seq of each AID not yet answered for
  private sentAt = 0;
  private openCells: { layout: Screen["owner"]; cells: Uint8Array } | null = null;
  private inPlay = false;

  constructor(readonly id: string, readonly host: string, name: string, readonly model = "", readonly may: "own" | "control" | "watch" = "own", private readonly purpose = "terminal") {
    this.name.value = name;
  }

  get title(): string {
    return this.name.value || this.host;
  }

  get over(): boolean {
    return this.status.value.state === "lost" || this.status.value.state === "closed";
  }

  /** Whether it ends when its tab is closed: not a colleague's, and not a lane, which its run goes on with. */
  get closes(): boolean {
    return this.may === "own" && this.purpose !== "lane";
  }

  /** Whether somebody else has the keyboard. */
  get watching(): boolean {
    const { controller } = this.status.value;
    return controller !== null && controller !== me.id;
  }

  connect(): void {
    this.socket ??= new Socket(`/terminal/${this.id}`, {
      message: (m) => this.receive(m),
      line: (line, retryAt) => this.lineIs(line, retryAt),
      ended: (code) => this.ended(code),
    });
  }

  disconnect(): void {
    this.socket?.close();
    this.socket = null;
  }

  retry(): void {
    this.socket?.retry();
  }

  /** A key of the 3270, pressed by the person. */
  press(key: Key): void {
    const k = this.keyboard.value;
    if (!k) return;
    if (this.looking.value !== null) return this.look(null); // the key was meant for a screen that is not there any more
    if (this.watching) return this.say("Somebody else has the keyboard. Take control first.");
    this.say(k.notice);
    if (this.playing.value) this.stop("The macro was stopped: you pressed a key.");
    if (isAid(key) && !isWaiting(k) && !this.socket?.isOpen) return this.say("Not connected: nothing was sent. Press it again when the line is back.");
    if (this.recording.value) this.recording.value = recorded(this.recording.value, k, key);
    this.apply(press(k, key));
  }

  type(text: string): void {
    for (const c of text) if (c >= " ") this.press(c);
  }

  /** Puts the cursor on a cell. */
  point(cell: number): void {
    const k = this.keyboard.value;
    if (k && this.looking.value === null) this.set(point(k, cell));
  }

  paste(text: string, mode: PasteMode): void {
    const k = this.keyboard.value;
    if (!k || !text || this.looking.value !== null) return;
    if (this.watching) return this.say("Somebody else has the keyboard: nothing was pasted.");
    if (isWaiting(k)) return this.say("The keyboard is locked: nothing was pasted.");
    const { keyboard, dropped } = paste(k, text, mode);
    this.set(keyboard);
    if (dropped) this.say(`${dropped} ${dropped === 1 ? "character" : "characters"} did not fit into the fields and were left out.`);
  }

  /** Shows a past screen, or the live one again. */
  look(n: number | null): void {
    const last = this.past.value.length - 1;
    if (n !== null && last < 0) this.say("There is no past screen yet.");
    this.looking.value = n === null || last < 0 || n > last ? null : Math.max(0, n);
  }

  takeControl(): void {
    this.socket?.send({ type: "take", seq: ++this.seq });
  }

  giveControl(to: string): void {
    this.socket?.send({ type: "give", seq: ++this.seq, to });
  }

  /** Plays a macro from its first step. */
  play(name: string, steps: readonly Step[]): void {
    this.look(null);
    this.playing.value = { name, steps, at: 0, ask: "" };
    this.playOn();
  }

  /** What the person was asked for: it goes into the hidden field at the cursor, and is kept nowhere. */
  answer(text: string): void {
    const { playing } = this;
    if (!playing.value?.ask) return;
    playing.value = { ...playing.value, at: playing.value.at + 1, ask: "" };
    this.inPlay = true; // all of it is typed before the next step
    for (const c of text) this.apply(press(this.keyboard.value!, c));
    this.inPlay = false;
    this.playOn();
  }

  stop(why: string): void {
    this.playing.value = null;
    this.say(why);
  }

  say(text: string): void {
    this.notice.value = text;
  }

  private playOn(): void {
    if (this.inPlay) return;
    this.inPlay = true;
    while (this.playStep());
    this.inPlay = false;
  }

  /** Does one step of the macro, if its time has come. */
  private playStep(): boolean {
    const [p, k] = [this.playing.value, this.keyboard.value];
    if (!p || !k || p.ask) return false;
    const what = next(p.steps, p.at, k);
    if (what.do === "wait") return false;
    if (what.do === "ask") this.playing.value = { ...p, ask: what.label };
    if (what.do === "done") this.stop(`${p.name}: done.`);
    if (what.do === "stop") this.stop(`${p.name} stopped at step ${p.at + 1} (${told(p.steps[p.at]!)}): ${what.why}`);
    if (what.do !== "press") return false;
    this.playing.value = { ...p, at: p.at + 1 };
    for (const key of what.keys) this.apply(press(this.keyboard.value!, key));
    return true;
  }

  private apply({ keyboard, aid, reset }: Pressed): void {
    if (aid) this.keep(aid.aid);
    this.set(keyboard);
    if (reset) this.socket?.send({ type: "reset", seq: ++this.seq });
    if (aid) {
      this.sentAt = performance.now();
      this.waiting.add(++this.seq);
      if (!this.socket?.send({ ...aid, seq: this.seq })) this.refused("Not connected: nothing was sent.");
    }
    this.playOn();
  }

  private receive(message: ToPage): void {
    switch (message.type) {
      case "screen":
        return this.screenIs(show(message.screen));
      case "delta":
        return this.changed(message);
      case "taken":
        return this.answered(message.seq, () => this.apply(drain(aidTaken(this.keyboard.value!))));
      case "refused":
        return this.answered(message.seq, () => this.refused(message.why));
      case "session":
        this.status.value = { ...this.status.value, state: message.state, reason: message.reason };
        return;
      case "control":
        this.status.value = { ...this.status.value, controller: message.controller, viewers: message.viewers };
        return;
      case "printer":
        return this.printerIs(message);
      case "problem":
        return this.say(message.message);
    }
  }

  private printerIs(now: PrinterState): void {
    const before = this.printer.value;
    this.printer.value = now;
    if (now.reason) this.say(now.state === "lost" ? `No printer: ${now.reason}` : now.reason);
    else if (before && now.jobs > before.jobs) this.say("Something was printed: look under More, Printed.");
  }

  private changed(message: Extract<ToPage, { type: "delta" }>): void {
    const k = this.keyboard.value;
    const screen = k && change(k.screen, message);
    if (screen) this.screenIs(screen);
    else this.socket?.send({ type: "repaint" });
  }

  private screenIs(screen: Screen): void {
    const k = this.keyboard.value;
    if (screen.alarm && screen.serial !== k?.screen.serial) this.rings.value++;
    if (k && screen.layout !== k.screen.layout && !isWaiting(k)) this.keep("");
    const next = k ? hostWrote(k, screen) : open(screen);
    if (this.sentAt && !isWaiting(next)) this.measured();
    this.apply(drain(next));
  }

  private answered(seq: number, what: () => void): void {
    if (this.waiting.delete(seq) && this.keyboard.value) what(); // else it is another viewer's, or one from before the line broke
  }

  private refused(why: string): void {
    this.sentAt = 0;
    if (this.playing.value) this.playing.value = null;
    this.set(aidRefused(this.keyboard.value!, why));
  }

  private measured(): void {
    this.latency.value = performance.now() - this.sentAt;
    this.sentAt = 0;
  }

  /** Keeps the screen that is about to be left. */
  private keep(left: string): void {
    if (this.view) this.past.value = remember(this.past.value, { view: this.view, time: Date.now(), left });
  }

  private lineIs(line: Line, retryAt: number): void {
    this.status.value = { ...this.status.value, line, retryAt };
    const k = this.keyboard.value;
    if (line !== "down" || !k) return;
    this.waiting.clear();
    this.sentAt = 0;
    if (this.playing.value) this.stop("The macro was stopped: the line broke.");
    this.set(aidUnknown(k));
  }

  private ended(code: number): void {
    if (code === 4401) location.assign("/auth/login");
    const { state, reason } = this.status.value;
    if (!this.over) this.status.value = { ...this.status.value, state: state === "open" || state === "opening" ? "closed" : state, reason: reason || "This session is not there any more." };
  }

  private set(keyboard: Keyboard): void {
    const before = this.keyboard.value;
    if (keyboard === before) return;
    this.view = this.viewOf(keyboard);
    if (keyboard.notice !== (before?.notice ?? "")) this.notice.value = keyboard.notice; // else what was said stays until the next key
    this.keyboard.value = keyboard;
  }

  private viewOf(k: Keyboard): View {
    const { owner } = k.screen;
    if (this.openCells?.layout !== owner) this.openCells = { layout: owner, cells: openCells(k.screen) };
    return { ...k.screen, cells: visible(k), open: this.openCells.cells, cursor: k.cursor };
  }
}
