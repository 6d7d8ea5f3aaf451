/** The limits of a run that goes on: lanes, priority, canary, failure budget. */

import { useState } from "preact/hooks";
import type { Run } from "../api";
import { hosts } from "../app/state";
import { changeRun } from "./api";
import { LANES, readBounds, STEERED, typedOf } from "./bounds";
import { Trouble } from "./common";
import { faultsOf } from "./faults";
import type { Faults } from "./form";
import { Inputs } from "./inputs";
import type { Told } from "./run";

const FIELDS = [LANES, ...STEERED];
const EMPTY = { canary: 0, failure_budget: "", park: 0 }; // what an emptied input means

export function Limits({ run, took }: { run: Told; took(answer: Run): void }) {
  const [typed, setTyped] = useState(() => typedOf(FIELDS, { ...run }));
  const [faults, setFaults] = useState<Faults>({});
  const most = hosts.value?.find((one) => one.name === run.host)?.max_lanes;
  const submit = async (event: Event) => {
    event.preventDefault();
    const { values, faults: wrong } = readBounds(FIELDS, typed, most);
    if (Object.keys(wrong).length) return setFaults(wrong);
    try {
      took(await changeRun(run.id, { ...EMPTY, ...values }));
    } catch (problem) {
      setFaults(faultsOf(problem, FIELDS.map((field) => field.name)));
    }
  };
  return (
    <form class="limits" aria-label="Limits" noValidate onSubmit={(e) => void submit(e)}>
      <Trouble text={faults[""] ?? ""} />
      <div class="pair">
        <Inputs group="limit" fields={FIELDS} typed={typed} faults={faults} change={(name, text) => setTyped({ ...typed, [name]: text })} />
      </div>
      <button class="primary">Apply</button>
    </form>
  );
}
