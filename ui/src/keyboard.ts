/**
 * What the keyboard does to a screen before the host hears of it. Pure: a Keyboard is a value, a key makes the next one.
 *
 * Rules of GA23-0059, "Keyboard and Operator Controls"; the vectors in tests/vectors/keyboard.json bind this and
 * app/screen/keyboard.py alike. A 3270 edits unprotected fields itself and tells the host at an AID only.
 */

import { NULL, WIDE_TAIL, type Aid, type AidPressed } from "./messages";
import * as moves from "./moves";
import { ATTRIBUTE, addresses, fieldAt, type Field, type Screen } from "./screen";
import * as wide from "./wide";

/** A key: one character stands for itself, a longer word is a named key ("Tab", "PF3"). */
export type Key = string;

/** Why the terminal itself refuses keys until Reset, in the words of the operator information area; "" when it doesn't. */
export type OperatorError = "" | "X Protected" | "X Numeric" | "X Overflow" | "X DBCS";

/** An AID on its way: keys wait until the host has answered it. */
export interface Sent {
  readonly aid: Aid;
  readonly serial: number; // of the screen it was pressed on
  readonly taken: boolean; // the owner has said that it went to the host
}

export interface Keyboard {
  readonly screen: Screen; // as the host last wrote it
  readonly buffer: readonly string[]; // with what was typed laid over it; also what is in hidden fields: show `visible` only
  readonly cursor: number;
  readonly insert: boolean;
  readonly error: OperatorError;
  readonly edited: ReadonlySet<number>; // start of each field typed in; 0 on an unformatted screen
  readonly erased: ReadonlySet<number>; // start of each field that Erase Input emptied and nobody typed in since
  readonly sent: Sent | null;
  readonly ahead: readonly Key[]; // typed while the host had the keyboard
  readonly notice: string; // what the person must be told, in their words; "" when nothing
}

/** What came of a key. `aid` goes to the owner (who gets a sequence number with it); `reset` tells it of the Reset key. */
export interface Pressed {
  readonly keyboard: Keyboard;
  readonly aid: Omit<AidPressed, "seq"> | null;
  readonly reset: boolean;
}

export const MOST_AHEAD = 200; // more than that typed ahead is a cat on the keyboard

const DUP = "\x1c";
const FIELD_MARK = "\x1e";
const NUMERIC = /^[0-9+\-.,]$/; // what the numeric lock lets through
const AID = /^(Enter|Clear|Attn|SysReq|CursorSelect|PA[1-3]|PF([1-9]|1[0-9]|2[0-4]))$/;
const NOT_WAITED_FOR = new Set(["Attn", "SysReq"]); // they go to the host whatever the keyboard is waiting for

/** The keyboard in front of a screen. What an unprotected hidden field holds is not known here: it counts as empty. */
export function open(screen: Screen): Keyboard {
  return {
    screen, buffer: known(screen), cursor: screen.cursor, insert: false, error: "",
    edited: new Set(), erased: new Set(), sent: null, ahead: [], notice: "",
  };
}

function known(screen: Screen): readonly string[] {
  const hidden = screen.fields.filter((f) => f.hidden && !f.protected);
  if (!hidden.length) return screen.cells;
  const cells = screen.cells.slice();
  for (const f of hidden) for (const a of addresses(screen, f)) cells[a] = NULL;
  return cells;
}

export const isAid = (key: Key): key is Aid => AID.test(key);

/** Does the host have the keyboard? */
export function isWaiting(k: Keyboard): boolean {
  return k.sent !== null || k.screen.locked || k.screen.state === "unbound" || k.screen.state === "lost";
}

/** The cells a person may see: what was typed, but nothing of a hidden field. */
export function visible(k: Keyboard): readonly string[] {
  const hidden = k.screen.fields.filter((f) => f.hidden);
  if (!hidden.length) return k.buffer;
  const cells = k.buffer.slice();
  for (const f of hidden) for (const a of addresses(k.screen, f)) cells[a] = " ";
  return cells;
}

