/** The menu of a screen: copy, paste, save, print. */

import { htmlDocument, journal } from "../export";
import type { Key } from "../keyboard";
import { combinationsOf } from "../keymap";
import { plain } from "../past";
import type { LiveSession } from "../session";
import { keymap, pasteMode } from "../settings";
import type { PasteMode } from "../paste";
import { openMenu, type MenuPart } from "./menu";
import { terminalOf } from "./screenview";

export function screenMenu(session: LiveSession, x: number, y: number, cell: number, selected: boolean): void {
  const input = terminalOf(session)?.input;
  openMenu(x, y, "Screen", [
    { title: "Copy", hint: "Ctrl+C", disabled: !selected, act: () => input?.copy("text") },
    { title: "Copy as table", disabled: !selected, act: () => input?.copy("table") },
    { title: "Copy with colours (HTML)", act: () => input?.copy("html") },
    { title: "Select all", hint: hint("SelectAll"), act: () => session.view && terminalOf(session)?.select({ from: 0, to: session.view.cells.length - 1, shape: "block" }) },
    "line",
    ...([["fields", "Paste, field by field"], ["flow", "Paste, flowing on into next fields"], ["overlay", "Paste over the screen as it lies"]] as const).map(([mode, title]) => pasting(session, cell, mode, title)),
    "line",
    ...saving(session),
  ]);
}

/** Entries that keep what is shown: as files, on paper. */
export function saving(session: LiveSession): MenuPart[] {
  const view = () => terminalOf(session)?.view ?? null;
  return [
    { title: "Print, or save as PDF…", hint: hint("Print"), act: () => print() },
    { title: "Save as text", act: () => view() && save(session, "txt", "text/plain", `${plain(view()!)}\n`) },
    { title: "Save as HTML", act: () => view() && save(session, "html", "text/html", htmlDocument(view()!, session.title)) },
    { title: "Save all past screens as text", disabled: !session.past.value.length, act: () => save(session, "log.txt", "text/plain", journal(session.past.value)) },
  ];
}

export const hint = (key: Key): string => combinationsOf(keymap.value, key)[0] ?? "";

function pasting(session: LiveSession, cell: number, mode: PasteMode, title: string): MenuPart {
  return {
    title, hint: pasteMode.value === mode ? "Ctrl+V" : "",
    act: () => void fromClipboard().then((text) => (text === null ? session.say("This browser gives the clipboard to Ctrl+V only.") : (session.point(cell), session.paste(text, mode)))),
  };
}

async function fromClipboard(): Promise<string | null> {
  try {
    return await navigator.clipboard.readText();
  } catch {
    return null; // not a secure context, or the person said no
  }
}

function save(session: LiveSession, ending: string, type: string, text: string): void {
  const link = document.createElement("a");
  link.href = URL.createObjectURL(new Blob([text], { type: `${type};charset=utf-8` }));
  link.download = `${session.title.replace(/[^\w-]+/g, "-")}-${new Date().toISOString().slice(0, 19).replace(/:/g, "")}.${ending}`;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 10_000);
}
