/** The form of a run that starts now, or by the clock: which AST, on which host, over which items, within which limits. */

import { useEffect, useRef, useState } from "preact/hooks";
import type { Ast } from "../api";
import { hosts } from "../app/state";
import { inWords, LANES } from "./bounds";
import { asts, loadAsts, trouble } from "./catalogue";
import { lazily, Trouble } from "./common";
import { Configurations } from "./configurations";
import { Draft, lastAst } from "./draft";
import type { Field } from "./form";
import { about, Inputs, Row } from "./inputs";
import { ListInput } from "./listinput";
import { count } from "./progress";
import { go } from "./route";
import { WhenInputs } from "./wheninputs";

const PreviewTable = lazily(() => import("./preview"));

export function NewRun({ wanted }: { wanted?: string | undefined }) {
  const list = asts.value;
  if (trouble.value) return <div class="page pad"><Trouble text={trouble.value} again={loadAsts} /></div>;
  if (!list) return <p class="quiet pad">Loading…</p>;
  const chosen = list.find((ast) => ast.name === (wanted ?? lastAst.value)) ?? list[0];
  if (!chosen) return <p class="quiet pad">No AST is installed.</p>;
  return <Form key={chosen.name} ast={chosen} />;
}

function Form({ ast }: { ast: Ast }) {
  const [draft] = useState(() => new Draft(ast));
  const form = useRef<HTMLFormElement>(null);
  const faults = draft.faults.value;
  useEffect(() => showFaults(form.current!, draft), [faults]);
  return (
    <form
      class="page form" ref={form} noValidate aria-label="New run"
      onSubmit={(e) => (e.preventDefault(), void draft.send())}
      onKeyDown={(e) => e.key === "Enter" && (e.ctrlKey || e.metaKey) && (e.preventDefault(), void draft.send())}
    >
      <WhichAst draft={draft} />
      <Configurations ast={draft.ast.name} chosen={draft.configuration.value} choose={(one) => draft.choose(one)} now={() => draft.keepable()} />
      <Where draft={draft} />
      <Inputs fields={draft.fields} typed={draft.typed.value} faults={faults} change={(name, text) => (draft.typed.value = { ...draft.typed.value, [name]: text })} />
      <ListInput
        schema={draft.ast.items} source={draft.source.value} list={draft.items.value} fault={faults["items"]} refused={draft.refused.value}
        change={(source) => draft.put(source)} preview={() => void draft.look()}
      />
      {draft.preview.value && <PreviewTable preview={draft.preview.value} elsewhere={!draft.source.value.binary} />}
      <WhenInputs now typed={draft.timing.value} faults={faults} change={(timing) => (draft.timing.value = timing)} />
      <Options draft={draft} />
      <Row id="run-name" label="Name" optional help="To find it again among the runs" fault={faults["name"]}>
        <input {...about("run-name", faults["name"])} maxLength={100} autocomplete="off" value={draft.name.value} onInput={(e) => (draft.name.value = e.currentTarget.value)} />
      </Row>
      <div class="send">
        <Trouble text={faults[""] ?? ""} />
        <button class="primary" disabled={draft.busy.value}>{draft.busy.value ? "One moment…" : verb(draft)}</button>
        <span class="quiet"><kbd>Ctrl</kbd> <kbd>Enter</kbd></span>
      </div>
    </form>
  );
}

function WhichAst({ draft }: { draft: Draft }) {
  const { ast, faults } = draft;
  return (
    <>
      <Row id="run-ast" label="AST" help={ast.description} fault={faults.value["ast"]}>
        <select {...about("run-ast", faults.value["ast"])} value={ast.name} onChange={(e) => go({ page: "new", ast: e.currentTarget.value })}>
          {asts.value?.map((one) => <option key={one.name} value={one.name}>{one.title}</option>)}
        </select>
      </Row>
      <p class="over-line">
        <span class={`effect ${ast.commits ? "commits" : ""}`}>{ast.commits ? "Changes data on the host" : "Reads only"}</span>
        <a href="#/launchers">Several in a row</a>
      </p>
    </>
  );
}

function Where({ draft }: { draft: Draft }) {
  const fault = draft.faults.value["host"];
  const most = draft.most.value;
  return (
    <div class="pair">
      <Row id="run-host" label="Host" fault={fault}>
        <select {...about("run-host", fault)} value={draft.host.value} onChange={(e) => (draft.chosenHost.value = e.currentTarget.value)}>
          {hosts.value?.map((one) => <option key={one.name}>{one.name}</option>)}
        </select>
      </Row>
      <Limits draft={draft} fields={[{ ...LANES, help: most ? `Sessions at once, at most ${most}` : LANES.help }]} />
    </div>
  );
}

function Options({ draft }: { draft: Draft }) {
  return (
    <details class="run-options">
      <summary>Limits and options <span class="quiet">{inWords(draft.limits.value, draft.bounds.value)}</span></summary>
      <div class="pair"><Limits draft={draft} fields={draft.limits.value} /></div>
    </details>
  );
}

function Limits({ draft, fields }: { draft: Draft; fields: readonly Field[] }) {
  const { bounds, faults } = draft;
  return <Inputs group="run" fields={fields} typed={bounds.value} faults={faults.value} change={(name, text) => (bounds.value = { ...bounds.value, [name]: text })} />;
}

/** Opens what hides a fault, and puts the cursor where the first one is. */
function showFaults(form: HTMLFormElement, draft: Draft): void {
  if (draft.limits.value.some((field) => draft.faults.value[field.name])) form.querySelector("details")!.open = true;
  form.querySelector<HTMLElement>("[aria-invalid]")?.focus();
}

function verb({ later, bounds, count: items }: Draft): string {
  const word = later.value ? "Schedule" : bounds.value["dry_run"] === "true" ? "Dry run of" : "Run";
  return items.value ? `${word} ${count(items.value, "item")}` : word.replace(" of", "");
}
