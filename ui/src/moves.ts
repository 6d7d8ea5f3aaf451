/** Where the cursor goes: functions of a screen and an address. Pure. Rules of GA23-0059, "Keyboard and Operator Controls". */

import { NULL, WIDE_TAIL } from "./messages";
import { ATTRIBUTE, UNFORMATTED, addresses, fieldAt, type Field, type Screen } from "./screen";

const size = (screen: Screen) => screen.cells.length;
const wrap = (screen: Screen, address: number) => ((address % size(screen)) + size(screen)) % size(screen);
const typable = (f: Field | null) => f !== null && !f.protected && f.length > 0;

export const isUnformatted = (screen: Screen) => screen.fields.length === 0;

/** Can a character be typed at this address? */
export function isOpen(screen: Screen, address: number): boolean {
  return screen.owner[address] === UNFORMATTED || typable(fieldAt(screen, address));
}

/** First cell of the next unprotected field whose attribute is at `address` or after it; 0 when there is none. */
export function nextField(screen: Screen, address: number): number {
  const n = size(screen);
  const starts = screen.fields.filter(typable).map((f) => f.start);
  if (!starts.length) return 0;
  const distance = (start: number) => wrap(screen, start - 1 - address) || 0;
  return starts.reduce((best, s) => (distance(s) < distance(best) ? s : best), starts[0]!) % n;
}

/** Tab: the first cell of the next unprotected field. */
export const tab = (screen: Screen, cursor: number) => nextField(screen, cursor);

/** Backtab: the start of this unprotected field, or of the one before when the cursor is there already. */
export function backTab(screen: Screen, cursor: number): number {
  const starts = screen.fields.filter(typable).map((f) => f.start);
  if (!starts.length) return 0;
  const behind = (start: number) => wrap(screen, cursor - start) || size(screen); // 0 behind means: a whole turn
  return starts.reduce((best, s) => (behind(s) < behind(best) ? s : best), starts[0]!);
}

/** Home: the first unprotected field from the top. */
export const home = (screen: Screen) => nextField(screen, size(screen) - 1);

/** Behind the first attribute of an unprotected field, even one without a cell (where Erase Input leaves the cursor); 0 without any. */
export function firstOpen(screen: Screen): number {
  const starts = screen.fields.filter((f) => !f.protected).map((f) => f.start);
  const attribute = (start: number) => wrap(screen, start - 1);
  return wrap(screen, starts.reduce((best, s) => (attribute(s) < attribute(best) ? s : best), starts[0] ?? 0));
}

/** New line: the first cell on the lines below that can be typed in. */
export function newLine(screen: Screen, cursor: number): number {
  const row = wrap(screen, (Math.floor(cursor / screen.columns) + 1) * screen.columns);
  return isOpen(screen, row) ? row : nextField(screen, row);
}

export const left = (screen: Screen, cursor: number) => wrap(screen, cursor - 1);
export const right = (screen: Screen, cursor: number) => wrap(screen, cursor + 1);
export const up = (screen: Screen, cursor: number) => wrap(screen, cursor - screen.columns);
export const down = (screen: Screen, cursor: number) => wrap(screen, cursor + screen.columns);

/** End of field: behind the last character of this field; its last cell when it is full. */
export function fieldEnd(screen: Screen, buffer: readonly string[], cursor: number): number {
  const field = fieldAt(screen, cursor);
  if (!field || field.protected) return cursor;
  const cells = addresses(screen, field);
  let last = cells.length - 1;
  while (last >= 0 && blank(buffer[cells[last]!]!)) last--;
  return cells[Math.min(last + 1, cells.length - 1)]!;
}

/** x3270's NextWord: the next word of this unprotected field; without one, the cell behind the word the cursor is in, or else the
 * first word of the unprotected fields behind. Nowhere on an unformatted screen. */
export function nextWord(screen: Screen, buffer: readonly string[], cursor: number): number {
  if (isUnformatted(screen)) return cursor;
  const field = fieldAt(screen, cursor);
  if (!typable(field)) return nextTyped(screen, buffer, cursor);
  const all = addresses(screen, field!);
  const rest = all.slice(all.indexOf(cursor));
  const gap = rest.findIndex((at) => isBlank(buffer, at));
  if (gap < 0) return wrap(screen, field!.start + field!.length); // behind the word stands the next attribute
  const word = rest.slice(gap).find((at) => !isBlank(buffer, at));
  return word ?? (gap ? rest[gap]! : nextTyped(screen, buffer, cursor));
}

/** x3270's PreviousWord: the start of the word before the one the cursor is in, in this or another unprotected field. */
export function previousWord(screen: Screen, buffer: readonly string[], cursor: number): number {
  if (isUnformatted(screen)) return cursor;
  let at = cursor;
  while (isWord(screen, buffer, at)) if ((at = left(screen, at)) === cursor) return cursor;
  for (let i = 0; i < size(screen) && !isWord(screen, buffer, at); i++) at = left(screen, at);
  if (!isWord(screen, buffer, at)) return cursor;
  while (isWord(screen, buffer, left(screen, at))) at = left(screen, at);
  return at;
}

/** Where the cursor goes when a character was typed at `address`: over attributes, past fields that skip. */
export function advance(screen: Screen, address: number): number {
  let at = right(screen, address);
  for (let turns = 0; screen.owner[at] === ATTRIBUTE && turns < size(screen); turns++) {
    const begun = fieldBegunBy(screen, at);
    if (begun?.protected && begun.numeric) return nextField(screen, at);
    at = right(screen, at);
  }
  return at;
}

const blank = (c: string) => c === NULL || c === " " || c === "\x0e" || c === "\x0f";

function fieldBegunBy(screen: Screen, attribute: number): Field | undefined {
  const start = right(screen, attribute);
  return screen.fields.find((f) => f.start % size(screen) === start);
}

/** The first character of a word in an unprotected field from an address on, around the screen; the address when there is none. */
function nextTyped(screen: Screen, buffer: readonly string[], start: number): number {
  for (let i = 0; i < size(screen); i++) if (isWord(screen, buffer, wrap(screen, start + i))) return wrap(screen, start + i);
  return start;
}

const isWord = (screen: Screen, buffer: readonly string[], at: number) => isOpen(screen, at) && !isBlank(buffer, at);

/** What ends a word: a null, a blank, either half of a double-width blank. SO and SI are within words, as x3270 has them. */
function isBlank(buffer: readonly string[], at: number): boolean {
  const c = buffer[buffer[at] === WIDE_TAIL ? at - 1 : at];
  return c === NULL || c === " " || c === "\u3000";
}