/** One key, now or, while the host has the keyboard, later. */
export function press(k: Keyboard, key: Key): Pressed {
  if (key === "Reset") return { keyboard: reset(k), aid: null, reset: isWaiting(k) };
  if (NOT_WAITED_FOR.has(key)) return { keyboard: k, aid: aidMessage(k, key as Aid, []), reset: false };
  if (isWaiting(k)) return still(queued(k, key));
  if (k.error && !RELEASES.has(key)) return still({ ...k, notice: "Press Reset first" });
  const ready: Keyboard = { ...k, error: "", notice: "" };
  if (key === "CursorSelect") return cursorSelect(ready);
  if (isAid(key)) return pressedAid(ready, key);
  return still(edit(ready, key));
}

/** Plays what was typed ahead, up to the first key that goes to the host. To be called when the host gave the keyboard back. */
export function drain(k: Keyboard): Pressed {
  let now: Pressed = still(k);
  while (now.keyboard.ahead.length && !isWaiting(now.keyboard) && !now.aid) {
    const [key, ...rest] = now.keyboard.ahead as [Key, ...Key[]];
    const typed = { ...now.keyboard, ahead: rest };
    if (isCharacter(key) && fieldAt(typed.screen, typed.cursor)?.hidden) return still(forget(typed, "Type-ahead is not put into a hidden field"));
    now = press(typed, key);
    if (now.keyboard.error) return { ...now, keyboard: forget(now.keyboard, "Type-ahead stopped") };
  }
  return now;
}

/** Puts the cursor on a cell; a click does. */
export function point(k: Keyboard, cursor: number): Keyboard {
  return isWaiting(k) ? k : { ...k, cursor, error: "", notice: "" };
}

/** The host wrote: its screen, with what was typed kept where the host did not write. The host wins in fields it wrote. */
export function hostWrote(k: Keyboard, screen: Screen): Keyboard {
  const same = screen.layout === k.screen.layout && screen.rows === k.screen.rows && screen.columns === k.screen.columns;
  if (!same) return begun(k, screen);
  const sent = answered(k.sent, screen) ? null : k.sent;
  const kept = k.sent && !sent ? [] : [...k.edited].filter((start) => !wroteField(k.screen, screen, start));
  return {
    ...k, screen, sent,
    buffer: laidOver(screen, k.buffer, kept),
    cursor: screen.cursor !== k.screen.cursor || (k.sent && !sent) ? screen.cursor : k.cursor,
    edited: new Set(kept),
    erased: k.sent && !sent ? new Set() : k.erased,
    notice: !k.sent && kept.length < k.edited.size ? "The host wrote over what you typed" : k.notice,
  };
}

/** The owner says that the AID went to the host; `taken` may come after the screen that answers it. */
export function aidTaken(k: Keyboard): Keyboard {
  if (!k.sent) return k;
  const sent = { ...k.sent, taken: true };
  return answered(sent, k.screen) ? hostWrote({ ...k, sent }, k.screen) : { ...k, sent };
}

/** The owner says that nothing was sent: what was typed is still there to be put right. */
export function aidRefused(k: Keyboard, why: string): Keyboard {
  const back = k.sent?.aid === "Clear" ? { buffer: known(k.screen), cursor: k.screen.cursor } : {}; // the host's screen is still there
  return { ...k, ...back, sent: null, ahead: [], notice: why };
}

/** The way to the owner broke while an AID was on it: nobody here knows whether the host heard it. It is never sent again. */
export function aidUnknown(k: Keyboard): Keyboard {
  if (!k.sent || k.sent.taken) return k;
  return { ...k, sent: null, ahead: [], notice: `The connection broke while ${k.sent.aid} was being sent: look whether the host got it` };
}

const still = (keyboard: Keyboard): Pressed => ({ keyboard, aid: null, reset: false });
const isCharacter = (key: Key) => [...key].length === 1;

function answered(sent: Sent | null, screen: Screen): boolean {
  return sent !== null && sent.taken && screen.serial > sent.serial && !screen.locked;
}

