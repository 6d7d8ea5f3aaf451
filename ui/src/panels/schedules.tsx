/** Runs that start by the clock: what comes next, what became of the last ones. New ones are made in the form of a run. */

import { useEffect, useState } from "preact/hooks";
import { tell } from "../app/state";
import { changeSchedule, deleteSchedule, firings, schedule as fetchOne, schedules as fetchAll, steerSchedule, type Fired, type Schedule } from "./api";
import { titleOf } from "./catalogue";
import { Action, Ask, Facts, Pill, Trouble } from "./common";
import { faultsOf } from "./faults";
import type { Faults } from "./form";
import { at, count, moment } from "./progress";
import { go, hashOf } from "./route";
import { inWords, timingOf, typedOf, wrongWith } from "./timing";
import { WhenInputs } from "./wheninputs";

const EVERY = 3000; // ms

export default function Schedules({ chosen }: { chosen?: string | undefined }) {
  return chosen ? <One key={chosen} id={chosen} /> : <All />;
}

function All() {
  const [list, setList] = useState<Schedule[] | null>(null);
  const [next, setNext] = useState<string | null>(null);
  const [trouble, setTrouble] = useState("");
  const load = (cursor?: string) =>
    void fetchAll(cursor).then(
      (page) => (setList((had) => (cursor && had ? [...had, ...page.items] : page.items)), setNext(page.next), setTrouble("")),
      (problem: Error) => setTrouble(problem.message),
    );
  useEffect(() => load(), []);
  if (!list) return trouble ? <div class="pad"><Trouble text={trouble} again={() => load()} /></div> : <p class="quiet pad">Loading…</p>;
  if (!list.length) return <p class="quiet pad">No schedule yet. Fill in a <a href="#/new">run</a> and choose when it starts.</p>;
  return (
    <div class="page">
      <ul class="history" aria-label="Schedules">
        {list.map((one) => (
          <li key={one.id}>
            <a href={hashOf({ page: "schedules", schedule: one.id })}>
              <span class="over-line">
                <strong>{one.name || titleOf(one.ast)}</strong>
                <Pill status={stateOf(one)} />
              </span>
              <span class="quiet">{[one.name && titleOf(one.ast), one.host, count(one.total, "item"), inWords(one)].filter(Boolean).join(" · ")}</span>
              <span>{one.next && !one.paused ? `Next ${moment(one.next)}` : one.last ? `Last ${at(one.last)}` : ""}</span>
            </a>
          </li>
        ))}
      </ul>
      {next && <button type="button" class="more" onClick={() => load(next)}>Show more</button>}
    </div>
  );
}

const stateOf = (one: Schedule) => (one.paused ? "paused" : one.next ? "active" : "over");

function One({ id }: { id: string }) {
  const [one, setOne] = useState<Schedule | null>(null);
  const [trouble, setTrouble] = useState("");
  const load = () => void fetchOne(id).then((found) => (setOne(found), setTrouble("")), (problem: Error) => setTrouble(problem.message));
  useEffect(() => {
    load();
    const timer = setInterval(load, EVERY); // an occurrence may come while one looks
    return () => clearInterval(timer);
  }, [id]);
  if (!one) return trouble ? <div class="pad"><Trouble text={trouble} again={load} /></div> : <p class="quiet pad">Loading…</p>;
  return (
    <div class="page">
      <header class="run-head">
        <div class="over-line">
          <h1>{one.name || titleOf(one.ast)}</h1>
          <Pill status={stateOf(one)} />
        </div>
        <p class="quiet">{[one.name && titleOf(one.ast), one.host, count(one.total, "item"), count(one.lanes, "lane")].filter(Boolean).join(" · ")}</p>
        <Facts facts={[["When", inWords(one)], ["Next", one.paused || !one.next ? "" : moment(one.next)], ["Last", at(one.last)], ["Queued", one.queued ? String(one.queued) : ""]]} />
        <Steering one={one} took={setOne} />
      </header>
      <History id={id} since={`${one.last} ${one.last_run} ${one.queued}`} />
    </div>
  );
}

function Steering({ one, took }: { one: Schedule; took(one: Schedule): void }) {
  const [open, setOpen] = useState<"" | "time" | "delete">("");
  const steer = async (verb: "pause" | "resume" | "fire") => {
    const answer = await tell(steerSchedule(one.id, verb));
    if (answer) took(answer);
  };
  const remove = async () => {
    if (await tell(deleteSchedule(one.id).then(() => true))) go({ page: "schedules" });
  };
  return (
    <div class="controls" role="group" aria-label="Control of the schedule">
      {one.paused ? <Action icon="play" label="Resume" kind="primary" act={() => void steer("resume")} /> : <Action icon="pause" label="Pause" act={() => void steer("pause")} />}
      {!one.paused && <Action icon="play" label="Start now" act={() => void steer("fire")} />}
      <button type="button" class="action" aria-expanded={open === "time"} onClick={() => setOpen(open === "time" ? "" : "time")}>Change the time</button>
      <Action icon="close" label="Delete" kind="danger" act={() => setOpen("delete")} />
      {open === "time" && <Time one={one} took={(answer) => (took(answer), setOpen(""))} />}
      {open === "delete" && (
        <Ask title="Delete this schedule?" yes="Delete" act={() => void remove()} close={() => setOpen("")}>
          Its list and its history go too. The runs it started stay.
        </Ask>
      )}
    </div>
  );
}

function Time({ one, took }: { one: Schedule; took(one: Schedule): void }) {
  const [typed, setTyped] = useState(() => typedOf(one));
  const [faults, setFaults] = useState<Faults>({});
  const submit = async (event: Event) => {
    event.preventDefault();
    const wrong = wrongWith(typed);
    if (Object.keys(wrong).length) return setFaults(wrong);
    try {
      took(await changeSchedule(one.id, timingOf(typed)));
    } catch (problem) {
      setFaults(faultsOf(problem, ["when", "zone", "holidays"]));
    }
  };
  return (
    <form class="limits" aria-label="Time" noValidate onSubmit={(e) => void submit(e)}>
      <Trouble text={faults[""] ?? ""} />
      <WhenInputs typed={typed} faults={faults} change={setTyped} />
      <button class="primary">Apply</button>
    </form>
  );
}

function History({ id, since }: { id: string; since: string }) {
  const [fired, setFired] = useState<Fired[] | null>(null);
  const [next, setNext] = useState<string | null>(null);
  const [trouble, setTrouble] = useState("");
  const load = (cursor?: string) =>
    void firings(id, cursor).then(
      (page) => (setFired((had) => (cursor && had ? [...had, ...page.items] : page.items)), setNext(page.next), setTrouble("")),
      (problem: Error) => setTrouble(problem.message),
    );
  useEffect(() => load(), [id, since]);
  return (
    <section class="pad" aria-label="What became of it">
      <Trouble text={trouble} again={() => load()} />
      {fired?.length === 0 && <p class="quiet">It has not come yet.</p>}
      {fired && fired.length > 0 && (
        <table class="figures-table words">
          <thead><tr><th scope="col">Time</th><th scope="col">Outcome</th><th scope="col">Why</th></tr></thead>
          <tbody>
            {fired.map((one) => (
              <tr key={one.at + one.fired}>
                <th scope="row">{at(one.at)}</th>
                <td><Pill status={one.outcome} /></td>
                <td class="text">{one.run ? <a href={hashOf({ page: "run", run: one.run })}>Its run</a> : one.reason}</td>
              </tr>
            ))}
          </tbody>
        </table>
      )}
      {next && <button type="button" class="more" onClick={() => load(next)}>Show older ones</button>}
    </section>
  );
}
