/** The terminal of one session in the page: makes renderer and input, keeps them fed and fitted. */

import { effect, signal } from "@preact/signals";
import { useEffect, useRef } from "preact/hooks";
import { Input } from "../input";
import { PRESETS } from "../keymap";
import { selectedText, stretches, type Selection } from "../selection";
import type { LiveSession } from "../session";
import { keymapName } from "../settings";
import { Terminal } from "../terminal";

/** The terminal that has the keyboard: buttons elsewhere give the focus back to it. */
export const focused = signal<Input | null>(null);

export function ScreenView({ session }: { session: LiveSession }) {
  const box = useRef<HTMLDivElement>(null);
  useEffect(() => mount(box.current!, session), [session]);
  return <div class="stage" ref={box} />;
}

function mount(box: HTMLElement, session: LiveSession): () => void {
  const terminal = new Terminal();
  const marks = new Marks(terminal);
  const input = new Input(terminal, {
    keymap: () => (PRESETS[keymapName.value] ?? PRESETS.pc!).map,
    press: (key) => (marks.show(null, 0), session.press(key)),
    type: (text) => (marks.show(null, 0), session.type(text)),
    paste: (text) => session.paste(text),
    point: (cell) => session.point(cell),
    select: (selection) => marks.show(selection, session.view?.columns ?? 80),
    copied: () => (marks.selection && session.view ? selectedText(marks.selection, session.view.cells, session.view.columns) : ""),
  });
  box.append(terminal.element);
  const fit = () => terminal.fit(box.clientWidth - 2 * PADDING, box.clientHeight - 2 * PADDING);
  const stop = effect(() => draw(terminal, input, session, fit));
  const watch = new ResizeObserver(fit);
  watch.observe(box);
  void document.fonts.ready.then(fit);
  session.connect();
  input.focus();
  focused.value = input;
  return () => {
    stop();
    watch.disconnect();
    terminal.element.remove();
  };
}

const PADDING = 14; // CSS pixels around the screen
const shape = new WeakMap<Terminal, string>();

function draw(terminal: Terminal, input: Input, session: LiveSession, fit: () => void): void {
  const keyboard = session.keyboard.value;
  if (!keyboard || !session.view) return;
  const { rows, columns } = session.view;
  terminal.paint(session.view);
  terminal.element.classList.toggle("inserting", keyboard.insert);
  if (shape.get(terminal) !== `${rows}x${columns}`) {
    shape.set(terminal, `${rows}x${columns}`);
    fit();
  }
  input.box.style.transform = terminal.cursor.style.transform;
}

/** The marks over selected cells. */
class Marks {
  selection: Selection | null = null;
  private readonly layer = document.createElement("div");

  constructor(private readonly terminal: Terminal) {
    this.layer.className = "marks";
    this.layer.setAttribute("aria-hidden", "true");
    terminal.element.append(this.layer);
  }

  show(selection: Selection | null, columns: number): void {
    if (selection === null && this.selection === null) return;
    this.selection = selection;
    this.layer.replaceChildren(...(selection ? stretches(selection, columns) : []).map((s) => this.mark(s.row, s.from, s.to)));
  }

  private mark(row: number, from: number, to: number): HTMLElement {
    const { width, height } = this.terminal.cellSize;
    const mark = document.createElement("div");
    mark.style.transform = `translate(${from * width}px, ${row * height}px)`;
    mark.style.width = `${(to - from) * width}px`;
    mark.style.height = `${height}px`;
    return mark;
  }
}
