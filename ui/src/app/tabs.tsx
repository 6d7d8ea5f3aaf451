/** The tabs of open sessions, and the button that opens another. */

import { signal } from "@preact/signals";
import { useEffect, useRef } from "preact/hooks";
import type { LiveSession } from "../session";
import { openDialog } from "./dialog";
import { HostList } from "./hosts";
import { Icon } from "./icons";
import { menuUnder, openMenu, type MenuPart } from "./menu";
import { refocus } from "./screenview";
import { bringToFront, closeSession, duplicate, front, panes, place, rename, sessions, split } from "./state";

export const TAB = "application/x-iast-session"; // what is dragged
const naming = signal<string | null>(null);

export function Tabs() {
  return (
    <nav class="tabs" aria-label="Sessions">
      {sessions.value.map((session) => <Tab session={session} key={session.id} />)}
      <NewTab />
    </nav>
  );
}

function Tab({ session }: { session: LiveSession }) {
  const { state, line } = session.status.value;
  const inFront = front.value === session.id;
  const shown = panes.value.includes(session.id);
  const title = session.title;
  const box = useRef<HTMLDivElement>(null);
  useEffect(() => void (inFront && box.current?.scrollIntoView({ block: "nearest", inline: "nearest" })), [inFront]);
  return (
    <div
      ref={box} class={`tab ${inFront ? "front" : shown ? "shown" : ""}`} draggable
      onDragStart={(e) => e.dataTransfer?.setData(TAB, session.id)}
      onContextMenu={(e) => (e.preventDefault(), openMenu(e.clientX, e.clientY, title, tabMenu(session)))}
    >
      {naming.value === session.id ? <Naming session={session} /> : (
        <button type="button" class="name" aria-current={inFront ? "true" : undefined} onClick={() => (bringToFront(session.id), refocus())} onDblClick={() => (naming.value = session.id)}>
          <span class={`dot ${line === "none" ? line : state === "open" ? line : state}`} />
          <span class="title">{title}</span>
          {session.may !== "own" && <Icon name="eye" />}
        </button>
      )}
      {inFront && (
        <button type="button" class="close" aria-label={`More for ${title}`} onClick={(e) => menuUnder(e, title, tabMenu(session))}><Icon name="more" /></button>
      )}
      <button type="button" class="close" aria-label={`Close ${title}`} onClick={() => void closeSession(session)}><Icon name="close" /></button>
    </div>
  );
}

function tabMenu(session: LiveSession): MenuPart[] {
  return [
    { title: "Rename", disabled: session.may !== "own", act: () => (naming.value = session.id) },
    { title: "Duplicate", act: () => void duplicate(session) },
    { title: "Show beside", act: () => beside(session) },
    { title: "Share…", disabled: session.may !== "own", act: () => (bringToFront(session.id), void openDialog("share")) },
    "line",
    { title: session.closes ? "Close, and sign off" : "Leave", act: () => void closeSession(session) },
  ];
}

/** Shows the session in a second pane. */
function beside(session: LiveSession): void {
  if (panes.value.length === 1) split(2);
  place(panes.value.length - 1, session.id);
}

function Naming({ session }: { session: LiveSession }) {
  const box = useRef<HTMLInputElement>(null);
  useEffect(() => box.current!.select(), []);
  const done = (name: string) => {
    if (naming.value !== session.id) return;
    naming.value = null;
    if (name !== session.name.value) void rename(session, name);
    refocus();
  };
  return (
    <input
      class="naming" ref={box} aria-label="Name of the session" defaultValue={session.name.value} placeholder={session.host} maxLength={100}
      onBlur={(e) => done(e.currentTarget.value)}
      onKeyDown={(e) => (e.key === "Enter" ? done(e.currentTarget.value) : e.key === "Escape" ? done(session.name.value) : undefined)}
    />
  );
}

function NewTab() {
  const menu = useRef<HTMLDivElement>(null);
  const place = (event: { currentTarget: Element }) => {
    const box = event.currentTarget.getBoundingClientRect();
    menu.current!.style.left = `${Math.max(8, Math.min(box.left, innerWidth - 336))}px`;
  };
  return (
    <>
      <button type="button" class="tool new" title="Open a session" aria-label="Open a session" popovertarget="hosts-menu" onClick={place}>
        <Icon name="plus" />
      </button>
      <div class="menu opening" id="hosts-menu" popover="auto" ref={menu}>
        <h2>Open a session</h2>
        <HostList opened={() => menu.current?.hidePopover()} />
      </div>
    </>
  );
}
