/** Pasting: text goes down the fields, a line of it into the fields of one line of the screen. Pure. */

import { press, type Keyboard } from "./keyboard";
import * as moves from "./moves";

export interface Pasted {
  readonly keyboard: Keyboard;
  readonly dropped: number; // characters that found no place
}

/** Types `text` from the cursor on. A line end goes to the same column of the next line, or the first field after it; a tab to the next field. */
export function paste(k: Keyboard, text: string): Pasted {
  const margin = k.cursor % k.screen.columns;
  let now: Pasted = { keyboard: { ...k, insert: false }, dropped: 0 };
  lines(text).forEach((line, n) => {
    if (n) now = { ...now, keyboard: nextLine(now.keyboard, k.cursor, n, margin) };
    for (const piece of line.split(/(\t)/)) now = piece === "\t" ? tabbed(now) : typed(now, piece);
  });
  return { ...now, keyboard: { ...now.keyboard, insert: k.insert } };
}

const lines = (text: string) => text.replace(/\r\n?/g, "\n").replace(/\n+$/, "").split("\n");

function tabbed({ keyboard, dropped }: Pasted): Pasted {
  return { dropped, keyboard: { ...keyboard, cursor: moves.tab(keyboard.screen, keyboard.cursor) } };
}

/** Types into one field; what does not fit or may not be there is counted, never put into the next field. */
function typed({ keyboard, dropped }: Pasted, text: string): Pasted {
  let k = keyboard;
  const field = k.screen.owner[k.cursor];
  let lost = dropped;
  let full = false;
  for (const c of text) {
    const next: Keyboard | null = full ? null : press(k, c).keyboard;
    if (!next || next.error) lost += c === " " ? 0 : 1;
    else {
      full = k.screen.owner[next.cursor] !== field || next.cursor === k.cursor;
      k = next;
    }
  }
  return { keyboard: k, dropped: lost };
}

function nextLine(k: Keyboard, from: number, n: number, margin: number): Keyboard {
  const row = (Math.floor(from / k.screen.columns) + n) % k.screen.rows;
  const at = row * k.screen.columns + margin;
  return { ...k, cursor: moves.isOpen(k.screen, at) ? at : moves.nextField(k.screen, at) };
}
