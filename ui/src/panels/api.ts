/** The REST routes that only the panel asks for. */

import { call, everything, query, type Item, type Page, type Run } from "../api";
import type { Query } from "./rows";

/** What a run is bound by; those left out are the server's. */
export interface Bounds {
  lanes: number;
  priority?: number;
  canary?: number;
  failure_budget?: string;
  film?: string;
  item_seconds?: number;
  dry_run?: boolean;
  deadline?: string;
  park?: number;
}
export interface NewRun extends Bounds {
  ast: string;
  host: string;
  items: Record<string, string>[] | File;
  parameters: Record<string, unknown>;
  name: string;
}
export interface ListFault { at: string; message: string; line?: number }
export interface Preview {
  total: number;
  columns: string[];
  rows: Record<string, unknown>[];
  duplicates: number;
  errors: ListFault[];
  errors_in_all: number;
}
export interface Configuration extends Bounds {
  id: string;
  name: string;
  shared: boolean;
  owner: string;
  owner_name: string;
  updated: string;
  ast: string;
  host: string;
  parameters: Record<string, unknown>;
}
export interface When { once?: string; every?: number; cron?: string }
export interface Timing {
  when: When;
  zone: string;
  holidays: string;
  overlap: string;
  missed: string;
}
export interface Schedule extends Timing, Bounds {
  id: string;
  name: string;
  ast: string;
  host: string;
  paused: boolean;
  total: number;
  next: string;
  last: string;
  last_run: string;
  queued: number;
}
export interface Fired { at: string; fired: string; outcome: string; run: string; reason: string }
export interface Use { name: string; runs: number; items: number; succeeded: number; failed: number; seconds: number }
export interface Usage { administrator: boolean; by_user: Use[]; by_ast: Use[]; by_host: Use[] }
export interface Worker { name: string; sessions: number; most_sessions: number; lanes: number; started: string; cpu: number }
export interface HostStatus {
  name: string;
  breaker: string;
  reason: string;
  until: string;
  lanes: number;
  max_lanes: number;
  rate: number;
  max_rate: number;
  windows: string[];
  time_zone: string;
  open_now: boolean;
}
export interface Launcher { id: string; name: string; shared: boolean; owner: string; owner_name: string; steps: string[]; on_failure: string }
export interface Launch {
  id: string;
  name: string;
  status: string;
  reason: string;
  total: number;
  steps: { run: string; ast: string; host: string }[];
  created: string;
  finished: string;
}
export type Verdict = "done" | "retry" | "fail" | "skip";

export const startRun = (run: NewRun) => call<Run>("POST", "/runs", body(run));
export const previewRun = (run: NewRun) => call<Preview>("POST", "/runs/preview", body(run));
export const changeRun = (id: string, changes: Partial<Bounds>) => call<Run>("PATCH", `/runs/${id}`, changes);
/** An item that waits for a person, and which run it is of. */
export interface Waiter { run: Pick<Run, "id" | "name" | "ast" | "host">; item: Item }

/** Every item that waits, of all runs. */
export const waiting = () => everything<Waiter>("/waiting");
/** The runs they are in, with how many, of any age. */
export const runsThatWait = () => everything<Run>("/waiting/runs");
export const rates = (run: string) => call<{ items: { at: string; rate: number }[] }>("GET", `/runs/${run}/rates`).then((found) => found.items);
export const items = (run: string, options: Query) => call<Page<Item>>("GET", `/runs/${run}/items${query({ ...options })}`);
export const decide = (run: string, n: number, verdict: Verdict, said: { result?: object; reason?: string }) => call<Item>("POST", `/runs/${run}/items/${n}/${verdict}`, said);
export const exportUrl = (run: string, kind: string) => `/api/v1/runs/${run}/export.${kind}`;

export const configurations = (ast: string) => call<Page<Configuration>>("GET", `/configurations${query({ ast })}`).then((page) => page.items);
export const keepConfiguration = (configuration: Partial<Configuration>) => call<Configuration>("POST", "/configurations", configuration);
export const changeConfiguration = (id: string, changes: Partial<Configuration>) => call<Configuration>("PATCH", `/configurations/${id}`, changes);
export const cloneConfiguration = (id: string) => call<Configuration>("POST", `/configurations/${id}/clone`);
export const deleteConfiguration = (id: string) => call<unknown>("DELETE", `/configurations/${id}`);

export const launchers = () => call<Page<Launcher>>("GET", "/launchers").then((page) => page.items);
export const keepLauncher = (launcher: Pick<Launcher, "name" | "shared" | "steps" | "on_failure">) => call<Launcher>("POST", "/launchers", launcher);
export const deleteLauncher = (id: string) => call<unknown>("DELETE", `/launchers/${id}`);
export const startLaunch = (launcher: string, host: string, items: Record<string, string>[]) => call<Launch>("POST", "/launches", { launcher, host, items });
export const launches = () => call<Page<Launch>>("GET", `/launches${query({ limit: 20 })}`).then((page) => page.items);
export const launch = (id: string) => call<Launch>("GET", `/launches/${id}`);
export const cancelLaunch = (id: string) => call<Launch>("POST", `/launches/${id}/cancel`);

export const schedules = (cursor?: string) => call<Page<Schedule>>("GET", `/schedules${query({ cursor, limit: 100 })}`);
export const schedule = (id: string) => call<Schedule>("GET", `/schedules/${id}`);
export const makeSchedule = (wish: Omit<NewRun, "dry_run" | "deadline"> & Timing) => call<Schedule>("POST", "/schedules", wish);
export const changeSchedule = (id: string, changes: Partial<Timing & Bounds & { name: string }>) => call<Schedule>("PATCH", `/schedules/${id}`, changes);
export const deleteSchedule = (id: string) => call<unknown>("DELETE", `/schedules/${id}`);
export const steerSchedule = (id: string, verb: "pause" | "resume" | "fire") => call<Schedule>("POST", `/schedules/${id}/${verb}`);
export const occurrences = (when: When, zone: string, holidays: string) => call<{ next: string[] }>("GET", `/schedules/preview${query({ ...when, zone, holidays })}`).then((found) => found.next);
export const firings = (id: string, cursor?: string) => call<Page<Fired>>("GET", `/schedules/${id}/history${query({ cursor, limit: 50 })}`);

export const usage = (days: number, everybody: boolean) => call<Usage>("GET", `/usage${query({ days, everybody: everybody ? "true" : undefined })}`);
export const workers = () => call<{ workers: Worker[] }>("GET", "/status").then((status) => status.workers);
export const hostStatus = () => call<Page<HostStatus>>("GET", "/hosts/status").then((page) => page.items);

/** As JSON; with a file, as a form, where everything is text. */
function body({ items, parameters, ...run }: NewRun): unknown {
  if (!(items instanceof File)) return { ...run, items, parameters };
  const form = new FormData();
  for (const [name, value] of Object.entries(run)) form.set(name, String(value));
  for (const [name, value] of Object.entries(parameters)) form.set(`parameters.${name}`, String(value));
  form.set("file", items);
  return form;
}
