/** What a selection of cells says as text. Pure. Takes only cells that may be seen, so nothing of a hidden field is in it. */

import { NULL, WIDE_TAIL } from "./messages";

export type Shape = "block" | "stream";
export interface Selection {
  readonly from: number; // where the pointer went down
  readonly to: number; // where it is now; both cells are in
  readonly shape: Shape;
}
/** A stretch of cells in one row: columns from, to (excluded). */
export interface Stretch { readonly row: number; readonly from: number; readonly to: number }

/** The selected cells, row by row. */
export function stretches(s: Selection, columns: number): Stretch[] {
  const [first, last] = s.from <= s.to ? [s.from, s.to] : [s.to, s.from];
  const [top, bottom] = [Math.floor(first / columns), Math.floor(last / columns)];
  const [a, b] = [s.from % columns, s.to % columns];
  return Array.from({ length: bottom - top + 1 }, (_, i) => {
    const row = top + i;
    if (s.shape === "block") return { row, from: Math.min(a, b), to: Math.max(a, b) + 1 };
    return { row, from: row === top ? first % columns : 0, to: row === bottom ? (last % columns) + 1 : columns };
  });
}

/** The selected text: a line a row, nulls as blanks, no blanks at the ends of lines. */
export function selectedText(s: Selection, cells: readonly string[], columns: number): string {
  return stretches(s, columns).map((x) => rowText(cells, x.row * columns + x.from, x.row * columns + x.to)).join("\n");
}

/** The selection of the word at a cell. */
export function wordAt(cells: readonly string[], columns: number, cell: number): Selection {
  const start = cell - (cell % columns);
  let [from, to] = [cell, cell];
  const inWord = (a: number) => cells[a]! > " ";
  while (inWord(cell) && from > start && inWord(from - 1)) from--;
  while (inWord(cell) && to < start + columns - 1 && inWord(to + 1)) to++;
  return { from, to, shape: "stream" };
}

/** The text of cells `from` to `to` (excluded), as a person reads it. */
export function rowText(cells: readonly string[], from: number, to: number): string {
  return cells.slice(from, to).map(shown).join("").trimEnd();
}

const shown = (c: string) => (c === NULL || (c < " " && c !== "") ? " " : c === WIDE_TAIL ? "" : c);
