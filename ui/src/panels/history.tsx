/** The runs there were, newest first. */

import { useEffect, useState } from "preact/hooks";
import { runs as fetchRuns, type Run } from "../api";
import { titleOf } from "./catalogue";
import { Bar, Pill, Trouble } from "./common";
import { newest, noteNew, resumed } from "./live";
import { at, between, count, duration, STATUSES } from "./progress";
import { hashOf } from "./route";

export function History() {
  const [runs, setRuns] = useState<Run[] | null>(null);
  const [next, setNext] = useState<string | null>(null);
  const [trouble, setTrouble] = useState("");
  const load = (cursor?: string) =>
    fetchRuns(cursor).then(
      (page) => (noteNew(page.items), setRuns((had) => (cursor && had ? [...had, ...page.items] : page.items)), setNext(page.next), setTrouble("")),
      (problem: Error) => setTrouble(problem.message),
    );
  useEffect(() => void load(), [resumed.value]);

  if (!runs) return trouble ? <div class="pad"><Trouble text={trouble} again={() => void load()} /></div> : <p class="quiet pad">Loading…</p>;
  if (!runs.length) return <p class="quiet pad">No run yet. <a href="#/new">Start one.</a></p>;
  return (
    <div class="page">
      <Trouble text={trouble} />
      <ul class="history">{runs.map((run) => <Entry key={run.id} run={run} />)}</ul>
      {next && <button type="button" class="more" onClick={() => void load(next)}>Show older runs</button>}
    </div>
  );
}

function Entry({ run }: { run: Run }) {
  const { name, ast, host, status, counts, total, created, started, finished } = newest(run);
  const title = titleOf(ast);
  const took = between(started, finished);
  return (
    <li>
      <a href={hashOf({ page: "run", run: run.id })}>
        <span class="over-line">
          <strong>{name || title}</strong>
          <Pill status={status} />
        </span>
        <span class="quiet">{[name && title, host, run.dry_run && "dry run", at(created), took !== null && duration(took / 1000)].filter(Boolean).join(" · ")}</span>
        <Bar counts={counts} total={total} />
        <span class="quiet">{inWords(counts, total)}</span>
      </a>
    </li>
  );
}

function inWords(counts: Readonly<Record<string, number>>, total: number): string {
  const some = STATUSES.filter((status) => counts[status]).map((status) => `${counts[status]!.toLocaleString("en")} ${status}`);
  return some.join(" · ") || count(total, "item");
}
