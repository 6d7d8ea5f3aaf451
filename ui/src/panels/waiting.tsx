/** What waits for a person, in all runs: items parked with their session, and items of which nobody knows whether they went through. */

import { useEffect, useState } from "preact/hooks";
import { waiting as fetchWaiting, type Waiter } from "./api";
import { titleOf } from "./catalogue";
import { Pill, Trouble } from "./common";
import { waiting } from "./live";
import { at } from "./progress";
import { hashOf } from "./route";

export default function Waiting() {
  const [waiters, setWaiters] = useState<Waiter[] | null>(null);
  const [trouble, setTrouble] = useState("");
  const load = () => void fetchWaiting().then((found) => (setWaiters(found), setTrouble("")), (problem: Error) => setTrouble(problem.message));
  useEffect(load, [waiting.value]);
  if (!waiters) return trouble ? <div class="pad"><Trouble text={trouble} again={load} /></div> : <p class="quiet pad">Loading…</p>;
  if (!waiters.length) return <NothingWaits />;
  return (
    <div class="page">
      <Trouble text={trouble} again={load} />
      <ul class="history" aria-label="Items that wait">{waiters.map(({ run, item }) => <Entry key={`${run.id} ${item.n}`} run={run} item={item} />)}</ul>
    </div>
  );
}

function NothingWaits() {
  return (
    <div class="page pad">
      <p>Nothing waits for you.</p>
      <p class="quiet">Here come the items that a run parks with their session, for you to mend by hand, and those of which nobody knows whether the host took them.</p>
    </div>
  );
}

function Entry({ run, item }: Waiter) {
  return (
    <li>
      <a href={hashOf({ page: "run", run: run.id, item: item.n })}>
        <span class="over-line">
          <strong class="mono">{item.key}</strong>
          <Pill status={item.status} />
        </span>
        <span>{item.error?.message}</span>
        <span class="quiet">{[run.name || titleOf(run.ast), run.host, at(item.finished || item.started)].filter(Boolean).join(" · ")}</span>
      </a>
    </li>
  );
}
