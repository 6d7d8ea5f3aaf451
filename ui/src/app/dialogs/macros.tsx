/** Macros: record what is typed, keep it, play it, share it. */

import { signal } from "@preact/signals";
import { useEffect, useState } from "preact/hooks";
import * as api from "../../api";
import { told, type Step } from "../../macros";
import type { LiveSession } from "../../session";
import { closeDialog, Dialog } from "../dialog";
import { Icon } from "../icons";
import { current, me, tell } from "../state";

const list = signal<api.Macro[] | null>(null);
const problem = signal("");

async function load(): Promise<void> {
  try {
    list.value = await api.macros();
    problem.value = "";
  } catch (error) {
    problem.value = error instanceof Error ? error.message : String(error);
  }
}

export default function Macros() {
  const session = current.value;
  useEffect(() => void load(), []);
  if (session?.recording.value) return <Keep session={session} steps={session.recording.value} />;
  return (
    <Dialog title="Macros" wide>
      <p class="quiet">A macro types and presses what you did before, on the screens you did it on. It never holds what went into a hidden field: it asks you for that.</p>
      {problem.value && <p class="bad" role="alert">{problem.value}</p>}
      {list.value && !list.value.length && <p>There is none yet.</p>}
      <ul class="macros">{list.value?.map((macro) => <Row macro={macro} session={session} key={macro.id} />)}</ul>
      <footer>
        <button type="button" class="primary" disabled={!session} onClick={() => session && ((session.recording.value = []), closeDialog())}>Record a macro</button>
      </footer>
    </Dialog>
  );
}

function Row({ macro, session }: { macro: api.Macro; session: LiveSession | null }) {
  const mine = macro.owner === me.id;
  const play = () => (closeDialog(), session?.play(macro.name, macro.steps));
  const share = () => void tell(api.changeMacro(macro.id, { shared: !macro.shared })).then(load);
  return (
    <li>
      <details>
        <summary>
          <strong>{macro.name}</strong>
          <span class="quiet">{macro.host}, {macro.steps.length} steps{macro.shared && (mine ? ", shared" : `, shared by ${macro.owner_name}`)}</span>
        </summary>
        <ol>{macro.steps.map((step, n) => <li key={n}>{told(step)}</li>)}</ol>
      </details>
      <button type="button" disabled={!session || session.host !== macro.host} title={session?.host === macro.host ? "" : `It was recorded on ${macro.host}`} onClick={play}>Play</button>
      {mine && <button type="button" onClick={share}>{macro.shared ? "Make private" : "Share"}</button>}
      {mine && <button type="button" class="tool" aria-label={`Delete ${macro.name}`} onClick={() => void tell(api.dropMacro(macro.id)).then(load)}><Icon name="close" /></button>}
    </li>
  );
}

function Keep({ session, steps }: { session: LiveSession; steps: readonly Step[] }) {
  const [name, setName] = useState("");
  const [shared, setShared] = useState(false);
  const keep = async () => {
    if (!(await tell(api.keepMacro({ name: name.trim(), host: session.host, shared, steps: [...steps] })))) return;
    session.recording.value = null;
    session.say(`The macro "${name.trim()}" was saved.`);
    closeDialog();
  };
  return (
    <Dialog title="Save the macro">
      <form class="sheet" onSubmit={(e) => (e.preventDefault(), void keep())}>
        <label>Name<input required autofocus value={name} maxLength={100} onInput={(e) => setName(e.currentTarget.value)} /></label>
        <label class="tick"><input type="checkbox" checked={shared} onChange={(e) => setShared(e.currentTarget.checked)} /> Everybody who signs in here may play it</label>
        <ol class="steps">{steps.map((step, n) => <li key={n}>{told(step)}</li>)}</ol>
        <footer>
          <button type="button" onClick={() => ((session.recording.value = null), closeDialog())}>Discard</button>
          <button type="submit" class="primary">Save</button>
        </footer>
      </form>
    </Dialog>
  );
}
