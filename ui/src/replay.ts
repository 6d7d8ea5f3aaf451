/** A recording as views: each frame whole, found by its time. Pure. */

import type { Frame } from "./api";
import { change, show, type Screen } from "./screen";
import { openCells, type View } from "./view";

export interface Shot {
  readonly at: number; // ms since the recording began
  readonly key: string; // pressed on this screen, "" when it was only looked at
  readonly view: View; // with what was typed before the key
}

/** The frames one after the other, each made whole. A delta that fits nothing is left out. */
export function shots(frames: readonly Frame[]): Shot[] {
  const all: Shot[] = [];
  let screen: Screen | null = null;
  for (const frame of frames) {
    const next: Screen | null = frame.screen ? show(frame.screen) : frame.delta && screen ? change(screen, frame.delta) : screen;
    if (!next) continue;
    screen = next;
    all.push({ at: frame.at, key: frame.key, view: { ...next, open: openCells(next), cells: typedOver(next, frame.fields) } });
  }
  return all;
}

/** The shot that is shown at a time: the last one begun. */
export function shotAt(all: readonly Shot[], at: number): number {
  let found = 0;
  all.forEach((shot, n) => shot.at <= at && (found = n));
  return found;
}

function typedOver(screen: Screen, fields: readonly (readonly [number, string])[]): readonly string[] {
  if (!fields.length) return screen.cells;
  const cells = screen.cells.slice();
  for (const [start, text] of fields) [...text].forEach((c, i) => (cells[(start + i) % cells.length] = c));
  return cells;
}
