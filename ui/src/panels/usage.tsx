/** What this user's runs came to, or for an administrator everybody's: by AST, by host, by user. */

import { useEffect, useState } from "preact/hooks";
import { usage as fetchUsage, type Usage, type Use } from "./api";
import { titleOf } from "./catalogue";
import { Trouble } from "./common";
import { about, Row } from "./inputs";
import { count, duration } from "./progress";

const SPANS = [1, 7, 30, 90];

export default function UsagePage() {
  const [days, setDays] = useState(30);
  const [usage, setUsage] = useState<Usage | null>(null);
  const [trouble, setTrouble] = useState("");
  const [everybody, setEverybody] = useState(false);
  const load = () => void fetchUsage(days, everybody).then((found) => (setUsage(found), setTrouble("")), (problem: Error) => setTrouble(problem.message));
  useEffect(load, [days, everybody]);
  return (
    <div class="page pad usage" role="region" aria-label="Usage" tabIndex={0}>
      <Row id="usage-days" label="Over the last">
        <select {...about("usage-days")} value={days} onChange={(e) => setDays(Number(e.currentTarget.value))}>
          {SPANS.map((span) => <option key={span} value={span}>{count(span, "day")}</option>)}
        </select>
      </Row>
      {usage?.administrator && (
        <Row id="usage-whose" label="Runs of">
          <select {...about("usage-whose")} value={String(everybody)} onChange={(e) => setEverybody(e.currentTarget.value === "true")}>
            <option value="false">mine</option>
            <option value="true">everybody</option>
          </select>
        </Row>
      )}
      <Trouble text={trouble} again={load} />
      {usage && (usage.by_ast.length === 0 ? <p class="quiet">No run in this time.</p> : (
        <>
          <Table title="By AST" first="AST" uses={usage.by_ast.map((use) => ({ ...use, name: titleOf(use.name) }))} />
          <Table title="By host" first="Host" uses={usage.by_host} />
          <Table title="By user" first="User" uses={usage.by_user} />
        </>
      ))}
    </div>
  );
}

function Table({ title, first, uses }: { title: string; first: string; uses: Use[] }) {
  const most = Math.max(1, ...uses.map((use) => use.items));
  return (
    <section aria-label={title}>
      <table class="figures-table">
        <thead>
          <tr><th scope="col">{first}</th><th scope="col">Runs</th><th scope="col">Items</th><th scope="col">Succeeded</th><th scope="col">Failed</th><th scope="col">Time</th></tr>
        </thead>
        <tbody>
          {uses.map(({ name, runs, items, succeeded, failed, seconds }) => (
            <tr key={name}>
              <th scope="row">{name}<span class="share" style={{ width: `${(100 * items) / most}%` }} /></th>
              <td>{runs.toLocaleString("en")}</td>
              <td>{items.toLocaleString("en")}</td>
              <td>{succeeded.toLocaleString("en")}{items > 0 && <span class="quiet"> {Math.floor((100 * succeeded) / items)}%</span>}</td>
              <td class={failed ? "bad" : ""}>{failed.toLocaleString("en")}</td>
              <td>{duration(seconds)}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  );
}
