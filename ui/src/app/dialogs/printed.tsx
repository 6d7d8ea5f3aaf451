/** What the session's printer printed: a list, and each job page by page. */

import { useEffect, useState } from "preact/hooks";
import * as desk from "../../desk";
import type { LiveSession } from "../../session";
import { Dialog } from "../dialog";
import { Icon } from "../icons";
import { current, tell } from "../state";

export default function Printed() {
  const [session] = useState(current.value);
  const [shown, setShown] = useState<desk.PrintJob | null>(null);
  if (!session) return <Dialog title="Printed"><p>Open a session first.</p></Dialog>;
  return shown ? <Job job={shown} back={() => setShown(null)} /> : <Jobs session={session} view={setShown} />;
}

function Jobs({ session, view }: { session: LiveSession; view(job: desk.PrintJob): void }) {
  const [list, setList] = useState<desk.PrintJob[] | null>(null);
  const [next, setNext] = useState<string | null>(null);
  const load = async (cursor?: string) => {
    const page = await tell(desk.printJobs(session.id, cursor));
    if (!page) return;
    setList((before) => [...(cursor ? (before ?? []) : []), ...page.items]);
    setNext(page.next);
  };
  const printer = session.printer.value;
  useEffect(() => void load(), [printer?.jobs]);
  return (
    <Dialog title={`Printed by ${session.title}`} wide>
      <p class="quiet" role="status">{printer ? stateOf(printer) : "This session has no printer."}</p>
      {list === null ? <p class="quiet">Loading…</p> : !list.length && <p>Nothing has been printed yet. What the host prints is kept here for 30 days.</p>}
      <ul class="macros">
        {list?.map((job) => (
          <li key={job.id}>
            <span class="grow">
              <strong>{when(job.started)}</strong> <span class="quiet">{measure(job)}{job.ended ? "" : ", still printing"}</span>
              {job.note && <span class="bad block">{job.note}</span>}
            </span>
            <button type="button" aria-label={`View the job of ${when(job.started)}`} onClick={() => view(job)}>View</button>
            <a class="button" href={desk.textOf(job)} download="" aria-label={`Save as text the job of ${when(job.started)}`}>Save as text</a>
            {session.may === "own" && <button type="button" class="tool" aria-label={`Delete the job of ${when(job.started)}`} onClick={() => void tell(desk.dropPrintJob(job)).then(() => load())}><Icon name="close" /></button>}
          </li>
        ))}
      </ul>
      {next && <footer><button type="button" onClick={() => void load(next)}>Older ones</button></footer>}
    </Dialog>
  );
}

function Job({ job, back }: { job: desk.PrintJob; back(): void }) {
  const [pages, setPages] = useState<string[] | null>(null);
  const [n, setN] = useState(0);
  useEffect(() => void tell(desk.printed(job)).then((text) => text !== null && setPages(text.split("\f"))), [job.id]);
  return (
    <Dialog title={`Printed ${when(job.started)}`} wide>
      {job.note && <p class="bad">{job.note}</p>}
      {pages ? <pre class="paper" tabIndex={0} aria-label={`Page ${n + 1}`}>{pages[n]}</pre> : <p class="quiet">Loading…</p>}
      <footer>
        <button type="button" disabled={n === 0} onClick={() => setN(n - 1)}>Page before</button>
        <button type="button" disabled={n >= (pages?.length ?? 1) - 1} onClick={() => setN(n + 1)}>Next page</button>
        <span role="status">{pages && `Page ${n + 1} of ${pages.length}`}</span>
        <span class="grow" />
        <button type="button" onClick={back}>All jobs</button>
        <a class="button primary" href={desk.textOf(job)} download="">Save as text</a>
      </footer>
    </Dialog>
  );
}

function stateOf({ state, lu, reason }: NonNullable<LiveSession["printer"]["value"]>): string {
  const name = lu ? `Printer ${lu}` : "The printer";
  return { opening: `${name} is being opened.`, ready: `${name} is ready.`, printing: `${name} is printing.`, lost: `${name} is not there. ${reason}` }[state];
}

const measure = ({ pages, size }: desk.PrintJob) => `${pages} ${pages === 1 ? "page" : "pages"}, ${size.toLocaleString()} characters`;
const when = (time: string) => new Date(time).toLocaleString(undefined, { dateStyle: "medium", timeStyle: "medium" });
