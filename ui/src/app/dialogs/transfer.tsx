/** A file to the host or from it (IND$FILE): which, how, how far. */

import { signal } from "@preact/signals";
import { useEffect, useRef, useState } from "preact/hooks";
import * as desk from "../../desk";
import { Dialog } from "../dialog";
import { current, tell } from "../state";

const AGAIN = 500; // ms between two looks at a transfer

/** The last transfer of each session, until another is wanted: who closed the dialog finds it again, and can still stop it. */
const begun = signal<Readonly<Record<string, desk.Transfer>>>({});
const remember = (session: string, transfer: desk.Transfer | null) => {
  const { [session]: _, ...others } = begun.value;
  begun.value = transfer ? { ...others, [session]: transfer } : others;
};

export default function FileTransfer() {
  const session = current.value;
  if (!session) return <Dialog title="File transfer"><p>Open a session first.</p></Dialog>;
  const moving = begun.value[session.id];
  return (
    <Dialog title={`File transfer with ${session.title}`}>
      {moving ? <Progress now={moving} is={(now) => remember(session.id, now)} /> : <Form session={session.id} started={(made) => remember(session.id, made)} />}
    </Dialog>
  );
}

function Form({ session, started }: { session: string; started(transfer: desk.Transfer): void }) {
  const form = useRef<HTMLFormElement>(null);
  const [direction, setDirection] = useState("get");
  const [host, setHost] = useState("tso");
  const [problem, setProblem] = useState("");
  const start = () => desk.transfer(session, wish(form.current!)).then(started, (error: Error) => setProblem(error.message));
  const put = direction === "put";
  return (
    <form class="sheet" ref={form} onSubmit={(e) => (e.preventDefault(), void start())}>
      <p class="quiet wide">The host's command line must be on the screen: READY under TSO, or CMS. Others see the keyboard locked until the file is through.</p>
      <label>Direction
        <select name="direction" value={direction} onChange={(e) => setDirection(e.currentTarget.value)}>
          <option value="get">From the host to this computer</option>
          <option value="put">From this computer to the host</option>
        </select>
      </label>
      <label>Host system
        <select name="host" value={host} onChange={(e) => setHost(e.currentTarget.value)}>
          <option value="tso">TSO</option><option value="cms">CMS</option><option value="cics">CICS</option>
        </select>
      </label>
      <label>{{ tso: "Data set on the host", cms: "File on the host: name, type, mode", cics: "File on the host" }[host]}
        <input name="name" required maxLength={200} spellcheck={false} autocomplete="off" placeholder={{ tso: "'USER.DATA(MEMBER)'", cms: "REPORT TEXT A", cics: "REPORT" }[host]} />
      </label>
      {put && <label>File on this computer<input name="file" type="file" required /></label>}
      <label>Contents<select name="text"><option value="true">Text, translated</option><option value="false">Binary, as it is</option></select></label>
      {put && (
        <label>Records
          <select name="record_format"><option value="">As the host likes</option><option value="fixed">Fixed</option><option value="variable">Variable</option><option value="undefined">Undefined</option></select>
        </label>
      )}
      {put && <label>Record length<input name="record_length" type="number" min={0} max={32760} placeholder="as the host likes" /></label>}
      {put && <label class="tick"><input name="append" type="checkbox" value="true" /> Append to what is there</label>}
      {problem && <p class="bad wide" role="alert">{problem}</p>}
      <footer><button type="submit" class="primary">{put ? "Send" : "Fetch"}</button></footer>
    </form>
  );
}

/** The form's fields; what was left empty is left out. */
function wish(form: HTMLFormElement): FormData {
  const data = new FormData(form);
  for (const [name, value] of [...data]) if (value === "") data.delete(name);
  return data;
}

const OVER = new Set(["done", "failed", "cancelled"]);

function Progress({ now, is }: { now: desk.Transfer; is(now: desk.Transfer | null): void }) {
  const over = OVER.has(now.state);
  useEffect(() => {
    if (over) return;
    const timer = setTimeout(() => void desk.transferNow(now).then(is, (error: Error) => is({ ...now, state: "failed", message: error.message })), AGAIN);
    return () => clearTimeout(timer);
  }, [now]);
  return (
    <>
      <p role="status"><strong>{now.name}</strong> {said(now)}</p>
      {!over && <progress aria-label="Progress" {...(now.total ? { value: now.moved, max: now.total } : {})} />}
      {now.message && <p class={now.state === "failed" ? "bad" : "quiet"}>{now.message}</p>}
      <footer>
        {over ? <button type="button" onClick={() => is(null)}>Another file</button> : <button type="button" onClick={() => void tell(desk.cancelTransfer(now))}>Cancel</button>}
        {now.state === "done" && now.direction === "get" && <a class="button primary" href={desk.contentOf(now)} download="">Save the file</a>}
      </footer>
    </>
  );
}

function said({ state, moved, total }: desk.Transfer): string {
  const bytes = `${moved.toLocaleString()}${total ? ` of ${total.toLocaleString()}` : ""} bytes`;
  return { queued: "waits for the host.", running: `${bytes} so far.`, done: `is through: ${bytes}.`, failed: "did not get through.", cancelled: "was cancelled." }[state];
}
