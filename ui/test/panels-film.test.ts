import { expect, test } from "vitest";
import type { Frame } from "../src/api";
import type { ScreenChanged, WireScreen } from "../src/messages";
import { pause, shotsOf } from "../src/panels/film";

const SCREEN: WireScreen = {
  rows: 1, columns: 12, cells: "USER        ", styles: [[0, 12]], palette: [{ colour: 4, background: 0, blink: false, reverse: false, underscore: false, intensified: false }],
  fields: [[5, 6, 0, 0, 0]], cursor: 5, serial: 1, layout: 1, locked: false, state: "tn3270e", lu: "", alarm: false, oia: "",
};
const DELTA: ScreenChanged = {
  type: "delta", session: "s", base: 1, serial: 2, layout: 1, cursor: 0, locked: false, oia: "", alarm: false, state: "tn3270e", spans: [[0, "MENU", [[0, 4]]]], palette: null, fields: null,
};
const frame = (more: Partial<Frame>): Frame => ({ at: 0, key: "", fields: [], screen: null, delta: null, ...more });

test("a strip of one whole screen and changes shows every screen, with what was typed on it", () => {
  const shots = shotsOf([frame({ screen: SCREEN, key: "Enter", fields: [[5, "DEMO01"]] }), frame({ at: 120, delta: DELTA })]);
  expect(shots.map((shot) => [shot.at, shot.key, shot.typed, shot.screen.cells.join("")])).toEqual([
    [0, "Enter", ["DEMO01"], "USER DEMO01 "],
    [120, "", [], "MENU        "],
  ]);
});

test("a change to a screen that is not there is left out", () => {
  expect(shotsOf([frame({ delta: DELTA })])).toEqual([]);
});

test("the replay waits as the host did, but never long", () => {
  const shots = shotsOf([frame({ screen: SCREEN }), frame({ at: 900, screen: SCREEN }), frame({ at: 60_000, screen: SCREEN })]);
  expect([0, 1, 2].map((n) => pause(shots, n))).toEqual([900, 1800, 0]);
});
