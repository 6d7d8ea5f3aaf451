/** The one menu of the page: opened at a point or under a button, closed by a choice, Escape or a click elsewhere. */

import { signal } from "@preact/signals";
import { useLayoutEffect, useRef } from "preact/hooks";
import { refocus } from "./screenview";

export interface MenuItem {
  readonly title: string;
  readonly hint?: string; // a key, or a state
  readonly checked?: boolean;
  readonly disabled?: boolean;
  act(): void;
}
export type MenuPart = MenuItem | "line" | { readonly heading: string };

const open = signal<{ x: number; y: number; parts: readonly MenuPart[]; label: string } | null>(null);

export function openMenu(x: number, y: number, label: string, parts: readonly MenuPart[]): void {
  open.value = { x, y, label, parts };
}

/** Opens a menu under the button that was clicked. */
export function menuUnder(event: { currentTarget: Element }, label: string, parts: readonly MenuPart[]): void {
  const box = event.currentTarget.getBoundingClientRect();
  openMenu(box.left, box.bottom + 4, label, parts);
}

export function Menu() {
  return open.value && <Opened {...open.value} key={`${open.value.x},${open.value.y}`} />;
}

function Opened({ x, y, label, parts }: { x: number; y: number; label: string; parts: readonly MenuPart[] }) {
  const element = useRef<HTMLDivElement>(null);
  // Not popover="auto": on Linux and macOS the button that asks for a menu is still down, and browsers close it when it goes up.
  useLayoutEffect(() => {
    const menu = element.current!;
    menu.showPopover();
    const box = menu.getBoundingClientRect();
    menu.style.left = `${Math.max(4, Math.min(x, innerWidth - box.width - 4))}px`;
    menu.style.top = `${Math.max(4, Math.min(y, innerHeight - box.height - 4))}px`;
    (buttons(menu)[0] ?? menu).focus();
    const elsewhere = (event: PointerEvent) => !menu.contains(event.target as Node) && close();
    addEventListener("pointerdown", elsewhere, true);
    return () => removeEventListener("pointerdown", elsewhere, true);
  }, []);
  return (
    <div class="menu" popover="manual" role="menu" aria-label={label} ref={element} tabIndex={-1} onKeyDown={move}>
      {parts.map((part, n) => (part === "line" ? <hr key={n} /> : "heading" in part ? <p class="heading" role="presentation" key={n}>{part.heading}</p> : <Entry item={part} key={n} />))}
    </div>
  );
}

function Entry({ item }: { item: MenuItem }) {
  const role = item.checked === undefined ? "menuitem" : "menuitemcheckbox";
  return (
    <button type="button" role={role} aria-checked={item.checked} tabIndex={-1} disabled={item.disabled} onClick={() => (close(), item.act())}>
      <span>{item.title}</span>
      {item.hint && <kbd>{item.hint}</kbd>}
    </button>
  );
}

function close(): void {
  if (!open.value) return;
  open.value = null;
  refocus();
}

function move(event: KeyboardEvent): void {
  const all = buttons(event.currentTarget as HTMLElement);
  const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
  if (event.key === "Escape") event.preventDefault(); // nothing else closes with it
  if (event.key === "Tab" || event.key === "Escape") return close();
  if (!step) return;
  event.preventDefault();
  all[(all.indexOf(document.activeElement as HTMLButtonElement) + step + all.length) % all.length]?.focus();
}

const buttons = (menu: HTMLElement) => [...menu.querySelectorAll<HTMLButtonElement>("button:not(:disabled)")];
