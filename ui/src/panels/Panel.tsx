/** The panel beside the terminal: start a run, follow it, read its results. A script of its own, so that the terminal does not wait for it. */

import { useEffect } from "preact/hooks";
import { Icon } from "../app/icons";
import { panelWidth } from "../settings";
import { loadAsts } from "./catalogue";
import { lazily } from "./common";
import { History } from "./history";
import { countWaiting, listen, resumed, waiting } from "./live";
import { NewRun } from "./newrun";
import { hashOf, route, type Route } from "./route";
import { RunPage } from "./run";

const Waiting = lazily(() => import("./waiting"));
const Schedules = lazily<{ chosen?: string | undefined }>(() => import("./schedules"));
const Launchers = lazily<{ chosen?: string | undefined }>(() => import("./launchers"));
const HostsPage = lazily(() => import("./hosts"));
const UsagePage = lazily(() => import("./usage"));

const PLACES: { to: Route; label: string }[] = [
  { to: { page: "new" }, label: "New run" },
  { to: { page: "runs" }, label: "Runs" },
  { to: { page: "waiting" }, label: "Waiting" },
  { to: { page: "schedules" }, label: "Schedules" },
  { to: { page: "hosts" }, label: "Hosts" },
  { to: { page: "usage" }, label: "Usage" },
];
const NARROW = 440; // px

export default function Panel() {
  useEffect(() => (listen(), loadAsts()), []);
  useEffect(() => void countWaiting().catch(() => undefined), [resumed.value]); // told in the bar
  const here = route.value;
  const place = { run: "runs", launchers: "new" }[here.page as string] ?? here.page;
  return (
    <div class="panel">
      <div class="places">
        <nav aria-label="ASTs and runs">
          {PLACES.map(({ to, label }) => (
            <a key={to.page} href={hashOf(to)} aria-current={place === to.page ? "page" : undefined}>
              {label}
              {to.page === "waiting" && waiting.value > 0 && <b class="badge">{waiting.value.toLocaleString("en")}</b>}
            </a>
          ))}
        </nav>
        <Width />
      </div>
      <Page here={here} />
    </div>
  );
}

function Width() {
  const wide = panelWidth.value > NARROW + 100;
  return (
    <button type="button" class="tool" aria-pressed={wide} title="Wide panel" onClick={() => (panelWidth.value = wide ? NARROW : Math.round(innerWidth * 0.6))}>
      <Icon name="split" />
    </button>
  );
}

function Page({ here }: { here: Route }) {
  switch (here.page) {
    case "run":
      return <RunPage key={here.run} id={here.run} item={here.item} />;
    case "runs":
      return <History />;
    case "new":
      return <NewRun wanted={here.ast} />;
    case "waiting":
      return <Waiting />;
    case "schedules":
      return <Schedules chosen={here.schedule} />;
    case "launchers":
      return <Launchers chosen={here.launch} />;
    case "hosts":
      return <HostsPage />;
    case "usage":
      return <UsagePage />;
  }
}
