/** Typing where double-width characters stand: functions of one field's cells. Pure; app/screen/wide.py is its twin and says why. */

import { NULL, WIDE_TAIL } from "./messages";

const SO = "\x0e";
const SI = "\x0f";
const WIDE =
  /^[\u1100-\u115f\u2e80-\u303e\u3041-\ua4cf\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe4f\uff01-\uff60\uffe0-\uffe6\u{20000}-\u{3fffd}]$/u;

/** A field's new cells and the cursor's place among them (their number: behind the last), or an operator error. */
export type Edited = { readonly cells: readonly string[]; readonly at: number } | "X DBCS" | "X Overflow" | "X Protected";
type Put = (cells: readonly string[], at: number, fresh: readonly string[], cursor: number) => Edited;

const isShift = (c: string | undefined) => c === SO || c === SI;
const belongs = (c: string | undefined) => isShift(c) || c === WIDE_TAIL;
const nulls = (count: number): string[] => Array.from({ length: count }, () => NULL);

/** Does this character take two cells? */
export const isWide = (c: string) => WIDE.test(c);

/** What a key makes of a field; null when nothing double-width is concerned, so that the key does what it always does. */
export function edit(cells: readonly string[], at: number, key: string, insert: boolean, whole: boolean): Edited | null {
  const typed = [...key].length === 1;
  if (!(typed && isWide(key)) && !whole && !cells.some(belongs)) return null;
  if (typed) return isWide(key) ? typeWide(cells, at, key, insert, whole) : typeSingle(cells, at, key, insert, whole);
  if (key === "Delete") return remove(cells, at);
  if (key === "BackSpace" && at > 0) return backSpace(cells, at);
  return key === "EraseEOF" ? erase(cells, at, whole) : null;
}

/** Is the cell behind an SO whose SI is yet to come (or is this cell)? */
function within(cells: readonly string[], at: number): boolean {
  return cells.slice(0, at).filter(isShift).at(-1) === SO;
}

const lead = (cells: readonly string[], at: number) => (cells[at] === WIDE_TAIL && at > 0 ? at - 1 : at);

/** Are there so many cells, none of which belongs to a double-width run? */
function plain(cells: readonly string[], start: number, count: number): boolean {
  const run = cells.slice(start, start + count);
  return run.length === count && cells[start + count] !== WIDE_TAIL && !run.some(belongs);
}

/** Overwrite; an operator error when the field ends before it, as where a host left a run open. */
const over: Put = (cells, at, fresh, cursor) =>
  at + fresh.length > cells.length ? "X DBCS" : { cells: [...cells.slice(0, at), ...fresh, ...cells.slice(at + fresh.length)], at: cursor };

/** Insert: the next nulls are pushed out. */
const push: Put = (cells, at, fresh, cursor) => {
  let room = fresh.length;
  const rest = cells.slice(at).filter((c) => c !== NULL || room-- <= 0);
  return room > 0 ? "X Overflow" : { cells: [...cells.slice(0, at), ...fresh, ...rest], at: cursor };
};

function typeWide(cells: readonly string[], from: number, c: string, insert: boolean, whole: boolean): Edited {
  const put = insert ? push : over;
  let at = lead(cells, from);
  if (!whole && cells[at] === SO) at++;
  else if (!whole && at > 0 && cells[at] !== SI && cells[at - 1] === SI) at--; // right behind a run: it grows
  if (at >= cells.length) return "X DBCS";
  if (whole || (within(cells, at) && cells[at] !== SI)) {
    const fits = insert || (at + 1 < cells.length && !isShift(cells[at + 1]));
    return fits ? put(cells, at, [c, WIDE_TAIL], at + 2) : "X DBCS";
  }
  if (cells[at] === SI && within(cells, at)) {
    if (insert) return push(cells, at, [c, WIDE_TAIL], at + 2);
    return plain(cells, at + 1, 2) ? over(cells, at, [c, WIDE_TAIL, SI], at + 2) : "X DBCS";
  }
  return insert || plain(cells, at, 4) ? put(cells, at, [SO, c, WIDE_TAIL, SI], at + 3) : "X DBCS";
}

function typeSingle(cells: readonly string[], from: number, c: string, insert: boolean, whole: boolean): Edited {
  if (whole) return "X DBCS";
  let at = lead(cells, from);
  if (cells[at] === SI) at++;
  if (at >= cells.length) return "X Overflow";
  if (cells[at] === SO && !insert) return over(cells, at, cells[at + 1] === SI ? [c, " "] : [c, " ", SO], at + 1);
  if (!within(cells, at)) return (insert ? push : over)(cells, at, [c], at + 1);
  if (insert) return cells[at - 1] === SO ? push(cells, at - 1, [c], at) : push(cells, at, [SI, c, SO], at + 2);
  return over(cells, at, cells[at + 2] === SI ? [SI, c, " "] : [SI, c, " ", SO], at + 2);
}

/** A character is deleted whole; a shift only with its partner, when nothing is between them. */
function remove(cells: readonly string[], from: number): Edited {
  const at = lead(cells, from);
  if (isShift(cells[at]) && !isShift(cells[at + 1])) return "X Protected";
  const count = isShift(cells[at]) || cells[at + 1] === WIDE_TAIL ? 2 : 1;
  return { cells: [...cells.slice(0, at), ...cells.slice(at + count), ...nulls(count)], at };
}

function backSpace(cells: readonly string[], from: number): Edited {
  let before = from - 1;
  if (cells[before] === SI && before > 0) before--;
  const done = remove(cells, lead(cells, before));
  if (typeof done === "string") return done;
  const { cells: left, at } = done;
  if (!(at > 0 && left[at - 1] === SO && left[at] === SI)) return done;
  return { cells: [...left.slice(0, at - 1), ...left.slice(at + 1), NULL, NULL], at: at - 1 };
}

/** To the field's end; a run that is cut is closed again. */
function erase(cells: readonly string[], from: number, whole: boolean): Edited {
  const at = lead(cells, from);
  const first = !whole && within(cells, at) ? SI : NULL;
  return { cells: [...cells.slice(0, at), first, ...nulls(cells.length - at - 1)], at };
}
