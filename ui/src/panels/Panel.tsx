/** The panel beside the terminal: start a run, follow it, read its results. A script of its own, so that the terminal does not wait for it. */

import { useEffect } from "preact/hooks";
import { loadAsts } from "./catalogue";
import { History } from "./history";
import { listen } from "./live";
import { NewRun } from "./newrun";
import { hashOf, route, type Route } from "./route";
import { RunPage } from "./run";

const PLACES: { to: Route; label: string }[] = [
  { to: { page: "new" }, label: "New run" },
  { to: { page: "runs" }, label: "Runs" },
];

export default function Panel() {
  useEffect(() => (listen(), loadAsts()), []);
  const here = route.value;
  const place = here.page === "run" ? "runs" : here.page;
  return (
    <div class="panel">
      <nav class="places" aria-label="ASTs and runs">
        {PLACES.map(({ to, label }) => (
          <a key={to.page} href={hashOf(to)} aria-current={place === to.page ? "page" : undefined}>{label}</a>
        ))}
      </nav>
      <Page here={here} />
    </div>
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
  }
}
