import { expect, test } from "vitest";
import { NULL, type ScreenChanged } from "../src/messages";
import { ATTRIBUTE, UNFORMATTED, addresses, change, characters, fieldAt } from "../src/screen";
import { draw, row } from "./picture";

const delta = (more: Partial<ScreenChanged>): ScreenChanged => ({
  type: "delta", session: "s-1", base: 1, serial: 2, layout: 1, cursor: 0, locked: false, oia: "", alarm: false, state: "tn3270e",
  spans: [], palette: null, fields: null, ...more,
});

test("every cell knows its field, and an attribute belongs to none", () => {
  const screen = draw(["%NAME_....%"]);
  expect([...screen.owner]).toEqual([ATTRIBUTE, 0, 0, 0, 0, ATTRIBUTE, 1, 1, 1, 1, ATTRIBUTE]);
  expect(fieldAt(screen, 6)?.protected).toBe(false);
  expect(fieldAt(screen, 5)).toBeNull();
});

test("a screen without fields has cells of no field", () => {
  expect([...draw(["ab"]).owner]).toEqual([UNFORMATTED, UNFORMATTED]);
});

test("a field that wraps over the end of the screen goes on at its start", () => {
  const screen = draw(["ab%cd_ef"]);
  expect(addresses(screen, screen.fields[1]!)).toEqual([6, 7, 0, 1]);
  expect(fieldAt(screen, 1)).toBe(screen.fields[1]);
});

test("a delta changes its spans and nothing else", () => {
  const before = draw(["%ONE_...%"]);
  const after = change(before, delta({ spans: [[5, "abc", [[0, 3]]]], cursor: 6, locked: true, oia: "X SYSTEM" }))!;
  expect(row(after.cells, 9)).toBe(" ONE abc ");
  expect([after.cursor, after.serial, after.locked, after.oia]).toEqual([6, 2, true, "X SYSTEM"]);
  expect(row(before.cells, 9)).toBe(" ONE ... ");
  expect(after.fields).toBe(before.fields);
});

test("a delta to another screen than ours is refused, so that a whole one is asked for", () => {
  expect(change(draw(["ab"]), delta({ base: 7 }))).toBeNull();
});

test("a delta can bring new fields", () => {
  const after = change(draw(["%ONE_...%"]), delta({ fields: [[3, 2, 0, 0, 0]], layout: 2 }))!;
  expect(fieldAt(after, 4)?.start).toBe(3);
  expect(fieldAt(after, 6)).toBeNull();
});

test("cells are code points, nulls included", () => {
  expect(characters(`a${NULL}\u{1f600}b`)).toEqual(["a", NULL, "\u{1f600}", "b"]);
});
