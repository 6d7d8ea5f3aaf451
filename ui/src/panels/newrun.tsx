/** Starting a run: which AST, on which host, over which items. */

import { useMemo, useRef, useState } from "preact/hooks";
import { ApiProblem, type Ast, type Schema } from "../api";
import { current, hosts } from "../app/state";
import { kept } from "../settings";
import { startRun } from "./api";
import { asts, loadAsts, trouble } from "./catalogue";
import { Trouble } from "./common";
import { fieldsOf, placed, read, rowOf, type Faults } from "./form";
import { about, ParameterInputs, Row } from "./inputs";
import { readList, type Fault, type List } from "./list";
import { ListInput, type Source } from "./listinput";
import { count } from "./progress";
import { go } from "./route";

const last = kept("ast", "");
const PLACES = ["ast", "host", "lanes", "name"];

export function NewRun({ wanted }: { wanted?: string | undefined }) {
  const [source, setSource] = useState<Source>({ text: "", file: "" }); // kept when another AST is chosen for the same list
  const list = asts.value;
  if (trouble.value) return <div class="page pad"><Trouble text={trouble.value} again={loadAsts} /></div>;
  if (!list) return <p class="quiet pad">Loading…</p>;
  const chosen = list.find((ast) => ast.name === (wanted ?? last.value)) ?? list[0];
  if (!chosen) return <p class="quiet pad">No AST is installed.</p>;
  return <Form key={chosen.name} ast={chosen} list={list} source={source} setSource={setSource} />;
}

interface FormProps {
  ast: Ast;
  list: Ast[];
  source: Source;
  setSource(source: Source): void;
}

function Form({ ast, list, source, setSource }: FormProps) {
  const fields = useMemo(() => fieldsOf(ast.parameters), [ast]);
  const [typed, setTyped] = useState<Record<string, string>>(() => Object.fromEntries(fields.map((f) => [f.name, f.initial || (f.kind === "choice" && f.required ? f.choices[0]! : "")])));
  const [host, setHost] = useState(current.value?.host ?? "");
  const [lanes, setLanes] = useState("4");
  const [name, setName] = useState("");
  const [faults, setFaults] = useState<Faults>({});
  const [refused, setRefused] = useState<Fault[]>([]);
  const [busy, setBusy] = useState(false);
  const form = useRef<HTMLFormElement>(null);
  const items = useMemo(() => readList(source.text, ast.items as Schema), [source.text, ast]);
  const chosenHost = host || hosts.value?.[0]?.name || "";
  const most = hosts.value?.find((one) => one.name === chosenHost)?.max_lanes;

  const refuse = (found: Faults, rows: Fault[] = []) => {
    setFaults(found);
    setRefused(rows);
    requestAnimationFrame(() => form.current?.querySelector<HTMLElement>("[aria-invalid], .fault")?.focus());
  };
  const submit = async () => {
    const { values, faults: wrong } = read(fields, typed);
    const found = { ...wrong, ...wrongBeside(chosenHost, lanes, most), ...(items.rows.length ? {} : { items: "Paste the items, or choose a file." }) };
    if (Object.keys(found).length || items.faults.length) return refuse(found);
    setBusy(true);
    try {
      const run = await startRun({ ast: ast.name, host: chosenHost, items: items.rows, lanes: Number(lanes), parameters: values, name: name.trim() });
      last.value = ast.name;
      go({ page: "run", run: run.id });
    } catch (problem) {
      const { errors, message } = problem instanceof ApiProblem ? problem : { errors: [], message: String(problem) };
      const at = placed(errors, [...PLACES, "items", ...fields.map((f) => f.name)]);
      refuse({ ...at, "": [message, at[""]].filter(Boolean).join(" ") }, rowsOf(errors, items));
    } finally {
      setBusy(false);
    }
  };

  return (
    <form
      class="page form" ref={form} noValidate aria-label="New run"
      onSubmit={(e) => (e.preventDefault(), void submit())}
      onKeyDown={(e) => e.key === "Enter" && (e.ctrlKey || e.metaKey) && (e.preventDefault(), void submit())}
    >
      <Row id="run-ast" label="AST" help={ast.description} fault={faults["ast"]}>
        <select {...about("run-ast", faults["ast"])} value={ast.name} onChange={(e) => go({ page: "new", ast: e.currentTarget.value })}>
          {list.map((one) => <option key={one.name} value={one.name}>{one.title}</option>)}
        </select>
      </Row>
      <p class={`effect ${ast.commits ? "commits" : ""}`}>{ast.commits ? "Changes data on the host" : "Reads only"}</p>
      <div class="pair">
        <Row id="run-host" label="Host" fault={faults["host"]}>
          <select {...about("run-host", faults["host"])} value={chosenHost} onChange={(e) => setHost(e.currentTarget.value)}>
            {(hosts.value ?? []).map((one) => <option key={one.name}>{one.name}</option>)}
          </select>
        </Row>
        <Row id="run-lanes" label="Lanes" help={most ? `Sessions at once, at most ${most}` : "Sessions at once"} fault={faults["lanes"]}>
          <input {...about("run-lanes", faults["lanes"])} inputMode="numeric" autocomplete="off" value={lanes} onInput={(e) => setLanes(e.currentTarget.value)} />
        </Row>
      </div>
      <ParameterInputs fields={fields} typed={typed} faults={faults} change={(field, text) => setTyped({ ...typed, [field]: text })} />
      <ListInput schema={ast.items as Schema} source={source} list={items} fault={faults["items"]} refused={refused} change={(to) => (setSource(to), setRefused([]), setFaults({}))} />
      <Row id="run-name" label="Name" optional help="To find it again among the runs" fault={faults["name"]}>
        <input {...about("run-name", faults["name"])} maxLength={100} autocomplete="off" value={name} onInput={(e) => setName(e.currentTarget.value)} />
      </Row>
      <div class="send">
        <Trouble text={faults[""] ?? ""} />
        <button class="primary" disabled={busy}>{busy ? "Starting…" : items.rows.length ? `Run ${count(items.rows.length, "item")}` : "Run"}</button>
        <span class="quiet"><kbd>Ctrl</kbd> <kbd>Enter</kbd></span>
      </div>
    </form>
  );
}

function wrongBeside(host: string, lanes: string, most: number | undefined): Faults {
  const faults: Faults = {};
  if (!host) faults["host"] = "No host is set up.";
  if (!/^\d+$/.test(lanes) || Number(lanes) < 1) faults["lanes"] = "A whole number, 1 or more.";
  else if (most && Number(lanes) > most) faults["lanes"] = `This host takes at most ${most} lanes.`;
  return faults;
}

/** Faults of items, at the lines they were read from. */
function rowsOf(errors: readonly { at: string; message: string }[], list: List): Fault[] {
  return errors.flatMap(({ at, message }) => {
    const row = rowOf(at);
    return row === null ? [] : [{ line: list.lines[row] ?? 0, message }];
  });
}
