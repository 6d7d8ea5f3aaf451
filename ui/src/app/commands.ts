/** What a key can be besides a key of the 3270: a command of the page. */

import { everything } from "../export";
import type { Key } from "../keyboard";
import type { LiveSession } from "../session";
import { openDialog } from "./dialog";
import { terminalOf } from "./screenview";
import { step } from "./state";

export interface Command { readonly title: string; run(session: LiveSession): void }

const columns = (session: LiveSession) => session.view?.columns ?? 80;

export const COMMANDS: Readonly<Record<Key, Command>> = {
  SelectAll: { title: "Select the whole screen", run: (s) => s.view && terminalOf(s)?.select(everything(s.view)) },
  SelectLeft: { title: "Extend the selection left", run: (s) => terminalOf(s)?.extend(-1) },
  SelectRight: { title: "Extend the selection right", run: (s) => terminalOf(s)?.extend(1) },
  SelectUp: { title: "Extend the selection up", run: (s) => terminalOf(s)?.extend(-columns(s)) },
  SelectDown: { title: "Extend the selection down", run: (s) => terminalOf(s)?.extend(columns(s)) },
  Copy: { title: "Copy as text", run: (s) => terminalOf(s)?.input.copy("text") },
  CopyTable: { title: "Copy as a table", run: (s) => terminalOf(s)?.input.copy("table") },
  Older: { title: "Older screen", run: (s) => s.look((s.looking.value ?? s.past.value.length) - 1) },
  Newer: { title: "Newer screen", run: (s) => s.looking.value !== null && s.look(s.looking.value + 1) },
  NextSession: { title: "Next session", run: () => step(1) },
  PreviousSession: { title: "Previous session", run: () => step(-1) },
  Print: { title: "Print the screen", run: () => print() },
  Help: { title: "Keyboard help", run: () => openDialog("keys") },
};

/** Runs a command of the page; false when the key is none. */
export function runCommand(key: Key, session: LiveSession): boolean {
  const command = Object.hasOwn(COMMANDS, key) ? COMMANDS[key] : undefined;
  command?.run(session);
  return command !== undefined;
}
