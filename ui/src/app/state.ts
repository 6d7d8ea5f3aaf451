/** What the page knows: the hosts, the open sessions, which ones are shown, and where. */

import { computed, effect, signal } from "@preact/signals";
import * as api from "../api";
import { LiveSession } from "../session";
import { narrow, panelOpen, read, write } from "../settings";

export { me } from "../me";
export const hosts = signal<api.Host[] | null>(null);
export const sessions = signal<LiveSession[]>([]);
export const toast = signal("");

/** The places where a session is shown: one, two or four. */
export const panes = signal<readonly (string | null)[]>(read<(string | null)[]>("iast.panes", [null]));
export const active = signal(0); // the pane that has the keyboard
export const front = computed(() => panes.value[active.value] ?? null);
export const current = computed(() => sessionOf(front.value));

const left = new Set<string>(); // shared sessions that were left: they don't come back by themselves

effect(() => write("iast.panes", panes.value));

export const sessionOf = (id: string | null): LiveSession | null => sessions.value.find((s) => s.id === id) ?? null;

/** Takes up what is open already: a page loaded again finds its sessions. */
export async function restore(): Promise<void> {
  const [found] = await Promise.all([api.hosts(), refresh()]);
  hosts.value = found;
  panes.value = panes.value.map((id) => (sessionOf(id) ? id : null));
  if (!current.value) bringToFront(unshown()[0]?.id ?? null);
}

/** Adds tabs for sessions opened elsewhere: in another window, or shared by a colleague since. */
export async function refresh(): Promise<void> {
  const listed = await api.sessions();
  const fresh = listed.filter((s) => s.purpose !== "lane" && (s.state === "open" || s.state === "opening") && !sessionOf(s.id) && !left.has(s.id));
  fresh.sort((a, b) => a.created.localeCompare(b.created)); // in the order they were opened, as before the page was loaded again
  sessions.value = [...sessions.value, ...fresh.map(live)];
}

/** Shows a session: where it is shown already, else in the pane that has the keyboard. */
export function bringToFront(id: string | null): void {
  const shown = id === null ? -1 : panes.value.indexOf(id);
  if (shown >= 0) active.value = shown;
  else place(active.value, id);
}

/** Shows a session in a pane. One that is in another pane changes places. */
export function place(pane: number, id: string | null): void {
  const other = id === null ? -1 : panes.value.indexOf(id);
  panes.value = panes.value.map((was, n) => (n === pane ? id : n === other ? (panes.value[pane] ?? null) : was));
  active.value = pane;
}

/** Shows one, two or four sessions at once. */
export function split(count: 1 | 2 | 4): void {
  const kept = [front.value, ...panes.value.filter((_, n) => n !== active.value)].slice(0, count);
  active.value = 0;
  panes.value = kept;
  const more = unshown().map((s) => s.id);
  panes.value = Array.from({ length: count }, (_, n) => kept[n] ?? more.shift() ?? null);
}

/** Brings the session before or after the one in front to the front. */
export function step(by: 1 | -1): void {
  const list = sessions.value;
  const at = list.findIndex((s) => s.id === front.value);
  if (list.length) bringToFront(list[(at + by + list.length) % list.length]!.id);
}

export async function openSession(host: string, more: { name?: string; model?: string; lu?: string; printer?: string | null | undefined } = {}): Promise<void> {
  const { printer, name, ...others } = more;
  const title = untaken(name || host);
  const given = Object.fromEntries(Object.entries({ ...others, name: title === host ? "" : title }).filter(([, value]) => value));
  const made = await tell(api.openSession({ host, ...given, ...(typeof printer === "string" ? { printer } : {}) })); // "" is a wish: none
  if (!made) return;
  adopt(made);
  const opened = sessionOf(made.id);
  if (opened) opened.wishedPrinter = made.printer;
}

/** The title, with a number when another tab has it: two sessions to a host have to be told apart. */
function untaken(title: string): string {
  const taken = new Set(sessions.value.map((s) => s.title));
  const numbered = (n: number) => (n === 1 ? title : `${title} ${n}`);
  let n = 1;
  while (taken.has(numbered(n))) n += 1;
  return numbered(n);
}

/** Puts a session that exists already into a tab and in front: one just opened, or a parked item's lane. */
export function adopt({ id, host, name, model, purpose }: Pick<api.Session, "id" | "host" | "name" | "model" | "purpose">): void {
  if (!sessionOf(id)) sessions.value = [...sessions.value, new LiveSession(id, host, name, model, "own", purpose)];
  if (!panes.value.includes(id)) active.value = paneFor(active.value);
  if (narrow.matches) panelOpen.value = false;
  bringToFront(id);
}

/** Where a new session goes: a pane that stands empty, so that it takes nobody's place; this one when there is none. */
function paneFor(wanted: number): number {
  const empty = panes.value.indexOf(null);
  return panes.value[wanted] && empty >= 0 ? empty : wanted;
}

export async function rename(session: LiveSession, name: string): Promise<void> {
  const before = session.name.value;
  session.name.value = name.trim();
  if (!(await tell(api.renameSession(session.id, session.name.value)))) session.name.value = before;
}

export const duplicate = (session: LiveSession): Promise<void> => openSession(session.host, { model: session.model, name: session.name.value, printer: session.wishedPrinter });

export async function closeSession(session: LiveSession): Promise<void> {
  session.disconnect();
  left.add(session.id);
  sessions.value = sessions.value.filter((s) => s !== session);
  const pane = panes.value.indexOf(session.id);
  if (pane >= 0) panes.value = panes.value.map((id, n) => (n === pane ? (unshown()[0]?.id ?? null) : id));
  if (!session.over && session.closes) await tell(api.closeSession(session.id));
}

/** Waits for an answer and shows what went wrong, if it did. */
export async function tell<T>(answer: Promise<T>): Promise<T | null> {
  try {
    return await answer;
  } catch (problem) {
    toast.value = problem instanceof Error ? problem.message : String(problem);
    return null;
  }
}

function live(s: api.Session): LiveSession {
  const session = new LiveSession(s.id, s.host, s.name, s.model, s.may, s.purpose);
  session.filmed.value = Boolean(s.recording);
  session.wishedPrinter = s.printer;
  return session;
}

const unshown = () => sessions.value.filter((s) => !panes.value.includes(s.id));
