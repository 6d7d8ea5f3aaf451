/** The screen as the host last wrote it, and what a message makes of it. Pure: knows nothing of what was typed, nor of the DOM. */

import { FLAG, type FieldEntry, type ScreenChanged, type StyleRun, type Style, type WireScreen } from "./messages";

export interface Field {
  readonly start: number; // buffer address of the first data cell; its attribute is the cell before
  readonly length: number;
  readonly protected: boolean;
  readonly numeric: boolean;
  readonly hidden: boolean;
  readonly intensified: boolean;
  readonly detectable: boolean;
  readonly double: boolean; // of double-byte characters only // the light pen, or Cursor Select, does something here
}

export interface Screen {
  readonly rows: number;
  readonly columns: number;
  readonly cells: readonly string[];
  readonly styles: Uint8Array; // an index into palette for each cell
  readonly palette: readonly Style[];
  readonly fields: readonly Field[];
  readonly owner: Int16Array; // index of the field each cell is in; ATTRIBUTE for its attribute; UNFORMATTED without fields
  readonly cursor: number;
  readonly serial: number;
  readonly layout: number;
  readonly locked: boolean;
  readonly state: string;
  readonly lu: string;
  readonly alarm: boolean;
  readonly oia: string;
}

export const ATTRIBUTE = -1;
export const UNFORMATTED = -2;

/** The screen in a whole-screen message. */
export function show(wire: WireScreen): Screen {
  const size = wire.rows * wire.columns;
  const fields = wire.fields.map(field);
  const { rows, columns, palette, cursor, serial, layout, locked, state, lu, alarm, oia } = wire;
  const styles = new Uint8Array(size);
  paintStyles(styles, 0, wire.styles);
  return {
    rows, columns, palette, cursor, serial, layout, locked, state, lu, alarm, oia, fields, styles,
    cells: characters(wire.cells),
    owner: owners(fields, size),
  };
}

/** The screen after a delta; null when the delta is to another screen than this, and a whole one must be asked for. */
export function change(screen: Screen, delta: ScreenChanged): Screen | null {
  if (delta.base !== screen.serial) return null;
  const cells = delta.spans.length ? screen.cells.slice() : screen.cells;
  const styles = delta.spans.length ? screen.styles.slice() : screen.styles;
  for (const [start, text, runs] of delta.spans) {
    characters(text).forEach((c, i) => ((cells as string[])[start + i] = c));
    paintStyles(styles, start, runs);
  }
  const fields = delta.fields ? delta.fields.map(field) : screen.fields;
  const { cursor, serial, layout, locked, state, alarm, oia } = delta;
  return {
    ...screen, cursor, serial, layout, locked, state, alarm, oia, cells, styles, fields,
    palette: delta.palette ?? screen.palette,
    owner: delta.fields ? owners(fields, cells.length) : screen.owner,
  };
}

/** The field a cell is in; null on an attribute and on an unformatted screen. */
export function fieldAt(screen: Screen, address: number): Field | null {
  return screen.fields[screen.owner[address]!] ?? null;
}

/** The address of each data cell of a field, in its order; it may wrap over the end of the screen. */
export function addresses(screen: Screen, field: Field): number[] {
  const size = screen.cells.length;
  return Array.from({ length: field.length }, (_, i) => (field.start + i) % size);
}

/** One string a cell. Python counts code points, JavaScript UTF-16 units: they differ beyond U+FFFF only. */
export function characters(text: string): string[] {
  return /[\ud800-\udfff]/.test(text) ? Array.from(text) : text.split("");
}

function field([start, length, flags]: FieldEntry): Field {
  return {
    start,
    length,
    protected: (flags & FLAG.protected) !== 0,
    numeric: (flags & FLAG.numeric) !== 0,
    hidden: (flags & FLAG.hidden) !== 0,
    intensified: (flags & FLAG.intensified) !== 0,
    detectable: (flags & FLAG.detectable) !== 0,
    double: (flags & FLAG.double) !== 0,
  };
}

function owners(fields: readonly Field[], size: number): Int16Array {
  const owner = new Int16Array(size).fill(fields.length ? ATTRIBUTE : UNFORMATTED);
  fields.forEach((f, n) => {
    for (let i = 0; i < f.length; i++) owner[(f.start + i) % size] = n;
  });
  return owner;
}

function paintStyles(styles: Uint8Array, start: number, runs: readonly StyleRun[]): void {
  let at = start;
  for (const [index, count] of runs) styles.fill(index, at, (at += count));
}
