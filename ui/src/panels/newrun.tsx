/** Starting a run, now or by the clock: which AST, on which host, over which items, within which limits. */

import { useMemo, useRef, useState } from "preact/hooks";
import type { Ast, Schema } from "../api";
import { current, hosts } from "../app/state";
import { kept } from "../settings";
import { makeSchedule, previewRun, startRun, type Configuration, type NewRun as Wish, type Preview } from "./api";
import { ALL, FURTHER, initial, inWords, LANES, ONCE, readBounds, STEERED, typedOf } from "./bounds";
import { asts, loadAsts, trouble } from "./catalogue";
import { lazily, Trouble } from "./common";
import { Configurations } from "./configurations";
import { errorsOf, faultsOf } from "./faults";
import { fieldsOf, read, rowOf, type Faults } from "./form";
import { about, Inputs, Row } from "./inputs";
import { readList, type Fault, type List } from "./list";
import { ListInput, type Source } from "./listinput";
import { count } from "./progress";
import { go } from "./route";
import { fresh, timingOf, wrongWith } from "./timing";
import { WhenInputs } from "./wheninputs";

const PreviewTable = lazily(() => import("./preview"));
const last = kept("ast", "");
const NONE: Source = { text: "", file: "" };
const ZONE = Intl.DateTimeFormat().resolvedOptions().timeZone;
const FOLDED = ALL.filter((field) => field !== LANES);
const PLACES = ["ast", "host", "name", "items", "when", "zone", "holidays", ...ALL.map((field) => field.name)];

