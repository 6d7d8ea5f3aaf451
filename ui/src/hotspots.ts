/** Places on a screen that do something when pointed at: "PF3=END" presses PF3, an address opens. Pure. */

import type { Aid } from "./messages";
import { TYPED_IN, type View } from "./view";

export interface HotSpot {
  readonly from: number; // first cell
  readonly to: number; // behind the last
  readonly aid: Aid | null;
  readonly url: string; // "" for a key
}

const KEY = /(?<![A-Z0-9])(PF|F|PA) ?(\d{1,2})(?: ?[=:] ?| ?- ?(?=[A-Z]))(?:[^\s=:]+(?: (?!(?:PF|F|PA) ?\d)[^\s=:]+)*)?/gi;
const URL_ = /(?:https?:\/\/|www\.)[^\s"'<>]*[^\s"'<>.,;:!?)\]]/gi;

/** The hot spot at a cell, null when there is none. A cell that can be typed in is never part of one. */
export function hotSpotAt(view: View, cell: number): HotSpot | null {
  return hotSpots(view, Math.floor(cell / view.columns)).find((spot) => spot.from <= cell && cell < spot.to) ?? null;
}

/** The hot spots of a row. */
export function hotSpots(view: View, row: number): HotSpot[] {
  const start = row * view.columns;
  const cells = view.cells.slice(start, start + view.columns);
  const text = cells.map((c, i) => (c.length !== 1 || c < " " || view.open[start + i] === TYPED_IN ? " " : c)).join("");
  const urls = [...text.matchAll(URL_)].map((m) => spot(start, m, null, m[0].startsWith("w") || m[0].startsWith("W") ? `https://${m[0]}` : m[0]));
  const keys = [...text.matchAll(KEY)].flatMap((m) => keySpot(start, m));
  return [...urls, ...keys];
}

function keySpot(start: number, m: RegExpMatchArray): HotSpot[] {
  const n = Number(m[2]);
  const pa = m[1]!.toUpperCase() === "PA";
  if (n < 1 || n > (pa ? 3 : 24)) return [];
  return [spot(start, m, `${pa ? "PA" : "PF"}${n}` as Aid, "")];
}

const spot = (start: number, m: RegExpMatchArray, aid: Aid | null, url: string): HotSpot => ({
  from: start + m.index!, to: start + m.index! + m[0].trimEnd().length, aid, url,
});
