import { expect, test } from "vitest";
import { ALL, initial, inWords, readBounds, typedOf } from "../src/panels/bounds";

test("what is left empty is left to the server", () => {
  expect(readBounds(ALL, { ...initial(ALL), lanes: "10" })).toEqual({ values: { lanes: 10, priority: 5, film: "failures", dry_run: false }, faults: {} });
});

test("a failure budget is a number or a share", () => {
  const fault = (budget: string) => readBounds(ALL, { ...initial(ALL), failure_budget: budget }).faults["failure_budget"];
  expect(["50", "5%", "100%", ""].map(fault)).toEqual([undefined, undefined, undefined, undefined]);
  expect(["0", "5 %", "101%", "many"].every(fault)).toBe(true);
});

test("more lanes than the host takes are refused with how many it takes", () => {
  expect(readBounds(ALL, { ...initial(ALL), lanes: "60" }, 50).faults).toEqual({ lanes: "This host takes at most 50 lanes." });
});

test("a kept configuration is shown as it was typed", () => {
  expect(typedOf(ALL, { lanes: 8, priority: 0, canary: 0, failure_budget: "5%", film: "never", dry_run: false })).toMatchObject({
    lanes: "8", priority: "0", canary: "", failure_budget: "5%", film: "never", dry_run: "",
  });
});

test("only what was changed is told", () => {
  expect(inWords(ALL, { ...initial(ALL), canary: "20", dry_run: "true" })).toBe("canary 20, dry run");
});
