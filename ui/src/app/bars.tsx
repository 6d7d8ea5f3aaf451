/** What lies over the status line for a while: a past screen, a macro, somebody else at the keyboard. */

import { useEffect, useRef, useState } from "preact/hooks";
import { told } from "../macros";
import { find } from "../past";
import type { LiveSession } from "../session";
import { me } from "../me";
import { openDialog } from "./dialog";
import { Icon } from "./icons";
import { refocus } from "./screenview";

export function Bars({ session }: { session: LiveSession }) {
  return (
    <>
      <Control session={session} />
      <Recording session={session} />
      <Playing session={session} />
      <Past session={session} />
    </>
  );
}

function Past({ session }: { session: LiveSession }) {
  const [text, setText] = useState("");
  const n = session.looking.value;
  const past = session.past.value;
  const seen = n === null ? undefined : past[n];
  if (n === null || !seen) return null;
  const look = (to: number | null) => (session.look(to), refocus());
  const search = (step: 1 | -1) => {
    const found = find(past, text, n, step);
    if (found < 0) session.say(`No ${step < 0 ? "older" : "newer"} screen shows "${text}".`);
    else session.look(found);
  };
  return (
    <div class="band" role="region" aria-label="Past screens">
      <button type="button" class="tool" aria-label="Older screen" disabled={n === 0} onClick={() => look(n - 1)}><Icon name="back" /></button>
      <button type="button" class="tool" aria-label="Newer screen" onClick={() => look(n + 1)}><Icon name="forward" /></button>
      <span role="status">Screen {n + 1} of {past.length}, {new Date(seen.time).toLocaleTimeString()}{seen.left && `, left by ${seen.left}`}</span>
      <input type="search" class="find" placeholder="Find in past screens" aria-label="Find in past screens" value={text} onInput={(e) => setText(e.currentTarget.value)} onKeyDown={(e) => e.key === "Enter" && search(e.shiftKey ? 1 : -1)} />
      <button type="button" class="primary" onClick={() => look(null)}>Back to the live screen</button>
    </div>
  );
}

function Recording({ session }: { session: LiveSession }) {
  const steps = session.recording.value;
  if (!steps) return null;
  return (
    <div class="band" role="region" aria-label="Recording a macro">
      <span class="dot lost" />
      <span role="status">Recording: {steps.length} {steps.length === 1 ? "step" : "steps"}. Hidden fields are not recorded: the macro will ask.</span>
      <span class="grow" />
      <button type="button" onClick={() => ((session.recording.value = null), refocus())}>Discard</button>
      <button type="button" class="primary" disabled={!steps.length} onClick={() => void openDialog("macros")}>Stop and save…</button>
    </div>
  );
}

function Playing({ session }: { session: LiveSession }) {
  const box = useRef<HTMLInputElement>(null);
  const playing = session.playing.value;
  const ask = playing?.ask ?? "";
  useEffect(() => (ask ? box.current?.focus() : refocus()), [ask]);
  if (!playing) return null;
  const stop = <button type="button" onClick={() => (session.stop(`${playing.name} was stopped.`), refocus())}>Stop</button>;
  if (ask) {
    return (
      <form class="band" aria-label="The macro asks" onSubmit={(e) => (e.preventDefault(), session.answer(box.current!.value), refocus())}>
        <label class="asking"><span>{playing.name} asks for {ask}</span><input type="password" ref={box} autoComplete="off" /></label>
        <span class="grow" />
        {stop}
        <button type="submit" class="primary">Go on</button>
      </form>
    );
  }
  const step = playing.steps[playing.at];
  return (
    <div class="band" role="region" aria-label="Playing a macro">
      <span class="dot connecting" />
      <span role="status">{playing.name}: step {Math.min(playing.at + 1, playing.steps.length)} of {playing.steps.length}{step && `, ${told(step)}`}</span>
      <span class="grow" />
      {stop}
    </div>
  );
}

function Control({ session }: { session: LiveSession }) {
  const { viewers, controller } = session.status.value;
  const others = viewers.filter((v) => v.user !== me.id);
  if (!session.watching && !others.length) return null;
  const who = viewers.find((v) => v.user === controller)?.name ?? "Somebody else";
  return (
    <div class="band" role="region" aria-label="Shared session">
      <Icon name="eye" />
      <span role="status">{session.watching ? `${who} has the keyboard. You are watching.` : `You have the keyboard. ${names(others)} ${others.length === 1 ? "is" : "are"} watching.`}</span>
      <span class="grow" />
      {session.watching && session.may !== "watch" && <button type="button" class="primary" onClick={() => (session.takeControl(), refocus())}>Take control</button>}
      {!session.watching && others.map((v) => <button type="button" key={v.user} onClick={() => session.giveControl(v.user)}>Hand over to {v.name}</button>)}
      {session.may === "own" && <button type="button" onClick={() => void openDialog("share")}>Sharing…</button>}
    </div>
  );
}

const names = (viewers: { name: string }[]) => [...new Set(viewers.map((v) => v.name))].join(", ");
