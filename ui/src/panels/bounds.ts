/** What a run is bound by, as fields of a form. Pure. */

import type { Bounds } from "./api";
import { read, type Faults, type Field } from "./form";

const field = (name: string, label: string, kind: Field["kind"], help: string, more: Partial<Field> = {}): Field => ({
  name, label, kind, help, required: false, initial: "", choices: [], example: "", ...more,
});

export const LANES = field("lanes", "Lanes", "integer", "Sessions at once", { required: true, initial: "4", minimum: 1 });

/** Those that can be changed while it runs. */
export const STEERED: readonly Field[] = [
  field("priority", "Priority", "integer", "0 to 9; 9 goes first", { initial: "5", minimum: 0, maximum: 9 }),
  field("canary", "Canary", "integer", "So many items first, then it waits for your word", { minimum: 0, maximum: 100_000 }),
  field("failure_budget", "Failure budget", "text", "It waits at so many failures: 50, or 5%", { pattern: "^([1-9]\\d{0,5}|[1-9]\\d?%|100%)$" }),
  field("park", "Park", "integer", "So many failing items at a time wait for you in their session", { minimum: 0, maximum: 1000 }),
];

export const FURTHER: readonly Field[] = [
  field("item_seconds", "Time for an item", "integer", "Seconds; empty: the AST's own", { minimum: 0, maximum: 86_400 }),
  field("film", "Film", "choice", "Items whose screens are kept", { required: true, initial: "failures", choices: ["always", "failures", "never"] }),
];

/** Those of a run that starts now; a schedule has none of these. */
export const ONCE: readonly Field[] = [
  field("deadline", "Deadline", "moment", "No item starts after it"),
  field("dry_run", "Dry run", "boolean", "Checks the list and signs on; touches nothing"),
];

export const ALL = [LANES, ...STEERED, ...FURTHER, ...ONCE];

export const initial = (fields: readonly Field[]) => Object.fromEntries(fields.map((one) => [one.name, one.initial || (one.required ? (one.choices[0] ?? "") : "")]));

/** As the inputs show what was kept; 0 is left empty where empty means none. */
export function typedOf(fields: readonly Field[], kept: Readonly<Record<string, unknown>>): Record<string, string> {
  const shown = (value: unknown, first: string) => (value === undefined || value === null || value === false || (value === 0 && !first) ? "" : String(value));
  return Object.fromEntries(fields.map(({ name, initial: first }) => [name, shown(kept[name], first)]));
}

/** The bounds typed; `most` is how many lanes the host takes. */
export function readBounds(fields: readonly Field[], typed: Readonly<Record<string, string>>, most?: number): { values: Bounds; faults: Faults } {
  const { values, faults } = read(fields, typed);
  if (!faults["lanes"] && most && Number(values["lanes"]) > most) faults["lanes"] = `This host takes at most ${most} lanes.`;
  return { values: values as unknown as Bounds, faults };
}

/** The bounds that differ from what they are at first, in words. */
export function inWords(fields: readonly Field[], typed: Readonly<Record<string, string>>): string {
  const first = initial(fields);
  const changed = fields.filter(({ name }) => (typed[name] ?? "") !== first[name]);
  return changed.map(({ name, label, kind }) => (kind === "boolean" ? label.toLowerCase() : `${label.toLowerCase()} ${typed[name] || "none"}`)).join(", ");
}
