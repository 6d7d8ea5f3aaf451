/** Arithmetic of a run's progress. Pure: counts and rates in, shares and words out. */

export type Counts = Readonly<Record<string, number>>;

/** In the order of the bar: what is done well, what is done otherwise, what goes on, what is to come. */
export const STATUSES = ["succeeded", "refused", "failed", "uncertain", "parked", "skipped", "cancelled", "running", "pending"] as const;
export type Status = (typeof STATUSES)[number];

export const RETRIED: readonly string[] = ["failed"];
const OPEN: readonly string[] = ["pending", "running", "parked"];
const OVER: readonly string[] = ["finished", "cancelled", "failed"];

export const over = (status: string) => OVER.includes(status);

/** Items that are done, however they ended. */
export function done(counts: Counts, total: number): number {
  const open = OPEN.reduce((sum, status) => sum + (counts[status] ?? 0), 0);
  return Math.max(0, Math.min(total, total - open));
}

/** Share of each status that has items, in percent of the run; they add up to 100. */
export function shares(counts: Counts, total: number): { status: Status; count: number; percent: number }[] {
  const known = STATUSES.filter((status) => status !== "pending").map((status) => ({ status: status as Status, count: counts[status] ?? 0 }));
  const rest = Math.max(0, total - known.reduce((sum, one) => sum + one.count, 0));
  return [...known, { status: "pending" as Status, count: rest }]
    .filter((one) => one.count > 0)
    .map((one) => ({ ...one, percent: (100 * one.count) / Math.max(1, total) }));
}

/** Percent done, whole; 100 only when nothing is left. */
export function percent(counts: Counts, total: number): number {
  if (!total) return 100;
  return Math.min(done(counts, total) === total ? 100 : 99, Math.floor((100 * done(counts, total)) / total));
}

/** Seconds until the run is through at this rate (items a second); null when nobody can tell. */
export function secondsLeft(counts: Counts, total: number, rate: number): number | null {
  const left = total - done(counts, total) - (counts["parked"] ?? 0);
  if (left <= 0) return 0;
  return rate > 0.001 ? left / rate : null;
}

/** 42 s, 3 min 05 s, 2 h 10 min: as exact as it is useful. */
export function duration(seconds: number): string {
  const s = Math.max(0, Math.round(seconds));
  if (s < 60) return `${s} s`;
  if (s < 3600) return `${Math.floor(s / 60)} min ${String(s % 60).padStart(2, "0")} s`;
  const hours = Math.floor(s / 3600);
  return hours < 48 ? `${hours} h ${String(Math.floor((s % 3600) / 60)).padStart(2, "0")} min` : `${Math.round(hours / 24)} days`;
}

/** 0.4/s, 12/s. */
export const perSecond = (rate: number) => `${rate >= 10 ? Math.round(rate) : Math.round(rate * 10) / 10}/s`;

/** What a screen reader is told: again only when the run is another tenth on, or in another state. */
export function spoken(status: string, counts: Counts, total: number): string {
  const bad = (counts["failed"] ?? 0) + (counts["uncertain"] ?? 0);
  const trouble = bad ? `, ${bad} failed` : "";
  if (over(status)) return `Run ${status}: ${done(counts, total)} of ${total} items done${trouble}.`;
  const tenth = Math.floor(percent(counts, total) / 10) * 10;
  return `Run ${status}: ${tenth} percent done${trouble ? ", some failed" : ""}.`;
}

/** Milliseconds between two times of the store; null when either is missing. */
export function between(from: string | null | undefined, to: string | null | undefined): number | null {
  if (!from || !to) return null;
  return Date.parse(to) - Date.parse(from);
}

/** A time as the reader's clock has it: today without the date. */
export function at(time: string | null | undefined, now = new Date()): string {
  if (!time) return "";
  const date = new Date(time);
  return date.toDateString() === now.toDateString() ? clock(date) : `${date.toLocaleDateString([], { day: "numeric", month: "short" })} ${clock(date)}`;
}

export const clock = (date: Date) => date.toLocaleTimeString([], { hour: "2-digit", minute: "2-digit", second: "2-digit" });

/** A time to come: its day of the week, no seconds. */
export function moment(time: string, zone?: string): string {
  return new Date(time).toLocaleString([], { weekday: "short", day: "numeric", month: "short", hour: "2-digit", minute: "2-digit", timeZone: zone });
}

export const count = (n: number, one: string, many = `${one}s`) => `${n.toLocaleString("en")} ${n === 1 ? one : many}`;
