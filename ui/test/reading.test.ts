import { expect, test } from "vitest";
import { everything, htmlOf, journal, tableOf } from "../src/export";
import { hotSpots } from "../src/hotspots";
import { open } from "../src/keyboard";
import { described, labelOf, summary } from "../src/labels";
import { MOST_SEEN, find, remember, type Seen } from "../src/past";
import { openCells, type View } from "../src/view";
import { draw } from "./picture";

const view = (rows: string[]): View => {
  const screen = draw(rows);
  return { ...screen, open: openCells(screen) };
};
const spots = (text: string) => {
  const v = view([`%${text}`]);
  return hotSpots(v, 0).map((s) => [v.cells.slice(s.from, s.to).join(""), s.aid ?? s.url]);
};

test("function keys at the foot of a screen are hot spots", () => {
  expect(spots("PF1=HELP  PF3=END  F12 = Go back  PA2=X")).toEqual([["PF1=HELP", "PF1"], ["PF3=END", "PF3"], ["F12 = Go back", "PF12"], ["PA2=X", "PA2"]]);
  expect(spots("PF1=HELP PF3=END PF99=NO XF3=NO")).toEqual([["PF1=HELP", "PF1"], ["PF3=END", "PF3"]]);
});

test("an address is a hot spot, without the full stop behind it", () => {
  const v = view(["%".padEnd(60)]);
  const cells = [...v.cells];
  "SEE HTTPS://EXAMPLE.COM/A?B=1. OR (www.example.com)".split("").forEach((c, i) => (cells[i + 1] = c));
  expect(hotSpots({ ...v, cells }, 0).map((s) => s.url)).toEqual(["HTTPS://EXAMPLE.COM/A?B=1", "https://www.example.com"]);
});

test("what was typed is never a hot spot", () => {
  expect(hotSpots(view(["_PF3=END   %"]), 0)).toEqual([]);
});

test("a list of the host becomes a table", () => {
  const v = view(["%NUMBER  NAME        AMOUNT", "%P01     ANNA SMITH      12", "%P02     BO              3 "]);
  expect(tableOf(v, everything(v))).toEqual([["NUMBER", "NAME", "AMOUNT"], ["P01", "ANNA SMITH", "12"], ["P02", "BO", "3"]]);
});

test("HTML keeps the colours and escapes what the host wrote", () => {
  const v = view(["%<B>&x"]);
  expect(htmlOf(v, everything(v))).toContain("color:#0e6b33");
  expect(htmlOf(v, everything(v))).toContain("&lt;B&gt;");
});

test("the text of a hidden field is in no export", () => {
  const screen = draw(["%PW!....%"]);
  const k = { ...open(screen), buffer: [..." PW "].concat([..."key1"], " ") };
  expect(described({ ...k, cursor: 4 })).toBe("PW, hidden, 4 characters");
});

test("a field's label is what stands before it, or above it", () => {
  const screen = draw(["%  POLICY NUMBER ===>_....%", "%NAME     %AGE             ", "_.........%_..............."]);
  expect(labelOf(screen, 22)).toBe("POLICY NUMBER");
  expect(labelOf(screen, 2 * 27 + 1)).toBe("NAME");
});

test("a new screen is told by its title and its message", () => {
  expect(summary(draw(["%  POLICY   MENU", "%               ", "%NOT FOUND      ", "%PF3=END        "]))).toBe("Screen: POLICY MENU. NOT FOUND");
});

test("past screens are kept up to a limit, not twice, and can be searched", () => {
  const seen = (text: string, left = ""): Seen => ({ view: view([`%${text}`]), time: 0, left });
  let past = remember(remember([], seen("ONE", "Enter")), seen("TWO", "PF3"));
  expect(remember(past, seen("TWO"))).toBe(past);
  expect(remember(past, seen("   "))).toBe(past);
  expect([find(past, "one", 2, -1), find(past, "three", 2, -1), find(past, "two", 0, 1)]).toEqual([0, -1, 1]);
  expect(journal(past)).toContain("left by PF3\n TWO");
  for (let n = 0; n < MOST_SEEN + 5; n++) past = remember(past, seen(`N${n}`));
  expect(past.length).toBe(MOST_SEEN);
});
