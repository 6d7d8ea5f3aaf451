/** The page: tabs of sessions above, the terminals, and beside them the panel of ASTs and runs. */

import { signal } from "@preact/signals";
import type { ComponentType } from "preact";
import { useEffect } from "preact/hooks";
import { signOut } from "../api";
import { record } from "../desk";
import type { LiveSession } from "../session";
import { keypadOpen, panelOpen, panelWidth, sound, theme } from "../settings";
import { Bars } from "./bars";
import { Dialogs, openDialog } from "./dialog";
import { Hosts } from "./hosts";
import { Icon, type IconName } from "./icons";
import { Keypad } from "./keypad";
import { Menu, menuUnder, type MenuPart } from "./menu";
import { Oia } from "./oia";
import { hint, saving } from "./screenmenu";
import { refocus, ScreenView } from "./screenview";
import { Speech } from "./speech";
import { active, closeSession, current, me, openSession, panes, place, sessionOf, split, tell, toast } from "./state";
import { TAB, Tabs } from "./tabs";
import { Trouble } from "./trouble";

const panel = signal<ComponentType | null>(null); // a script of its own: the terminal does not wait for it

export function App() {
  return (
    <div class="app">
      <Bar />
      <main class="work">
        <div class={`panes of${panes.value.length}`}>
          {panes.value.map((id, n) => <Pane id={id} n={n} key={n} />)}
        </div>
        {panelOpen.value && <Splitter />}
        {panelOpen.value && (
          <aside class="side" style={{ width: `${panelWidth.value}px` }} aria-label="ASTs and runs">
            <Side />
          </aside>
        )}
      </main>
      <Toast />
      <Menu />
      <Dialogs />
    </div>
  );
}

function Side() {
  const Panel = panel.value;
  useEffect(() => {
    if (!Panel) void tell(import("../panels/Panel")).then((module) => module && (panel.value = module.default));
  }, []);
  return Panel ? <Panel /> : <p class="quiet pad">Loading…</p>;
}

function Bar() {
  return (
    <header class="bar">
      <a class="brand" href="/" aria-label="IAST">IAST</a>
      <Tabs />
      <div class="tools">
        <Tool icon="history" title="Past screens" act={() => current.value && (current.value.look(current.value.past.value.length - 1), refocus())} />
        <Tool icon="macro" title="Macros" act={() => void openDialog("macros")} />
        <Tool icon="split" title="Layout" act={(e) => menuUnder(e, "Layout", layouts())} />
        <Tool icon="keypad" title="3270 keys" pressed={keypadOpen.value} act={() => ((keypadOpen.value = !keypadOpen.value), refocus())} />
        <Tool icon="more" title="More" act={(e) => menuUnder(e, "More", more())} />
        <Tool icon="panel" title="ASTs and runs" pressed={panelOpen.value} act={() => ((panelOpen.value = !panelOpen.value), panelOpen.value || refocus())} />
      </div>
    </header>
  );
}

function Tool({ icon, title, pressed, act }: { icon: IconName; title: string; pressed?: boolean; act(event: { currentTarget: Element }): void }) {
  return (
    <button type="button" class="tool" title={title} aria-label={title} aria-pressed={pressed} onClick={act}>
      <Icon name={icon} />
    </button>
  );
}

const layouts = (): MenuPart[] =>
  ([[1, "One session"], [2, "Two side by side"], [4, "Four"]] as const).map(([count, title]) => ({ title, checked: panes.value.length === count, act: () => split(count) }));

function more(): MenuPart[] {
  const session = current.value;
  const looks = (["auto", "light", "dark"] as const).map((look) => ({ title: { auto: "As the system", light: "Light", dark: "Dark" }[look], checked: theme.value === look, act: () => (theme.value = look) }));
  return [
    ...(session ? [...ofSession(session), "line" as const, ...saving(session), "line" as const] : []),
    { title: "Recordings…", act: () => void openDialog("recordings") },
    { title: "Keyboard…", hint: hint("Help"), act: () => void openDialog("keys") },
    { title: "Settings…", act: () => void openDialog("settings") },
    "line", { heading: "Theme" }, ...looks,
    "line", { heading: me.name && `Signed in as ${me.name}` },
    { title: "Sign out", act: () => void leave() },
  ];
}