/** The host began the screen anew. What was typed on the old one is gone; what was typed ahead is for a screen of the same fields. */
function begun(k: Keyboard, screen: Screen): Keyboard {
  const alike = sameFields(k.screen, screen);
  const lost = k.edited.size && !k.sent ? "The host changed the screen: what was typed is gone" : "";
  const notice = k.ahead.length && !alike ? "The screen changed: what was typed ahead was dropped" : lost;
  return { ...open(screen), insert: k.insert, ahead: alike ? k.ahead : [], notice };
}

function sameFields(a: Screen, b: Screen): boolean {
  const same = a.rows === b.rows && a.columns === b.columns && a.fields.length === b.fields.length;
  return same && a.fields.every((f, n) => f.start === b.fields[n]!.start && f.protected === b.fields[n]!.protected && f.hidden === b.fields[n]!.hidden);
}

function queued(k: Keyboard, key: Key): Keyboard {
  if (k.ahead.length >= MOST_AHEAD) return { ...k, notice: "Type-ahead is full" };
  return { ...k, ahead: [...k.ahead, key] };
}

function forget(k: Keyboard, notice: string): Keyboard {
  return { ...k, ahead: [], notice };
}

function reset(k: Keyboard): Keyboard {
  return { ...k, error: "", insert: false, sent: null, ahead: [], notice: "" }; // the owner hears of it, and says whether it unlocks
}

function pressedAid(k: Keyboard, aid: Aid): Pressed {
  if (aid === "Clear") return { keyboard: waitFor(cleared(k), aid), aid: aidMessage({ ...k, cursor: 0 }, aid, []), reset: false };
  return { keyboard: waitFor(k, aid), aid: aidMessage(k, aid, modifiedFields(k)), reset: false };
}

function waitFor(k: Keyboard, aid: Aid): Keyboard {
  const screen = { ...k.screen, cursor: k.cursor }; // the host learns where the cursor is: a later screen moves it from there
  return { ...k, screen, insert: false, notice: "", sent: { aid, serial: k.screen.serial, taken: false } };
}

function cleared(k: Keyboard): Keyboard {
  return { ...k, buffer: k.buffer.map(() => NULL), cursor: 0, edited: new Set(), erased: new Set() };
}

function aidMessage(k: Keyboard, aid: Aid, fields: [number, string][]): Omit<AidPressed, "seq"> {
  return { type: "aid", screen: k.screen.serial, layout: k.screen.layout, aid, cursor: k.cursor, fields };
}

/** Each field typed in, with its whole new content, and "" for one that Erase Input emptied; on an unformatted screen the whole buffer. */
function modifiedFields(k: Keyboard): [number, string][] {
  const starts = [...k.edited, ...k.erased].sort((a, b) => a - b);
  if (moves.isUnformatted(k.screen)) return starts.length ? [[0, k.buffer.join("")]] : [];
  return starts.map((start) => [start, k.erased.has(start) ? "" : addresses(k.screen, fieldOf(k.screen, start)!).map((a) => k.buffer[a]).join("")]);
}

const fieldOf = (screen: Screen, start: number): Field | undefined => screen.fields.find((f) => f.start === start);

function wroteField(old: Screen, now: Screen, start: number): boolean {
  if (moves.isUnformatted(now)) return now.cells.some((c, a) => c !== old.cells[a]);
  return addresses(now, fieldOf(now, start)!).some((a) => now.cells[a] !== old.cells[a]);
}

function laidOver(screen: Screen, typed: readonly string[], starts: readonly number[]): readonly string[] {
  if (!starts.length) return known(screen);
  if (moves.isUnformatted(screen)) return typed;
  const buffer = known(screen).slice();
  for (const start of starts) for (const a of addresses(screen, fieldOf(screen, start)!)) buffer[a] = typed[a]!;
  return buffer;
}

// ---- editing: none of it reaches the host

