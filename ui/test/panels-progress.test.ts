import { expect, test } from "vitest";
import { done, duration, percent, secondsLeft, shares, spoken } from "../src/panels/progress";

test("what waits for a person is not done", () => {
  expect(done({ succeeded: 5, refused: 1, parked: 2, running: 1, pending: 1 }, 10)).toBe(6);
});

test("the bar is full whatever the counts leave out", () => {
  const bar = shares({ succeeded: 30, failed: 10, running: 10 }, 200);
  expect(bar.map(({ status, count }) => [status, count])).toEqual([["succeeded", 30], ["failed", 10], ["running", 10], ["pending", 150]]);
  expect(bar.reduce((sum, { percent }) => sum + percent, 0)).toBe(100);
});

test("a run is at 100 percent only when nothing is left", () => {
  expect(percent({ succeeded: 9_999, pending: 1 }, 10_000)).toBe(99);
  expect(percent({ succeeded: 10_000 }, 10_000)).toBe(100);
});

test("time left is told only when there is a rate", () => {
  expect(secondsLeft({ succeeded: 50, pending: 50 }, 100, 5)).toBe(10);
  expect(secondsLeft({ pending: 100 }, 100, 0)).toBeNull();
  expect(secondsLeft({ succeeded: 100 }, 100, 0)).toBe(0);
});

test("durations are as exact as they are useful", () => {
  expect([4, 65, 3_725, 200_000].map(duration)).toEqual(["4 s", "1 min 05 s", "1 h 02 min", "2 days"]);
});

test("a screen reader hears of each tenth, and of the end", () => {
  expect(spoken("running", { succeeded: 41, pending: 59 }, 100)).toBe(spoken("running", { succeeded: 49, pending: 51 }, 100));
  expect(spoken("finished", { succeeded: 98, failed: 2 }, 100)).toBe("Run finished: 100 of 100 items done, 2 failed.");
});
