/** Several ASTs in a row over one list: a launcher is configurations in order; a launch is the runs it makes, each when the one before is over. */

import { useEffect, useMemo, useState } from "preact/hooks";
import type { Schema } from "../api";
import { hosts, tell } from "../app/state";
import { me } from "../me";
import { configurations as fetchConfigurations, deleteLauncher, launchers as fetchLaunchers, launches as fetchLaunches, startLaunch, type Configuration, type Launch, type Launcher } from "./api";
import { asts, titleOf } from "./catalogue";
import { Ask, Pill, Trouble } from "./common";
import type { Source } from "./draft";
import { errorsOf, faultsOf } from "./faults";
import type { Faults } from "./form";
import { about, Row } from "./inputs";
import { LaunchPage } from "./launch";
import { LauncherEditor } from "./launchereditor";
import { readList, type Fault } from "./list";
import { ListInput } from "./listinput";
import { at, count } from "./progress";
import { go, hashOf } from "./route";

export default function Launchers({ chosen }: { chosen?: string | undefined }) {
  return chosen ? <LaunchPage key={chosen} id={chosen} /> : <Desk />;
}

function Desk() {
  const [launchers, setLaunchers] = useState<Launcher[] | null>(null);
  const [configurations, setConfigurations] = useState<Configuration[]>([]);
  const [past, setPast] = useState<Launch[]>([]);
  const [id, setId] = useState("");
  const [open, setOpen] = useState<"" | "new" | "delete">("");
  const [trouble, setTrouble] = useState("");
  const load = () =>
    void Promise.all([fetchLaunchers(), fetchConfigurations(""), fetchLaunches()]).then(
      ([all, kept, before]) => (setLaunchers(all), setConfigurations(kept), setPast(before), setTrouble("")),
      (problem: Error) => setTrouble(problem.message),
    );
  useEffect(load, []);
  if (!launchers) return trouble ? <div class="pad"><Trouble text={trouble} again={load} /></div> : <p class="quiet pad">Loading…</p>;
  const chosen = launchers.find((one) => one.id === id) ?? launchers[0];
  const remove = async () => {
    if (chosen && (await tell(deleteLauncher(chosen.id).then(() => true)))) load();
  };
  return (
    <div class="page form">
      <div class="row">
        <label for="launcher">Launcher</label>
        <select {...about("launcher")} value={chosen?.id ?? ""} onChange={(e) => setId(e.currentTarget.value)}>
          {!chosen && <option value="">None yet</option>}
          {launchers.map((one) => <option key={one.id} value={one.id}>{one.name}{one.owner === me.id ? (one.shared ? " (shared)" : "") : ` (${one.owner_name})`}</option>)}
        </select>
        <p class="links">
          <button type="button" class="link" onClick={() => setOpen(open === "new" ? "" : "new")}>New launcher</button>
          {chosen?.owner === me.id && <button type="button" class="link" onClick={() => setOpen("delete")}>Delete</button>}
          <a href="#/new">One AST</a>
        </p>
      </div>
      {open === "new" && <LauncherEditor configurations={configurations} made={(one) => (setLaunchers([one, ...launchers]), setId(one.id), setOpen(""))} />}
      {open === "delete" && chosen && (
        <Ask title={`Delete “${chosen.name}”?`} yes="Delete" act={() => void remove()} close={() => setOpen("")}>Its configurations and the runs it made stay.</Ask>
      )}
      {chosen && open !== "new" && <LaunchForm key={chosen.id} launcher={chosen} configurations={configurations} />}
      {past.length > 0 && (
        <ul class="history" aria-label="Launches">
          {past.map((one) => (
            <li key={one.id}>
              <a href={hashOf({ page: "launchers", launch: one.id })}>
                <span class="over-line"><strong>{one.name}</strong><Pill status={one.status} /></span>
                <span class="quiet">{[count(one.steps.length, "step"), count(one.total, "item"), at(one.created)].join(" · ")}</span>
              </a>
            </li>
          ))}
        </ul>
      )}
    </div>
  );
}

function LaunchForm({ launcher, configurations }: { launcher: Launcher; configurations: Configuration[] }) {
  const [source, setSource] = useState<Source>({ text: "", file: "" });
  const [host, setHost] = useState(hosts.value?.[0]?.name ?? "");
  const [faults, setFaults] = useState<Faults>({});
  const [refused, setRefused] = useState<Fault[]>([]);
  const steps = launcher.steps.map((id) => configurations.find((one) => one.id === id));
  const schema = useMemo(() => columnsOf(steps), [launcher, configurations]);
  const list = useMemo(() => readList(source.text, schema), [source.text, schema]);
  const submit = async (event: Event) => {
    event.preventDefault();
    if (!list.rows.length) return setFaults({ items: "Paste the items, or choose a file." });
    if (list.faults.length) return;
    try {
      go({ page: "launchers", launch: (await startLaunch(launcher.id, host, list.rows)).id });
    } catch (problem) {
      setFaults(faultsOf(problem, ["host", "items", "lanes"]));
      setRefused(errorsOf(problem).map(({ message }) => ({ line: 0, message })));
    }
  };
  return (
    <form class="form-in" aria-label="Launch" noValidate onSubmit={(e) => void submit(e)}>
      <ol class="step-list">{steps.map((one, n) => <li key={n}>{one ? `${one.name}: ${titleOf(one.ast)}${one.host ? ` on ${one.host}` : ""}` : "A configuration that is gone"}</li>)}</ol>
      <Row id="launch-host" label="Host" help="For steps whose configuration names none" fault={faults["host"]}>
        <select {...about("launch-host", faults["host"])} value={host} onChange={(e) => setHost(e.currentTarget.value)}>
          {hosts.value?.map((one) => <option key={one.name}>{one.name}</option>)}
        </select>
      </Row>
      <ListInput schema={schema} source={source} list={list} fault={faults["items"]} refused={refused} change={(to) => (setSource(to), setRefused([]), setFaults({}))} />
      <Trouble text={faults[""] ?? faults["lanes"] ?? ""} />
      <div class="controls"><button class="primary">{list.rows.length ? `Launch over ${count(list.rows.length, "item")}` : "Launch"}</button></div>
    </form>
  );
}

/** The columns of all steps together: each step takes those that its AST knows. */
function columnsOf(steps: readonly (Configuration | undefined)[]): Schema {
  const schemas = steps.flatMap((step) => asts.value?.find((one) => one.name === step?.ast)?.items ?? []);
  return {
    properties: Object.assign({}, ...schemas.map((one) => one.properties)) as Record<string, Schema>,
    required: schemas.flatMap((one) => one.required ?? []),
    $defs: Object.assign({}, ...schemas.map((one) => one.$defs)) as Record<string, Schema>,
  };
}
