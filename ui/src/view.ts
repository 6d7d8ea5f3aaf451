/** What is to be seen of a screen, as the renderer takes it. Pure. */

import type { Style, WireScreen } from "./messages";
import { isOpen } from "./moves";
import { ATTRIBUTE, show, type Screen } from "./screen";

/** `open` is what `openCells` says of each cell. */
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

export const TYPED_IN = 1;
export const ATTRIBUTE_CELL = 2;

/** What each cell is: TYPED_IN when it can be (but 0 on an unformatted screen, where all can), ATTRIBUTE_CELL for an attribute, else 0. */
export function openCells(screen: Screen): Uint8Array {
  if (!screen.fields.length) return new Uint8Array(screen.cells.length);
  return Uint8Array.from(screen.owner, (owner, a) => (owner === ATTRIBUTE ? ATTRIBUTE_CELL : isOpen(screen, a) ? TYPED_IN : 0));
}
