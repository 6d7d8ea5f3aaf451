/** The screens a person has seen in a session, to page back through. Pure; only what could be seen is kept, in this page's memory. */

import { rowText } from "./selection";
import type { View } from "./view";

export interface Seen {
  readonly view: View;
  readonly time: number; // ms, when it was left
  readonly left: string; // the key it was left by, "" when the host changed it
}

export const MOST_SEEN = 200;

/** Adds a screen, unless it is blank or the one before again. */
export function remember(past: readonly Seen[], seen: Seen): readonly Seen[] {
  const last = past.at(-1)?.view;
  if (seen.view.cells.every((c) => c <= " ")) return past;
  if (last && !seen.left && last.cells.length === seen.view.cells.length && last.cells.every((c, a) => c === seen.view.cells[a])) return past;
  return [...past.slice(-(MOST_SEEN - 1)), seen];
}

/** The nearest screen before `from` (or behind it, for `step` 1) that shows the text; -1 when none does. */
export function find(past: readonly Seen[], text: string, from: number, step: 1 | -1): number {
  const wanted = text.toUpperCase();
  for (let n = from + step; n >= 0 && n < past.length; n += step) if (plain(past[n]!.view).toUpperCase().includes(wanted)) return n;
  return -1;
}

/** A view as text: a line a row. */
export function plain(view: View): string {
  return Array.from({ length: view.rows }, (_, row) => rowText(view.cells, row * view.columns, (row + 1) * view.columns)).join("\n");
}
