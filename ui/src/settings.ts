/** What a person set for this browser, kept in localStorage. One signal a setting. */

import { effect, signal, type Signal } from "@preact/signals";

export type Theme = "auto" | "light" | "dark";
export type Colours = "auto" | "3279" | "green" | "contrast" | "paper";
export type CursorShape = "block" | "underline" | "bar";

export const theme = kept<Theme>("theme", "auto");
export const colours = kept<Colours>("colours", "auto");
export const cursorShape = kept<CursorShape>("cursor", "block");
export const cursorBlink = kept("cursor-blink", false);
export const markFields = kept("mark-fields", true);
export const panelOpen = kept("panel-open", true);
export const panelWidth = kept("panel-width", 440);
export const keypadOpen = kept("keypad-open", matchMedia("(pointer: coarse)").matches);
export const keymapName = kept("keymap", "pc");

export function kept<T>(name: string, otherwise: T): Signal<T> {
  const key = `iast.${name}`;
  const value = signal<T>(read(key, otherwise));
  effect(() => write(key, value.value));
  return value;
}

function read<T>(key: string, otherwise: T): T {
  try {
    const text = localStorage.getItem(key);
    return text === null ? otherwise : (JSON.parse(text) as T);
  } catch {
    return otherwise; // storage is shut off, or holds another version's value
  }
}

function write(key: string, value: unknown): void {
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
    root.toggleAttribute("data-cursor-blink", cursorBlink.value);
    root.toggleAttribute("data-mark-fields", markFields.value);
  });
}
