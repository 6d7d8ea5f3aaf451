/** Which key of the keyboard is which key of the 3270. A combination not in the map is left to the browser. */

import type { Key } from "./keyboard";

export type Keymap = Readonly<Record<string, Key>>;

const FUNCTION_KEYS: Record<string, Key> = {};
for (let n = 1; n <= 12; n++) {
  FUNCTION_KEYS[`F${n}`] = `PF${n}`;
  FUNCTION_KEYS[`Shift+F${n}`] = `PF${n + 12}`;
}

const MOVES: Record<string, Key> = {
  ArrowLeft: "Left", ArrowRight: "Right", ArrowUp: "Up", ArrowDown: "Down",
  "Ctrl+ArrowLeft": "WordLeft", "Ctrl+ArrowRight": "WordRight",
  Tab: "Tab", "Shift+Tab": "BackTab", Home: "Home", End: "FieldEnd",
  Backspace: "BackSpace", Delete: "Delete", Insert: "Insert",
};

/** A PC keyboard: nothing that a browser needs is taken but F keys. */
const PC: Keymap = {
  ...FUNCTION_KEYS, ...MOVES,
  Enter: "Enter", NumpadEnter: "Enter", "Shift+Enter": "NewLine",
  Escape: "Reset",
  "Alt+1": "PA1", "Alt+2": "PA2", "Alt+3": "PA3",
  Pause: "Clear", "Alt+C": "Clear", "Alt+A": "Attn", "Alt+S": "SysReq",
  PageUp: "PF7", PageDown: "PF8",
  "Shift+End": "EraseEOF", "Ctrl+Delete": "EraseEOF", "Alt+I": "EraseInput", "Alt+D": "Dup", "Alt+F": "FieldMark", "Alt+U": "EraseField",
};

export const PRESETS: Readonly<Record<string, { title: string; map: Keymap }>> = {
  pc: { title: "PC keyboard", map: PC },
};

/** The name of a combination: "Shift+F3", "Alt+1", "Tap ControlRight" is made elsewhere. Letters by their place on the keyboard. */
export function combination(event: Pick<KeyboardEvent, "key" | "code" | "ctrlKey" | "altKey" | "shiftKey" | "metaKey">): string {
  const modifiers = [event.ctrlKey && "Ctrl", event.altKey && "Alt", event.shiftKey && "Shift", event.metaKey && "Meta"].filter(Boolean);
  return [...modifiers, base(event)].join("+");
}

function base({ key, code, altKey, ctrlKey, metaKey }: Pick<KeyboardEvent, "key" | "code" | "altKey" | "ctrlKey" | "metaKey">): string {
  if (code === "NumpadEnter") return "NumpadEnter";
  const command = altKey || ctrlKey || metaKey;
  const place = /^(?:Key|Digit)(.)$/.exec(code);
  if (command && place) return place[1]!; // Option+1 on a Mac says "¡", on a French keyboard "&": the place is what counts
  return key.length === 1 ? key.toUpperCase() : key;
}
