import { expect, test } from "vitest";
import { fresh, timingOf, typedOf, whenOf, wrongWith } from "../src/panels/timing";

const typed = (more: object) => ({ ...fresh("Europe/Zurich"), ...more });

test("an interval is sent in seconds and shown in the largest unit that fits", () => {
  expect(whenOf(typed({ kind: "every", every: "1.5", unit: "3600" }))).toEqual({ every: 5400 });
  expect(typedOf({ when: { every: 5400 }, zone: "UTC", holidays: "", overlap: "skip", missed: "skip" })).toMatchObject({ every: "90", unit: "60" });
  expect(typedOf({ when: { every: 86_400 }, zone: "UTC", holidays: "", overlap: "skip", missed: "skip" })).toMatchObject({ every: "1", unit: "86400" });
});

test("a moment is shown on the clock of its zone, also over daylight saving", () => {
  const once = (time: string) => typedOf({ when: { once: time }, zone: "Europe/Zurich", holidays: "", overlap: "skip", missed: "skip" }).once;
  expect([once("2026-11-21T07:00:00.000Z"), once("2026-07-01T07:00:00.000Z")]).toEqual(["2026-11-21T08:00", "2026-07-01T09:00"]);
});

test("what is plainly wrong is said before it is sent", () => {
  expect(wrongWith(typed({ kind: "once" }))).toHaveProperty("when");
  expect(wrongWith(typed({ kind: "every", every: "0" }))).toHaveProperty("when");
  expect(wrongWith(typed({ kind: "cron", cron: "* * *" }))).toHaveProperty("when");
  expect(wrongWith(typed({ kind: "cron", cron: " 0 6 * * 1-5 " }))).toEqual({});
});

test("rules go along with the time", () => {
  expect(timingOf(typed({ kind: "cron", cron: "0 6 * * *", holidays: " DE ", overlap: "queue" }))).toEqual({
    when: { cron: "0 6 * * *" }, zone: "Europe/Zurich", holidays: "DE", overlap: "queue", missed: "skip",
  });
});
