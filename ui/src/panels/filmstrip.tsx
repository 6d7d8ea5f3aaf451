/** An item's film strip: its screens small, in a row; one of them large; and all of them one after another, as a replay. */

import { useEffect, useLayoutEffect, useMemo, useRef, useState } from "preact/hooks";
import type { Frame } from "../api";
import { Icon } from "../app/icons";
import { Terminal } from "../terminal";
import { openCells } from "../view";
import { pause, shotsOf, type Shot } from "./film";

export default function FilmStrip({ frames }: { frames: readonly Frame[] }) {
  const shots = useMemo(() => shotsOf(frames), [frames]);
  const [n, setN] = useState(Math.max(0, shots.length - 1)); // how it ended is what people look for
  const [playing, setPlaying] = useState(false);
  const [large, setLarge] = useState(false);
  useEffect(() => {
    if (!playing) return;
    if (n >= shots.length - 1) return setPlaying(false);
    const timer = setTimeout(() => setN(n + 1), pause(shots, n));
    return () => clearTimeout(timer);
  }, [playing, n, shots]);
  if (!shots.length) return <p class="quiet">No screens were kept.</p>;
  const play = () => {
    if (n >= shots.length - 1) setN(0);
    setPlaying(!playing);
  };
  const to = (other: number) => (setPlaying(false), setN(Math.max(0, Math.min(shots.length - 1, other))));
  const key = (event: KeyboardEvent) => {
    const step = { ArrowLeft: n - 1, ArrowRight: n + 1, Home: 0, End: shots.length - 1 }[event.key];
    if (step !== undefined) to(step);
    else if (event.key === " " && event.target === event.currentTarget) play();
    else return;
    event.preventDefault();
    event.stopPropagation(); // the arrows mean the strip here, not the next item
  };
  const film = (
    <div class="film" role="group" aria-label="Film strip" tabIndex={0} onKeyDown={key}>
      <Projected shot={shots[n]!} />
      <div class="film-bar">
        <button type="button" class="tool" title={playing ? "Stop" : "Replay"} onClick={play}><Icon name={playing ? "pause" : "play"} /></button>
        <button type="button" class="tool" title="Screen before" disabled={n === 0} onClick={() => to(n - 1)}><Icon name="back" /></button>
        <button type="button" class="tool turned" title="Screen after" disabled={n === shots.length - 1} onClick={() => to(n + 1)}><Icon name="back" /></button>
        <span class="figures" aria-live="polite">
          <span>{n + 1} of {shots.length}</span>
          <span>{seconds(shots[n]!)}</span>
          <span>{pressed(shots[n]!)}</span>
        </span>
        <button type="button" class="action" onClick={() => setLarge(!large)}>{large ? "Close" : "Enlarge"}</button>
      </div>
      <ol class="strip">
        {shots.map((shot, i) => (
          <li key={i}>
            <button type="button" aria-current={i === n ? "true" : undefined} onClick={() => to(i)}>
              <Thumbnail shot={shot} />
              <span class="hidden-text">Screen {i + 1}, {seconds(shot)}</span>
              <span>{pressed(shot)}</span>
            </button>
          </li>
        ))}
      </ol>
    </div>
  );
  return large ? <Large close={() => setLarge(false)}>{film}</Large> : film;
}

const seconds = (shot: Shot) => `${(shot.at / 1000).toFixed(2)} s`;
const pressed = (shot: Shot) => [...shot.typed.map((text) => `“${text}”`), shot.key].filter(Boolean).join(" ") || "looked at";

function Large({ close, children }: { close(): void; children: preact.ComponentChildren }) {
  const box = useRef<HTMLDialogElement>(null);
  useEffect(() => box.current?.showModal(), []);
  return <dialog class="large" ref={box} onClose={close} aria-label="Film strip">{children}</dialog>;
}

/** A shot as large as there is room. */
function Projected({ shot }: { shot: Shot }) {
  const box = useRef<HTMLDivElement>(null);
  const terminal = useTerminal(box, shot);
  useLayoutEffect(() => {
    const fit = () => terminal.fit(box.current!.clientWidth - 16, box.current!.clientHeight - 16);
    const watch = new ResizeObserver(fit);
    watch.observe(box.current!);
    return () => watch.disconnect();
  }, [terminal]);
  return <div class="projected" ref={box} />;
}

function Thumbnail({ shot }: { shot: Shot }) {
  const box = useRef<HTMLSpanElement>(null);
  const terminal = useTerminal(box, shot);
  useLayoutEffect(() => terminal.fit(400, 230), [terminal]); // CSS makes it a third of that
  return <span class="thumbnail" ref={box} aria-hidden="true" />;
}

function useTerminal(box: { current: HTMLElement | null }, shot: Shot): Terminal {
  const [terminal] = useState(() => new Terminal());
  useLayoutEffect(() => {
    box.current!.replaceChildren(terminal.element);
  }, [terminal]);
  useLayoutEffect(() => terminal.paint({ ...shot.screen, open: openCells(shot.screen) }), [terminal, shot]);
  return terminal;
}
