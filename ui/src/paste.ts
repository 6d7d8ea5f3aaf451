/** Pasting: where text goes on a screen with fields. Pure. */

import { press, type Keyboard } from "./keyboard";
import * as moves from "./moves";

/**
 * fields: a line of text into the fields of one line of the screen; what does not fit is left out.
 * flow: what does not fit goes on in the next field.
 * overlay: each character to the cell it would cover, as when a copied screen is laid over another; what is protected stays.
 */
export type PasteMode = "fields" | "flow" | "overlay";

export interface Pasted {
  readonly keyboard: Keyboard;
  readonly dropped: number; // characters that found no place
}

/** Types `text` from the cursor on. A line end goes to the same column of the next line, or the first field after it; a tab to the next field. */
export function paste(k: Keyboard, text: string, mode: PasteMode = "fields"): Pasted {
  const before = { keyboard: { ...k, insert: false }, dropped: 0 };
  const after = mode === "overlay" ? overlaid(before, lines(text)) : filled(before, lines(text), mode);
  return { ...after, keyboard: { ...after.keyboard, insert: k.insert } };
}

const lines = (text: string) => text.replace(/\r\n?/g, "\n").replace(/\n+$/, "").split("\n");

function filled(start: Pasted, text: string[], mode: PasteMode): Pasted {
  const from = start.keyboard.cursor;
  let now = start;
  text.forEach((line, n) => {
    if (n) now = { ...now, keyboard: nextLine(now.keyboard, from, n) };
    for (const piece of line.split(/(\t)/)) now = piece === "\t" ? tabbed(now) : typed(now, piece, mode);
  });
  return now;
}

function tabbed({ keyboard, dropped }: Pasted): Pasted {
  return { dropped, keyboard: { ...keyboard, cursor: moves.tab(keyboard.screen, keyboard.cursor) } };
}

function typed({ keyboard, dropped }: Pasted, text: string, mode: PasteMode): Pasted {
  let k = keyboard;
  const field = k.screen.owner[k.cursor];
  let lost = dropped;
  let full = false;
  for (const c of text) {
    const next: Keyboard | null = full ? null : press(k, c).keyboard;
    if (!next || next.error) lost += c === " " ? 0 : 1;
    else {
      full = (mode === "fields" && k.screen.owner[next.cursor] !== field) || next.cursor === k.cursor;
      k = next;
    }
  }
  return { keyboard: k, dropped: lost };
}

function nextLine(k: Keyboard, from: number, n: number): Keyboard {
  const at = cellOf(k, from, n, 0) ?? 0;
  return { ...k, cursor: moves.isOpen(k.screen, at) ? at : moves.nextField(k.screen, at) };
}

function overlaid(start: Pasted, text: string[]): Pasted {
  const from = start.keyboard.cursor;
  let now = start;
  text.forEach((line, row) => [...line].forEach((c, column) => (now = laid(now, cellOf(now.keyboard, from, row, column), c))));
  return now;
}

function laid({ keyboard: k, dropped }: Pasted, at: number | null, c: string): Pasted {
  if (at === null || !moves.isOpen(k.screen, at)) return { keyboard: k, dropped: dropped + (at !== null && (k.buffer[at] === c || c === " ") ? 0 : 1) };
  const next = press({ ...k, cursor: at }, c).keyboard;
  return next.error ? { keyboard: k, dropped: dropped + 1 } : { keyboard: { ...next, cursor: at }, dropped };
}

/** The cell `row` lines below `from` and `column` to its right; null beyond the end of the line or the screen. */
function cellOf(k: Keyboard, from: number, row: number, column: number): number | null {
  const { rows, columns } = k.screen;
  const y = Math.floor(from / columns) + row;
  const x = (from % columns) + column;
  return y < rows && x < columns ? y * columns + x : null;
}
