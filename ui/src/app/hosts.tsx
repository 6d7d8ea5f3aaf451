/** Choosing a host to open a session with. */

import { useState } from "preact/hooks";
import { Icon } from "./icons";
import { hosts, openSession } from "./state";

/** What the page shows when no session is open. */
export function Hosts() {
  return (
    <section class="empty">
      <div class="welcome">
        <h1>Open a session</h1>
        <p class="quiet">Choose the host. The session stays signed on when you close this page, until it has been idle too long.</p>
        <HostList opened={() => undefined} />
      </div>
    </section>
  );
}

export function HostList({ opened }: { opened(): void }) {
  const [more, setMore] = useState({ name: "", model: "", lu: "" });
  const [printer, setPrinter] = useState<{ which: "" | "none" | "associate" | "named"; lu: string }>({ which: "", lu: "" });
  const wished = { "": null, none: "", associate: "associate", named: printer.lu }[printer.which];
  const list = hosts.value;
  if (list === null) return <p class="quiet">Loading…</p>;
  if (!list.length) return <p class="quiet">No host is set up. An administrator adds one, or start with <code>--host NAME=HOST:PORT</code>.</p>;
  return (
    <>
      <ul class="hosts">
        {list.map((host) => (
          <li key={host.name}>
            <button type="button" onClick={() => (opened(), void openSession(host.name, { ...more, printer: wished }))}>
              <span class="what">
                <strong>{host.name}</strong>
                <span class="quiet">{host.description}</span>
              </span>
              <Icon name="plus" />
            </button>
          </li>
        ))}
      </ul>
      <details class="options">
        <summary>Name, size, LU and printer</summary>
        <div class="fields">
          <label>Name<input value={more.name} maxLength={100} placeholder="as the host" onInput={(e) => setMore({ ...more, name: e.currentTarget.value })} /></label>
          <label>Size
            <select value={more.model} onChange={(e) => setMore({ ...more, model: e.currentTarget.value })}>
              <option value="">as the host asks</option>
              {[["2", "24×80"], ["3", "32×80"], ["4", "43×80"], ["5", "27×132"], ["62x160", "62×160"]].map(([model, size]) => <option value={model} key={model}>{size}</option>)}
            </select>
          </label>
          <label>LU name<input value={more.lu} maxLength={17} placeholder="any" spellcheck={false} onInput={(e) => setMore({ ...more, lu: e.currentTarget.value })} /></label>
          <label>Printer
            <select value={printer.which} onChange={(e) => setPrinter({ ...printer, which: e.currentTarget.value as typeof printer.which })}>
              <option value="">as the host is set up</option>
              <option value="none">none</option>
              <option value="associate">the one of the terminal's LU</option>
              <option value="named">by its LU name</option>
            </select>
          </label>
          {printer.which === "named" && <label>Printer's LU name<input value={printer.lu} maxLength={17} spellcheck={false} onInput={(e) => setPrinter({ ...printer, lu: e.currentTarget.value })} /></label>}
        </div>
      </details>
    </>
  );
}
