/** The wire types of this page against those of app/messages, which tests/vectors/messages.json was made from. */

import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { FLAG, type FromPage, type ToPage } from "../src/messages";
import { wire } from "./picture";

interface Schema { properties: Record<string, unknown>; required?: string[] }
const VECTORS = JSON.parse(readFileSync(new URL("../../tests/vectors/messages.json", import.meta.url), "utf-8")) as {
  flags: Record<string, string>; from_page: string[]; to_page: string[]; messages: Record<string, Schema>; screen: Schema;
};

const FROM: { [T in FromPage["type"]]: Extract<FromPage, { type: T }> } = {
  aid: { type: "aid", seq: 1, screen: 1, layout: 1, aid: "PF24", cursor: 0, fields: [[1, "a"]] },
  reset: { type: "reset", seq: 1 },
  take: { type: "take", seq: 1 },
  give: { type: "give", seq: 1, to: "u-1" },
  repaint: { type: "repaint" },
};
const TO: { [T in ToPage["type"]]: Extract<ToPage, { type: T }> } = {
  screen: { type: "screen", session: "s-1", screen: wire(["a"]) },
  delta: {
    type: "delta", session: "s-1", base: 1, serial: 2, layout: 1, cursor: 0, locked: false, oia: "", alarm: false, state: "nvt",
    spans: [[0, "a", [[0, 1]]]], palette: null, fields: null,
  },
  taken: { type: "taken", seq: 1, session: "s-1", connection: "c" },
  refused: { type: "refused", seq: 1, session: "s-1", code: "locked", why: "", connection: "c" },
  session: { type: "session", session: "s-1", state: "open", reason: "", host: "", lu: "", worker: "" },
  control: { type: "control", session: "s-1", controller: null, viewers: [] },
  printer: { type: "printer", session: "s-1", state: "ready", lu: "", reason: "", jobs: 0 },
  run: { type: "run", run: "r-1", status: "running", total: 1, counts: {}, lanes: 1, rate: 0, finished: "" },
  problem: { type: "problem", code: "", message: "" },
};

test("this page and app/messages know the same messages", () => {
  expect(Object.keys(FROM).sort()).toEqual([...VECTORS.from_page].sort());
  expect(Object.keys(TO).sort()).toEqual([...VECTORS.to_page].sort());
});

test.each(Object.values({ ...FROM, ...TO }))("$type has the same parts on both sides", (message) => {
  const { type, ...parts } = message;
  expect(Object.keys(parts).sort()).toEqual(Object.keys(VECTORS.messages[type]!.properties).sort());
});

test("a screen and a field's flags are the same on both sides", () => {
  expect(Object.keys(wire(["a"])).sort()).toEqual(Object.keys(VECTORS.screen.properties).sort());
  expect(Object.fromEntries(Object.entries(FLAG).map(([name, bit]) => [bit, name]))).toEqual(VECTORS.flags);
});
