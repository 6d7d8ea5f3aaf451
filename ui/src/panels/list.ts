/** A list of items out of text: pasted lines, CSV with or without a header. Pure: knows columns and lines, not what they mean. */

import Papa from "papaparse";
import { fieldsOf, matches, type Field } from "./form";
import type { Schema } from "../api";

export interface Fault {
  line: number; // of the text, from 1; 0 for the list as a whole
  message: string;
}

export interface List {
  columns: string[];
  rows: Record<string, string>[];
  lines: number[]; // the line of the text that each row is on, from 1
  duplicates: number; // rows that say the same as an earlier one
  faults: Fault[]; // the first MOST_FAULTS
  faultsInAll: number;
}

export const MOST_ROWS = 100_000;
const MOST_FAULTS = 20;

/** Reads a list for an AST whose items have this schema. Empty text is an empty list, without a fault. */
export function readList(text: string, schema: Schema): List {
  const fields = fieldsOf(schema);
  const { cells, lines } = grid(text);
  if (!cells.length) return { columns: names(fields), rows: [], lines: [], duplicates: 0, faults: [], faultsInAll: 0 };
  const head = header(cells[0]!, fields);
  const columns = head ?? names(fields).slice(0, cells[0]!.length);
  const from = head ? 1 : 0;
  const list = rows(cells.slice(from), lines.slice(from), columns);
  const faults = [...aboutColumns(columns, cells[0]!, fields, lines[0]!), ...aboutRows(list, columns, fields)];
  return { columns, ...list, duplicates: duplicatesIn(list.rows), faults: faults.slice(0, MOST_FAULTS), faultsInAll: faults.length };
}

const names = (fields: readonly Field[]) => fields.map((field) => field.name);

/** The cells of each line that has any, and which line it is. */
function grid(text: string): { cells: string[][]; lines: number[] } {
  const clean = text.replace(/^\ufeff/, "").replace(/\r\n?/g, "\n"); // a list pasted together has line ends of several systems
  const { data } = Papa.parse<string[]>(clean, { delimiter: separator(clean.slice(0, clean.search(/\n|$/))), newline: "\n" });
  const cells: string[][] = [];
  const lines: number[] = [];
  let line = 1;
  for (const row of data) {
    const trimmed = row.map((cell) => cell.trim());
    if (trimmed.some((cell) => cell !== "")) {
      cells.push(trimmed);
      lines.push(line);
    }
    line += 1 + row.reduce((n, cell) => n + (cell.match(/\n/g)?.length ?? 0), 0); // a quoted cell may hold line ends
  }
  return { cells, lines };
}

function separator(first: string): string {
  const count = (c: string) => first.split(c).length;
  return ["\t", ";", ","].reduce((best, c) => (count(c) > count(best) ? c : best), ",");
}

/** The columns that the first line names, if it names any; else it is an item already. */
function header(first: readonly string[], fields: readonly Field[]): string[] | null {
  const known = new Map(fields.flatMap(({ name, label }) => [[plain(label), name], [plain(name), name]] as [string, string][]));
  const found = first.map((cell) => known.get(plain(cell)) ?? cell);
  return first.some((cell) => known.has(plain(cell))) ? found : null;
}

const plain = (text: string) => text.toLowerCase().replace(/[\s_-]+/g, "");

function rows(cells: string[][], lines: number[], columns: readonly string[]) {
  return { rows: cells.map((row) => Object.fromEntries(row.map((cell, i) => [columns[i] ?? `column ${i + 1}`, cell]))), lines };
}

function aboutColumns(columns: readonly string[], first: readonly string[], fields: readonly Field[], line: number): Fault[] {
  const missing = fields.filter((field) => field.required && !columns.includes(field.name)).map((field) => field.name);
  const unknown = columns.filter((name) => !names(fields).includes(name));
  const faults: Fault[] = [];
  if (missing.length) faults.push({ line, message: `The list has no column ${list(missing)}. This AST takes ${list(names(fields))}.` });
  if (unknown.length) faults.push({ line, message: `The AST has no column ${list(unknown)}. It takes ${list(names(fields))}.` });
  if (!missing.length && !unknown.length && first.length > columns.length)
    faults.push({ line, message: `There are ${first.length} values, and the AST takes ${columns.length}: ${list(columns)}.` });
  return faults;
}

const list = (words: readonly string[]) => words.join(", ");

function aboutRows(list: { rows: Record<string, string>[]; lines: number[] }, columns: readonly string[], fields: readonly Field[]): Fault[] {
  const faults: Fault[] = [];
  if (list.rows.length > MOST_ROWS) {
    faults.push({ line: 0, message: `${list.rows.length.toLocaleString("en")} items are too many: a run takes ${MOST_ROWS.toLocaleString("en")}. Split the list.` });
  }
  const checked = fields.filter((field) => columns.includes(field.name));
  list.rows.forEach((row, i) => {
    const extra = Object.keys(row).length > columns.length ? `there are ${Object.keys(row).length} values for ${columns.length} columns` : "";
    const message = extra || checked.map((field) => wrong(field, row[field.name] ?? "")).find(Boolean);
    if (message) faults.push({ line: list.lines[i]!, message });
  });
  return faults;
}

/** Why the host could not be asked with this value; "" when it could. What only the server can tell is left to it. */
function wrong(field: Field, value: string): string {
  if (value === "") return field.required ? `${field.name} is empty` : "";
  if (field.pattern && !matches(field.pattern, value)) return `${short(value)} is no ${field.label.toLowerCase()}${field.help ? ` (${field.help})` : ""}`;
  if (field.maxLength !== undefined && value.length > field.maxLength) return `${short(value)} has more than ${field.maxLength} characters`;
  if (field.kind === "integer" && !/^[+-]?\d+$/.test(value)) return `${short(value)} is no whole number`;
  if (field.kind === "number" && !Number.isFinite(Number(value))) return `${short(value)} is no number`;
  if (field.kind === "choice" && !field.choices.includes(value)) return `${short(value)} is none of ${list(field.choices)}`;
  return "";
}

const short = (value: string) => (value.length > 24 ? `${value.slice(0, 24)}…` : value);

function duplicatesIn(rows: readonly Record<string, string>[]): number {
  return rows.length - new Set(rows.map((row) => JSON.stringify(row))).size;
}

/** A file's text. Throws with what to do when it is not UTF-8. */
export function decoded(bytes: ArrayBuffer): string {
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(bytes);
  } catch {
    throw new Error("This file is not UTF-8 text. Save it as “CSV UTF-8” and choose it again.");
  }
}
