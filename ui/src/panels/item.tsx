/** One item: what was asked, what came of it, when and where. Lies over the results until it is closed. */

import { useEffect, useLayoutEffect, useRef, useState } from "preact/hooks";
import { item as fetchItem, type Item } from "../api";
import { Icon } from "../app/icons";
import { Facts, lazily, Pill, Trouble, words } from "./common";
import { at, between } from "./progress";
import { go } from "./route";
import type { Told } from "./run";
import { Verdict } from "./verdict";

const FilmStrip = lazily(() => import("./filmstrip"));

export function ItemDetail({ run, n }: { run: Told; n: number }) {
  const [item, setItem] = useState<Item | null>(null);
  const [trouble, setTrouble] = useState("");
  const box = useRef<HTMLElement>(null);
  const load = () => void fetchItem(run.id, n).then((found) => (setItem(found), setTrouble("")), (problem: Error) => setTrouble(problem.message));
  const moving = item?.status === "running" || item?.status === "pending";
  useEffect(load, [run.id, n, moving && JSON.stringify(run.counts)]);
  useLayoutEffect(() => box.current?.focus(), []);
  const to = (other: number | undefined) => go({ page: "run", run: run.id, item: other });
  const key = (event: KeyboardEvent) => {
    if (event.key === "Escape") to(undefined);
    if (event.key === "ArrowLeft" && n > 0) to(n - 1);
    if (event.key === "ArrowRight" && n < run.total - 1) to(n + 1);
  };
  const current = item?.n === n ? item : null;
  return (
    <section class="detail" aria-label={`Item ${n + 1}`} tabIndex={-1} ref={box} onKeyDown={key}>
      <header>
        <button type="button" class="action" onClick={() => to(undefined)}><Icon name="back" /> Results</button>
        <span class="quiet">Item {(n + 1).toLocaleString("en")} of {run.total.toLocaleString("en")}</span>
        <span class="turns">
          <button type="button" disabled={n === 0} onClick={() => to(n - 1)}>Previous</button>
          <button type="button" disabled={n >= run.total - 1} onClick={() => to(n + 1)}>Next</button>
        </span>
      </header>
      <Trouble text={trouble} again={load} />
      {current ? <Body item={current} run={run} decided={load} /> : !trouble && <p class="quiet pad">Loading…</p>}
    </section>
  );
}

function Body({ item, run, decided }: { item: Item; run: Told; decided(): void }) {
  return (
    <div class="detail-body">
      <div class="over-line">
        <h1 class="mono">{item.key}</h1>
        <Pill status={item.status} />
      </div>
      {item.duplicate && <p class="quiet">An earlier line has the same key. Both are done.</p>}
      {item.error && <p class="reason">{item.error.message} <code>{item.error.code}</code></p>}
      <Verdict key={item.n} item={item} run={run} decided={decided} />
      {item.result && <Part title="Result" values={item.result} />}
      {item.frames && item.frames.length > 0 && (
        <>
          <h3>Screens</h3>
          <FilmStrip frames={item.frames} />
        </>
      )}
      <Part title="Input" values={item.input} />
      <h3>Course</h3>
      <Facts facts={course(item)} />
    </div>
  );
}

function Part({ title, values }: { title: string; values: Record<string, unknown> }) {
  return (
    <>
      <h3>{title}</h3>
      <Facts facts={Object.entries(values).map(([name, value]) => [words(name), typeof value === "object" ? JSON.stringify(value) : String(value ?? "")])} />
    </>
  );
}

const JOURNAL: Record<string, string> = {
  committing: "The key that commits may have been pressed",
  committed: "The host answered the commit",
};

function course(item: Item): [string, string][] {
  const took = between(item.started, item.finished);
  return [
    ["Attempt", item.attempt ? String(item.attempt) : ""],
    ["Started", at(item.started)],
    ["Took", took === null ? "" : took < 10_000 ? `${took.toLocaleString("en")} ms` : `${Math.round(took / 1000)} s`],
    ["Worker", item.worker],
    ["Lane", item.lane],
    ["Journal", JOURNAL[item.journal] ?? ""],
  ];
}
