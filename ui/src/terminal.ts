/** Paints a screen as rows of runs in the DOM. Knows cells and styles; knows nothing of keys, fields' rules or sockets. */

import { NULL, WIDE_TAIL, type Style } from "./messages";

/** What is to be seen. `open` tells which cells can be typed in, so that they can be marked. */
export interface View {
  rows: number;
  columns: number;
  cells: readonly string[];
  styles: Uint8Array;
  palette: readonly Style[];
  open: Uint8Array;
  cursor: number;
}

const OPEN = 256; // above any palette index

export class Terminal {
  readonly element = make("div", "screen");
  readonly cursor = make("div", "cursor");
  private readonly lines: HTMLElement[] = [];
  private readonly lineBox = make("div", "lines");
  private painted: View | null = null;
  private classes: string[] = [];
  private cell = { width: 0, height: 0 };

  constructor() {
    this.lineBox.setAttribute("role", "document");
    this.lineBox.setAttribute("aria-label", "Host screen");
    this.cursor.setAttribute("aria-hidden", "true");
    this.element.append(this.lineBox, this.cursor);
  }

  /** Shows a view; rows that look as before are left alone. */
  paint(view: View): void {
    const before = this.painted;
    const whole = !before || before.rows !== view.rows || before.columns !== view.columns;
    if (whole) this.relay(view);
    const restyled = whole || before!.palette !== view.palette;
    if (restyled) this.classes = view.palette.map(classOf);
    for (let row = 0; row < view.rows; row++) {
      if (restyled || differs(before!, view, row)) this.paintRow(view, row);
    }
    this.painted = view;
    this.placeCursor(view);
  }

  /** Gives the text the largest size at which the whole screen fits into the box (in CSS pixels). */
  fit(width: number, height: number): void {
    const view = this.painted;
    if (!view || width < 50 || height < 50) return;
    const advance = this.advance();
    const size = Math.max(7, Math.min(width / (view.columns * advance), height / (view.rows * 1.16), 40));
    const line = Math.max(size * 1.16, Math.min(size * 1.42, height / view.rows));
    const style = this.element.style;
    style.setProperty("--size", `${size.toFixed(2)}px`);
    style.setProperty("--line", `${line.toFixed(2)}px`);
    style.setProperty("--columns", String(view.columns));
    this.measure();
    this.placeCursor(view);
  }

  /** The cell under a point of the window, the nearest one when the point is outside. */
  cellAt(x: number, y: number): number {
    const box = this.lineBox.getBoundingClientRect();
    const { rows, columns } = this.painted ?? { rows: 1, columns: 1 };
    const row = clamp(Math.floor((y - box.top) / this.cell.height), rows);
    const column = clamp(Math.floor((x - box.left) / this.cell.width), columns);
    return row * columns + column;
  }

  get cellSize(): Readonly<{ width: number; height: number }> {
    return this.cell;
  }

  private relay(view: View): void {
    this.lines.length = 0;
    for (let row = 0; row < view.rows; row++) this.lines.push(make("div", "line"));
    this.lineBox.replaceChildren(...this.lines);
    this.element.style.setProperty("--columns", String(view.columns));
    this.measure();
  }

  private measure(): void {
    const line = this.lines[0];
    const columns = this.painted?.columns ?? 80;
    if (!line) return;
    const { width, height } = this.lineBox.getBoundingClientRect();
    this.cell = { width: width / columns || 1, height: height / this.lines.length || 1 };
  }

  /** Width of a character, in em. */
  private advance(): number {
    const probe = make("span", "probe");
    probe.textContent = "M".repeat(100);
    this.element.append(probe);
    const width = probe.getBoundingClientRect().width / 100 / 100; // the probe is set in 100px
    probe.remove();
    return width || 0.6;
  }

  private placeCursor({ cursor, columns, cells, styles }: View): void {
    const row = Math.floor(cursor / columns);
    const { width, height } = this.cell;
    this.cursor.style.transform = `translate(${(cursor - row * columns) * width}px, ${row * height}px)`;
    this.cursor.textContent = glyph(cells[cursor]!);
    this.cursor.className = `cursor ${this.classes[styles[cursor]!] ?? ""}`;
  }

  private paintRow(view: View, row: number): void {
    const { columns, cells, styles, open } = view;
    const end = (row + 1) * columns;
    const runs: HTMLElement[] = [];
    for (let at = row * columns; at < end; ) {
      const kind = styles[at]! | (open[at] ? OPEN : 0);
      let text = "";
      const from = at;
      for (; at < end && (styles[at]! | (open[at] ? OPEN : 0)) === kind && isPlain(cells, at); at++) text += glyph(cells[at]!);
      if (at === from) runs.push(this.boxed(cells, kind, at++));
      else runs.push(this.run(kind, text));
    }
    this.lines[row]!.replaceChildren(...runs);
  }

  private run(kind: number, text: string, more = ""): HTMLElement {
    const span = make("span", `${this.classes[kind & 255] ?? ""}${kind & OPEN ? " open" : ""}${more}`);
    span.textContent = text;
    return span;
  }

  /** A glyph the font may lack, in a box of its own so that the columns stay straight. */
  private boxed(cells: readonly string[], kind: number, at: number): HTMLElement {
    if (cells[at] === WIDE_TAIL) return this.run(kind, "", " gone");
    return this.run(kind, cells[at]!, cells[at + 1] === WIDE_TAIL ? " box wide" : " box");
  }
}

function make(tag: string, name: string): HTMLElement {
  const element = document.createElement(tag);
  element.className = name;
  return element;
}

const clamp = (n: number, limit: number) => Math.max(0, Math.min(limit - 1, n));

function differs(before: View, view: View, row: number): boolean {
  if (before.cells === view.cells && before.styles === view.styles && before.open === view.open) return false;
  const end = (row + 1) * view.columns;
  for (let a = row * view.columns; a < end; a++) {
    if (before.cells[a] !== view.cells[a] || before.styles[a] !== view.styles[a] || before.open[a] !== view.open[a]) return true;
  }
  return false;
}

/** Latin letters, Greek and Cyrillic are in the font; a control code has a glyph of ours. */
function isPlain(cells: readonly string[], at: number): boolean {
  const c = cells[at]!;
  return c.length === 1 && c.charCodeAt(0) < 0x530 && cells[at + 1] !== WIDE_TAIL;
}

function glyph(c: string): string {
  if (c > "\x1f" && c !== "\x7f") return c;
  if (c === "\x1c") return "*"; // Dup
  if (c === "\x1e") return ";"; // Field Mark
  return c === NULL ? " " : " ";
}

function classOf(style: Style): string {
  const names = [`c${style.colour & 15}`];
  if (style.background) names.push(`b${style.background & 15}`);
  if (style.reverse) names.push("reverse");
  if (style.underscore) names.push("under");
  if (style.blink) names.push("blink");
  if (style.intensified) names.push("bright");
  return names.join(" ");
}
