/** A screen, or a part of it, as text, table or HTML. Pure. Takes what may be seen, so nothing of a hidden field is in it. */

import type { Style } from "./messages";
import { plain, type Seen } from "./past";
import { rowText, stretches, type Selection } from "./selection";
import type { View } from "./view";

/** 3279 colours on white paper, by number. */
const PAPER = ["#0e6b33", "#0043ce", "#c21e27", "#a2195b", "#0e6b33", "#00656b", "#7a5200", "#1b1f24", "#1b1f24", "#2f3fb0", "#a34400", "#6929c4", "#247a32", "#0a6a80", "#5b6470", "#000000"];

/** The whole screen as a selection. */
export const everything = (view: View): Selection => ({ from: 0, to: view.rows * view.columns - 1, shape: "block" });

/** The selected cells as rows of columns: split where every row is blank, so that a host's list becomes a table. */
export function tableOf(view: View, s: Selection): string[][] {
  const lines = stretches(s, view.columns).map((x) => padded(view, x.row, x.from, x.to)).filter((line) => line.trim());
  const width = Math.max(0, ...lines.map((line) => line.length));
  const gap = lines.length > 5 ? 1 : 2; // with few rows a single blank may be by chance
  const blank = Array.from({ length: width }, (_, i) => lines.every((line) => (line[i] ?? " ") === " "));
  return lines.map((line) => columnsOf(blank, gap).map(([from, to]) => line.slice(from, to).trim()));
}

/** Tab-separated, as spreadsheets take it. */
export const tabSeparated = (table: readonly string[][]): string => table.map((row) => row.join("\t")).join("\n");

export const htmlTable = (table: readonly string[][]): string =>
  `<table>${table.map((row) => `<tr>${row.map((cell) => `<td>${escaped(cell)}</td>`).join("")}</tr>`).join("")}</table>`;

/** The selected cells with their colours, as a piece of HTML. */
export function htmlOf(view: View, s: Selection): string {
  const rows = stretches(s, view.columns).map(({ row, from, to }) => runsOf(view, row * view.columns + from, row * view.columns + to));
  return `<pre style="font-family:'IBM Plex Mono',Consolas,monospace;line-height:1.25;background:#fff;color:#1b1f24">${rows.join("\n")}</pre>`;
}

/** A document of one screen. */
export const htmlDocument = (view: View, title: string): string =>
  `<!doctype html>\n<html lang="en"><head><meta charset="utf-8"><title>${escaped(title)}</title></head><body>${htmlOf(view, everything(view))}</body></html>\n`;

/** All past screens as text, each under a line that says when it was left, and how. */
export function journal(past: readonly Seen[]): string {
  return past.map((s) => `---- ${new Date(s.time).toISOString()}${s.left && ` left by ${s.left}`}\n${plain(s.view)}\n`).join("\n");
}

const padded = (view: View, row: number, from: number, to: number) =>
  rowText(view.cells, row * view.columns + from, row * view.columns + to).padEnd(to - from);

function columnsOf(blank: readonly boolean[], gap: number): [number, number][] {
  const columns: [number, number][] = [];
  let from = -1;
  for (let i = 0; i <= blank.length; i++) {
    const ends = i === blank.length || blank.slice(i, i + gap).every(Boolean);
    if (ends && from >= 0) {
      columns.push([from, i]);
      from = -1;
    } else if (!ends && from < 0 && !blank[i]) from = i;
  }
  return columns;
}

function runsOf(view: View, from: number, to: number): string {
  let html = "";
  for (let at = from; at < to; ) {
    const kind = view.styles[at]!;
    const start = at;
    while (at < to && view.styles[at] === kind) at++;
    const text = rowText(view.cells, start, at).padEnd(at - start);
    html += text.trim() ? `<span style="${css(view.palette[kind]!)}">${escaped(text)}</span>` : text;
  }
  return html.trimEnd();
}

function css(style: Style): string {
  const colour = PAPER[style.colour & 15]!;
  const parts = style.reverse ? ["color:#fff", `background:${colour}`] : [`color:${colour}`];
  if (style.intensified) parts.push("font-weight:600");
  if (style.underscore) parts.push("text-decoration:underline");
  return parts.join(";");
}

const escaped = (text: string) => text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;").replaceAll('"', "&quot;");
