/** What a screen reader says, in a region nobody sees: a new screen, the field the cursor entered. The lock says itself in the OIA. */

import { useEffect, useState } from "preact/hooks";
import { described, summary } from "../labels";
import type { LiveSession } from "../session";

const CALM = 250; // ms without a change before something is said: a host writes in pieces, a person tabs on

export function Speech({ session }: { session: LiveSession }) {
  const k = session.keyboard.value;
  const [said, say] = useState("");
  const screen = k ? summary(k.screen) : "";
  const field = k ? k.screen.owner[k.cursor]! : -1;
  useEffect(() => later(() => k && say(`${screen}. ${described(k)}`)), [screen, k?.screen.layout]); // begun anew, though its title is the same
  useEffect(() => later(() => k && say(described(k))), [field]);
  return <div class="hidden-text" aria-live="polite" data-speech>{said}</div>;
}

function later(what: () => void): () => void {
  const timer = setTimeout(what, CALM);
  return () => clearTimeout(timer);
}
