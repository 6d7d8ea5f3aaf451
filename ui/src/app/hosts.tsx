/** Choosing a host to open a session with. */

import { Icon } from "./icons";
import { hosts, openSession } from "./state";

/** What the page shows when no session is open. */
export function Hosts() {
  return (
    <section class="empty">
      <div class="welcome">
        <h1>Open a session</h1>
        <p class="quiet">Choose the host. The session stays signed on when you close this page, until it has been idle too long.</p>
        <HostList open={(host) => void openSession(host)} />
      </div>
    </section>
  );
}

export function HostList({ open }: { open(host: string): void }) {
  const list = hosts.value;
  if (list === null) return <p class="quiet">Loading…</p>;
  if (!list.length) return <p class="quiet">No host is set up. An administrator adds one, or start with <code>--host NAME=HOST:PORT</code>.</p>;
  return (
    <ul class="hosts">
      {list.map((host) => (
        <li key={host.name}>
          <button type="button" onClick={() => open(host.name)}>
            <span class="what">
              <strong>{host.name}</strong>
              <span class="quiet">{host.description}</span>
            </span>
            <Icon name="plus" />
          </button>
        </li>
      ))}
    </ul>
  );
}
