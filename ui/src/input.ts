/** Keys, clipboard and pointer of the browser, turned into keys of the 3270. Knows the DOM's events; knows nothing of fields or hosts. */

import { isAid, type Key } from "./keyboard";
import { combination, type Keymap } from "./keymap";
import type { Terminal } from "./terminal";

export type CopyKind = "text" | "table" | "html";
export interface Copied { readonly text: string; readonly html: string } // html "" when there is only text

export interface Hands {
  keymap(): Keymap;
  press(key: Key): void;
  type(text: string): void;
  paste(text: string): void;
  point(cell: number): void;
  pick(cell: number): void; // a word
  hover(cell: number): void; // -1: the pointer left
  act(cell: number): boolean; // does what a hot spot at the cell says; false when there is none
  drag(from: number, to: number, other: boolean): void; // other: with the key that asks for the other shape of selection
  unselect(): void;
  copied(kind: CopyKind): Copied | null; // null when nothing is selected
  menu(x: number, y: number, cell: number): void;
}

/** A text box nobody sees takes the keys, so that dead keys, AltGr and input methods work as everywhere. */
export class Input {
  readonly box = document.createElement("textarea");
  private composing = false;
  private tapped = ""; // a modifier that went down and nothing with it since
  private from: number | null = null;
  private dragged = false;
  private kind: CopyKind = "text";

  constructor(private readonly terminal: Terminal, private readonly hands: Hands) {
    this.dress();
    terminal.element.append(this.box);
    this.listenToKeys();
    this.listenToPointer();
  }

  focus(): void {
    this.box.focus({ preventScroll: true });
    this.caret();
  }

  /** Puts what is selected on the clipboard. */
  copy(kind: CopyKind): void {
    this.kind = kind;
    this.focus();
    document.execCommand("copy"); // the event that follows may fill the clipboard, with or without a secure context
    this.kind = "text";
  }

  /** A dialog that closed gives the focus back, but not the caret: nothing would be typed. */
  private caret(): void {
    this.box.setSelectionRange(0, 0);
  }

  private dress(): void {
    this.box.className = "keys";
    this.box.spellcheck = false;
    this.box.rows = 1;
    for (const [name, value] of [["autocapitalize", "off"], ["autocomplete", "off"], ["autocorrect", "off"], ["aria-label", "Terminal keyboard"]] as const) {
      this.box.setAttribute(name, value);
    }
  }

  private listenToKeys(): void {
    const box = this.box;
    box.addEventListener("keydown", (e) => this.keyDown(e));
    box.addEventListener("keyup", (e) => this.keyUp(e));
    box.addEventListener("input", () => this.composing || this.take());
    box.addEventListener("compositionstart", () => this.compose(true));
    box.addEventListener("compositionend", () => (this.compose(false), this.take()));
    box.addEventListener("paste", (e) => this.pasted(e));
    box.addEventListener("copy", (e) => this.fill(e));
    box.addEventListener("focus", () => this.caret());
    box.addEventListener("blur", () => (this.tapped = ""));
  }

  private listenToPointer(): void {
    const element = this.terminal.element;
    element.addEventListener("pointerdown", (e) => this.pointerDown(e));
    element.addEventListener("pointermove", (e) => this.pointerMove(e));
    element.addEventListener("pointerup", (e) => this.pointerUp(e));
    element.addEventListener("pointerleave", () => this.hands.hover(-1));
    element.addEventListener("dblclick", (e) => this.hands.pick(this.cell(e)));
    element.addEventListener("contextmenu", (e) => (e.preventDefault(), this.hands.menu(e.clientX, e.clientY, this.cell(e))));
  }

  private keyDown(event: KeyboardEvent): void {
    this.tapped = event.key === "Control" && !event.repeat ? event.code : "";
    if (event.isComposing || event.getModifierState("AltGraph")) return;
    const key = this.hands.keymap()[combination(event)];
    if (!key) return;
    event.preventDefault();
    if (event.repeat && isAid(key)) return; // a key held down is meant once
    this.hands.press(key);
  }

  private keyUp(event: KeyboardEvent): void {
    const key = this.tapped === event.code ? this.hands.keymap()[`Tap ${event.code}`] : undefined;
    this.tapped = "";
    if (key) this.hands.press(key);
  }

  private compose(on: boolean): void {
    this.composing = on;
    this.box.classList.toggle("composing", on);
  }

  private take(): void {
    const text = this.box.value;
    this.box.value = "";
    if (text) this.hands.type(text.replace(/[\r\n]/g, ""));
  }

  private pasted(event: ClipboardEvent): void {
    event.preventDefault();
    this.hands.paste(event.clipboardData?.getData("text/plain") ?? "");
  }

  private fill(event: ClipboardEvent): void {
    const copied = this.hands.copied(this.kind);
    if (!copied) return;
    event.preventDefault();
    event.clipboardData?.setData("text/plain", copied.text);
    if (copied.html) event.clipboardData?.setData("text/html", copied.html);
  }

  private cell(event: MouseEvent): number {
    return this.terminal.cellAt(event.clientX, event.clientY);
  }

  private pointerDown(event: PointerEvent): void {
    this.tapped = ""; // Ctrl and a click is no tap of Ctrl
    if (event.button !== 0) return this.focus();
    if (event.pointerType === "mouse") event.preventDefault(); // keeps the focus with the keys
    this.focus();
    this.from = this.cell(event);
    this.dragged = false;
    this.hands.unselect();
    if (event.pointerType === "mouse") this.terminal.element.setPointerCapture(event.pointerId);
  }

  private pointerMove(event: PointerEvent): void {
    const to = this.cell(event);
    if (this.from === null) return this.hands.hover(to);
    if (event.pointerType === "mouse" && (this.dragged ||= to !== this.from)) this.hands.drag(this.from, to, event.altKey);
  }

  private pointerUp(event: PointerEvent): void {
    const from = this.from;
    this.from = null;
    if (from === null || this.dragged) return;
    const cell = this.cell(event);
    if (!this.hands.act(cell)) this.hands.point(cell);
  }
}
