/** What a screen reader is told: the label of a field, what a screen is about. Pure. */

import type { Keyboard } from "./keyboard";
import { isOpen } from "./moves";
import { fieldAt, type Screen } from "./screen";
import { rowText } from "./selection";

/** The words before a field on its line, or above it: how the host labels it. "" when there are none. */
export function labelOf(screen: Screen, cell: number): string {
  const field = fieldAt(screen, cell);
  if (!field || field.protected) return "";
  const start = field.start % screen.cells.length;
  const row = Math.floor(start / screen.columns) * screen.columns;
  return words(nearest(screen, row, start)) || words(above(screen, start, field.length));
}

/** A field, as it is read out when the cursor enters it. */
export function described(k: Keyboard): string {
  const field = fieldAt(k.screen, k.cursor);
  if (!field) return k.screen.fields.length ? "Between fields" : "Unformatted screen";
  if (!isOpen(k.screen, k.cursor)) return `Protected: ${rowText(k.buffer, ...lineOf(k.screen, k.cursor)).trim()}`;
  const kind = field.hidden ? "hidden" : field.numeric ? "numeric" : "";
  const content = field.hidden ? "" : rowText(k.buffer, field.start, Math.min(field.start + field.length, k.buffer.length)).trim();
  return [labelOf(k.screen, k.cursor) || "Field", kind, `${field.length} characters`, content || (field.hidden ? "" : "empty")].filter(Boolean).join(", ");
}

/** A new screen in a sentence: its first line, and what stands on the message lines at its end. */
export function summary(screen: Screen): string {
  const lines = Array.from({ length: screen.rows }, (_, row) => squeezed(rowText(screen.cells, row * screen.columns, (row + 1) * screen.columns)));
  const title = lines.find(Boolean) ?? "";
  const message = lines.slice(-3).filter((line) => line && !/\b(?:PF|F)\d+ ?=/.test(line) && line !== title).join(". ");
  return title ? `Screen: ${title}${message && `. ${message}`}` : "Blank screen";
}

/** From the nearest field to the left that says something, to the field. */
function nearest(screen: Screen, row: number, start: number): string {
  let to = start - 1;
  while (to > row) {
    const owner = screen.owner[to - 1];
    let from = to - 1;
    while (from > row && screen.owner[from - 1] === owner) from--;
    const text = rowText(screen.cells, from, to).trim();
    if (text && !isOpen(screen, from)) return text;
    to = from;
  }
  return "";
}

function above(screen: Screen, start: number, length: number): string {
  const from = start - screen.columns;
  return from >= 0 && !isOpen(screen, from) ? rowText(screen.cells, from, from + Math.min(length, screen.columns - (from % screen.columns))).trim() : "";
}

const words = (text: string) => squeezed(text.replace(/(?:[ .]*[.:=>-]+)+\s*$/, ""));
const squeezed = (text: string) => text.replace(/\s+/g, " ").trim();
const lineOf = (screen: Screen, cell: number): [number, number] => {
  const row = cell - (cell % screen.columns);
  return [row, row + screen.columns];
};
