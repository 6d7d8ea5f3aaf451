/** What a person set, kept in this browser and, by app/sync.ts, with the server. One signal a setting. */

import { computed, effect, signal, type Signal } from "@preact/signals";
import { keymapOf, type Overrides } from "./keymap";
import type { PasteMode } from "./paste";
import type { Shape } from "./selection";

export type Theme = "auto" | "light" | "dark";
export type Colours = "auto" | "3279" | "green" | "contrast" | "paper";
export type CursorShape = "block" | "underline" | "bar";
export type Font = "plex" | "3270" | "system";

const all = new Map<string, Signal<unknown>>();

export const theme = kept<Theme>("theme", "auto");
export const colours = kept<Colours>("colours", "auto");
export const font = kept<Font>("font", "plex");
export const fontSize = kept("font-size", 0); // CSS pixels; 0: what fits the window
export const cursorShape = kept<CursorShape>("cursor", "block");
export const cursorBlink = kept("cursor-blink", false);
export const crosshair = kept("crosshair", false);
export const markFields = kept("mark-fields", true);
export const hotSpots = kept("hot-spots", true);
export const selectShape = kept<Shape>("select", "block");
export const pasteMode = kept<PasteMode>("paste", "fields");
export const sound = kept("sound", true);
/** Where the panel would leave too little of the terminal: there it lies over it, as app.css says, until it is closed. */
export const narrow = matchMedia("(width < 900px)");
export const panelOpen = kept("panel-open", !narrow.matches);
export const panelWidth = kept("panel-width", 440);
export const keypadOpen = kept("keypad-open", matchMedia("(pointer: coarse)").matches);
export const keymapName = kept("keymap", "pc");
export const keymapOverrides = kept<Overrides>("keys", {});

export const keymap = computed(() => keymapOf(keymapName.value, keymapOverrides.value));

/** What differs from one window of a person to the next: not kept with the server. */
const HERE = new Set(["panel-open", "panel-width", "keypad-open"]);

/** All settings that follow a person to other browsers. */
export function everySetting(): Record<string, unknown> {
  return Object.fromEntries([...all].filter(([name]) => !HERE.has(name)).map(([name, value]) => [name, value.value]));
}

/** Takes settings over, from another browser of this person. Unknown ones, those of another type, and what was changed since `asked` are left. */
export function takeSettings(given: Record<string, unknown>, asked: Record<string, unknown>): void {
  for (const [name, value] of Object.entries(given)) {
    const here = all.get(name);
    if (here && !HERE.has(name) && here.value === asked[name] && typeof here.value === typeof value && value !== null) here.value = value;
  }
}

export function kept<T>(name: string, otherwise: T): Signal<T> {
  const key = `iast.${name}`;
  const value = signal<T>(read(key, otherwise));
  effect(() => write(key, value.value));
  all.set(name, value as Signal<unknown>);
  return value;
}

export function read<T>(key: string, otherwise: T): T {
  try {
    const text = localStorage.getItem(key);
    const found = text === null ? otherwise : (JSON.parse(text) as T);
    return typeof found === typeof otherwise ? found : otherwise;
  } catch {
    return otherwise; // storage is shut off, or holds another version's value
  }
}

export function write(key: string, value: unknown): void {
  try {
    localStorage.setItem(key, JSON.stringify(value));
  } catch {
    // full or shut off: the setting lasts until the page is left
  }
}

/** Puts the themes on the root element, where the style sheets look for them. */
export function followThemes(): void {
  const dark = matchMedia("(prefers-color-scheme: dark)");
  const system = signal(dark.matches);
  dark.addEventListener("change", () => (system.value = dark.matches));
  effect(() => {
    const look = theme.value === "auto" ? (system.value ? "dark" : "light") : theme.value;
    const root = document.documentElement;
    root.dataset.theme = look;
    root.dataset.colours = colours.value === "auto" ? (look === "dark" ? "3279" : "paper") : colours.value;
    root.dataset.cursor = cursorShape.value;
    root.dataset.font = font.value;
    root.toggleAttribute("data-cursor-blink", cursorBlink.value);
    root.toggleAttribute("data-mark-fields", markFields.value);
    root.toggleAttribute("data-crosshair", crosshair.value);
  });
}
