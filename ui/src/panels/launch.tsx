/** One launch: its steps, and how far each one's run is. */

import { useEffect, useState } from "preact/hooks";
import { run as fetchRun, type Run } from "../api";
import { tell } from "../app/state";
import { cancelLaunch, launch as fetchLaunch, type Launch } from "./api";
import { titleOf } from "./catalogue";
import { Action, Ask, Bar, Pill, Trouble } from "./common";
import { newest } from "./live";
import { at, count } from "./progress";
import { hashOf } from "./route";

const EVERY = 2000; // ms

export function LaunchPage({ id }: { id: string }) {
  const [one, setOne] = useState<Launch | null>(null);
  const [runs, setRuns] = useState<Record<string, Run>>({});
  const [trouble, setTrouble] = useState("");
  const [asking, setAsking] = useState(false);
  useEffect(() => {
    let timer = 0;
    let gone = false;
    const look = async () => {
      try {
        const found = await fetchLaunch(id);
        const begun = await Promise.all(found.steps.map((step) => fetchRun(step.run).catch(() => null))); // not there until it has begun
        setRuns(Object.fromEntries(begun.flatMap((run) => (run ? [[run.id, run]] : []))));
        setOne(found);
        setTrouble("");
        if (found.status !== "running") return;
      } catch (problem) {
        setTrouble((problem as Error).message);
      }
      if (!gone) timer = window.setTimeout(() => void look(), EVERY);
    };
    void look();
    return () => ((gone = true), clearTimeout(timer));
  }, [id, one?.status]);
  if (!one) return trouble ? <div class="pad"><Trouble text={trouble} /></div> : <p class="quiet pad">Loading…</p>;
  const cancel = async () => {
    const answer = await tell(cancelLaunch(id));
    if (answer) setOne(answer);
  };
  return (
    <div class="page">
      <header class="run-head">
        <div class="over-line"><h1>{one.name}</h1><Pill status={one.status} /></div>
        <p class="quiet">{[count(one.steps.length, "step"), count(one.total, "item"), `launched ${at(one.created)}`].join(" · ")}</p>
        {one.reason && <p class="reason">{one.reason}</p>}
        <Trouble text={trouble} />
        {one.status === "running" && <div class="controls"><Action icon="stop" label="Cancel" kind="danger" act={() => setAsking(true)} /></div>}
      </header>
      <ol class="history" aria-label="Steps">{one.steps.map((step) => <Step key={step.run} step={step} run={runs[step.run]} />)}</ol>
      {asking && <Ask title="Cancel this launch?" yes="Cancel the launch" act={() => void cancel()} close={() => setAsking(false)}>The run that is under way is cancelled too, and no further step begins.</Ask>}
    </div>
  );
}

function Step({ step, run }: { step: Launch["steps"][number]; run: Run | undefined }) {
  if (!run) return <li class="to-come"><span class="over-line"><strong>{titleOf(step.ast)}</strong><span class="quiet">not begun</span></span></li>;
  const { status, counts, total } = newest(run);
  return (
    <li>
      <a href={hashOf({ page: "run", run: run.id })}>
        <span class="over-line"><strong>{titleOf(step.ast)}</strong><Pill status={status} /></span>
        <Bar counts={counts} total={total} />
        <span class="quiet">{step.host}</span>
      </a>
    </li>
  );
}
