/** Macros: what a person did, kept as steps, and played again. Pure. A hidden field's text is never in one: it is asked for. */

import { isWaiting, type Key, type Keyboard } from "./keyboard";
import { labelOf } from "./labels";
import { fieldAt } from "./screen";
import { rowText } from "./selection";

export type Step =
  | { readonly type: string } // typed at the cursor
  | { readonly key: Key }
  | { readonly ask: string } // what to ask the person for, typed into the hidden field at the cursor
  | { readonly expect: string }; // text the screen must show before the next step

export const MOST_STEPS = 500;

/** The steps with one more key, pressed on `k`. What the terminal refused is not part of a macro. */
export function recorded(steps: readonly Step[], k: Keyboard, key: Key): readonly Step[] {
  if (key === "Reset" || k.error || steps.length >= MOST_STEPS) return steps;
  const before = isWaiting(k) ? steps : [...steps, ...expected(steps, k)];
  const last = before.at(-1);
  if ([...key].length > 1) return [...before, { key }];
  if (fieldAt(k.screen, k.cursor)?.hidden) return last && "ask" in last ? before : [...before, { ask: labelOf(k.screen, k.cursor) || "Hidden field" }];
  return last && "type" in last ? [...before.slice(0, -1), { type: last.type + key }] : [...before, { type: key }];
}

/** Before anything is typed, the screen must be the one it was recorded on. */
function expected(steps: readonly Step[], k: Keyboard): readonly Step[] {
  const title = titleOf(k);
  const last = steps.findLast((s) => "expect" in s);
  return title && last?.expect !== title ? [{ expect: title }] : [];
}

/** The words that name a screen: its first line that says something, without what changes (dates, times). */
export function titleOf(k: Keyboard): string {
  for (let row = 0; row < k.screen.rows; row++) {
    const from = row * k.screen.columns;
    const parts = rowText(k.screen.cells, from, from + k.screen.columns).split(/ {2,}/).map((part) => part.trim());
    const title = parts.filter((part) => /[A-Za-z]{3}/.test(part) && !/\d{1,2}[:./-]\d{2}/.test(part)).sort((a, b) => b.length - a.length)[0];
    if (title) return title;
  }
  return "";
}

/** What a player does next with the keyboard as it is. */
export type Next =
  | { readonly do: "press"; readonly keys: readonly Key[] }
  | { readonly do: "ask"; readonly label: string }
  | { readonly do: "wait" }
  | { readonly do: "stop"; readonly why: string }
  | { readonly do: "done" };

export function next(steps: readonly Step[], at: number, k: Keyboard): Next {
  const step = steps[at];
  if (k.error) return { do: "stop", why: "A key was refused by the terminal: press Reset and look." };
  if (!step) return { do: "done" };
  if (isWaiting(k)) return { do: "wait" };
  if ("expect" in step) return rowText(k.screen.cells, 0, k.screen.cells.length).includes(step.expect) ? { do: "press", keys: [] } : { do: "wait" };
  if ("ask" in step) return fieldAt(k.screen, k.cursor)?.hidden ? { do: "ask", label: step.ask } : { do: "stop", why: `The cursor is not in the hidden field "${step.ask}".` };
  if ("type" in step) {
    if (fieldAt(k.screen, k.cursor)?.hidden) return { do: "stop", why: "The macro would type into a hidden field." };
    return { do: "press", keys: [...step.type] };
  }
  return { do: "press", keys: [step.key] };
}

/** A macro's steps, as a person reads them. */
export const told = (step: Step): string =>
  "type" in step ? `Type "${step.type}"` : "key" in step ? `Press ${step.key}` : "ask" in step ? `Ask for ${step.ask}` : `Wait for "${step.expect}"`;
