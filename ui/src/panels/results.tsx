/** The items of a run as a table of any length: filter by status, search, arrow keys, Enter opens one. */

import { useEffect, useId, useMemo, useRef, useState } from "preact/hooks";
import type { Item } from "../api";
import { panelWidth } from "../settings";
import { items as fetchItems } from "./api";
import { Pill, Trouble, words } from "./common";
import { over, STATUSES } from "./progress";
import { go, route } from "./route";
import { Rows } from "./rows";
import type { Told } from "./run";
import { useVirtual } from "./virtual";

const ROW = 30; // px, as in panel.css
const WIDE = 640; // px of the panel, from which results have a column each
const MOST_COLUMNS = 8;
const EVERY = 1500; // ms between looks at rows that change

export function Results({ run }: { run: Told }) {
  const [status, setStatus] = useState("");
  const [search, setSearch] = useState("");
  const sought = useSettled(search.trim(), 250);
  const rows = useMemo(() => new Rows((query) => fetchItems(run.id, query), { ...(status && { status }), ...(sought && { search: sought }) }), [run.id, status, sought]);
  useEffect(() => () => rows.stop(), [rows]);
  return (
    <section class="results" aria-label="Results">
      <Filters run={run} status={status} setStatus={setStatus} search={search} setSearch={setSearch} />
      <Trouble text={rows.trouble.value} again={() => rows.want(0, 0)} />
      <Table run={run} rows={rows} total={length(run, rows, status, sought)} />
    </section>
  );
}

/** Rows the table has room for. */
function length(run: Told, rows: Rows, status: string, sought: string): number {
  rows.version.value;
  if (rows.known === null) return run.total;
  return status && !sought && !rows.complete ? Math.max(rows.known, run.counts[status] ?? 0) : rows.known;
}

interface Filtering {
  run: Told;
  status: string;
  setStatus(status: string): void;
  search: string;
  setSearch(text: string): void;
}

function Filters({ run, status, setStatus, search, setSearch }: Filtering) {
  const shown = STATUSES.filter((one) => run.counts[one] || one === status);
  return (
    <div class="filters">
      <input type="search" aria-label="Search the items" placeholder="Search" value={search} onInput={(e) => setSearch(e.currentTarget.value)} />
      <div class="chips" role="group" aria-label="Filter by status">
        {shown.map((one) => (
          <button key={one} type="button" class={`chip s-${one}`} aria-pressed={status === one} onClick={() => setStatus(status === one ? "" : one)}>
            {one} <b>{(run.counts[one] ?? 0).toLocaleString("en")}</b>
          </button>
        ))}
      </div>
    </div>
  );
}

function Table({ run, rows, total }: { run: Told; rows: Rows; total: number }) {
  const box = useRef<HTMLDivElement>(null);
  const virtual = useVirtual(total, ROW, box);
  const [active, setActive] = useState(0);
  const id = useId();
  rows.version.value;
  const columns = panelWidth.value > WIDE ? columnsOf(virtual.rows.map(({ index }) => rows.at(index))) : [];
  const first = virtual.rows[0]?.index ?? 0;
  const last = virtual.rows.at(-1)?.index ?? 0;
  useEffect(() => rows.want(first, last), [rows, first, last]);
  useFreshness(run, () => void rows.refresh(first, last));
  useEffect(() => {
    if (route.value.page === "run" && route.value.item === undefined) box.current?.focus({ preventScroll: true });
  }, [route.value]);

  const open = (row: number) => {
    const item = rows.at(row);
    if (item) go({ page: "run", run: run.id, item: item.n });
  };
  const key = (event: KeyboardEvent) => {
    const screenful = Math.max(1, Math.floor((box.current?.clientHeight ?? 300) / ROW) - 2);
    const to = { ArrowDown: active + 1, ArrowUp: active - 1, PageDown: active + screenful, PageUp: active - screenful, Home: 0, End: total - 1 }[event.key];
    if (event.key === "Enter") return open(active);
    if (to === undefined) return;
    event.preventDefault();
    const row = Math.max(0, Math.min(total - 1, to));
    setActive(row);
    virtual.show(row);
  };

  return (
    <div class="table" role="grid" aria-label="Items" aria-rowcount={total + 1} aria-colcount={3 + Math.max(1, columns.length)} style={sizes(columns.length)} aria-activedescendant={rows.at(active) ? `${id}-${active}` : undefined} tabIndex={0} ref={box} onKeyDown={key}>
      <div class="thead" role="row" aria-rowindex={1}>
        <span role="columnheader">#</span>
        <span role="columnheader">Item</span>
        <span role="columnheader">Status</span>
        {(columns.length ? columns.map(words) : ["Result"]).map((name) => <span role="columnheader" key={name}>{name}</span>)}
      </div>
      <div class="tbody" role="rowgroup" style={{ height: `${virtual.height}px` }}>
        {virtual.rows.map(({ index, start }) => (
          <Line key={index} id={`${id}-${index}`} row={index} top={start} item={rows.at(index)} columns={columns} active={index === active} open={() => (setActive(index), open(index))} />
        ))}
      </div>
      {total === 0 && <p class="quiet pad">{rows.busy.value ? "Looking…" : "No item matches."}</p>}
    </div>
  );
}

