/** Wire types of the terminal and live sockets, as app/messages has them. tests/test_page_messages.py holds one against the other. */

export const NULL = "\0";
export const WIDE_TAIL = "\ufdd0"; // right half of a double-width character

export type Aid =
  | "Enter" | "Clear" | "Attn" | "SysReq" | "CursorSelect" | "PA1" | "PA2" | "PA3"
  | `PF${1 | 2 | 3 | 4 | 5 | 6 | 7 | 8 | 9 | 10 | 11 | 12 | 13 | 14 | 15 | 16 | 17 | 18 | 19 | 20 | 21 | 22 | 23 | 24}`;

/** [start, length, flags, colour, highlight]; flags as in FLAG. */
export type FieldEntry = [number, number, number, number, number];
/** [index into the palette, cells] */
export type StyleRun = [number, number];
/** [first cell, its new cells, their styles] */
export type Span = [number, string, StyleRun[]];

export const FLAG = { protected: 1, numeric: 2, hidden: 4, intensified: 8, modified: 16, detectable: 32, double: 64 } as const;

export interface Style {
  colour: number;
  background: number;
  blink: boolean;
  reverse: boolean;
  underscore: boolean;
  intensified: boolean;
}

export interface WireScreen {
  rows: number;
  columns: number;
  cells: string;
  styles: StyleRun[];
  palette: Style[];
  fields: FieldEntry[];
  cursor: number;
  serial: number;
  layout: number;
  locked: boolean;
  state: string;
  lu: string;
  alarm: boolean;
  oia: string;
}

// page to owner
export interface AidPressed {
  type: "aid";
  seq: number;
  screen: number;
  layout: number;
  aid: Aid;
  cursor: number;
  fields: [number, string][];
}
export interface ResetPressed { type: "reset"; seq: number }
export interface ControlTaken { type: "take"; seq: number }
export interface ControlGiven { type: "give"; seq: number; to: string }
export interface Repaint { type: "repaint" }
export type FromPage = AidPressed | ResetPressed | ControlTaken | ControlGiven | Repaint;

// owner to page
export interface ScreenShown { type: "screen"; session: string; screen: WireScreen }
export interface ScreenChanged {
  type: "delta";
  session: string;
  base: number;
  serial: number;
  layout: number;
  cursor: number;
  locked: boolean;
  oia: string;
  alarm: boolean;
  state: string;
  spans: Span[];
  palette: Style[] | null;
  fields: FieldEntry[] | null;
}
export interface KeyTaken { type: "taken"; seq: number; session: string; connection: string }
export interface KeyRefused { type: "refused"; seq: number; session: string; code: string; why: string; connection: string }
export interface SessionState {
  type: "session";
  session: string;
  state: "opening" | "open" | "lost" | "closed";
  reason: string;
  host: string;
  lu: string;
  worker: string;
}
export interface ControlState { type: "control"; session: string; controller: string | null; viewers: { user: string; name: string }[] }
export interface PrinterState { type: "printer"; session: string; state: "opening" | "ready" | "printing" | "lost"; lu: string; reason: string; jobs: number }
export interface RunProgress {
  type: "run";
  run: string;
  status: string;
  total: number;
  counts: Record<string, number>;
  lanes: number;
  rate: number;
  finished: string;
}
export interface Problem { type: "problem"; code: string; message: string }
export type ToPage =
  | ScreenShown | ScreenChanged | KeyTaken | KeyRefused | SessionState | ControlState | PrinterState | RunProgress | Problem;
