/** One session as the page has it: its socket, its keyboard, what is shown. Joins the pure parts; what it shows is in signals. */

import { signal } from "@preact/signals";
import { aidRefused, aidTaken, aidUnknown, drain, hostWrote, isAid, isWaiting, open, point, press, visible, type Key, type Keyboard, type Pressed } from "./keyboard";
import type { FromPage, ToPage } from "./messages";
import { paste } from "./paste";
import { change, show, type Screen } from "./screen";
import { Socket, type Line } from "./socket";
import { openCells, type View } from "./view";

export interface Status {
  line: Line;
  retryAt: number;
  state: "opening" | "open" | "lost" | "closed";
  reason: string;
  controller: string | null;
  viewers: { user: string; name: string }[];
}

export class LiveSession {
  readonly keyboard = signal<Keyboard | null>(null);
  readonly status = signal<Status>({ line: "connecting", retryAt: 0, state: "opening", reason: "", controller: null, viewers: [] });
  readonly notice = signal("");
  readonly latency = signal<number | null>(null); // ms from the last AID to the screen that answered it
  readonly rings = signal(0); // how often the host rang the bell
  view: View | null = null;
  private socket: Socket<ToPage, FromPage> | null = null;
  private seq = Math.floor(Math.random() * 2 ** 40); // other viewers of the session count from elsewhere
  private waiting = new Map<number, number>(); // seq of an AID not yet answered for -> when it was sent
  private sentAt = 0;
  private openCells: { layout: Screen["owner"]; cells: Uint8Array } | null = null;

  constructor(readonly id: string, readonly host: string, readonly name: string) {}

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

  /** A key of the 3270. */
  press(key: Key): void {
    const k = this.keyboard.value;
    if (!k) return;
    if ((isAid(key) || key === "Reset") && !isWaiting(k) && !this.socket?.isOpen && key !== "Reset") {
      return this.say("Not connected: nothing was sent. Press it again when the line is back.");
    }
    this.apply(press(k, key));
  }

  type(text: string): void {
    for (const c of text) if (c >= " ") this.press(c);
  }

  /** Puts the cursor on a cell. */
  point(cell: number): void {
    const k = this.keyboard.value;
    if (k) this.set(point(k, cell));
  }

  paste(text: string): void {
    const k = this.keyboard.value;
    if (!k || !text) return;
    if (isWaiting(k)) return this.say("The keyboard is locked: nothing was pasted.");
    const { keyboard, dropped } = paste(k, text);
    this.set(keyboard);
    if (dropped) this.say(`${dropped} ${dropped === 1 ? "character" : "characters"} did not fit into the fields and were left out.`);
  }

  say(text: string): void {
    this.notice.value = text;
  }

  private apply({ keyboard, aid, reset }: Pressed): void {
    this.set(keyboard);
    if (reset) this.socket?.send({ type: "reset", seq: ++this.seq });
    if (!aid) return;
    this.sentAt = performance.now();
    this.waiting.set(++this.seq, this.sentAt);
    if (!this.socket?.send({ ...aid, seq: this.seq })) this.set(aidRefused(keyboard, "Not connected: nothing was sent."));
  }

  private receive(message: ToPage): void {
    switch (message.type) {
      case "screen":
        return this.screenIs(show(message.screen));
      case "delta":
        return this.changed(message);
      case "taken":
        return this.answered(message.seq, (k) => aidTaken(k));
      case "refused":
        return this.answered(message.seq, (k) => aidRefused(k, message.why));
      case "session":
        this.status.value = { ...this.status.value, state: message.state, reason: message.reason };
        return;
      case "control":
        this.status.value = { ...this.status.value, controller: message.controller, viewers: message.viewers };
        return;
      case "problem":
        return this.say(message.message);
    }
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
    const next = k ? hostWrote(k, screen) : open(screen);
    if (this.sentAt && !isWaiting(next)) this.measured();
    this.apply(drain(next));
  }

  private answered(seq: number, what: (k: Keyboard) => Keyboard): void {
    const k = this.keyboard.value;
    if (!this.waiting.delete(seq) || !k) return; // another viewer's, or one from before the line broke
    this.apply(drain(what(k)));
  }

  private measured(): void {
    this.latency.value = performance.now() - this.sentAt;
    this.sentAt = 0;
  }

  private lineIs(line: Line, retryAt: number): void {
    this.status.value = { ...this.status.value, line, retryAt };
    const k = this.keyboard.value;
    if (line === "down" && k) {
      this.waiting.clear();
      this.set(aidUnknown(k));
    }
  }

  private ended(code: number): void {
    if (code === 4401) location.assign("/auth/login");
    const { state, reason } = this.status.value;
    if (state === "open" || state === "opening") this.status.value = { ...this.status.value, state: "closed", reason: reason || "This session is not there any more." };
  }

  private set(keyboard: Keyboard): void {
    const before = this.keyboard.value;
    if (keyboard === before) return;
    this.view = this.viewOf(keyboard);
    this.notice.value = keyboard.notice;
    this.keyboard.value = keyboard;
  }

  private viewOf(k: Keyboard): View {
    const { owner } = k.screen;
    if (this.openCells?.layout !== owner) this.openCells = { layout: owner, cells: openCells(k.screen) };
    return { ...k.screen, cells: visible(k), open: this.openCells.cells, cursor: k.cursor };
  }
}
