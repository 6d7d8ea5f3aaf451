/** Sharing a session: who may watch, who may take the keyboard; ended with one click. */

import { useEffect, useState } from "preact/hooks";
import * as api from "../../api";
import { Dialog } from "../dialog";
import { Icon } from "../icons";
import { current, tell } from "../state";

export default function Sharing() {
  const session = current.value;
  const [list, setList] = useState<api.Share[] | null>(null);
  const [problem, setProblem] = useState("");
  const [email, setEmail] = useState("");
  const [may, setMay] = useState<api.Share["may"]>("watch");
  const load = () => session && void api.shares(session.id).then(setList, (error: Error) => setProblem(error.message));
  useEffect(() => void load(), []);
  if (!session) return <Dialog title="Share a session"><p>Open a session first.</p></Dialog>;
  const add = async () => {
    setProblem("");
    await api.share(session.id, email.trim(), may).then(() => setEmail(""), (error: Error) => setProblem(error.message));
    load();
  };
  const end = async (shares: api.Share[]) => {
    for (const s of shares) await tell(api.unshare(session.id, s.user));
    load();
  };
  return (
    <Dialog title={`Share ${session.title}`}>
      <p class="quiet">A colleague sees what you see, but never what is in hidden fields. One person at a time has the keyboard; everyone sees who.</p>
      <form class="sheet inline" onSubmit={(e) => (e.preventDefault(), void add())}>
        <label>E-mail of a colleague<input type="email" required autofocus value={email} onInput={(e) => setEmail(e.currentTarget.value)} /></label>
        <label>May
          <select value={may} onChange={(e) => setMay(e.currentTarget.value as api.Share["may"])}>
            <option value="watch">watch</option>
            <option value="control">take the keyboard</option>
          </select>
        </label>
        <button type="submit" class="primary">Share</button>
      </form>
      {problem && <p class="bad" role="alert">{problem}</p>}
      <ul class="macros">
        {list?.map((s) => (
          <li key={s.user}>
            <span class="grow"><strong>{s.name || s.email}</strong> <span class="quiet">{s.may === "control" ? "may take the keyboard" : "may watch"}</span></span>
            <button type="button" class="tool" aria-label={`Stop sharing with ${s.name || s.email}`} onClick={() => void end([s])}><Icon name="close" /></button>
          </li>
        ))}
      </ul>
      <footer><button type="button" class="danger" disabled={!list?.length} onClick={() => list && void end(list)}>Stop sharing</button></footer>
    </Dialog>
  );
}
