/** The terminal of one session in the page: makes renderer and input, keeps them fed and fitted. */

import { effect } from "@preact/signals";
import { useLayoutEffect, useRef } from "preact/hooks";
import { everything, htmlOf, htmlTable, tabSeparated, tableOf } from "../export";
import { hotSpotAt } from "../hotspots";
import { Input, type Copied, type CopyKind } from "../input";
import { selectedText, stretches, wordAt, type Selection, type Stretch } from "../selection";
import type { LiveSession } from "../session";
import { font, fontSize, hotSpots, keymap, pasteMode, selectShape } from "../settings";
import { Terminal } from "../terminal";
import type { View } from "../view";
import { runCommand } from "./commands";
import { front } from "./state";
import { screenMenu } from "./screenmenu";

/** A terminal on the page, for menus and buttons elsewhere. */
export interface Mounted {
  readonly input: Input;
  readonly view: View | null;
  select(selection: Selection | null): void;
  extend(by: number): void;
}

const mounted = new Map<string, Mounted>();

export const terminalOf = (session: LiveSession): Mounted | undefined => mounted.get(session.id);

/** Gives the keyboard back to the terminal in front. */
export function refocus(): void {
  if (front.value) mounted.get(front.value)?.input.focus();
}

export function ScreenView({ session }: { session: LiveSession }) {
  const box = useRef<HTMLDivElement>(null);
  useLayoutEffect(() => new ScreenMount(box.current!, session).stop, [session]); // before the next key: it is for this session
  return <div class="stage" ref={box} />;
}

const PADDING = 14; // CSS pixels around the screen

class ScreenMount implements Mounted {
  readonly input: Input;
  private readonly terminal = new Terminal();
  private readonly marks = new Marks(this.terminal);
  private readonly refit = () => this.fit();
  private readonly watch = new ResizeObserver(this.refit);
  private readonly ends: (() => void)[];
  private shape = "";
  private selection: Selection | null = null;

  constructor(private readonly box: HTMLElement, private readonly session: LiveSession) {
    this.input = new Input(this.terminal, this.hands());
    box.append(this.terminal.element);
    mounted.set(session.id, this);
    this.ends = [effect(() => this.draw()), effect(() => void [font.value, fontSize.value, this.fit()])];
    this.watch.observe(box);
    document.fonts.addEventListener("loadingdone", this.refit);
    session.connect();
    if (front.peek() === session.id) this.input.focus();
  }

  readonly stop = (): void => {
    for (const end of this.ends) end();
    this.watch.disconnect();
    document.fonts.removeEventListener("loadingdone", this.refit);
    this.terminal.element.remove();
    if (mounted.get(this.session.id) === this) mounted.delete(this.session.id);
  };

  /** What is shown: the live screen, or one of the past. */
  get view(): View | null {
    const n = this.session.looking.value;
    return n === null ? this.session.view : (this.session.past.value[n]?.view ?? this.session.view);
  }

  select(selection: Selection | null): void {
    this.selection = selection;
    this.marks.show("selected", selection ? stretches(selection, this.view?.columns ?? 80) : []);
  }

  /** Moves the end of the selection, which begins at the cursor. */
  extend(by: number): void {
    const view = this.view;
    if (!view) return;
    const { from, to } = this.selection ?? { from: view.cursor, to: view.cursor };
    const end = to + by;
    if (end >= 0 && end < view.cells.length) this.select({ from, to: this.selection ? end : to, shape: selectShape.value });
  }

  private hands() {
    const { session } = this;
    return {
      keymap: () => keymap.value,
      press: (key: string) => {
        if (runCommand(key, session)) return;
        this.select(null);
        session.press(key);
      },
      type: (text: string) => (this.select(null), session.type(text)),
      paste: (text: string) => session.paste(text, pasteMode.value),
      point: (cell: number) => session.point(cell),
      pick: (cell: number) => this.view && this.select(wordAt(this.view.cells, this.view.columns, cell)),
      hover: (cell: number) => this.hover(cell),
      act: (cell: number) => this.act(cell),
      drag: (from: number, to: number, other: boolean) => this.select({ from, to, shape: (selectShape.value === "block") !== other ? "block" : "stream" }),
      unselect: () => this.select(null),
      copied: (kind: CopyKind) => this.copied(kind),
      menu: (x: number, y: number, cell: number) => screenMenu(session, x, y, cell, this.selection !== null),
    };
  }

  private copied(kind: CopyKind): Copied | null {
    const view = this.view;
    if (!view || (!this.selection && kind !== "html")) return null;
    const selection = this.selection ?? everything(view);
    const text = selectedText(selection, view.cells, view.columns);
    if (kind === "html") return { text, html: htmlOf(view, selection) };
    if (kind === "text") return { text, html: "" };
    const table = tableOf(view, selection);
    return { text: tabSeparated(table), html: htmlTable(table) };
  }

  private spot(cell: number) {
    return hotSpots.value && cell >= 0 && this.view && this.session.looking.value === null ? hotSpotAt(this.view, cell) : null;
  }

  private hover(cell: number): void {
    const spot = this.spot(cell);
    const columns = this.view?.columns ?? 80;
    this.terminal.element.classList.toggle("pointing", spot !== null);
    this.marks.show("hot", spot ? stretches({ from: spot.from, to: spot.to - 1, shape: "stream" }, columns) : []);
  }

  private act(cell: number): boolean {
    const spot = this.spot(cell);
    if (!spot) return false;
    this.hover(-1);
    if (spot.aid) this.session.press(spot.aid);
    else window.open(spot.url, "_blank", "noopener,noreferrer");
    return true;
  }

  private draw(): void {
    const keyboard = this.session.keyboard.value;
    const view = this.view;
    if (!keyboard || !view) return;
    this.terminal.paint(view);
    this.terminal.element.classList.toggle("inserting", keyboard.insert);
    if (this.shape !== `${view.rows}x${view.columns}`) {
      this.shape = `${view.rows}x${view.columns}`;
      this.fit();
    }
    this.input.box.style.transform = this.terminal.cursor.style.transform;
  }

  private fit(): void {
    this.terminal.fit(this.box.clientWidth - 2 * PADDING, this.box.clientHeight - 2 * PADDING, fontSize.peek());
    this.input.box.style.transform = this.terminal.cursor.style.transform;
    this.select(null);
  }
}

/** The marks over cells: what is selected, and the hot spot under the pointer. */
class Marks {
  private readonly layer = document.createElement("div");
  private readonly shown = new Map<string, HTMLElement[]>();

  constructor(private readonly terminal: Terminal) {
    this.layer.className = "marks";
    this.layer.setAttribute("aria-hidden", "true");
    terminal.element.append(this.layer);
  }

  show(kind: string, parts: readonly Stretch[]): void {
    const before = this.shown.get(kind) ?? [];
    if (!before.length && !parts.length) return;
    for (const mark of before) mark.remove();
    this.shown.set(kind, parts.map((part) => this.mark(kind, part)));
  }

  private mark(kind: string, { row, from, to }: Stretch): HTMLElement {
    const { width, height } = this.terminal.cellSize;
    const mark = document.createElement("div");
    mark.className = kind;
    mark.style.transform = `translate(${from * width}px, ${row * height}px)`;
    mark.style.width = `${(to - from) * width}px`;
    mark.style.height = `${height}px`;
    this.layer.append(mark);
    return mark;
  }
}