function ofSession(session: LiveSession): MenuPart[] {
  const filmed = session.filmed.value;
  const film = () => void tell(record(session.id, !filmed)).then((done) => done && (session.filmed.value = !filmed));
  const transfer: MenuPart = { title: "Transfer a file…", act: () => void openDialog("transfer") };
  const printed: MenuPart[] = session.printer.value ? [{ title: "Printed…", hint: session.printer.value.lu, act: () => void openDialog("printed") }] : [];
  if (session.may === "watch") return printed;
  return session.may !== "own" ? [transfer, ...printed] : [
    transfer,
    ...printed,
    { title: "Share this session…", act: () => void openDialog("share") },
    { title: filmed ? "Stop the recording of this session" : "Record this session", act: film },
  ];
}

async function leave(): Promise<void> {
  const answer = await tell(signOut());
  if (answer) location.assign(answer.next);
}

function Pane({ id, n }: { id: string | null; n: number }) {
  const session = sessionOf(id);
  const drop = (event: DragEvent) => {
    const dragged = event.dataTransfer?.getData(TAB);
    if (!dragged) return;
    event.preventDefault();
    place(n, dragged);
  };
  const inFront = active.value === n;
  return (
    <section
      class={`terminal ${inFront ? "front" : ""}`} aria-label={session ? `Session ${session.title}` : "No session"}
      onDragOver={(e) => e.dataTransfer?.types.includes(TAB) && e.preventDefault()} onDrop={drop}
      onPointerDown={() => (active.value = n)} onFocusIn={() => (active.value = n)}
    >
      {session ? <Shown session={session} key={session.id} /> : <Hosts />}
    </section>
  );
}

function Shown({ session }: { session: LiveSession }) {
  useEffect(() => session.rings.subscribe((count) => count > 0 && ring()), [session]);
  return (
    <>
      <ScreenView session={session} />
      <Trouble session={session} again={() => void closeSession(session).then(() => openSession(session.host, { name: session.name.value, model: session.model, printer: session.wishedPrinter }))} />
      <Bars session={session} />
      {keypadOpen.value && session === current.value && <Keypad session={session} />}
      <Oia session={session} />
      <Speech session={session} />
    </>
  );
}

/** The bell of the host. */
function ring(): void {
  if (!sound.value) return;
  const audio = new AudioContext();
  const [tone, volume] = [audio.createOscillator(), audio.createGain()];
  volume.gain.value = 0.05;
  tone.connect(volume).connect(audio.destination);
  tone.onended = () => void audio.close();
  tone.start();
  tone.stop(audio.currentTime + 0.12);
}

const dragging = signal(false);

function Splitter() {
  const within = (width: number) => Math.max(320, Math.min(innerWidth - 360, width));
  const key = (event: KeyboardEvent) => {
    const step = { ArrowLeft: 24, ArrowRight: -24 }[event.key];
    if (step) panelWidth.value = within(panelWidth.value + step);
  };
  return (
    <div
      class="splitter" role="separator" aria-orientation="vertical" aria-label="Width of the panel" aria-valuenow={panelWidth.value} aria-valuemin={320} aria-valuemax={2000} tabIndex={0}
      onPointerDown={(e) => ((dragging.value = true), e.currentTarget.setPointerCapture(e.pointerId))}
      onPointerMove={(e) => dragging.value && (panelWidth.value = within(innerWidth - e.clientX))} onPointerUp={() => (dragging.value = false)} onKeyDown={key}
    />
  );
}

function Toast() {
  const text = toast.value;
  useEffect(() => {
    if (!text) return;
    const timer = setTimeout(() => (toast.value = ""), 12_000);
    return () => clearTimeout(timer);
  }, [text]);
  return (
    <div class="toasts" role="alert">
      {text && (
        <div class="toast">
          <span>{text}</span>
          <button type="button" class="tool" aria-label="Dismiss" onClick={() => ((toast.value = ""), refocus())}>
            <Icon name="close" />
          </button>
        </div>
      )}
    </div>
  );
}
