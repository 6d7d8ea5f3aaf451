/** Saved configurations of an AST: chosen, kept, changed, shared, cloned, deleted. */

import { useEffect, useRef, useState } from "preact/hooks";
import { tell } from "../app/state";
import { me } from "../me";
import { changeConfiguration, cloneConfiguration, configurations as fetchAll, deleteConfiguration, keepConfiguration, type Configuration } from "./api";
import { Ask } from "./common";
import { about, Row } from "./inputs";

interface Props {
  ast: string;
  chosen: Configuration | null;
  choose(configuration: Configuration | null): void;
  /** What the form says now; null while it can't be used. */
  now(): Partial<Configuration> | null;
}

export function Configurations({ ast, chosen, choose, now }: Props) {
  const [all, setAll] = useState<Configuration[]>([]);
  const [asking, setAsking] = useState<"" | "save" | "delete">("");
  useEffect(() => void fetchAll(ast).then(setAll, () => {}), [ast]); // without them a run can be started all the same
  const mine = chosen?.owner === me.id;
  const put = (made: Configuration) => {
    setAll([made, ...all.filter((one) => one.id !== made.id)]);
    choose(made);
  };
  const change = async (changes: Partial<Configuration> | null) => {
    const made = chosen && changes && (await tell(changeConfiguration(chosen.id, changes)));
    if (made) put(made);
  };
  const clone = async () => {
    const made = chosen && (await tell(cloneConfiguration(chosen.id)));
    if (made) put(made);
  };
  const remove = async () => {
    if (!chosen || !(await tell(deleteConfiguration(chosen.id).then(() => true)))) return;
    setAll(all.filter((one) => one.id !== chosen.id));
    choose(null);
  };
  const keep = async (name: string, shared: boolean) => {
    const said = now();
    const made = said && (await tell(keepConfiguration({ ...said, ast, name, shared })));
    if (made) put(made);
  };
  return (
    <div class="row">
      <label for="configuration">Configuration</label>
      <select {...about("configuration")} value={chosen?.id ?? ""} onChange={(e) => choose(all.find((one) => one.id === e.currentTarget.value) ?? null)}>
        <option value="">None</option>
        {all.map((one) => <option key={one.id} value={one.id}>{one.name}{one.owner === me.id ? (one.shared ? " (shared)" : "") : ` (${one.owner_name})`}</option>)}
      </select>
      <p class="links">
        <button type="button" class="link" onClick={() => setAsking("save")}>Save as…</button>
        {chosen && mine && <button type="button" class="link" onClick={() => void change(now())}>Save changes</button>}
        {chosen && mine && <button type="button" class="link" onClick={() => void change({ shared: !chosen.shared })}>{chosen.shared ? "Make private" : "Share"}</button>}
        {chosen && <button type="button" class="link" onClick={() => void clone()}>Clone</button>}
        {chosen && mine && <button type="button" class="link" onClick={() => setAsking("delete")}>Delete</button>}
      </p>
      {asking === "save" && <Save close={() => setAsking("")} keep={(name, shared) => void keep(name, shared)} />}
      {asking === "delete" && chosen && (
        <Ask title={`Delete “${chosen.name}”?`} yes="Delete" act={() => void remove()} close={() => setAsking("")}>
          {chosen.shared ? "Others who use it lose it too. Runs stay." : "Runs that were started with it stay."}
        </Ask>
      )}
    </div>
  );
}

function Save({ keep, close }: { keep(name: string, shared: boolean): void; close(): void }) {
  const box = useRef<HTMLDialogElement>(null);
  const [name, setName] = useState("");
  const [shared, setShared] = useState(false);
  const [fault, setFault] = useState("");
  useEffect(() => box.current?.showModal(), []);
  const submit = (event: Event) => {
    event.preventDefault();
    event.stopPropagation(); // the form around it is not meant
    if (!name.trim()) return setFault("It needs a name.");
    keep(name.trim(), shared);
    box.current?.close();
  };
  return (
    <dialog class="ask" ref={box} onClose={close} aria-label="Save as a configuration">
      <h2>Save as a configuration</h2>
      <p>Host, lanes, limits and parameters are kept, without secrets and without the list.</p>
      <div class="form-in" onKeyDown={(e) => e.key === "Enter" && submit(e)}>
        <Row id="configuration-name" label="Name" fault={fault}>
          <input {...about("configuration-name", fault)} autofocus maxLength={100} autocomplete="off" value={name} onInput={(e) => setName(e.currentTarget.value)} />
        </Row>
        <div class="row check">
          <label><input type="checkbox" checked={shared} onChange={(e) => setShared(e.currentTarget.checked)} /> Everyone here may use it</label>
        </div>
      </div>
      <div class="buttons">
        <button type="button" onClick={() => box.current?.close()}>Go back</button>
        <button type="button" class="primary" onClick={submit}>Save</button>
      </div>
    </dialog>
  );
}
