/** Recordings of sessions: a list, and a player that can be sought in. */

import { useEffect, useLayoutEffect, useRef, useState } from "preact/hooks";
import * as desk from "../../desk";
import { shotAt, shots, type Shot } from "../../replay";
import { Terminal } from "../../terminal";
import { Dialog } from "../dialog";
import { Icon } from "../icons";
import { tell } from "../state";

export default function Recordings() {
  const [list, setList] = useState<desk.Recording[] | null>(null);
  const [next, setNext] = useState<string | null>(null);
  const [playing, setPlaying] = useState<desk.Recording | null>(null);
  const load = async (cursor?: string) => {
    const page = await tell(desk.recordings(cursor));
    if (!page) return;
    setList((before) => [...(cursor ? (before ?? []) : []), ...page.items]);
    setNext(page.next);
  };
  useEffect(() => void load(), []);
  if (playing) return <Player recording={playing} back={() => setPlaying(null)} />;
  return (
    <Dialog title="Recordings" wide>
      <p class="quiet">Screens and keys of a session with their times. What is in hidden fields is never in a recording.</p>
      {list === null ? <p class="quiet">Loading…</p> : !list.length && <p>There is none. Start one from the menu of a session.</p>}
      <ul class="macros">
        {list?.map((r) => (
          <li key={r.id}>
            <span class="grow">
              <strong>{r.name || r.host}</strong> <span class="quiet">{when(r.started)}{r.ended ? "" : ", still recording"}, kept until {when(r.expires)}</span>
            </span>
            <button type="button" onClick={() => setPlaying(r)}>Replay</button>
            {r.why === "choice" && r.ended && <button type="button" class="tool" aria-label={`Delete the recording of ${when(r.started)}`} onClick={() => void tell(desk.dropRecording(r.id)).then(() => load())}><Icon name="close" /></button>}
          </li>
        ))}
      </ul>
      {next && <footer><button type="button" onClick={() => void load(next)}>Older ones</button></footer>}
    </Dialog>
  );
}

const when = (time: string) => (time ? new Date(time).toLocaleString(undefined, { dateStyle: "medium", timeStyle: "short" }) : "");
const LONGEST_PAUSE = 2000; // ms: a person who went for coffee is not waited for

function Player({ recording, back }: { recording: desk.Recording; back(): void }) {
  const [all, setAll] = useState<Shot[]>([]);
  const [n, setN] = useState(0);
  const [running, setRunning] = useState(false);
  useEffect(() => void tell(desk.frames(recording.id)).then((frames) => frames && setAll(shots(frames))), []);
  useEffect(() => {
    const [now, following] = [all[n], all[n + 1]];
    if (!running || !now || !following) return setRunning(false);
    const timer = setTimeout(() => setN(n + 1), Math.min(LONGEST_PAUSE, following.at - now.at));
    return () => clearTimeout(timer);
  }, [running, n, all]);
  const shot = all[n];
  const end = all.at(-1)?.at ?? 0;
  return (
    <Dialog title={`${recording.name || recording.host}, ${when(recording.started)}`} wide>
      {shot ? <Still shot={shot} /> : <p class="quiet">Loading…</p>}
      <div class="player">
        <button type="button" class="tool" aria-label={running ? "Pause" : "Play"} disabled={all.length < 2} onClick={() => (n === all.length - 1 && setN(0), setRunning(!running))}><Icon name={running ? "pause" : "play"} /></button>
        <input type="range" aria-label="Time" min={0} max={end} step={100} value={shot?.at ?? 0} aria-valuetext={time(shot?.at ?? 0)} onInput={(e) => (setRunning(false), setN(shotAt(all, Number(e.currentTarget.value))))} />
        <span class="mono">{time(shot?.at ?? 0)} / {time(end)}</span>
        <span class="pressed" role="status">{shot?.key ? <>then <kbd>{shot.key}</kbd></> : ""}</span>
      </div>
      <footer>
        <button type="button" disabled={n === 0} onClick={() => setN(n - 1)}>Screen before</button>
        <button type="button" disabled={n >= all.length - 1} onClick={() => setN(n + 1)}>Next screen</button>
        <span class="grow" />
        <button type="button" onClick={back}>All recordings</button>
      </footer>
    </Dialog>
  );
}

const time = (ms: number) => `${Math.floor(ms / 60_000)}:${String(Math.floor(ms / 1000) % 60).padStart(2, "0")}`;

function Still({ shot }: { shot: Shot }) {
  const box = useRef<HTMLDivElement>(null);
  const terminal = useRef<Terminal | null>(null);
  useLayoutEffect(() => {
    terminal.current = new Terminal();
    box.current!.append(terminal.current.element);
  }, []);
  useLayoutEffect(() => {
    terminal.current!.paint(shot.view);
    terminal.current!.fit(box.current!.clientWidth, 420);
  }, [shot]);
  return <div class="still" ref={box} />;
}
