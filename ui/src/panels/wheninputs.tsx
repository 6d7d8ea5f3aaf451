/** Inputs for when a run starts, with the next times it would. */

import { useEffect, useState } from "preact/hooks";
import { occurrences } from "./api";
import type { Faults } from "./form";
import { about, Row } from "./inputs";
import { moment } from "./progress";
import { MISSED, OVERLAPS, UNITS, whenOf, wrongWith, type Kind, type Typed } from "./timing";

const KINDS: [Kind, string][] = [["now", "Now"], ["once", "Once"], ["every", "At an interval"], ["cron", "By cron"]];
const ZONES: string[] = Intl.supportedValuesOf("timeZone");

interface Props {
  typed: Typed;
  faults: Faults;
  now?: boolean; // whether "now" is a choice
  change(typed: Typed): void;
}

export function WhenInputs({ typed, faults, now = false, change }: Props) {
  const set = (changes: Partial<Typed>) => change({ ...typed, ...changes });
  return (
    <>
      <div class="pair">
        <Row id="when-kind" label="Start">
          <select {...about("when-kind")} value={typed.kind} onChange={(e) => set({ kind: e.currentTarget.value as Kind })}>
            {KINDS.filter(([kind]) => now || kind !== "now").map(([kind, name]) => <option key={kind} value={kind}>{name}</option>)}
          </select>
        </Row>
        <Moment typed={typed} fault={faults["when"]} set={set} />
      </div>
      {typed.kind !== "now" && <Rules typed={typed} faults={faults} set={set} />}
    </>
  );
}

function Moment({ typed, fault, set }: { typed: Typed; fault: string | undefined; set(changes: Partial<Typed>): void }) {
  switch (typed.kind) {
    case "now":
      return null;
    case "once":
      return (
        <Row id="when" label="Time" fault={fault}>
          <input {...about("when", fault)} type="datetime-local" value={typed.once} onInput={(e) => set({ once: e.currentTarget.value })} />
        </Row>
      );
    case "every":
      return (
        <Row id="when" label="Every" fault={fault}>
          <span class="joined">
            <input {...about("when", fault)} inputMode="decimal" value={typed.every} onInput={(e) => set({ every: e.currentTarget.value })} />
            <select aria-label="Unit" value={typed.unit} onChange={(e) => set({ unit: e.currentTarget.value })}>
              {UNITS.map(([seconds, name]) => <option key={seconds} value={seconds}>{name}</option>)}
            </select>
          </span>
        </Row>
      );
    case "cron":
      return (
        <Row id="when" label="Cron" fault={fault} help="minute hour day month weekday">
          <input {...about("when", fault)} class="mono" spellcheck={false} value={typed.cron} onInput={(e) => set({ cron: e.currentTarget.value })} />
        </Row>
      );
  }
}

function Rules({ typed, faults, set }: { typed: Typed; faults: Faults; set(changes: Partial<Typed>): void }) {
  return (
    <>
      <Next typed={typed} />
      <div class="pair">
        <Row id="when-zone" label="Time zone" fault={faults["zone"]}>
          <input {...about("when-zone", faults["zone"])} list="zones" value={typed.zone} onInput={(e) => set({ zone: e.currentTarget.value })} />
          <datalist id="zones">{ZONES.map((zone) => <option key={zone} value={zone} />)}</datalist>
        </Row>
        <Row id="when-holidays" label="Not on holidays of" optional help="DE, or DE-BY" fault={faults["holidays"]}>
          <input {...about("when-holidays", faults["holidays"])} value={typed.holidays} onInput={(e) => set({ holidays: e.currentTarget.value })} />
        </Row>
        <Row id="when-overlap" label="If the run before goes on">
          <select {...about("when-overlap")} value={typed.overlap} onChange={(e) => set({ overlap: e.currentTarget.value })}>
            {OVERLAPS.map(([value, name]) => <option key={value} value={value}>{name}</option>)}
          </select>
        </Row>
        <Row id="when-missed" label="If it was missed">
          <select {...about("when-missed")} value={typed.missed} onChange={(e) => set({ missed: e.currentTarget.value })}>
            {MISSED.map(([value, name]) => <option key={value} value={value}>{name}</option>)}
          </select>
        </Row>
      </div>
    </>
  );
}

/** The next times, as the server's calendar has them; why there are none, if so. */
function Next({ typed }: { typed: Typed }) {
  const [said, say] = useState("");
  const asked = JSON.stringify([whenOf(typed), typed.zone, typed.holidays]);
  useEffect(() => {
    if (Object.keys(wrongWith(typed)).length) return say("");
    let gone = false;
    const timer = setTimeout(() => {
      occurrences(whenOf(typed), typed.zone, typed.holidays).then(
        (next) => gone || say(next.length ? `Next: ${next.map((time) => moment(time)).join("; ")}` : "It never comes."),
        () => gone || say(""), // what is wrong is said when it is sent
      );
    }, 300);
    return () => ((gone = true), clearTimeout(timer));
  }, [asked]);
  return <p class="help quiet" aria-live="polite">{said}</p>;
}
