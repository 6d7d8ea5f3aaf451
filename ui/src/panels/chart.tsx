/** The rate of a run over time. */

import { useLayoutEffect, useRef } from "preact/hooks";
import uPlot from "uplot";
import "uplot/dist/uPlot.min.css";
import { theme } from "../settings";
import { samplesOf } from "./live";
import { clock, perSecond } from "./progress";

const HEIGHT = 96; // px

export default function Chart({ run, moved }: { run: string; moved: number }) {
  const box = useRef<HTMLDivElement>(null);
  const plot = useRef<uPlot | null>(null);
  useLayoutEffect(() => {
    const made = new uPlot(options(box.current!.clientWidth), dataOf(run), box.current!);
    plot.current = made;
    const watch = new ResizeObserver(() => made.setSize({ width: box.current!.clientWidth, height: HEIGHT }));
    watch.observe(box.current!);
    return () => (watch.disconnect(), made.destroy());
  }, [run, theme.value]);
  useLayoutEffect(() => plot.current?.setData(dataOf(run)), [run, moved]);
  return <div class="chart" ref={box} role="img" aria-label={`Items a second over time, ${perSecond(samplesOf(run).rates.at(-1) ?? 0)} now`} />;
}

function dataOf(run: string): uPlot.AlignedData {
  const { times, rates } = samplesOf(run);
  return [times, rates];
}

const colour = (name: string) => () => getComputedStyle(document.documentElement).getPropertyValue(name);

function options(width: number): uPlot.Options {
  const axis = { stroke: colour("--ink-soft"), font: "11px IBM Plex Sans", grid: { stroke: colour("--line-soft"), width: 1 }, ticks: { show: false } };
  return {
    width,
    height: HEIGHT,
    legend: { show: false },
    cursor: { show: false },
    padding: [6, 28, 0, 0], // room for half of the last label
    scales: { y: { range: (_, __, most) => [0, Math.max(1, most * 1.1)] } },
    series: [{}, { stroke: colour("--accent"), fill: colour("--accent-wash"), width: 1.5, points: { show: false } }],
    axes: [{ ...axis, size: 20, space: 84, incrs: STEPS, values: (_, times) => times.map((time) => clock(new Date(time * 1000))) }, { ...axis, size: 44, space: 24, values: (_, rates) => rates.map((rate) => `${rate}/s`) }],
  };
}

const STEPS = [1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200, 14_400, 28_800, 86_400]; // s between two labels
