import { expect, test } from "vitest";
import { open } from "../src/keyboard";
import { paste } from "../src/paste";
import { selectedText } from "../src/selection";
import { draw, row } from "./picture";

const FORM = ["%A_....%..", "%B_....%..", "%C_....%.."];

test("a line of text goes into a line of the screen, the next one below it", () => {
  const { keyboard, dropped } = paste(open(draw(FORM, { cursor: 3 })), "one\r\ntwo\nsix\n");
  expect([0, 1, 2].map((n) => row(keyboard.buffer, 10, n).slice(3, 7))).toEqual(["one.", "two.", "six."]);
  expect(dropped).toBe(0);
});

test("what does not fit is counted, and never runs into the next field", () => {
  const { keyboard, dropped } = paste(open(draw(FORM, { cursor: 3 })), "abcdefg");
  expect(row(keyboard.buffer, 10).slice(3, 7)).toBe("abcd");
  expect(row(keyboard.buffer, 10, 1).slice(3, 7)).toBe("....");
  expect(dropped).toBe(3);
});

test("a tab goes to the next field", () => {
  const { keyboard } = paste(open(draw(FORM, { cursor: 3 })), "x\ty");
  expect(row(keyboard.buffer, 10, 1).slice(3, 5)).toBe("y.");
});

test("a block is copied column by column, a stream line by line", () => {
  const { cells } = draw(["abcde", "fghij"]);
  expect(selectedText({ from: 1, to: 7, shape: "block" }, cells, 5)).toBe("bc\ngh");
  expect(selectedText({ from: 3, to: 6, shape: "stream" }, cells, 5)).toBe("de\nfg");
});
