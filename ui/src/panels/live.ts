/** Progress as it comes: one socket for all runs of this user. Knows what arrives, not how it is shown. */

import { signal } from "@preact/signals";
import type { Run } from "../api";
import type { FromPage, RunProgress, ToPage } from "../messages";
import { Socket, type Line } from "../socket";

export const line = signal<Line>("connecting");
export const progress = signal<Readonly<Record<string, RunProgress>>>({});
export const resumed = signal(0); // how often the line came back: what was missed has to be asked for

let socket: Socket<ToPage, FromPage> | null = null;

/** Begins to listen; once is enough. */
export function listen(): void {
  socket ??= new Socket<ToPage, FromPage>("/live", { message: receive, line: lineIs, ended: () => (line.value = "closed") });
}

function receive(message: ToPage): void {
  if (message.type === "run") progress.value = { ...progress.value, [message.run]: message };
}

function lineIs(state: Line): void {
  if (state === "open" && line.value !== "open") resumed.value++;
  line.value = state;
}

/** Takes what was fetched for the newest there is; the rate stays as it was told. */
export function note(run: Run): void {
  const { id, status, total, counts, finished } = run;
  const { rate = 0, lanes = 0 } = progress.value[id] ?? {};
  receive({ type: "run", run: id, status, total, counts, lanes, rate, finished: finished ?? "" });
}

/** A run as last heard of. */
export function newest(run: Run): Run & { rate: number; used: number } {
  const told = progress.value[run.id];
  if (!told) return { ...run, rate: 0, used: 0 };
  return { ...run, status: told.status, total: told.total, counts: told.counts, finished: told.finished || run.finished, rate: told.rate, used: told.lanes };
}
