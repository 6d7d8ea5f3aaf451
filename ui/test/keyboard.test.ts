import { expect, test } from "vitest";
import { MOST_AHEAD, aidRefused, aidTaken, aidUnknown, drain, hostWrote, isWaiting, open, point, press, visible, type Keyboard } from "../src/keyboard";
import { draw, row } from "./picture";

const FORM = ["%USER_....%PIN#....%PW!....%OK."];
const at = (cursor: number, rows = FORM) => open(draw(rows, { cursor }));
const keys = (k: Keyboard, ...pressed: string[]) => pressed.reduce((now, key) => press(now, key).keyboard, k);
const seen = (k: Keyboard) => row(visible(k), k.screen.columns);

test("typing fills the field and the cursor follows", () => {
  const k = keys(at(6), "a", "b");
  expect(seen(k).slice(6, 10)).toBe("ab..");
  expect(k.cursor).toBe(8);
});

test("typing into a protected field is an operator error that Reset clears", () => {
  const k = keys(at(2), "x");
  expect([k.error, seen(k)]).toEqual(["X Protected", seen(at(2))]);
  expect(keys(k, "y").notice).toBe("Press Reset first");
  expect(keys(k, "Reset").error).toBe("");
});

test("a letter in a numeric field is refused, a digit taken", () => {
  expect(keys(at(15), "x").error).toBe("X Numeric");
  expect(keys(at(15), "7", "-", "1").error).toBe("");
});

test("insert pushes nulls out, never blanks", () => {
  expect(seen(keys(at(6), "a", "b", "Left", "Left", "Insert", "x")).slice(6, 10)).toBe("xab.");
  expect(keys(at(6), "a", "b", "c", " ", "Home", "Insert", "x").error).toBe("X Overflow");
});

test("Delete closes up with a null at the end, Erase EOF empties the rest", () => {
  expect(seen(keys(at(6), "a", "b", "c", "Home", "Delete")).slice(6, 10)).toBe("bc..");
  expect(seen(keys(at(6), "a", "b", "c", "Home", "Right", "EraseEOF")).slice(6, 10)).toBe("a...");
});

test("Tab and Backtab go from field to field and round the screen", () => {
  expect(keys(at(6), "Tab").cursor).toBe(15);
  expect(keys(at(8), "BackTab").cursor).toBe(6);
  expect(keys(at(6), "BackTab").cursor).toBe(23);
  expect(keys(at(23), "Tab").cursor).toBe(6);
});

test("an AID carries each field typed in, whole, with its nulls, and locks the keyboard", () => {
  const { keyboard, aid } = press(keys(at(6), "a", "b"), "Enter");
  expect(aid).toEqual({ type: "aid", screen: 1, layout: 1, aid: "Enter", cursor: 8, fields: [[6, "ab\0\0"]] });
  expect(isWaiting(keyboard)).toBe(true);
});

test("what is typed into a hidden field goes to the host and is shown to nobody", () => {
  const k = keys(at(23), "p", "w");
  expect(seen(k).slice(23, 27)).toBe("    ");
  expect(press(k, "Enter").aid?.fields).toEqual([[23, "pw\0\0"]]);
});

test("an unformatted screen is sent as one piece", () => {
  expect(press(keys(open(draw(["...."])), "l", "o"), "Enter").aid?.fields).toEqual([[0, "lo\0\0"]]);
});

test("keys typed while the host works wait, and are played when it is done", () => {
  const waiting = aidTaken(keys(at(6), "Enter", "a", "b"));
  expect(waiting.ahead).toEqual(["a", "b"]);
  const { keyboard } = drain(hostWrote(waiting, draw(FORM, { cursor: 6, serial: 2 })));
  expect(seen(keyboard).slice(6, 10)).toBe("ab..");
});

