import { expect, test } from "vitest";
import { decoded, readList } from "../src/panels/list";

const POLICY = { required: ["policy"], properties: { policy: { type: "string", title: "Policy number", pattern: "^P[0-9]{7}$", description: "P and seven digits" } } };
const PICK = { required: ["order", "quantity"], properties: { order: { type: "string", title: "Order" }, quantity: { type: "integer", title: "Quantity" }, note: { type: "string", title: "Note" } } };

test("a pasted list needs no header", () => {
  const list = readList("P0000001\r\nP0000002\n\n  P0000003  \n", POLICY);
  expect(list.rows).toEqual([{ policy: "P0000001" }, { policy: "P0000002" }, { policy: "P0000003" }]);
  expect(list.lines).toEqual([1, 2, 4]);
  expect(list.faults).toEqual([]);
});

test("a header is known by name or by title, in any order", () => {
  expect(readList("\ufeffPolicy Number\nP0000001", POLICY).rows).toEqual([{ policy: "P0000001" }]);
  expect(readList("quantity;order\n3;A1", PICK).rows).toEqual([{ quantity: "3", order: "A1" }]);
});

test("a spreadsheet's tabs and a quoted cell are read as they were meant", () => {
  expect(readList('A1\t2\t"two\nlines"\nB2\t1\t', PICK)).toMatchObject({ rows: [{ order: "A1", quantity: "2", note: "two\nlines" }, { order: "B2", quantity: "1", note: "" }], lines: [1, 3] });
});

test("bad lines are named by their number, with what is wrong", () => {
  const { faults, faultsInAll } = readList("policy\nP0000001\nXYZ\n\nP1", POLICY);
  expect(faultsInAll).toBe(2);
  expect(faults).toEqual([
    { line: 3, message: "XYZ is no policy number (P and seven digits)" },
    { line: 5, message: "P1 is no policy number (P and seven digits)" },
  ]);
});

test("wrong columns are named before any row", () => {
  expect(readList("order,colour\nA1,red", PICK).faults.map((fault) => fault.message)).toEqual([
    "The list has no column quantity. This AST takes order, quantity, note.",
    "The AST has no column colour. It takes order, quantity, note.",
  ]);
});

test("duplicates are kept and counted", () => {
  expect(readList("P0000001\nP0000001\nP0000002", POLICY)).toMatchObject({ duplicates: 1, faults: [] });
});

test("empty text is an empty list without a fault", () => {
  expect(readList(" \n", POLICY)).toMatchObject({ rows: [], faults: [] });
});

test("a list of 100,001 items is refused, one of 100,000 is not", () => {
  const lines = Array.from({ length: 100_001 }, (_, n) => `P${String(n).padStart(7, "0")}`);
  expect(readList(lines.join("\n"), POLICY).faults).toEqual([{ line: 0, message: "100,001 items are too many: a run takes 100,000. Split the list." }]);
  expect(readList(lines.slice(1).join("\n"), POLICY).faults).toEqual([]);
});

test("a file that is not UTF-8 is refused with what to do", () => {
  expect(() => decoded(new Uint8Array([0x4d, 0xfc, 0x6c]).buffer)).toThrow("CSV UTF-8");
});
