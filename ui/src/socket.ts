/** A WebSocket that comes back: JSON in, JSON out, reconnecting with growing pauses. Knows nothing of what the messages say. */

export type Line = "connecting" | "open" | "down" | "closed";

export interface Hooks<In> {
  message(message: In): void;
  line(line: Line, retryAt: number): void; // retryAt: time in ms of the next attempt, 0 when there is none
  ended(code: number): void; // the server said that coming back is no use
}

const FINAL = new Set([4401, 4403, 4404, 4410]); // not signed in, not from here, not yours, over
const LONGEST_PAUSE = 10_000; // ms
const SILENCE = 60_000; // ms after which a socket that hides from us counts as dead, when the window comes back

export class Socket<In, Out> {
  private socket: WebSocket | null = null;
  private timer = 0;
  private failures = 0;
  private done = false;
  private heard = 0;
  private readonly wake = () => this.woken();

  constructor(private readonly path: string, private readonly hooks: Hooks<In>) {
    addEventListener("online", this.wake);
    document.addEventListener("visibilitychange", this.wake);
    this.connect();
  }

  get isOpen(): boolean {
    return this.socket?.readyState === WebSocket.OPEN;
  }

  /** Sends now or not at all: false when the line is down, so that nothing stale is sent later. */
  send(message: Out): boolean {
    if (!this.isOpen) return false;
    this.socket!.send(JSON.stringify(message));
    return true;
  }

  close(): void {
    this.done = true;
    clearTimeout(this.timer);
    removeEventListener("online", this.wake);
    document.removeEventListener("visibilitychange", this.wake);
    this.socket?.close(1000);
  }

  /** Tries at once, when a person doesn't want to wait for the next attempt. */
  retry(): void {
    if (this.done || this.socket) return;
    clearTimeout(this.timer);
    this.connect();
  }

  private connect(): void {
    this.hooks.line("connecting", 0);
    const socket = new WebSocket(address(this.path));
    this.socket = socket;
    socket.onopen = () => {
      this.failures = 0;
      this.heard = Date.now();
      this.hooks.line("open", 0);
    };
    socket.onmessage = (event) => {
      this.heard = Date.now();
      this.hooks.message(JSON.parse(String(event.data)) as In);
    };
    socket.onclose = (event) => this.dropped(socket, event.code);
  }

  private dropped(socket: WebSocket, code: number): void {
    if (socket !== this.socket) return;
    this.socket = null;
    if (this.done) return this.hooks.line("closed", 0);
    if (FINAL.has(code)) {
      this.close();
      this.hooks.line("closed", 0);
      return this.hooks.ended(code);
    }
    const pause = Math.min(LONGEST_PAUSE, 250 * 2 ** this.failures++) * (0.5 + Math.random() / 2);
    this.timer = window.setTimeout(() => this.connect(), pause);
    this.hooks.line("down", Date.now() + pause);
  }

  /** A laptop opened again, or a network came back: don't sit out the pause, nor trust a socket that slept. */
  private woken(): void {
    if (document.visibilityState === "hidden") return;
    if (!this.socket) this.retry();
    else if (this.isOpen && Date.now() - this.heard > SILENCE) this.send({ type: "repaint" } as Out);
  }
}

function address(path: string): string {
  const url = new URL(path, location.href);
  url.protocol = url.protocol === "https:" ? "wss:" : "ws:";
  return url.href;
}
