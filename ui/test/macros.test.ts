import { expect, test } from "vitest";
import { aidTaken, hostWrote, open, press, type Keyboard } from "../src/keyboard";
import { next, recorded, titleOf, type Step } from "../src/macros";
import { draw } from "./picture";

const FORM = ["%SIGN ON  12:30%     ", "%USER_....%PW!....%  "];

function record(k: Keyboard, keys: string[]): readonly Step[] {
  let steps: readonly Step[] = [];
  for (const key of keys) {
    steps = recorded(steps, k, key);
    k = press(k, key).keyboard;
  }
  return steps;
}

test("a recording has what was typed, but asks for what went into a hidden field", () => {
  const k = open(draw(FORM, { cursor: 27 }));
  expect(record(k, ["m", "e", "Tab", "p", "w", "Enter"])).toEqual([{ expect: "SIGN ON" }, { type: "me" }, { key: "Tab" }, { ask: "PW" }, { key: "Enter" }]);
});

test("a screen is named by its first words, not by the time of day", () => {
  expect(titleOf(open(draw(FORM)))).toBe("SIGN ON");
});

test("a player waits for the host, then for the screen it was recorded on", () => {
  const k = open(draw(FORM, { cursor: 27 }));
  const steps: Step[] = [{ expect: "MENU" }, { type: "1" }, { key: "Enter" }];
  expect(next(steps, 0, k)).toEqual({ do: "wait" });
  const waiting = aidTaken(press(k, "Enter").keyboard);
  expect(next(steps, 1, waiting)).toEqual({ do: "wait" });
  const there = hostWrote(waiting, draw(["%MENU    ", "_....%   "], { cursor: 10, serial: 2, layout: 2 }));
  expect(next(steps, 0, there)).toEqual({ do: "press", keys: [] });
  expect(next(steps, 1, there)).toEqual({ do: "press", keys: ["1"] });
  expect(next(steps, 3, there)).toEqual({ do: "done" });
});

test("a player never types into a hidden field, and stops when a key was refused", () => {
  const k = open(draw(FORM, { cursor: 35 }));
  expect(next([{ type: "x" }], 0, k).do).toBe("stop");
  expect(next([{ ask: "PW" }], 0, k)).toEqual({ do: "ask", label: "PW" });
  expect(next([{ key: "Tab" }], 0, press({ ...k, cursor: 0 }, "x").keyboard).do).toBe("stop");
});
