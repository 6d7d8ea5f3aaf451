/** The REST API: one function a route. Knows HTTP and problem documents; knows nothing of how they are shown. */

import type { ScreenChanged, WireScreen } from "./messages";

import type { Step } from "./macros";

export interface Host { name: string; description: string; model: string; tls: string; printer: string; max_lanes: number }
/** A host session: mine, or one that a colleague shares. `recording` is the id of the one that is being made, "" when none is. */
export interface Session {
  id: string;
  owner_name: string;
  may: "own" | "control" | "watch";
  recording: string;
  printer: string; // what was wished for: "associate", a printer's LU, or ""
  host: string;
  name: string;
  purpose: string;
  state: "opening" | "open" | "lost" | "closed";
  reason: string;
  lu: string;
  model: string;
  worker: string;
  created: string;
}
export interface Schema {
  type?: string;
  title?: string;
  description?: string;
  default?: unknown;
  enum?: unknown[];
  anyOf?: Schema[];
  properties?: Record<string, Schema>;
  required?: string[];
  minimum?: number;
  maximum?: number;
  maxLength?: number;
  $ref?: string;
  $defs?: Record<string, Schema>;
  examples?: unknown[];
  "x-secret"?: boolean;
}
export interface Ast {
  name: string;
  title: string;
  description: string;
  commits: boolean;
  parameters: Schema;
  items: Schema;
}
export interface Run {
  id: string;
  ast: string;
  host: string;
  name: string;
  status: string;
  reason: string;
  total: number;
  counts: Record<string, number>;
  lanes: number;
  parameters: Record<string, unknown>;
  priority: number;
  canary: number;
  failure_budget: string;
  held: string; // what a paused run waits for: canary, budget
  dry_run: boolean;
  park: number;
  film: string;
  item_seconds: number;
  deadline: string;
  created: string;
  started: string;
  finished: string;
}
export interface Item {
  n: number;
  key: string;
  input: Record<string, unknown>;
  duplicate: boolean;
  status: string;
  attempt: number;
  worker: string;
  lane: string;
  journal: string;
  result: Record<string, unknown> | null;
  error: { code: string; message: string } | null;
  started: string | null;
  finished: string | null;
  frames?: Frame[];
}
/** A screen of a film strip, whole or as what changed since the frame before; `key` was pressed on it after `fields` were typed. */
export interface Frame { at: number; key: string; fields: [number, string][]; screen: WireScreen | null; delta: ScreenChanged | null }
export interface Page<T> { items: T[]; next: string | null }

/** What the server said no to: RFC 9457. `errors` name the place of each fault. */
export class ApiProblem extends Error {
  constructor(readonly status: number, readonly code: string, detail: string, readonly errors: { at: string; message: string }[] = []) {
    super(detail);
  }
}

export const hosts = () => get<Page<Host>>("/hosts").then((p) => p.items);
export const sessions = () => everything<Session>("/sessions");
export const openSession = (body: { host: string; name?: string; model?: string; lu?: string; printer?: string }) => call<Session>("POST", "/sessions", body);
export const renameSession = (id: string, name: string) => call<Session>("PATCH", `/sessions/${id}`, { name });
export const closeSession = (id: string) => call<unknown>("DELETE", `/sessions/${id}`);
export const asts = () => get<Page<Ast>>("/asts").then((p) => p.items);
export const ast = (name: string) => get<Ast>(`/asts/${encodeURIComponent(name)}`);
export const runs = (cursor?: string) => get<Page<Run>>(`/runs${query({ cursor, limit: 50 })}`);
export const run = (id: string) => get<Run>(`/runs/${id}`);
export const steerRun = (id: string, verb: "pause" | "resume" | "cancel" | "retry") => call<Run>("POST", `/runs/${id}/${verb}`);
export const item = (id: string, n: number) => get<Item>(`/runs/${id}/items/${n}`);
export interface Macro { id: string; name: string; host: string; shared: boolean; owner: string; owner_name: string; steps: Step[]; updated: string }
export interface Share { user: string; name: string; email: string; may: "watch" | "control" }
export const macros = () => everything<Macro>("/macros");
export const keepMacro = (body: Pick<Macro, "name" | "host" | "shared" | "steps">) => call<Macro>("POST", "/macros", body);
export const changeMacro = (id: string, body: Partial<Pick<Macro, "name" | "shared">>) => call<Macro>("PATCH", `/macros/${id}`, body);
export const dropMacro = (id: string) => call<unknown>("DELETE", `/macros/${id}`);
export const shares = (id: string) => get<Page<Share>>(`/sessions/${id}/shares`).then((p) => p.items);
export const share = (id: string, email: string, may: Share["may"]) => call<Share>("POST", `/sessions/${id}/shares`, { email, may });
export const unshare = (id: string, user: string) => call<unknown>("DELETE", `/sessions/${id}/shares/${user}`);

const get = <T>(path: string) => call<T>("GET", path);

/** One request to the API. Raises ApiProblem. */
export const call = <T>(method: string, path: string, body?: unknown): Promise<T> => request<T>(method, `/api/v1${path}`, body);

/** What a route answers that gives text, not JSON. Raises ApiProblem. */
export const text = (path: string): Promise<string> => answered("GET", `/api/v1${path}`);

/** Ends the sign-in; the answer says where to go from here. */
export const signOut = () => request<{ next: string }>("POST", "/auth/logout");

async function request<T>(method: string, url: string, body?: unknown): Promise<T> {
  const text = await answered(method, url, body);
  return (text ? JSON.parse(text) : null) as T;
}

async function answered(method: string, url: string, body?: unknown): Promise<string> {
  const headers: Record<string, string> = { Accept: "application/json", "X-IAST": "1" }; // a page elsewhere can't set that header
  const form = body instanceof FormData; // a file goes as it is
  if (body !== undefined && !form) headers["Content-Type"] = "application/json";
  const answer = await fetch(url, { method, headers, body: body === undefined ? null : form ? body : JSON.stringify(body) }).catch(() => {
    throw new ApiProblem(0, "unreachable", "The server does not answer. Check the network, then try again.");
  });
  if (answer.status === 401) location.assign("/auth/login");
  const text = await answer.text();
  if (!answer.ok) throw problem(answer.status, text);
  return text;
}

function problem(status: number, text: string): ApiProblem {
  try {
    const { code, detail, title, errors } = JSON.parse(text) as { code?: string; detail?: string; title?: string; errors?: [] };
    return new ApiProblem(status, code ?? "", detail ?? title ?? `The server answered ${status}.`, errors);
  } catch {
    return new ApiProblem(status, "", `The server answered ${status}.`);
  }
}

export async function everything<T>(path: string): Promise<T[]> {
  const all: T[] = [];
  for (let cursor: string | undefined; ; ) {
    const page: Page<T> = await get(path + query({ cursor, limit: 100 }));
    all.push(...page.items);
    if (!page.next) return all;
    cursor = page.next;
  }
}

export function query(options: Record<string, string | number | undefined>): string {
  const given = Object.entries(options).filter(([, value]) => value !== undefined && value !== "");
  return given.length ? `?${new URLSearchParams(given.map(([k, v]) => [k, String(v)]))}` : "";
}
