/** Which key of the keyboard is which key of the 3270, or which command of the page. A combination not in the map is left to the browser. */

import type { Key } from "./keyboard";

export type Keymap = Readonly<Record<string, Key>>;

/** What a person changed of a preset: a combination's key, "" for none. */
export type Overrides = Readonly<Record<string, Key>>;

const FUNCTION_KEYS: Record<string, Key> = {};
for (let n = 1; n <= 12; n++) {
  FUNCTION_KEYS[`F${n}`] = `PF${n}`;
  FUNCTION_KEYS[`Shift+F${n}`] = `PF${n + 12}`;
}

const MOVES: Record<string, Key> = {
  ArrowLeft: "Left", ArrowRight: "Right", ArrowUp: "Up", ArrowDown: "Down",
  "Ctrl+ArrowLeft": "WordLeft", "Ctrl+ArrowRight": "WordRight",
  Tab: "Tab", "Shift+Tab": "BackTab", Home: "Home",
  Backspace: "BackSpace", Delete: "Delete", Insert: "Insert", NumpadEnter: "Enter",
  "Shift+ArrowLeft": "SelectLeft", "Shift+ArrowRight": "SelectRight", "Shift+ArrowUp": "SelectUp", "Shift+ArrowDown": "SelectDown",
  "Alt+ArrowLeft": "Older", "Alt+ArrowRight": "Newer", "Ctrl+A": "SelectAll", "Alt+H": "Help",
};

/** A PC keyboard. Nothing that a browser needs is taken but F keys and Alt with an arrow. */
const PC: Keymap = {
  ...FUNCTION_KEYS, ...MOVES,
  Enter: "Enter", "Shift+Enter": "NewLine", Escape: "Reset", End: "FieldEnd",
  "Alt+1": "PA1", "Alt+2": "PA2", "Alt+3": "PA3",
  Pause: "Clear", "Alt+C": "Clear", "Alt+A": "Attn", "Alt+S": "SysReq",
  PageUp: "PF7", PageDown: "PF8",
  "Shift+End": "EraseEOF", "Ctrl+Delete": "EraseEOF", "Alt+I": "EraseInput", "Alt+U": "EraseField",
  "Alt+D": "Dup", "Alt+F": "FieldMark", "Alt+L": "CursorSelect",
};

const X3270: Keymap = {
  ...FUNCTION_KEYS, ...MOVES,
  Enter: "Enter", "Shift+Enter": "NewLine", Escape: "Reset", "Alt+R": "Reset", End: "FieldEnd",
  "Alt+1": "PA1", "Alt+2": "PA2", "Alt+3": "PA3", "Alt+C": "Clear", "Alt+A": "Attn", "Alt+S": "SysReq",
  PageUp: "PF7", PageDown: "PF8", "Alt+E": "EraseEOF", "Alt+I": "Insert", "Ctrl+U": "EraseField", "Alt+N": "EraseInput",
  "Alt+D": "Dup", "Alt+F": "FieldMark", "Alt+L": "CursorSelect", "Alt+B": "Print",
};

/** The enhanced keyboard of IBM's own emulator: the right Ctrl key is Enter, the left one Reset. */
const PCOMM: Keymap = {
  ...FUNCTION_KEYS, ...MOVES,
  "Tap ControlRight": "Enter", "Tap ControlLeft": "Reset", Enter: "NewLine", End: "EraseEOF", "Shift+End": "FieldEnd",
  Pause: "Clear", Escape: "Attn", "Shift+Escape": "SysReq",
  "Alt+Insert": "PA1", "Alt+Home": "PA2", "Shift+Insert": "Dup", "Shift+Home": "FieldMark", "Alt+End": "EraseInput", "Alt+3": "PA3",
  PageUp: "PF7", PageDown: "PF8", "Ctrl+F3": "CursorSelect",
};

/** A laptop, whose F keys may be brightness and volume: Alt with the number row, which has no Insert, Pause or End either. */
const LAPTOP: Keymap = {
  ...FUNCTION_KEYS, ...MOVES,
  Enter: "Enter", "Shift+Enter": "NewLine", Escape: "Reset", End: "FieldEnd", PageUp: "PF7", PageDown: "PF8",
  ...Object.fromEntries([..."1234567890-="].flatMap((c, n) => [[`Alt+${c}`, `PF${n + 1}`], [`Alt+Shift+${c}`, `PF${n + 13}`]])),
  "Alt+J": "PA1", "Alt+K": "PA2", "Alt+L": "PA3", "Alt+C": "Clear", "Alt+A": "Attn", "Alt+S": "SysReq", "Alt+N": "Insert",
  "Alt+E": "EraseEOF", "Ctrl+Delete": "EraseEOF", "Ctrl+Backspace": "EraseEOF", "Alt+I": "EraseInput", "Alt+U": "EraseField",
  "Alt+D": "Dup", "Alt+F": "FieldMark", "Alt+R": "CursorSelect",
};

export const PRESETS: Readonly<Record<string, { title: string; map: Keymap }>> = {
  pc: { title: "PC keyboard", map: PC },
  x3270: { title: "Like x3270", map: X3270 },
  pcomm: { title: "Like Personal Communications (right Ctrl is Enter)", map: PCOMM },
  laptop: { title: "Laptop (Alt with the number row)", map: LAPTOP },
};

/** A preset with what a person changed of it. */
export function keymapOf(preset: string, overrides: Overrides): Keymap {
  const all = { ...(PRESETS[preset] ?? PRESETS.pc!).map, ...overrides };
  return Object.fromEntries(Object.entries(all).filter(([, key]) => key));
}

/** The combinations that make a key. */
export const combinationsOf = (map: Keymap, key: Key): string[] => Object.keys(map).filter((combination) => map[combination] === key);

type Pressed = Pick<KeyboardEvent, "key" | "code" | "ctrlKey" | "altKey" | "shiftKey" | "metaKey">;

/** The name of a combination: "Shift+F3", "Alt+1". Letters and digits by their place on the keyboard. "Tap ControlRight" is made elsewhere. */
export function combination(event: Pressed): string {
  const modifiers = [event.ctrlKey && "Ctrl", event.altKey && "Alt", event.shiftKey && "Shift", event.metaKey && "Meta"].filter(Boolean);
  return [...modifiers, base(event)].join("+");
}

const PLACES: Record<string, string> = { Minus: "-", Equal: "=" };

function base({ key, code, altKey, ctrlKey, metaKey }: Pressed): string {
  if (code === "NumpadEnter") return "NumpadEnter";
  const command = altKey || ctrlKey || metaKey;
  const place = /^(?:Key|Digit)(.)$/.exec(code)?.[1] ?? PLACES[code];
  if (command && place) return place; // Option+1 on a Mac says "¡", on a French keyboard "&": the place is what counts
  return key.length === 1 ? key.toUpperCase() : key;
}
