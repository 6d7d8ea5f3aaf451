import { expect, test } from "vitest";
import type { ScreenChanged } from "../src/messages";
import { shotAt, shots } from "../src/replay";
import { row, wire } from "./picture";

const delta: ScreenChanged = {
  type: "delta", session: "s-1", base: 1, serial: 2, layout: 1, cursor: 0, locked: false, oia: "", alarm: false, state: "tn3270e",
  spans: [[1, "END", [[0, 3]]]], palette: null, fields: null,
};

test("a recording's frames are made whole, with what was typed on them", () => {
  const all = shots([
    { at: 0, key: "Enter", fields: [[6, "me"]], screen: wire(["%USER_....%"]), delta: null },
    { at: 900, key: "", fields: [], screen: null, delta },
  ]);
  expect(all.map((s) => row(s.view.cells, 11))).toEqual([" USER me.. ", " ENDR .... "]);
  expect([shotAt(all, 0), shotAt(all, 899), shotAt(all, 900), shotAt(all, 5000)]).toEqual([0, 0, 1, 1]);
});
