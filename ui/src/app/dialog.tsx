/** Dialogs: native, modal, each a script of its own that is loaded when it is first opened. */

import { signal } from "@preact/signals";
import type { ComponentChildren, ComponentType } from "preact";
import { useLayoutEffect, useRef } from "preact/hooks";
import { Icon } from "./icons";
import { refocus } from "./screenview";
import { tell } from "./state";

const DIALOGS = {
  settings: () => import("./dialogs/settings"),
  keys: () => import("./dialogs/keys"),
  macros: () => import("./dialogs/macros"),
  share: () => import("./dialogs/share"),
  recordings: () => import("./dialogs/recordings"),
  printed: () => import("./dialogs/printed"),
  transfer: () => import("./dialogs/transfer"),
} as const;

const shown = signal<ComponentType | null>(null);

export async function openDialog(name: keyof typeof DIALOGS): Promise<void> {
  const module = await tell(DIALOGS[name]());
  if (module) shown.value = module.default;
}

/** Closes the dialog itself first: as long as it is modal, nothing else can have the focus. */
export function closeDialog(): void {
  document.querySelector<HTMLDialogElement>("dialog[open]")?.close();
  closed();
}

function closed(): void {
  shown.value = null;
  refocus();
}

export function Dialogs() {
  const Shown = shown.value;
  return Shown && <Shown />;
}

export function Dialog({ title, wide, children }: { title: string; wide?: boolean; children: ComponentChildren }) {
  const element = useRef<HTMLDialogElement>(null);
  useLayoutEffect(() => element.current!.showModal(), []);
  return (
    <dialog ref={element} class={wide ? "wide" : ""} aria-labelledby="dialog-title" onClose={closed} onClick={(e) => e.target === element.current && closeDialog()}>
      <header>
        <h2 id="dialog-title">{title}</h2>
        <button type="button" class="tool" aria-label="Close" onClick={closeDialog}><Icon name="close" /></button>
      </header>
      <div class="body">{children}</div>
    </dialog>
  );
}
