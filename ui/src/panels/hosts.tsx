/** The hosts and workers as they are now: lanes in use, rate, hours, circuit breaker. Asks again while it is shown. */

import { useEffect, useState } from "preact/hooks";
import { hostStatus, workers as fetchWorkers, type HostStatus, type Worker } from "./api";
import { Facts, Pill, Trouble } from "./common";
import { at, perSecond } from "./progress";

const EVERY = 2000; // ms

export default function HostsPage() {
  const [hosts, setHosts] = useState<HostStatus[] | null>(null);
  const [workers, setWorkers] = useState<Worker[]>([]);
  const [trouble, setTrouble] = useState("");
  useEffect(() => {
    let timer = 0;
    let gone = false;
    const look = async () => {
      try {
        const [nowHosts, nowWorkers] = await Promise.all([hostStatus(), fetchWorkers()]);
        setHosts(nowHosts);
        setWorkers(nowWorkers);
        setTrouble("");
      } catch (problem) {
        setTrouble((problem as Error).message);
      }
      if (!gone) timer = window.setTimeout(() => void look(), EVERY);
    };
    void look();
    return () => ((gone = true), clearTimeout(timer));
  }, []);
  if (!hosts) return trouble ? <div class="pad"><Trouble text={trouble} /></div> : <p class="quiet pad">Loading…</p>;
  return (
    <div class="page pad cards" role="region" aria-label="Hosts and workers" tabIndex={0}>
      <Trouble text={trouble} />
      {hosts.map((host) => <HostCard key={host.name} host={host} />)}
      <h2>Workers</h2>
      {workers.length === 0 && <p class="bad">No worker is running. Start one: nothing can be opened or run.</p>}
      {workers.map((worker) => <WorkerCard key={worker.name} worker={worker} />)}
    </div>
  );
}

function HostCard({ host }: { host: HostStatus }) {
  const { name, breaker, reason, until, lanes, max_lanes, rate, max_rate, windows, time_zone, open_now } = host;
  return (
    <section class="card" aria-label={`Host ${name}`}>
      <div class="over-line">
        <h2>{name}</h2>
        <Pill status={!open_now ? "closed" : BREAKER[breaker]?.[0] ?? breaker} />
      </div>
      {breaker !== "closed" && <p class="reason waits">{[BREAKER[breaker]?.[1], reason, until && `Tried again ${at(until)}.`].filter(Boolean).join(" ")}</p>}
      {!open_now && <p class="reason waits">Outside its hours: runs wait.</p>}
      <Gauge name="Lanes" value={lanes} most={max_lanes} words={`${lanes} of ${max_lanes}`} />
      <Gauge name="Rate" value={rate} most={max_rate} words={max_rate ? `${perSecond(rate)} of ${perSecond(max_rate)}` : `${perSecond(rate)}, no limit`} />
      {windows.length > 0 && <Facts facts={[["Hours", `${windows.join(", ")}, by the clock of ${time_zone}`]]} />}
    </section>
  );
}

const BREAKER: Record<string, [pill: string, words: string]> = {
  closed: ["working", ""],
  open: ["stopped", "The circuit breaker is open: no item begins on this host."],
  "half-open": ["probing", "One item is tried; if it goes through, the rest follow."],
};

function WorkerCard({ worker }: { worker: Worker }) {
  const { name, sessions, most_sessions, lanes, cpu, started } = worker;
  return (
    <section class="card" aria-label={`Worker ${name}`}>
      <div class="over-line">
        <h3>{name}</h3>
        <span class="quiet">since {at(started)}</span>
      </div>
      <Gauge name="Sessions" value={sessions} most={most_sessions} words={`${sessions} of ${most_sessions}, ${lanes} of them lanes`} />
      <Gauge name="CPU" value={cpu} most={1} words={`${Math.round(100 * cpu)}% of a core`} />
    </section>
  );
}

function Gauge({ name, value, most, words }: { name: string; value: number; most: number; words: string }) {
  return (
    <div class="gauge">
      <span class="quiet">{name}</span>
      <span class="progress-bar" aria-hidden="true">{value > 0 && <span class="s-running" style={{ flexGrow: Math.min(value, most) }} />}<i style={{ flexGrow: Math.max(0, most - value) }} /></span>
      <span>{words}</span>
    </div>
  );
}
