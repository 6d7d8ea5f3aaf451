/** A form from an AST's JSON schema: what each parameter wants, and the values typed as parameters. Pure: no DOM, no network. */

import type { Schema } from "../api";

export type Kind = "text" | "secret" | "integer" | "number" | "boolean" | "choice" | "date" | "moment";

export interface Field {
  name: string;
  label: string;
  help: string;
  kind: Kind;
  required: boolean;
  initial: string; // as the input shows it; "true" or "" for a box to tick
  choices: string[];
  minimum?: number | undefined;
  maximum?: number | undefined;
  maxLength?: number | undefined;
  pattern?: string | undefined;
  example: string;
}

export interface Faults {
  [name: string]: string;
}

/** The inputs that a schema of named values asks for, in its order. */
export function fieldsOf(schema: Schema): Field[] {
  const required = new Set(schema.required ?? []);
  return Object.entries(schema.properties ?? {}).map(([name, one]) => fieldOf(name, one, schema, required.has(name)));
}

function fieldOf(name: string, one: Schema, root: Schema, required: boolean): Field {
  const plain = resolved(one, root);
  return {
    name,
    label: one.title ?? plain.title ?? name,
    help: one.description ?? plain.description ?? "",
    kind: kindOf(one, plain),
    required,
    initial: shown(one.default ?? plain.default),
    choices: (plain.enum ?? []).map(shown),
    minimum: plain.minimum,
    maximum: plain.maximum,
    maxLength: plain.maxLength,
    pattern: (plain as { pattern?: string }).pattern,
    example: shown(one.examples?.[0]),
  };
}

/** Without references and without the `null` that an optional value may also be. */
function resolved(one: Schema, root: Schema): Schema {
  if (one.$ref) return resolved(root.$defs?.[one.$ref.split("/").at(-1)!] ?? {}, root);
  const some = one.anyOf?.find((kind) => kind.type !== "null");
  return some ? { ...resolved(some, root), title: one.title ?? some.title! } : one;
}

function kindOf(one: Schema, plain: Schema): Kind {
  const format = (plain as { format?: string }).format;
  if (one["x-secret"] || plain["x-secret"] || format === "password") return "secret";
  if (plain.enum) return "choice";
  if (plain.type === "integer" || plain.type === "number" || plain.type === "boolean") return plain.type;
  return format === "date" ? "date" : format === "date-time" ? "moment" : "text";
}

const shown = (value: unknown): string => (value === undefined || value === null || value === false ? "" : String(value));

/** What was typed, as parameters. `faults` say what to do about each that can't be used; then `values` is not to be sent. */
export function read(fields: readonly Field[], typed: Readonly<Record<string, string>>): { values: Record<string, unknown>; faults: Faults } {
  const values: Record<string, unknown> = {};
  const faults: Faults = {};
  for (const field of fields) {
    const text = field.kind === "secret" ? (typed[field.name] ?? "") : (typed[field.name] ?? "").trim();
    const fault = wrongWith(field, text);
    if (fault) faults[field.name] = fault;
    else if (field.kind === "boolean") values[field.name] = text === "true";
    else if (text !== "") values[field.name] = valueOf(field.kind, text);
  }
  return { values, faults };
}

function valueOf(kind: Kind, text: string): unknown {
  if (kind === "integer" || kind === "number") return Number(text);
  return kind === "moment" ? new Date(text).toISOString() : text; // typed on this clock, meant for all
}

function wrongWith(field: Field, text: string): string {
  if (field.kind === "boolean") return "";
  if (text === "") return field.required ? `${field.label} is needed.` : "";
  if (field.kind === "integer" && !/^[+-]?\d+$/.test(text)) return `${field.label} is a whole number.`;
  if (field.kind === "number" && !Number.isFinite(Number(text))) return `${field.label} is a number.`;
  if (field.kind === "moment" && Number.isNaN(Date.parse(text))) return `${field.label} is a day and a time.`;
  if (field.kind === "integer" || field.kind === "number") return outside(field, Number(text));
  if (field.maxLength !== undefined && text.length > field.maxLength) return `${field.label} has at most ${field.maxLength} characters.`;
  if (field.pattern && !matches(field.pattern, text)) return `${field.label} does not look right${field.help ? `: ${field.help}` : ""}.`;
  return "";
}

function outside(field: Field, value: number): string {
  if (field.minimum !== undefined && value < field.minimum) return `${field.label} is ${field.minimum} or more.`;
  if (field.maximum !== undefined && value > field.maximum) return `${field.label} is ${field.maximum} or less.`;
  return "";
}

/** A pattern that this browser can't read is left to the server. */
export function matches(pattern: string, text: string): boolean {
  try {
    return new RegExp(pattern, "u").test(text);
  } catch {
    return true;
  }
}

/** Faults that the server named (`at`: parameters.NAME, or a field of the form), by field; those of no field under "". */
export function placed(errors: readonly { at: string; message: string }[], names: readonly string[]): Faults {
  const faults: Faults = {};
  for (const { at, message } of errors) {
    if (rowOf(at) !== null) continue;
    const name = at.split(".").find((part) => names.includes(part)) ?? "";
    faults[name] = faults[name] ? `${faults[name]} ${message}` : message;
  }
  return faults;
}

/** The item (from 0) that a fault names: `items.3.policy` or `items.3`; null when it is about something else. */
export function rowOf(at: string): number | null {
  const found = /(?:^|\.)items?[.[](\d+)/.exec(at);
  return found ? Number(found[1]) : null;
}
