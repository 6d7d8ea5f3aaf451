/** What is to be seen of a screen, as the renderer takes it. Pure. */

import type { Style, WireScreen } from "./messages";
import { isOpen } from "./moves";
import { show, type Screen } from "./screen";

/** `open` tells which cells can be typed in, so that they can be marked. */
export interface View {
  readonly rows: number;
  readonly columns: number;
  readonly cells: readonly string[];
  readonly styles: Uint8Array;
  readonly palette: readonly Style[];
  readonly open: Uint8Array;
  readonly cursor: number;
}

/** A screen that nobody types on: one of a film strip, or of the past. */
export function still(wire: WireScreen): View {
  const screen = show(wire);
  return { ...screen, open: openCells(screen) };
}

/** 1 for each cell that can be typed in; none on an unformatted screen, where all can. */
export function openCells(screen: Screen): Uint8Array {
  if (!screen.fields.length) return new Uint8Array(screen.cells.length);
  return Uint8Array.from(screen.cells, (_, a) => (isOpen(screen, a) ? 1 : 0));
}
