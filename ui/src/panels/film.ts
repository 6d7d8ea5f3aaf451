/** A film strip's frames as screens. Pure: knows frames and screens, not how they are painted. */

import type { Frame } from "../api";
import { change, show, type Screen } from "../screen";

export interface Shot {
  at: number; // ms since the attempt began
  key: string; // the AID pressed on this screen; "" when it was only looked at
  typed: string[]; // what was typed before it; hidden fields come blank
  screen: Screen; // with what was typed in it
}

/** The shots in order. A frame is a whole screen, or what changed since the frame before; one that fits to none is left out. */
export function shotsOf(frames: readonly Frame[]): Shot[] {
  const shots: Shot[] = [];
  let before: Screen | null = null;
  for (const { at, key, fields, screen, delta } of frames) {
    const host: Screen | null = screen ? show(screen) : delta && before ? change(before, delta) : before;
    if (!host) continue;
    before = host;
    shots.push({ at, key, typed: fields.map(([, text]) => text.replaceAll("\0", " ").trim()).filter(Boolean), screen: typedOn(host, fields) });
  }
  return shots;
}

function typedOn(screen: Screen, fields: readonly [number, string][]): Screen {
  if (!fields.length) return screen;
  const cells = screen.cells.slice();
  for (const [start, text] of fields) [...text].forEach((c, i) => (cells[(start + i) % cells.length] = c));
  return { ...screen, cells };
}

/** How long the replay stays on a shot: as long as it took, but nobody waits for a slow host twice. */
export function pause(shots: readonly Shot[], n: number): number {
  const next = shots[n + 1];
  return next ? Math.max(350, Math.min(1800, next.at - shots[n]!.at)) : 0;
}
