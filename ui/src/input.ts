/** Keys, clipboard and pointer of the browser, turned into keys of the 3270. Knows the DOM's events; knows nothing of fields or hosts. */

import { isAid, type Key } from "./keyboard";
import { combination, type Keymap } from "./keymap";
import type { Selection, Shape } from "./selection";
import type { Terminal } from "./terminal";

export interface Hands {
  keymap(): Keymap;
  press(key: Key): void;
  type(text: string): void;
  paste(text: string): void;
  point(cell: number): void;
  select(selection: Selection | null): void;
  copied(): string; // the selected text, "" when nothing is selected
}

/** A text box nobody sees takes the keys, so that dead keys, AltGr and input methods work as everywhere. */
export class Input {
  readonly box = document.createElement("textarea");
  private composing = false;
  private tapped = ""; // a modifier that went down and nothing with it since
  private from: number | null = null;

  constructor(private readonly terminal: Terminal, private readonly hands: Hands) {
    this.dress();
    terminal.element.append(this.box);
    this.box.addEventListener("keydown", (e) => this.keyDown(e));
    this.box.addEventListener("keyup", (e) => this.keyUp(e));
    this.box.addEventListener("input", () => this.composing || this.take());
    this.box.addEventListener("compositionstart", () => this.compose(true));
    this.box.addEventListener("compositionend", () => (this.compose(false), this.take()));
    this.box.addEventListener("paste", (e) => this.pasted(e));
    this.box.addEventListener("copy", (e) => this.copy(e));
    this.box.addEventListener("blur", () => (this.tapped = ""));
    terminal.element.addEventListener("pointerdown", (e) => this.pointerDown(e));
    terminal.element.addEventListener("pointermove", (e) => this.pointerMove(e));
    terminal.element.addEventListener("pointerup", (e) => this.pointerUp(e));
  }

  focus(): void {
    this.box.focus({ preventScroll: true });
  }

  private dress(): void {
    const box = this.box;
    box.className = "keys";
    box.spellcheck = false;
    box.rows = 1;
    for (const [name, value] of [["autocapitalize", "off"], ["autocomplete", "off"], ["autocorrect", "off"], ["aria-label", "Terminal keyboard"]] as const) {
      box.setAttribute(name, value);
    }
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

  private copy(event: ClipboardEvent): void {
    const text = this.hands.copied();
    if (!text) return;
    event.preventDefault();
    event.clipboardData?.setData("text/plain", text);
  }

  private pointerDown(event: PointerEvent): void {
    if (event.button !== 0) return this.focus();
    event.preventDefault(); // keeps the focus with the keys
    this.focus();
    this.hands.select(null);
    this.from = this.terminal.cellAt(event.clientX, event.clientY);
    this.terminal.element.setPointerCapture(event.pointerId);
  }

  private pointerMove(event: PointerEvent): void {
    if (this.from === null) return;
    const to = this.terminal.cellAt(event.clientX, event.clientY);
    const shape: Shape = event.altKey ? "stream" : "block";
    if (to !== this.from || this.hands.copied()) this.hands.select({ from: this.from, to, shape });
  }

  private pointerUp(event: PointerEvent): void {
    if (this.from === null) return;
    const to = this.terminal.cellAt(event.clientX, event.clientY);
    if (to === this.from && !this.hands.copied()) this.hands.point(to);
    this.from = null;
  }
}
