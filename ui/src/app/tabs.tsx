/** The tabs of open sessions, and the button that opens another. */

import { useRef } from "preact/hooks";
import type { LiveSession } from "../session";
import { HostList } from "./hosts";
import { Icon } from "./icons";
import { bringToFront, closeSession, front, openSession, sessions } from "./state";

export function Tabs() {
  return (
    <nav class="tabs" aria-label="Sessions">
      {sessions.value.map((session) => <Tab session={session} key={session.id} />)}
      <NewTab />
    </nav>
  );
}

function Tab({ session }: { session: LiveSession }) {
  const name = session.name || session.host;
  const { state, line } = session.status.value;
  const inFront = front.value === session.id;
  return (
    <div class={`tab ${inFront ? "front" : ""}`}>
      <button type="button" class="name" aria-current={inFront ? "true" : undefined} onClick={() => bringToFront(session.id)}>
        <span class={`dot ${state === "open" ? line : state}`} />
        {name}
      </button>
      <button type="button" class="close" aria-label={`Close ${name}`} onClick={() => void closeSession(session)}>
        <Icon name="close" />
      </button>
    </div>
  );
}

function NewTab() {
  const menu = useRef<HTMLDivElement>(null);
  const open = (host: string) => {
    menu.current?.hidePopover();
    void openSession(host);
  };
  return (
    <>
      <button type="button" class="tool new" title="Open a session" popovertarget="hosts-menu">
        <Icon name="plus" />
      </button>
      <div class="menu" id="hosts-menu" popover="auto" ref={menu}>
        <h2>Open a session</h2>
        <HostList open={open} />
      </div>
    </>
  );
}
