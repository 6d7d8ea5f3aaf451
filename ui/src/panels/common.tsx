/** Small pieces that the panel's pages share. */

import { signal } from "@preact/signals";
import type { ComponentChildren, ComponentType } from "preact";
import { useEffect, useLayoutEffect, useRef } from "preact/hooks";
import { Icon, type IconName } from "../app/icons";
import { shares, type Counts } from "./progress";

export function Pill({ status }: { status: string }) {
  return <span class={`pill s-${status}`}>{status}</span>;
}

/** The run as a bar, by status. The words beside it say the same. */
export function Bar({ counts, total }: { counts: Counts; total: number }) {
  return (
    <div class="progress-bar" aria-hidden="true">
      {shares(counts, total).map(({ status, count, percent }) => (
        <span key={status} class={`s-${status}`} style={{ flexGrow: percent }} title={`${count.toLocaleString("en")} ${status}`} />
      ))}
    </div>
  );
}

export function Trouble({ text, again }: { text: string; again?: () => void }) {
  if (!text) return null;
  return (
    <div class="fault" role="alert">
      <span>{text}</span>
      {again && <button type="button" onClick={again}>Try again</button>}
    </div>
  );
}

/** A button with an icon and its word. */
export function Action({ icon, label, act, kind = "", disabled = false }: { icon: IconName; label: string; act(): void; kind?: string; disabled?: boolean }) {
  return (
    <button type="button" class={`action ${kind}`} disabled={disabled} onClick={act}>
      <Icon name={icon} />
      {label}
    </button>
  );
}

/** A question before something that can't be taken back. Escape means no. */
export function Ask({ title, yes, act, close, children }: { title: string; yes: string; act(): void; close(): void; children: ComponentChildren }) {
  const box = useRef<HTMLDialogElement>(null);
  useLayoutEffect(() => box.current?.showModal(), []);
  return (
    <dialog class="ask" ref={box} onClose={close} aria-label={title}>
      <h2>{title}</h2>
      <p>{children}</p>
      <div class="buttons">
        <button type="button" autofocus onClick={() => box.current?.close()}>Go back</button>
        <button type="button" class="danger" onClick={() => (act(), box.current?.close())}>{yes}</button>
      </div>
    </dialog>
  );
}

export function Facts({ facts }: { facts: [string, ComponentChildren][] }) {
  const known = facts.filter(([, value]) => value !== "" && value !== null && value !== undefined);
  if (!known.length) return null;
  return (
    <dl class="facts">
      {known.map(([name, value]) => (
        <div key={name}>
          <dt>{name}</dt>
          <dd>{value}</dd>
        </div>
      ))}
    </dl>
  );
}

export const words = (name: string) => name.replaceAll("_", " ").replace(/^./, (c) => c.toUpperCase());

/** A component whose script is fetched when it is first shown. */
export function lazily<P extends object = object>(load: () => Promise<{ default: ComponentType<P> }>): ComponentType<P> {
  const loaded = signal<ComponentType<P> | null>(null);
  return function Lazy(props: P) {
    const Loaded = loaded.value;
    useEffect(() => {
      if (!loaded.value) void load().then((module) => (loaded.value = module.default));
    }, []);
    return Loaded ? <Loaded {...props} /> : <p class="quiet">Loading…</p>;
  };
}
