/** The cases that this keyboard and app/screen/keyboard.py are both held to; docs/keyboard.md says what they hold. */

import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { isWaiting, open, press, type Key, type Keyboard } from "../src/keyboard";
import { NULL, WIDE_TAIL, type AidPressed, type FieldEntry } from "../src/messages";
import { show } from "../src/screen";

interface Vector {
  name: string;
  screen: { rows: number; columns: number; cells: string[]; fields: [number, number, number][]; cursor: number; locked: boolean; oia: string };
  keys: Key[];
  expect: { cells: string[]; cursor: number; insert: boolean; locked: boolean; oia: string; modified: [number, string][]; aid: string };
}

const VECTORS = JSON.parse(readFileSync(new URL("../../tests/vectors/keyboard.json", import.meta.url), "utf-8")) as Vector[];
const STANDS_FOR: Record<string, string> = { "·": NULL, "⟨": "\x0e", "⟩": "\x0f", "»": WIDE_TAIL };
const text = (drawn: string) => drawn.replace(/[·⟨⟩»]/g, (c) => STANDS_FOR[c]!);
const cells = (rows: string[]) => text(rows.join(""));

function keyboard({ screen }: Vector): Keyboard {
  const fields = screen.fields.map(([start, length, flags]): FieldEntry => [start, length, flags, 0, 0]);
  const more = { palette: [], styles: [], serial: 1, layout: 1, state: "tn3270e", lu: "", alarm: false };
  return open(show({ ...screen, ...more, cells: cells(screen.cells), fields }));
}

test.each(VECTORS)("$name", (vector) => {
  let k = keyboard(vector);
  let sent: Omit<AidPressed, "seq"> | null = null;
  for (const key of vector.keys) {
    const pressed = press(k, key);
    k = pressed.keyboard;
    sent = pressed.aid ?? sent;
  }
  const oia = k.error || (k.sent ? "X Wait" : k.screen.oia);
  expect({ cells: k.buffer.join(""), cursor: k.cursor, insert: k.insert, locked: isWaiting(k) || k.error !== "", oia, aid: sent?.aid ?? "" }).toEqual({
    ...vector.expect, cells: cells(vector.expect.cells), modified: undefined,
  });
  if (sent && sent.aid !== "Attn" && sent.aid !== "Clear") expect(sent.fields).toEqual(vector.expect.modified.map(([start, drawn]) => [start, text(drawn)]));
});
