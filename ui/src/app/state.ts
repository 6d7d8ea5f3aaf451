/** What the page knows: who is signed in, the hosts, the open sessions, which one is in front. */

import { computed, signal } from "@preact/signals";
import * as api from "../api";
import { LiveSession } from "../session";

export const user = document.documentElement.dataset.user ?? "";
export const hosts = signal<api.Host[] | null>(null);
export const sessions = signal<LiveSession[]>([]);
export const front = signal<string | null>(localStorage.getItem("iast.front"));
export const toast = signal("");

export const current = computed(() => sessions.value.find((s) => s.id === front.value) ?? null);

/** Takes up what is open already: a page loaded again finds its sessions. */
export async function restore(): Promise<void> {
  const [found, open] = await Promise.all([api.hosts(), api.sessions()]);
  hosts.value = found;
  sessions.value = open.filter((s) => s.purpose !== "lane" && (s.state === "open" || s.state === "opening")).map((s) => new LiveSession(s.id, s.host, s.name));
  if (!current.value) bringToFront(sessions.value[0]?.id ?? null);
}

export function bringToFront(id: string | null): void {
  front.value = id;
  try {
    localStorage.setItem("iast.front", id ?? "");
  } catch {
    // storage is shut off: after a reload the first session is in front
  }
}

export async function openSession(host: string): Promise<void> {
  const made = await tell(api.openSession({ host }));
  if (!made) return;
  adopt(made.id, made.host, made.name);
}

/** Puts a session that exists already into a tab and in front: a parked item's lane, a session shared by a colleague. */
export function adopt(id: string, host: string, name: string): void {
  if (!sessions.value.some((s) => s.id === id)) sessions.value = [...sessions.value, new LiveSession(id, host, name)];
  bringToFront(id);
}

export async function closeSession(session: LiveSession): Promise<void> {
  session.disconnect();
  const at = sessions.value.indexOf(session);
  sessions.value = sessions.value.filter((s) => s !== session);
  if (front.value === session.id) bringToFront((sessions.value[at] ?? sessions.value[at - 1])?.id ?? null);
  const ended = ["lost", "closed"].includes(session.status.value.state);
  if (!ended) await tell(api.closeSession(session.id));
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
