/** Screens drawn as text, for the tests: a field's attribute is one character, a dot is a null. */

import { FLAG, NULL, type FieldEntry, type WireScreen } from "../src/messages";
import { show, type Screen } from "../src/screen";

const ATTRIBUTES: Record<string, number> = {
  "%": FLAG.protected,
  "&": FLAG.protected | FLAG.numeric, // skips
  _: 0,
  "#": FLAG.numeric,
  "!": FLAG.hidden,
};

/** The wire form of drawn rows: % protected, & auto-skip, _ to be typed in, # numeric, ! hidden. */
export function wire(rows: string[], more: Partial<WireScreen> = {}): WireScreen {
  const text = rows.join("");
  const columns = rows[0]!.length;
  const attributes = [...text].flatMap((c, at) => (c in ATTRIBUTES ? [at] : []));
  const fields = attributes.map((at, n): FieldEntry => {
    const next = attributes[n + 1] ?? attributes[0]! + text.length;
    return [(at + 1) % text.length, next - at - 1, ATTRIBUTES[text[at]!]!, 0, 0];
  });
  const cells = [...text].map((c) => (c in ATTRIBUTES ? " " : c === "." ? NULL : c)).join("");
  const plain = { colour: 4, background: 0, blink: false, reverse: false, underscore: false, intensified: false };
  return {
    rows: rows.length, columns, cells, fields, palette: [plain], styles: [[0, text.length]],
    cursor: 0, serial: 1, layout: 1, locked: false, state: "tn3270e", lu: "LU1", alarm: false, oia: "", ...more,
  };
}

export const draw = (rows: string[], more: Partial<WireScreen> = {}): Screen => show(wire(rows, more));

/** A row of cells as drawn: nulls as dots. */
export const row = (cells: readonly string[], columns: number, n = 0): string =>
  cells.slice(n * columns, (n + 1) * columns).join("").replaceAll(NULL, ".");