/** One column takes what is left; more of them scroll rather than be squeezed. */
const sizes = (columns: number) => ({ "--columns": Math.max(1, columns), "--share": columns > 1 ? "1fr" : "2.4fr", "--least": columns > 1 ? "96px" : "40px" });

interface LineProps {
  id: string;
  row: number;
  top: number;
  item: Item | undefined;
  columns: string[]; // of results, where there is room for them
  active: boolean;
  open(): void;
}

function Line({ id, row, top, item, columns, active, open }: LineProps) {
  return (
    <div role="row" id={id} class={`tr ${active ? "active" : ""}`} aria-rowindex={row + 2} aria-selected={active} style={{ transform: `translateY(${top}px)` }} onClick={open}>
      <span role="gridcell" class="n">{item ? item.n + 1 : ""}</span>
      <span role="gridcell" class="mono">{item?.key ?? "…"}{item?.duplicate && <i title="An earlier line has the same key"> again</i>}</span>
      <span role="gridcell">{item && <Pill status={item.status} />}</span>
      {item?.result && columns.length ? (
        columns.map((name) => <span role="gridcell" class="came" key={name} title={plain(item.result![name])}>{plain(item.result![name])}</span>)
      ) : (
        <span role="gridcell" class="came rest" title={item && outcome(item)}>{item && outcome(item)}</span>
      )}
    </div>
  );
}

/** The result or the error in one line. */
function outcome(item: Item): string {
  if (item.error) return item.error.message;
  return Object.values(item.result ?? {}).map(plain).filter(Boolean).join(" · ");
}

const plain = (value: unknown) => (value === null || value === undefined ? "" : typeof value === "object" ? JSON.stringify(value) : String(value));

/** What the results in view have, the first MOST_COLUMNS of it. */
function columnsOf(items: readonly (Item | undefined)[]): string[] {
  return [...new Set(items.flatMap((item) => Object.keys(item?.result ?? {})))].slice(0, MOST_COLUMNS);
}

/** Calls `look` now and then while the run's counts move, and once after. */
function useFreshness(run: Told, look: () => void): void {
  const moved = JSON.stringify(run.counts);
  const latest = useRef(look);
  const since = useRef(0);
  const seen = useRef(moved);
  latest.current = look;
  useEffect(() => {
    if (seen.current === moved) return;
    const wait = over(run.status) ? 0 : Math.max(0, since.current + EVERY - Date.now());
    const timer = setTimeout(() => {
      seen.current = moved;
      since.current = Date.now();
      latest.current();
    }, wait);
    return () => clearTimeout(timer);
  }, [moved, run.status]);
}

/** A value once it has stayed for a while. */
function useSettled(value: string, wait: number): string {
  const [settled, settle] = useState(value);
  useEffect(() => {
    const timer = setTimeout(() => settle(value), wait);
    return () => clearTimeout(timer);
  }, [value, wait]);
  return settled;
}
