/** Progress as it comes: one socket for all runs of this user. Knows what arrives, not how it is shown. */

import { computed, signal } from "@preact/signals";
import type { Run } from "../api";
import type { FromPage, RunProgress, ToPage } from "../messages";
import { Socket, type Line } from "../socket";
import { rates, runsThatWait } from "./api";

export const line = signal<Line>("connecting");
export const progress = signal<Readonly<Record<string, RunProgress>>>({});
export const resumed = signal(0); // how often the line came back: what was missed has to be asked for

const waits = signal<Readonly<Record<string, number>>>({}); // by run
/** Items of all runs that wait for a person. */
export const waiting = computed(() => Object.values(waits.value).reduce((sum, n) => sum + n, 0));

/** Times (in seconds) and rates (items a second) of a run: what was asked for, and then what this page has been told. */
export interface Samples { times: number[]; rates: number[] }
const samples = new Map<string, Samples>();
const MOST_SAMPLES = 1200;

let socket: Socket<ToPage, FromPage> | null = null;

/** Begins to listen; once is enough. */
export function listen(): void {
  socket ??= new Socket<ToPage, FromPage>("/live", { message: receive, line: lineIs, ended: () => (line.value = "closed") });
}

function receive(message: ToPage): void {
  if (message.type !== "run") return;
  sample(message);
  take(message);
}

function take(told: RunProgress): void {
  progress.value = { ...progress.value, [told.run]: told };
  waits.value = { ...waits.value, [told.run]: waitIn(told.counts) };
}

const waitIn = (counts: Readonly<Record<string, number>>) => (counts["parked"] ?? 0) + (counts["uncertain"] ?? 0);

/** Asks which runs have items that wait, those too of which nothing is told here any more. What is told meanwhile is newer. */
export async function countWaiting(): Promise<void> {
  const before = progress.value;
  const asked = (await runsThatWait()).map(({ id, counts }) => [id, waitIn(counts)] as const);
  const told = Object.values(progress.value).filter((one) => before[one.run] !== one).map(({ run, counts }) => [run, waitIn(counts)] as const);
  waits.value = Object.fromEntries([...asked, ...told]);
}

function sample({ run, rate, status }: RunProgress): void {
  const had = samplesOf(run);
  const now = Date.now() / 1000;
  if (status !== "running" && !had.times.length) return;
  if (now - (had.times.at(-1) ?? 0) < 0.2) return;
  had.times.push(now);
  had.rates.push(rate);
  if (had.times.length > MOST_SAMPLES) samples.set(run, { times: had.times.filter((_, i) => i % 2), rates: had.rates.filter((_, i) => i % 2) });
}

export function samplesOf(run: string): Samples {
  const had = samples.get(run) ?? { times: [], rates: [] };
  samples.set(run, had);
  return had;
}

/** Asks how quickly a run went before this page looked at it. */
export async function askRates(run: string): Promise<void> {
  const found = (await rates(run)).map(({ at, rate }) => ({ time: Date.parse(at) / 1000, rate }));
  const told = samplesOf(run);
  const earlier = found.filter(({ time }) => time < (told.times[0] ?? Infinity));
  samples.set(run, { times: [...earlier.map(({ time }) => time), ...told.times], rates: [...earlier.map(({ rate }) => rate), ...told.rates] });
}

function lineIs(state: Line): void {
  if (state === "open" && line.value !== "open") resumed.value++;
  line.value = state;
}

/** Takes what was fetched for the newest there is; the rate stays as it was told. */
export function note(run: Run): void {
  const { id, status, total, counts, finished } = run;
  const { rate = 0, lanes = 0 } = progress.value[id] ?? {};
  take({ type: "run", run: id, status, total, counts, lanes, rate, finished });
}

/** Runs of a list: their counts may be older than what was told. */
export function noteNew(runs: readonly Run[]): void {
  for (const run of runs) if (!progress.value[run.id]) note(run);
}

/** A run as last heard of. */
export function newest(run: Run): Run & { rate: number; used: number } {
  const told = progress.value[run.id];
  if (!told) return { ...run, rate: 0, used: 0 };
  return { ...run, status: told.status, total: told.total, counts: told.counts, finished: told.finished || run.finished, rate: told.rate, used: told.lanes };
}