test("type-ahead stops at the next AID and goes on after its answer", () => {
  const waiting = aidTaken(keys(at(6), "Enter", "a", "PF3", "b"));
  const played = drain(hostWrote(waiting, draw(FORM, { cursor: 6, serial: 2 })));
  expect(played.aid?.aid).toBe("PF3");
  expect(played.keyboard.ahead).toEqual(["b"]);
});

test("type-ahead is capped, and dropped by Reset and by another layout", () => {
  const full = keys(at(6), "Enter", ...Array<string>(MOST_AHEAD + 5).fill("a"));
  expect([full.ahead.length, full.notice]).toEqual([MOST_AHEAD, "Type-ahead is full"]);
  expect(keys(full, "Reset").ahead).toEqual([]);
  expect(hostWrote(full, draw(["_...."], { serial: 2, layout: 2 })).ahead).toEqual([]);
});

test("a screen begun anew with the same fields takes what was typed ahead", () => {
  const waiting = aidTaken(keys(at(6), "z", "Enter", "a", "b"));
  const { keyboard } = drain(hostWrote(waiting, draw(FORM, { cursor: 6, serial: 2, layout: 2 })));
  expect(seen(keyboard).slice(6, 10)).toBe("ab..");
});

test("type-ahead never goes into a hidden field", () => {
  const waiting = aidTaken(keys(at(6), "Enter", "p", "w"));
  const { keyboard } = drain(hostWrote(waiting, draw(FORM, { cursor: 23, serial: 2 })));
  expect([keyboard.edited.size, keyboard.ahead, keyboard.notice]).toEqual([0, [], "Type-ahead is not put into a hidden field"]);
});

test("the screen that answers can overtake the word that the key was taken", () => {
  const pressed = keys(at(6), "a", "Enter");
  const k = aidTaken(hostWrote(pressed, draw(FORM, { cursor: 15, serial: 2 })));
  expect([isWaiting(k), k.cursor, k.edited.size]).toEqual([false, 15, 0]);
});

test("a host that writes elsewhere leaves what was typed", () => {
  const k = hostWrote(keys(at(6), "a", "b"), draw(["%USER_....%PIN#12..%PW!....%OK."], { cursor: 6, serial: 2 }));
  expect(seen(k).slice(0, 19)).toBe(" USER ab.. PIN 12..");
  expect(press(k, "Enter").aid).toMatchObject({ screen: 2, fields: [[6, "ab\0\0"]] });
});

test("a host that writes into the field wins, and the person is told", () => {
  const k = hostWrote(keys(at(6), "a", "b"), draw(["%USER_zz..%PIN#....%PW!....%OK."], { cursor: 6, serial: 2 }));
  expect(seen(k).slice(6, 10)).toBe("zz..");
  expect(k.notice).toBe("The host wrote over what you typed");
});

test("a refused key leaves what was typed to be put right", () => {
  const k = aidRefused(keys(at(6), "a", "Enter"), "The screen changed.");
  expect([seen(k).slice(6, 8), isWaiting(k), k.notice]).toEqual(["a.", false, "The screen changed."]);
});

test("a refused Clear brings the host's screen back", () => {
  const k = keys(at(6), "Clear");
  expect(seen(k)).toBe(".".repeat(31).replace(/(?<=^.{23}).{4}/, "    "));
  expect(seen(aidRefused(k, "no"))).toBe(seen(at(6)));
});

test("a key on a line that broke is never sent again, and the person is told to look", () => {
  const k = aidUnknown(keys(at(6), "a", "PF5"));
  expect(k.sent).toBeNull();
  expect(k.notice).toContain("PF5");
});

test("Attn goes out whatever the keyboard waits for", () => {
  expect(press(keys(at(6), "Enter"), "Attn").aid?.aid).toBe("Attn");
});

test("a click puts the cursor there, but not while the host has the keyboard", () => {
  expect(point(at(6), 15).cursor).toBe(15);
  expect(point(keys(at(6), "Enter"), 15).cursor).toBe(6);
});