const EDITS: Record<string, (k: Keyboard) => Keyboard> = {
  Tab: (k) => to(k, moves.tab(k.screen, k.cursor)),
  BackTab: (k) => to(k, moves.backTab(k.screen, k.cursor)),
  Home: (k) => to(k, moves.home(k.screen)),
  NewLine: (k) => to(k, moves.newLine(k.screen, k.cursor)),
  Left: (k) => step(k, moves.left),
  Right: (k) => step(k, moves.right),
  Up: (k) => to(k, moves.up(k.screen, k.cursor)),
  Down: (k) => to(k, moves.down(k.screen, k.cursor)),
  WordLeft: (k) => to(k, moves.previousWord(k.screen, k.buffer, k.cursor)),
  WordRight: (k) => to(k, moves.nextWord(k.screen, k.buffer, k.cursor)),
  FieldEnd: (k) => to(k, moves.fieldEnd(k.screen, k.buffer, k.cursor)),
  Insert: (k) => ({ ...k, insert: !k.insert }),
  Delete: (k) => deleteAt(k, k.cursor),
  BackSpace: backSpace,
  EraseEOF: eraseEof,
  EraseInput: eraseInput,
  EraseField: (k) => (moves.isUnformatted(k.screen) ? k : eraseEof(to(k, fieldStart(k)))), // x3270's DeleteField
  Dup: (k) => typed(k, DUP, moves.tab),
  FieldMark: (k) => typed(k, FIELD_MARK, moves.advance),
};
/** What ends an operator error, as in x3270; other keys are dropped until Reset. */
const RELEASES = new Set(["Tab", "BackTab", "Home", "Left", "Right", "Up", "Down", "FieldEnd", "EraseEOF", "EraseInput", "EraseField"]);

function edit(k: Keyboard, key: Key): Keyboard {
  const among = amongWide(k, key);
  if (among) return among;
  if (Object.hasOwn(EDITS, key)) return EDITS[key]!(k);
  return isCharacter(key) ? typed(k, key, moves.advance) : k;
}

const MARKS: Record<string, string> = { Dup: DUP, FieldMark: FIELD_MARK };

/** A key where double-width characters are concerned; null where they are not. */
function amongWide(k: Keyboard, key: Key): Keyboard | null {
  const field = fieldAt(k.screen, k.cursor);
  if (!field || field.protected) return null;
  const character = MARKS[key] ?? key;
  const places = addresses(k.screen, field);
  const done = wide.edit(places.map((a) => k.buffer[a]!), places.indexOf(k.cursor), character, k.insert, field.double);
  if (!done) return null;
  if (field.numeric && isCharacter(character) && !NUMERIC.test(character)) return refuse(k, "X Numeric");
  if (typeof done === "string") return refuse(k, done);
  const cursor = places[done.at] ?? moves.advance(k.screen, places.at(-1)!);
  return to(written(k, places.map((a, i) => [a, done.cells[i]!])), key === "Dup" ? moves.tab(k.screen, k.cursor) : cursor);
}

/** One cell on, and past the right half of a double-width character. */
function step(k: Keyboard, move: (screen: Screen, address: number) => number): Keyboard {
  const at = move(k.screen, k.cursor);
  return to(k, k.buffer[at] === WIDE_TAIL ? move(k.screen, at) : at);
}

const to = (k: Keyboard, cursor: number): Keyboard => ({ ...k, cursor });
const refuse = (k: Keyboard, error: OperatorError): Keyboard => ({ ...k, error });

/** A character, over what stands there or before it, and the move that follows. */
function typed(k: Keyboard, c: string, move: (screen: Screen, address: number) => number): Keyboard {
  const field = fieldAt(k.screen, k.cursor);
  if (!moves.isOpen(k.screen, k.cursor)) return refuse(k, "X Protected");
  if (field?.numeric && !NUMERIC.test(c)) return refuse(k, "X Numeric");
  const next = k.insert ? inserted(k, c) : written(k, [[k.cursor, c]]);
  return next ? to(next, move(k.screen, k.cursor)) : refuse(k, "X Overflow");
}

