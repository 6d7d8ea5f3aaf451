/** When a schedule fires: what was typed as what is sent, and in words. Pure. */

import type { Timing, When } from "./api";
import type { Faults } from "./form";
import { duration, moment } from "./progress";

export type Kind = "now" | "once" | "every" | "cron";

/** As the inputs hold it. */
export interface Typed {
  kind: Kind;
  once: string; // 2026-11-21T07:00, on the clock of the zone
  every: string;
  unit: string; // seconds in one of them
  cron: string;
  zone: string;
  holidays: string;
  overlap: string;
  missed: string;
}

export const UNITS: readonly [seconds: string, name: string][] = [["60", "minutes"], ["3600", "hours"], ["86400", "days"]];
export const OVERLAPS: readonly [string, string][] = [["skip", "Skip this one"], ["queue", "Wait for it"], ["parallel", "Start all the same"]];
export const MISSED: readonly [string, string][] = [["skip", "Leave it out"], ["fire-once", "Start once, late"]];

export const fresh = (zone: string, kind: Kind = "now"): Typed => ({ kind, once: "", every: "1", unit: "3600", cron: "0 6 * * 1-5", zone, holidays: "", overlap: "skip", missed: "skip" });

export function typedOf({ when, zone, holidays, overlap, missed }: Timing): Typed {
  const kind: Kind = when.once ? "once" : when.every ? "every" : "cron";
  const first = fresh(zone, kind);
  const unit = when.every ? ([...UNITS].reverse().find(([seconds]) => when.every! % Number(seconds) === 0)?.[0] ?? "60") : first.unit;
  return {
    ...first, holidays, overlap, missed, unit,
    once: when.once ? wallClock(when.once, zone) : "",
    every: when.every ? String(when.every / Number(unit)) : first.every,
    cron: when.cron || first.cron,
  };
}

/** A time of the store as the zone's clocks show it, in the form of a datetime-local input. */
function wallClock(time: string, zone: string): string {
  return new Date(time).toLocaleString("sv-SE", { timeZone: zone, dateStyle: "short", timeStyle: "short" }).replace(" ", "T");
}

export function whenOf(typed: Typed): When {
  if (typed.kind === "once") return { once: typed.once };
  if (typed.kind === "every") return { every: Math.round(Number(typed.every) * Number(typed.unit)) };
  return { cron: typed.cron.trim() };
}

/** What is plainly wrong; the rest (no such zone, no such day) the server says. */
export function wrongWith(typed: Typed): Faults {
  if (typed.kind === "once" && !typed.once) return { when: "Choose the day and the time." };
  if (typed.kind === "every" && !(Number(typed.every) > 0)) return { when: "A number above 0." };
  if (typed.kind === "cron" && typed.cron.trim().split(/\s+/).length !== 5) return { when: "Five fields: minute, hour, day of month, month, day of week." };
  return {};
}

export const timingOf = (typed: Typed): Timing => ({ when: whenOf(typed), zone: typed.zone.trim(), holidays: typed.holidays.trim(), overlap: typed.overlap, missed: typed.missed });

export function inWords({ when, zone, holidays }: Timing): string {
  const off = holidays ? `, not on holidays of ${holidays}` : "";
  if (when.once) return `once, ${moment(when.once)}`;
  if (when.every) return `every ${duration(when.every)}${off}`;
  return `cron ${when.cron} in ${zone}${off}`;
}
