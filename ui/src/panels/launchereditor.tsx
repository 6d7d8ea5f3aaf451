/** Making a launcher: its configurations in order, and whether failures stop it. */

import { useState } from "preact/hooks";
import { Icon } from "../app/icons";
import { keepLauncher, type Configuration, type Launcher } from "./api";
import { titleOf } from "./catalogue";
import { Trouble } from "./common";
import { faultsOf } from "./faults";
import type { Faults } from "./form";
import { about, Row } from "./inputs";

export function LauncherEditor({ configurations, made }: { configurations: Configuration[]; made(launcher: Launcher): void }) {
  const [name, setName] = useState("");
  const [steps, setSteps] = useState<string[]>([]);
  const [goOn, setGoOn] = useState("stop");
  const [shared, setShared] = useState(false);
  const [faults, setFaults] = useState<Faults>({});
  if (!configurations.length) return <p class="quiet">A launcher is made of configurations. Save one in the form of a <a href="#/new">run</a> first.</p>;
  const submit = async (event: Event) => {
    event.preventDefault();
    if (!name.trim()) return setFaults({ name: "It needs a name." });
    if (!steps.length) return setFaults({ steps: "It needs a step." });
    await keepLauncher({ name: name.trim(), shared, steps, on_failure: goOn }).then(made, (problem) => setFaults(faultsOf(problem, ["name", "steps"])));
  };
  const title = (id: string) => configurations.find((one) => one.id === id)?.name ?? id;
  return (
    <form class="card" aria-label="New launcher" noValidate onSubmit={(e) => void submit(e)}>
      <Row id="launcher-name" label="Name" fault={faults["name"]}>
        <input {...about("launcher-name", faults["name"])} maxLength={100} autocomplete="off" value={name} onInput={(e) => setName(e.currentTarget.value)} />
      </Row>
      <Row id="launcher-step" label="Steps" help="In this order, each when the one before is over" fault={faults["steps"]}>
        <select {...about("launcher-step", faults["steps"])} value="" onChange={(e) => setSteps([...steps, e.currentTarget.value])}>
          <option value="">Add a configuration…</option>
          {configurations.map((one) => <option key={one.id} value={one.id}>{one.name}: {titleOf(one.ast)}</option>)}
        </select>
      </Row>
      {steps.length > 0 && (
        <ol class="step-list">
          {steps.map((id, n) => (
            <li key={n}>
              <span>{title(id)}</span>
              <button type="button" class="tool" title={`Leave ${title(id)} out`} onClick={() => setSteps(steps.filter((_, i) => i !== n))}><Icon name="close" /></button>
            </li>
          ))}
        </ol>
      )}
      <Row id="launcher-failure" label="If items of a step fail">
        <select {...about("launcher-failure")} value={goOn} onChange={(e) => setGoOn(e.currentTarget.value)}>
          <option value="stop">Begin no further step</option>
          <option value="go-on">Go on with the next</option>
        </select>
      </Row>
      <label class="joined"><input type="checkbox" checked={shared} onChange={(e) => setShared(e.currentTarget.checked)} /> Everyone here may use it</label>
      <Trouble text={faults[""] ?? ""} />
      <div class="controls"><button class="primary">Save the launcher</button></div>
    </form>
  );
}