/** The cells from the cursor to the end of its field, or of the screen when it has no fields. */
function tail(k: Keyboard, from: number): number[] {
  const field = fieldAt(k.screen, from);
  if (!field) return Array.from({ length: k.buffer.length - from }, (_, i) => from + i);
  const cells = addresses(k.screen, field);
  return cells.slice(cells.indexOf(from));
}

/** The cells that Insert moves: to the end of the field; on a screen without fields up to the last cell, which stays. */
function shifted(k: Keyboard, from: number): number[] {
  const cells = tail(k, from);
  return moves.isUnformatted(k.screen) ? cells.slice(0, -1) : cells;
}

/** Insert needs a null to push out: blanks are data. Null when there is none. */
function inserted(k: Keyboard, c: string): Keyboard | null {
  const cells = shifted(k, k.cursor);
  const room = cells.findIndex((a) => k.buffer[a] === NULL);
  if (room < 0) return null;
  return written(k, cells.slice(0, room + 1).map((a, i) => [a, i ? k.buffer[cells[i - 1]!]! : c]));
}

function deleteAt(k: Keyboard, at: number): Keyboard {
  if (!moves.isOpen(k.screen, at)) return refuse(k, "X Protected");
  const cells = tail(k, at);
  return written(k, cells.map((a, i) => [a, i + 1 < cells.length ? k.buffer[cells[i + 1]!]! : NULL]));
}

/** Deletes the character before the cursor, nothing at a field's start. On an attribute that is an operator error as well, as it
 * is in a protected field, where the cursor steps back all the same: so has it x3270. */
function backSpace(k: Keyboard): Keyboard {
  const { owner } = k.screen;
  const before = moves.left(k.screen, k.cursor);
  const onAttribute = owner[k.cursor] === ATTRIBUTE;
  if (k.cursor && owner[before] === ATTRIBUTE && !onAttribute) return k;
  const done = to(deleteAt(k, before), before);
  return onAttribute ? refuse(done, "X Protected") : done;
}

function eraseEof(k: Keyboard): Keyboard {
  if (!moves.isOpen(k.screen, k.cursor)) return refuse(k, "X Protected");
  return written(k, tail(k, k.cursor).map((a) => [a, NULL]));
}

function fieldStart(k: Keyboard): number {
  const field = fieldAt(k.screen, k.cursor);
  return field && !field.protected ? field.start : k.cursor;
}

/** The light pen at the cursor: its field's first character says what happens (GA23-0059, "Field Selection"). */
function cursorSelect(k: Keyboard): Pressed {
  const field = fieldAt(k.screen, k.cursor);
  const designator = field?.detectable ? k.buffer[field.start]! : "";
  if (designator === "?" || designator === ">") return still(marked(k, field!.start, designator === "?" ? ">" : "?"));
  if (designator === "&") return pressedAid(marked(k, field!.start, designator), "Enter");
  return designator === " " || designator === NULL ? pressedAid(marked(k, field!.start, designator), "CursorSelect") : still(k);
}

function marked(k: Keyboard, start: number, designator: string): Keyboard {
  const buffer = k.buffer.slice();
  buffer[start] = designator;
  return { ...k, buffer, edited: new Set(k.edited).add(start) };
}

function eraseInput(k: Keyboard): Keyboard {
  if (moves.isUnformatted(k.screen)) return { ...written(k, k.buffer.map((_, a) => [a, NULL])), cursor: 0 };
  const fields = k.screen.fields.filter((f) => !f.protected && f.length);
  const buffer = k.buffer.slice();
  for (const f of fields) for (const a of addresses(k.screen, f)) buffer[a] = NULL;
  return { ...k, buffer, edited: new Set(), erased: new Set(fields.map((f) => f.start)), cursor: moves.firstOpen(k.screen) };
}

function written(k: Keyboard, changes: [number, string][]): Keyboard {
  const buffer = k.buffer.slice();
  for (const [a, c] of changes) buffer[a] = c;
  const start = fieldAt(k.screen, changes[0]![0])?.start ?? 0;
  const erased = new Set(k.erased);
  erased.delete(start);
  return { ...k, buffer, edited: new Set(k.edited).add(start), erased };
}
