/** One run: how far it is, what to do with it, its results. */

import { useEffect, useState } from "preact/hooks";
import { run as fetchRun, steerRun, type Run } from "../api";
import { Icon } from "../app/icons";
import { tell } from "../app/state";
import { exportUrl } from "./api";
import { titleOf } from "./catalogue";
import { Action, Ask, Bar, lazily, Pill, Trouble } from "./common";
import { ItemDetail } from "./item";
import { askRates, line, newest, note, samplesOf, progress, resumed } from "./live";
import { at, between, count, done, duration, over, percent, perSecond, RETRIED, secondsLeft, spoken } from "./progress";
import { Limits } from "./limits";
import { Results } from "./results";

const Chart = lazily<{ run: string; moved: number }>(() => import("./chart"));

export type Told = ReturnType<typeof newest>;

export function RunPage({ id, item }: { id: string; item?: number | undefined }) {
  const [fetched, setFetched] = useState<Run | null>(null);
  const [trouble, setTrouble] = useState("");
  const status = progress.value[id]?.status ?? "";
  const load = () => {
    const told = progress.value[id];
    fetchRun(id).then(
      (run) => {
        if (progress.value[id] === told) note(run); // else something newer was told meanwhile
        setFetched(run);
        setTrouble("");
      },
      (problem: Error) => setTrouble(problem.message),
    );
  };
  useEffect(load, [id, resumed.value, status]);
  const [, setAsked] = useState("");
  useEffect(() => void askRates(id).then(() => setAsked(id), () => {}), [id]); // a run without its curve is still a run

  if (!fetched) return trouble ? <div class="pad"><Trouble text={trouble} again={load} /></div> : <p class="quiet pad">Loading…</p>;
  const run = newest(fetched);
  return (
    <div class="page run">
      <Head run={run} took={(answer) => (note(answer), setFetched(answer))} />
      <Results run={run} />
      {item !== undefined && <ItemDetail run={run} n={item} />}
    </div>
  );
}

function Head({ run, took }: { run: Told; took(answer: Run): void }) {
  const title = titleOf(run.ast);
  return (
    <header class="run-head">
      <div class="over-line">
        <h1>{run.name || title}</h1>
        <Pill status={run.status} />
      </div>
      <p class="quiet">{[run.name && title, run.host, run.dry_run && "dry run", `started ${at(run.started || run.created)}`].filter(Boolean).join(" · ")}</p>
      {run.reason && <p class={`reason ${run.status === "paused" ? "waits" : ""}`}>{run.reason}</p>}
      <div role="progressbar" aria-label="Items done" aria-valuemin={0} aria-valuemax={100} aria-valuenow={percent(run.counts, run.total)}>
        <Bar counts={run.counts} total={run.total} />
      </div>
      <p class="figures">{figures(run).map((text) => <span key={text}>{text}</span>)}</p>
      <p class="hidden-text" aria-live="polite">{spoken(run.status, run.counts, run.total)}</p>
      {run.dry_run && run.status === "finished" && <p class="good">The list can be used and the lanes signed on. Nothing was touched.</p>}
      {!run.dry_run && samplesOf(run.id).times.length > 1 && <Chart run={run.id} moved={samplesOf(run.id).times.length} />}
      <Controls run={run} took={took} />
    </header>
  );
}

function figures(run: Told): string[] {
  const all = `${done(run.counts, run.total).toLocaleString("en")} of ${run.total.toLocaleString("en")}`;
  if (run.dry_run) return [count(run.total, "item")];
  if (over(run.status)) {
    const took = between(run.started, run.finished);
    return [all, ...(took ? [`in ${duration(took / 1000)}`, perSecond(done(run.counts, run.total) / (took / 1000))] : [])];
  }
  const waits = run.counts["parked"] ?? 0;
  const left = run.status === "running" ? secondsLeft(run.counts, run.total, run.rate) : null;
  return [
    all,
    ...(run.status === "running" && run.rate ? [perSecond(run.rate)] : []),
    ...(left ? [`${duration(left)} left`] : []),
    ...(waits ? [`${count(waits, "item")} ${waits === 1 ? "waits" : "wait"} for you`] : []),
    `${run.used || 0} of ${count(run.lanes, "lane")}`,
    ...(line.value === "down" ? ["not live: reconnecting…"] : []),
  ];
}

function Controls({ run, took }: { run: Told; took(answer: Run): void }) {
  const [asking, setAsking] = useState(false);
  const [limits, setLimits] = useState(false);
  const [busy, setBusy] = useState(false);
  const steer = async (verb: "pause" | "resume" | "cancel" | "retry") => {
    setBusy(true);
    const answer = await tell(steerRun(run.id, verb));
    setBusy(false);
    if (answer) took(answer);
  };
  const failed = RETRIED.reduce((sum, status) => sum + (run.counts[status] ?? 0), 0);
  const left = run.total - done(run.counts, run.total) - (run.counts["running"] ?? 0);
  return (
    <div class="controls" role="group" aria-label="Control of the run">
      {["starting", "running"].includes(run.status) && <Action icon="pause" label="Pause" disabled={busy} act={() => void steer("pause")} />}
      {run.status === "paused" && <Action icon="play" label="Resume" kind="primary" disabled={busy} act={() => void steer("resume")} />}
      {!over(run.status) && run.status !== "cancelling" && <Action icon="stop" label="Cancel" kind="danger" disabled={busy} act={() => setAsking(true)} />}
      {failed > 0 && run.status !== "cancelled" && run.status !== "cancelling" && <Action icon="retry" label={`Retry ${failed.toLocaleString("en")} failed`} disabled={busy} act={() => void steer("retry")} />}
      {!over(run.status) && run.status !== "cancelling" && (
        <button type="button" class="action" aria-expanded={limits} onClick={() => setLimits(!limits)}>
          <Icon name="gear" />
          Limits
        </button>
      )}
      <span class="exports" role="group" aria-label="Export">
        <Icon name="download" />
        {["csv", "xlsx", "json"].map((kind) => <a key={kind} href={exportUrl(run.id, kind)} download>{kind.toUpperCase()}</a>)}
      </span>
      {limits && <Limits run={run} took={(answer) => (took(answer), setLimits(false))} />}
      {asking && (
        <Ask title="Cancel this run?" yes="Cancel the run" act={() => void steer("cancel")} close={() => setAsking(false)}>
          {count(left, "item")} will not be done. Items that are running end first. A cancelled run can't be resumed.
        </Ask>
      )}
    </div>
  );
}
