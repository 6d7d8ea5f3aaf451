import { expect, test } from "vitest";
import { fieldsOf, placed, read, rowOf } from "../src/panels/form";

const SCHEMA = {
  required: ["password", "limit", "mode"],
  properties: {
    password: { type: "string", title: "Password", format: "password", "x-secret": true },
    limit: { type: "integer", title: "Limit", minimum: 1, maximum: 9 },
    mode: { $ref: "#/$defs/Mode" },
    branch: { anyOf: [{ type: "string", maxLength: 4 }, { type: "null" }], title: "Branch", default: null },
    dry: { type: "boolean", title: "Dry", default: true },
    from: { type: "string", format: "date", title: "From" },
  },
  $defs: { Mode: { type: "string", enum: ["fast", "safe"], title: "Mode" } },
};

test("each parameter gets the input its type asks for", () => {
  expect(fieldsOf(SCHEMA).map(({ name, kind }) => [name, kind])).toEqual([
    ["password", "secret"], ["limit", "integer"], ["mode", "choice"], ["branch", "text"], ["dry", "boolean"], ["from", "date"],
  ]);
});

test("what may be null is optional, and its limits hold", () => {
  const branch = fieldsOf(SCHEMA)[3]!;
  expect(branch).toMatchObject({ required: false, label: "Branch", initial: "", maxLength: 4 });
  expect(read([branch], { branch: "12345" }).faults["branch"]).toContain("at most 4");
});

test("typed text becomes typed values, and what is empty and optional is left out", () => {
  const { values, faults } = read(fieldsOf(SCHEMA), { password: " s3cret ", limit: " 5 ", mode: "fast", dry: "true" });
  expect(faults).toEqual({});
  expect(values).toEqual({ password: " s3cret ", limit: 5, mode: "fast", dry: true });
});

test("each fault says what to do, at its field", () => {
  const { faults } = read(fieldsOf(SCHEMA), { limit: "ten", mode: "fast" });
  expect(faults).toEqual({ password: "Password is needed.", limit: "Limit is a whole number." });
  expect(read(fieldsOf(SCHEMA), { password: "x", limit: "12", mode: "fast" }).faults).toEqual({ limit: "Limit is 9 or less." });
});

test("the server's faults land on the fields they name", () => {
  const errors = [
    { at: "parameters.password", message: "is missing" },
    { at: "lanes", message: "too many" },
    { at: "items.3.policy", message: "no number" },
    { at: "body", message: "odd" },
  ];
  expect(placed(errors, ["password", "lanes"])).toEqual({ password: "is missing", lanes: "too many", "": "odd" });
  expect(errors.map(({ at }) => rowOf(at))).toEqual([null, null, 3, null]);
});
