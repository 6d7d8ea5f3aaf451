/** Paints a screen as rows of runs in the DOM. Knows cells and styles; knows nothing of keys, fields' rules or sockets. */

import { WIDE_TAIL, type Style } from "./messages";
import type { View } from "./view";

/** A stretch of a row that looks alike: its element is kept and changed, since making elements is what costs. */
interface Run {
  readonly element: HTMLElement;
  readonly node: Text;
  name: string; // class
  text: string;
}

const SOFT_HYPHEN = "\u00ad"; // X'CA': a browser hides it, a 3270 does not
const OPEN = 256; // above any palette index
const BLANK = 512; // a field's attribute: neither underscored nor reversed, whatever its field is

export class Terminal {
  readonly element = make("div", "screen");
  readonly cursor = make("div", "cursor");
  private readonly cross = [make("div", "cross across"), make("div", "cross down")] as const;
  private readonly lineBox = make("div", "lines");
  private lines: { element: HTMLElement; runs: Run[] }[] = [];
  private painted: View | null = null;
  private names: string[] = []; // class of each kind of cell: palette index, + OPEN or BLANK
  private palette = 0; // how many kinds of style there are
  private cell = { width: 0, height: 0 };

  constructor() {
    this.lineBox.setAttribute("role", "document");
    this.lineBox.setAttribute("aria-label", "Host screen");
    for (const element of [this.cursor, ...this.cross]) element.setAttribute("aria-hidden", "true");
    this.element.append(...this.cross, this.lineBox, this.cursor);
  }

  /** Shows a view; rows that look as before are left alone. */
  paint(view: View): void {
    const before = this.painted;
    const whole = !before || before.rows !== view.rows || before.columns !== view.columns;
    if (whole) this.relay(view);
    const restyled = before?.palette !== view.palette && this.restyle(view.palette);
    for (let row = 0; row < view.rows; row++) {
      if (whole || restyled || differs(before!, view, row)) this.paintRow(view, row);
    }
    this.painted = view;
    this.placeCursor(view);
  }

  /** Gives the text the largest size at which the whole screen fits into the box, or the `fixed` one (all in CSS pixels). */
  fit(width: number, height: number, fixed = 0): void {
    const view = this.painted;
    if (!view || width < 50 || height < 50) return;
    const size = fixed || Math.max(6, Math.min(width / (view.columns * this.advance()), height / (view.rows * 1.16), 40));
    const line = Math.max(size * 1.16, Math.min(size * 1.42, height / view.rows));
    const style = this.element.style;
    style.setProperty("--size", `${size.toFixed(2)}px`);
    style.setProperty("--line", `${line.toFixed(2)}px`);
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
    this.lines = Array.from({ length: view.rows }, () => ({ element: make("div", "line"), runs: [] }));
    this.lineBox.replaceChildren(...this.lines.map((line) => line.element));
    this.element.style.setProperty("--columns", String(view.columns));
    this.element.style.setProperty("--rows", String(view.rows));
    this.painted = view;
    this.measure();
  }

  private measure(): void {
    const { width, height } = this.lineBox.getBoundingClientRect();
    const { rows, columns } = this.painted!;
    this.cell = { width: width / columns || 1, height: height / rows || 1 };
  }

  /** Width of a character, in em. */
  private advance(): number {
    const probe = make("span", "probe");
    probe.textContent = "0".repeat(100);
    this.element.append(probe);
    const width = probe.getBoundingClientRect().width / 100 / 100; // the probe is set in 100px
    probe.remove();
    return width || 0.6;
  }

  private placeCursor({ cursor, columns, cells, styles }: View): void {
    const row = Math.floor(cursor / columns);
    const { width, height } = this.cell;
    const [x, y] = [(cursor - row * columns) * width, row * height];
    this.cursor.style.transform = `translate(${x}px, ${y}px)`;
    this.cross[0].style.transform = `translateY(${y}px)`;
    this.cross[1].style.transform = `translateX(${x}px)`;
    const text = glyph(cells[cursor]!);
    if (this.cursor.textContent !== text) this.cursor.textContent = text;
    const name = `cursor ${this.names[styles[cursor]!] ?? ""}`;
    if (this.cursor.className !== name) this.cursor.className = name;
  }

  /** Takes up a palette; false when it is the one before, made again. */
  private restyle(palette: readonly Style[]): boolean {
    const plain = palette.map(classOf);
    if (plain.length === this.palette && plain.every((name, i) => name === this.names[i])) return false;
    this.palette = plain.length;
    this.names = [];
    plain.forEach((name, i) => {
      this.names[i] = name;
      this.names[i | OPEN] = `${name} open`;
      this.names[i | BLANK] = name.split(" ")[0]!;
    });
    return true;
  }

  private paintRow(view: View, row: number): void {
    const { columns, cells, styles, open } = view;
    const line = this.lines[row]!;
    const end = (row + 1) * columns;
    let n = 0;
    for (let at = row * columns; at < end; n++) {
      const kind = styles[at]! | (open[at]! << 8);
      const from = at;
      let text = "";
      for (; at < end && (styles[at]! | (open[at]! << 8)) === kind && isPlain(cells, at); at++) text += glyph(cells[at]!);
      const box = at === from ? boxOf(cells, at++) : "";
      show(line, n, this.names[kind] + box, box === " gone" ? "" : text || glyph(cells[from]!).replace(SOFT_HYPHEN, "-"));
    }
    for (const run of line.runs.splice(n)) run.element.remove();
  }
}

function show(line: { element: HTMLElement; runs: Run[] }, n: number, name: string, text: string): void {
  const run = line.runs[n];
  if (!run) {
    line.runs.push(added(line.element, name, text));
    return;
  }
  if (run.text !== text) run.node.data = run.text = text;
  if (run.name !== name) run.element.className = run.name = name;
}

function added(line: HTMLElement, name: string, text: string): Run {
  const element = make("span", name);
  const node = document.createTextNode(text);
  element.append(node);
  line.append(element);
  return { element, node, name, text };
}

/** A glyph the font may lack gets a box of its own, so that the columns stay straight. */
function boxOf(cells: readonly string[], at: number): string {
  if (cells[at] === WIDE_TAIL) return " gone";
  return cells[at + 1] === WIDE_TAIL ? " box wide" : " box";
}

function make(tag: string, name: string): HTMLElement {
  const element = document.createElement(tag);
  element.className = name;
  return element;
}

const clamp = (n: number, limit: number) => Math.max(0, Math.min(limit - 1, n));

function differs(before: View, view: View, row: number): boolean {
  const from = row * view.columns;
  return (
    (before.cells !== view.cells && unlike(before.cells, view.cells, from, view.columns)) ||
    (before.styles !== view.styles && unlike(before.styles, view.styles, from, view.columns)) ||
    (before.open !== view.open && unlike(before.open, view.open, from, view.columns))
  );
}

function unlike(a: ArrayLike<unknown>, b: ArrayLike<unknown>, from: number, count: number): boolean {
  for (let i = from; i < from + count; i++) if (a[i] !== b[i]) return true;
  return false;
}

/** Latin letters, Greek and Cyrillic are in the font; a control code has a glyph of ours. */
function isPlain(cells: readonly string[], at: number): boolean {
  const c = cells[at]!;
  return c.length === 1 && c.charCodeAt(0) < 0x530 && cells[at + 1] !== WIDE_TAIL && c !== SOFT_HYPHEN;
}

function glyph(c: string): string {
  if (c > "\x1f" && c !== "\x7f") return c;
  if (c === "\x1c") return "*"; // Dup
  if (c === "\x1e") return ";"; // Field Mark
  return " ";
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