export function NewRun({ wanted }: { wanted?: string | undefined }) {
  const [source, setSource] = useState(NONE); // kept when another AST is chosen for the same list
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
  const schema = ast.items as Schema;
  const fields = useMemo(() => fieldsOf(ast.parameters), [ast]);
  const [typed, setTyped] = useState<Record<string, string>>(() => initial(fields));
  const [bounds, setBounds] = useState<Record<string, string>>(() => initial(ALL));
  const [timing, setTiming] = useState(() => fresh(ZONE));
  const [host, setHost] = useState("");
  const [name, setName] = useState("");
  const [configuration, setConfiguration] = useState<Configuration | null>(null);
  const [faults, setFaults] = useState<Faults>({});
  const [refused, setRefused] = useState<Fault[]>([]);
  const [preview, setPreview] = useState<Preview | null>(null);
  const [busy, setBusy] = useState(false);
  const form = useRef<HTMLFormElement>(null);
  const items = useMemo(() => readList(source.text, schema), [source.text, schema]);
  const later = timing.kind !== "now";
  const chosenHost = host || current.value?.host || hosts.value?.[0]?.name || "";
  const most = hosts.value?.find((one) => one.name === chosenHost)?.max_lanes;
  const boundFields = later ? ALL.filter((field) => !ONCE.includes(field)) : ALL;

  /** What the form says, and what of it can't be used. */
  const said = () => {
    const parameters = read(fields, typed);
    const limits = readBounds(boundFields, bounds, most);
    const wish: Wish = { ...limits.values, ast: ast.name, host: chosenHost, name: name.trim(), parameters: parameters.values, items: source.binary ?? items.rows };
    return { wish, faults: { ...parameters.faults, ...limits.faults, ...(chosenHost ? {} : { host: "No host is set up." }) } };
  };
  const refuse = (found: Faults, rows: Fault[] = []) => {
    setFaults(found);
    setRefused(rows);
    if (FOLDED.some((field) => found[field.name])) form.current?.querySelector("details")?.setAttribute("open", "");
    requestAnimationFrame(() => form.current?.querySelector<HTMLElement>("[aria-invalid]")?.focus());
  };
  const refusedBy = (problem: unknown) => refuse(faultsOf(problem, [...PLACES, ...fields.map((field) => field.name)]), rowsOf(errorsOf(problem), items));
  const attempt = async (act: (wish: Wish) => Promise<void>, loose = false) => {
    const { wish, faults: wrong } = said();
    const empty = !source.binary && !items.rows.length;
    const found: Faults = { ...(loose ? {} : wrong), ...(later ? wrongWith(timing) : {}), ...(empty ? { items: "Paste the items, or choose a file." } : {}) };
    if (later && source.binary) found["items"] = "A schedule takes a CSV file or a pasted list.";
    if (Object.keys(found).length || (!loose && items.faults.length)) return refuse(found);
    setBusy(true);
    setFaults({});
    await act(wish).catch(refusedBy);
    setBusy(false);
  };
  const start = async (wish: Wish) => {
    last.value = ast.name;
    if (!later) return go({ page: "run", run: (await startRun(wish)).id });
    await makeSchedule({ ...wish, ...timingOf(timing) });
    go({ page: "schedules" });
  };
  const look = async (wish: Wish) => {
    const found = await previewRun(wish);
    setPreview(found);
    setRefused(rowsOf(found.errors, items));
  };
  const put = (to: Source) => {
    setSource(to);
    setRefused([]);
    setFaults({});
    setPreview(null);
    if (to.binary) void previewRun({ ...said().wish, items: to.binary }).then(setPreview, refusedBy); // only the server can read it
  };
  const choose = (one: Configuration | null) => {
    setConfiguration(one);
    if (!one) return;
    setBounds({ ...bounds, ...typedOf([LANES, ...STEERED, ...FURTHER], one as unknown as Record<string, unknown>) });
    setTyped({ ...initial(fields), ...typedOf(fields.filter((field) => field.kind !== "secret"), one.parameters) });
    if (one.host) setHost(one.host);
  };
  /** For a configuration: a run without its list, name, deadline; what is not filled in yet is left out. */
  const keepable = (): Partial<Configuration> => {
    const { dry_run: _, deadline: __, ...limits } = readBounds(ALL, bounds).values;
    const secret = new Set(fields.filter((field) => field.kind === "secret").map((field) => field.name));
    const parameters = Object.fromEntries(Object.entries(read(fields, typed).values).filter(([field]) => !secret.has(field)));
    return { ...limits, host: chosenHost, parameters };
  };

  return (
    <form
      class="page form" ref={form} noValidate aria-label="New run"
      onSubmit={(e) => (e.preventDefault(), void attempt(start))}
      onKeyDown={(e) => e.key === "Enter" && (e.ctrlKey || e.metaKey) && (e.preventDefault(), void attempt(start))}
    >
      <Row id="run-ast" label="AST" help={ast.description} fault={faults["ast"]}>
        <select {...about("run-ast", faults["ast"])} value={ast.name} onChange={(e) => go({ page: "new", ast: e.currentTarget.value })}>
          {list.map((one) => <option key={one.name} value={one.name}>{one.title}</option>)}
        </select>
      </Row>
      <p class={`effect ${ast.commits ? "commits" : ""}`}>{ast.commits ? "Changes data on the host" : "Reads only"}</p>
      <Configurations ast={ast.name} chosen={configuration} choose={choose} now={keepable} />
      <div class="pair">
        <Row id="run-host" label="Host" fault={faults["host"]}>
          <select {...about("run-host", faults["host"])} value={chosenHost} onChange={(e) => setHost(e.currentTarget.value)}>
            {(hosts.value ?? []).map((one) => <option key={one.name}>{one.name}</option>)}
          </select>
        </Row>
        <Inputs group="run" fields={[{ ...LANES, help: most ? `Sessions at once, at most ${most}` : LANES.help }]} typed={bounds} faults={faults} change={(field, text) => setBounds({ ...bounds, [field]: text })} />
      </div>
      <Inputs fields={fields} typed={typed} faults={faults} change={(field, text) => setTyped({ ...typed, [field]: text })} />
      <ListInput schema={schema} source={source} list={items} fault={faults["items"]} refused={refused} change={put} preview={() => void attempt(look, true)} />
      {preview && <PreviewTable preview={preview} elsewhere={!source.binary} />}
      <WhenInputs now typed={timing} faults={faults} change={setTiming} />
      <details class="run-options">
        <summary>Limits and options <span class="quiet">{inWords(boundFields.filter((field) => field !== LANES), bounds)}</span></summary>
        <div class="pair">
          <Inputs group="run" fields={boundFields.filter((field) => field !== LANES)} typed={bounds} faults={faults} change={(field, text) => setBounds({ ...bounds, [field]: text })} />
        </div>
      </details>
      <Row id="run-name" label="Name" optional help="To find it again among the runs" fault={faults["name"]}>
        <input {...about("run-name", faults["name"])} maxLength={100} autocomplete="off" value={name} onInput={(e) => setName(e.currentTarget.value)} />
      </Row>
      <div class="send">
        <Trouble text={faults[""] ?? ""} />
        <button class="primary" disabled={busy}>{busy ? "One moment…" : sends(later, bounds["dry_run"] === "true", source.binary ? (preview?.total ?? 0) : items.rows.length)}</button>
        <span class="quiet"><kbd>Ctrl</kbd> <kbd>Enter</kbd></span>
      </div>
    </form>
  );
}

function sends(later: boolean, dry: boolean, rows: number): string {
  const verb = later ? "Schedule" : dry ? "Dry run of" : "Run";
  return rows ? `${verb} ${count(rows, "item")}` : verb.replace(" of", "");
}

/** Faults of items, at the lines they were read from. */
function rowsOf(errors: readonly { at: string; message: string }[], list: List): Fault[] {
  return errors.flatMap(({ at, message }) => {
    const row = rowOf(at);
    return row === null ? [] : [{ line: list.lines[row] ?? 0, message }];
  });
}
