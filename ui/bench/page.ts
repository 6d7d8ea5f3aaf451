/** What a repaint costs, from the message as text to a laid-out page. bench/page.py calls `measure` in Chromium. */

import "@fontsource/ibm-plex-mono/400.css";
import "@fontsource/ibm-plex-mono/600.css";
import "../src/styles/base.css";
import "../src/styles/terminal.css";
import { hostWrote, open, press, visible, type Keyboard } from "../src/keyboard";
import type { FieldEntry, ScreenChanged, ScreenShown, StyleRun } from "../src/messages";
import { change, show } from "../src/screen";
import { Terminal } from "../src/terminal";
import { openCells, type View } from "../src/view";

export interface Costs { repaint: number; delta: number; key: number } // ms, medians

const SAMPLES = 120;

declare global {
  interface Window { measure(rows: number, columns: number): Promise<Costs> }
}

window.measure = async (rows, columns) => {
  await document.fonts.ready;
  const stage = document.getElementById("stage")!;
  const terminal = new Terminal();
  stage.replaceChildren(terminal.element);
  let k = open(show(screenMessage(rows, columns, 0).screen));
  const cells = openCells(k.screen);
  const paint = (next: Keyboard) => {
    k = next;
    terminal.paint({ ...k.screen, cells: visible(k), open: cells, cursor: k.cursor } satisfies View);
    void terminal.element.offsetHeight; // styles and layout belong to the cost
  };
  paint(k);
  terminal.fit(stage.clientWidth, stage.clientHeight);

  const repaint = median((n) => {
    const text = JSON.stringify(screenMessage(rows, columns, n));
    return () => paint(hostWrote(k, show((JSON.parse(text) as ScreenShown).screen)));
  });
  const delta = median((n) => {
    const text = JSON.stringify(deltaMessage(k, n));
    return () => paint(hostWrote(k, change(k.screen, JSON.parse(text) as ScreenChanged)!));
  });
  k = { ...k, cursor: k.screen.fields.find((f) => !f.protected)!.start };
  const key = median((n) => () => paint(press(n % 10 ? k : { ...k, cursor: k.cursor - 9 }, "abcdefghij"[n % 10]!).keyboard));
  return { repaint, delta, key };
};

/** A dense business screen: five fields a row, labels and values of several colours. No row is as it was before. */
function screenMessage(rows: number, columns: number, n: number): ScreenShown {
  const width = Math.floor(columns / 5);
  const fields: FieldEntry[] = [];
  const styles: StyleRun[] = [];
  let cells = "";
  for (let row = 0; row < rows; row++) {
    for (let i = 0; i < 5; i++) {
      const length = (i < 4 ? width : columns - 4 * width) - 1;
      fields.push([row * columns + i * width + 1, length, i % 2 ? 0 : 1, 0, 0]);
      styles.push([0, 1], [1 + ((row + i) % 4), length]);
      cells += " " + `${n * 37 + row}-${i} ITEM ${n} OF THE LIST`.padEnd(length).slice(0, length);
    }
  }
  const style = (colour: number) => ({ colour, background: 0, blink: false, reverse: false, underscore: false, intensified: colour === 7 });
  return {
    type: "screen", session: "s-bench",
    screen: {
      rows, columns, cells, styles, fields, palette: [0, 4, 5, 7, 1].map(style), cursor: 0, serial: n + 1, layout: 1,
      locked: false, state: "tn3270e", lu: "LU1", alarm: false, oia: "",
    },
  };
}

function deltaMessage(k: Keyboard, n: number): ScreenChanged {
  const { serial, rows, columns } = k.screen;
  const start = (n % rows) * columns + 20;
  return {
    type: "delta", session: "s-bench", base: serial, serial: serial + 1, layout: 1, cursor: 0, locked: false, oia: "", alarm: false, state: "tn3270e",
    spans: [[start, `${n} RECORDS PROCESSED SO FAR`.padEnd(30).slice(0, 30), [[1 + (n % 4), 30]]]], palette: null, fields: null,
  };
}

/** Median of the measured ms; `prepare` makes what is to be done and is not measured. */
function median(prepare: (n: number) => () => void): number {
  const costs: number[] = [];
  for (let n = 1; n <= SAMPLES; n++) {
    const work = prepare(n);
    const from = performance.now();
    work();
    costs.push(performance.now() - from);
  }
  return costs.sort((a, b) => a - b)[SAMPLES / 2]!;
}
