/** What waits for a person, in all runs: items parked with their session, and items of which nobody knows whether they went through. */

import { useEffect, useState } from "preact/hooks";
import { runs as fetchRuns, type Item, type Run } from "../api";
import { items as fetchItems } from "./api";
import { titleOf } from "./catalogue";
import { Pill, Trouble } from "./common";
import { newest, noteNew, waiting } from "./live";
import { at } from "./progress";
import { hashOf } from "./route";

interface Waiter {
  run: Run;
  item: Item;
}

export default function Waiting() {
  const [waiters, setWaiters] = useState<Waiter[] | null>(null);
  const [trouble, setTrouble] = useState("");
  const load = () => void find().then((found) => (setWaiters(found), setTrouble("")), (problem: Error) => setTrouble(problem.message));
  useEffect(load, [waiting.value]);
  if (!waiters) return trouble ? <div class="pad"><Trouble text={trouble} again={load} /></div> : <p class="quiet pad">Loading…</p>;
  if (!waiters.length) return <p class="quiet pad">Nothing waits for you.</p>;
  return (
    <div class="page">
      <Trouble text={trouble} again={load} />
      <ul class="history" aria-label="Items that wait">{waiters.map(({ run, item }) => <Entry key={`${run.id} ${item.n}`} run={run} item={item} />)}</ul>
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

async function find(): Promise<Waiter[]> {
  const page = await fetchRuns();
  noteNew(page.items);
  const some = page.items.flatMap((run) => ["parked", "uncertain"].filter((status) => newest(run).counts[status]).map((status) => ({ run, status })));
  const found = await Promise.all(some.map(({ run, status }) => fetchItems(run.id, { status, limit: 100 }).then(({ items }) => items.map((item) => ({ run, item })))));
  return found.flat();
}
