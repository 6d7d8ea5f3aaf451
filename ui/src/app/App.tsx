/** The page: tabs of sessions above, the terminal, and beside it the panel of ASTs and runs. */

import { signal } from "@preact/signals";
import type { ComponentType } from "preact";
import { useEffect } from "preact/hooks";
import { keypadOpen, panelOpen, panelWidth, theme } from "../settings";
import { Hosts } from "./hosts";
import { Icon } from "./icons";
import { Keypad } from "./keypad";
import { Oia } from "./oia";
import { focused, ScreenView } from "./screenview";
import { closeSession, current, openSession, toast } from "./state";
import { Tabs } from "./tabs";
import { Trouble } from "./trouble";

const panel = signal<ComponentType | null>(null); // a script of its own: the terminal does not wait for it

export function App() {
  return (
    <div class="app">
      <Bar />
      <main class="work">
        <Work />
        {panelOpen.value && <Splitter />}
        {panelOpen.value && (
          <aside class="side" style={{ width: `${panelWidth.value}px` }} aria-label="ASTs and runs">
            <Side />
          </aside>
        )}
      </main>
      <Toast />
    </div>
  );
}

function Side() {
  const Panel = panel.value;
  useEffect(() => {
    if (!Panel) void import("../panels/Panel").then((module) => (panel.value = module.default));
  }, []);
  return Panel ? <Panel /> : <p class="quiet pad">Loading…</p>;
}

function Bar() {
  return (
    <header class="bar">
      <a class="brand" href="/" aria-label="IAST">IAST</a>
      <Tabs />
      <div class="tools">
        <button type="button" class="tool" aria-pressed={keypadOpen.value} title="3270 keys" onClick={() => (keypadOpen.value = !keypadOpen.value)}>
          <Icon name="keypad" />
        </button>
        <ThemeButton />
        <button type="button" class="tool" aria-pressed={panelOpen.value} title="ASTs and runs" onClick={() => (panelOpen.value = !panelOpen.value)}>
          <Icon name="panel" />
        </button>
      </div>
    </header>
  );
}

const NEXT = { auto: "light", light: "dark", dark: "auto" } as const;
const LOOKS = { auto: "auto", light: "sun", dark: "moon" } as const;

function ThemeButton() {
  return (
    <button type="button" class="tool" title={`Theme: ${theme.value}`} onClick={() => (theme.value = NEXT[theme.value])}>
      <Icon name={LOOKS[theme.value]} />
    </button>
  );
}

function Work() {
  const session = current.value;
  if (!session) return <Hosts />;
  return (
    <section class="terminal" aria-label={`Session ${session.name || session.host}`}>
      <ScreenView session={session} key={session.id} />
      <Trouble session={session} again={() => void closeSession(session).then(() => openSession(session.host))} />
      {keypadOpen.value && <Keypad session={session} />}
      <Oia session={session} />
    </section>
  );
}

const dragging = signal(false);

function Splitter() {
  const move = (event: PointerEvent) => {
    if (dragging.value) panelWidth.value = Math.max(320, Math.min(innerWidth - 360, innerWidth - event.clientX));
  };
  const key = (event: KeyboardEvent) => {
    const step = { ArrowLeft: 24, ArrowRight: -24 }[event.key];
    if (step) panelWidth.value = Math.max(320, Math.min(innerWidth - 360, panelWidth.value + step));
  };
  return (
    <div
      class="splitter" role="separator" aria-orientation="vertical" aria-label="Width of the panel" aria-valuenow={panelWidth.value} aria-valuemin={320} aria-valuemax={2000} tabIndex={0}
      onPointerDown={(e) => ((dragging.value = true), e.currentTarget.setPointerCapture(e.pointerId))}
      onPointerMove={move} onPointerUp={() => (dragging.value = false)} onKeyDown={key}
    />
  );
}

function Toast() {
  const text = toast.value;
  useEffect(() => {
    if (!text) return;
    const timer = setTimeout(() => (toast.value = ""), 8000);
    return () => clearTimeout(timer);
  }, [text]);
  return (
    <div class="toasts" role="alert">
      {text && (
        <div class="toast">
          <span>{text}</span>
          <button type="button" class="tool" aria-label="Dismiss" onClick={() => ((toast.value = ""), focused.value?.focus())}>
            <Icon name="close" />
          </button>
        </div>
      )}
    </div>
  );
}
