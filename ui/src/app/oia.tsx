/** The operator information area: the last line, in a 3270's own words. */

import { isWaiting, type Keyboard } from "../keyboard";
import type { LiveSession } from "../session";

const LINES = { none: "Not connected", connecting: "Connecting", open: "", down: "Line down", closed: "Disconnected" } as const;
const MODES: Record<string, string> = { connecting: "Connecting", nvt: "NVT", "3270": "3270", tn3270e: "TN3270E", "sscp-lu": "SSCP-LU", unbound: "Unbound", lost: "Lost" };

/** Why the keyboard takes no keys; "" when it does. */
export function inhibition(k: Keyboard, session: LiveSession): string {
  const { line } = session.status.value;
  if (session.over) return "X Session over";
  if (line !== "open") return `X ${LINES[line]}`;
  if (session.watching) return "X Watching";
  if (k.error) return k.error;
  if (k.screen.locked) return k.screen.oia || "X SYSTEM";
  if (k.sent) return k.sent.taken ? "X SYSTEM" : "X Wait";
  return isWaiting(k) ? "X Unbound" : "";
}

export function Oia({ session }: { session: LiveSession }) {
  const k = session.keyboard.value;
  const { line } = session.status.value;
  const lock = k ? inhibition(k, session) : `X ${LINES[line] || "Opening"}`;
  const [row, column] = k ? [Math.floor(k.cursor / k.screen.columns) + 1, (k.cursor % k.screen.columns) + 1] : [0, 0];
  const latency = session.latency.value;
  return (
    <footer class="oia" aria-label="Status line">
      <span class={`dot ${line}`} title={LINES[line] || "Connected"} />
      <span class="mode">{MODES[k?.screen.state ?? "connecting"] ?? k?.screen.state}</span>
      <span class="lock" role="status" data-lock={lock}>{lock || <span class="hidden-text">Keyboard free</span>}</span>
      {k && k.ahead.length > 0 && <span class="ahead" title="Keys typed ahead: they wait for the host. Reset drops them.">{k.ahead.length} ahead</span>}
      <span class="notice" role="status" title={session.notice.value}>{session.notice.value}</span>
      {session.filmed.value && <span class="filmed" title="The server records this session">● REC</span>}
      <span class="insert" title="Insert mode">{k?.insert ? "^" : ""}</span>
      <span class="latency" title="From the last key to the host's answer">{latency === null ? "" : latency < 1000 ? `${latency.toFixed(0)} ms` : `${(latency / 1000).toFixed(1)} s`}</span>
      <Printer session={session} />
      <span class="lu" title="LU name">{k?.screen.lu}</span>
      <span class="size">{k && `${k.screen.rows}×${k.screen.columns}`}</span>
      <span class="position" title="Cursor: row/column">{k && `${String(row).padStart(2, "0")}/${String(column).padStart(3, "0")}`}</span>
    </footer>
  );
}

const PRINTER = { opening: "Printer: opening", ready: "Printer: ready", printing: "Printer: printing", lost: "No printer" } as const;

function Printer({ session }: { session: LiveSession }) {
  const printer = session.printer.value;
  if (!printer) return null;
  const { state, lu, reason } = printer;
  return <span class="printer" data-state={state} title={[PRINTER[state], reason].filter(Boolean).join(". ")}>{lu ? `P ${lu}` : "P"}<span class={state === "ready" ? "hidden-text" : ""}> {state}</span></span>;
}
