/** A person's word on an item: open the session it is parked in, then say what became of it. */

import { useState } from "preact/hooks";
import type { Item } from "../api";
import { adopt } from "../app/state";
import { decide, type Verdict as Word } from "./api";
import { about, Row } from "./inputs";
import { Trouble } from "./common";
import type { Told } from "./run";

const WAITS: Record<string, string> = {
  parked: "This item waits for you, in the session where it failed. Mend it there, then say what became of it.",
  uncertain: "The key that commits was pressed, and nobody knows whether it went through. Look at the host, then say.",
};
const WORDS: Record<string, Word[]> = { parked: ["done", "retry", "fail", "skip"], uncertain: ["done", "retry", "fail", "skip"], failed: ["retry", "skip"], pending: ["skip"] };
const LABELS: Record<Word, string> = { done: "It is done", retry: "Do it again", fail: "It failed", skip: "Leave it out" };

export function Verdict({ item, run, decided }: { item: Item; run: Told; decided(): void }) {
  const [note, setNote] = useState("");
  const [trouble, setTrouble] = useState("");
  const waits = WAITS[item.status];
  const stopped = ["cancelling", "cancelled"].includes(run.status); // nothing of it is begun any more
  const words = (WORDS[item.status] ?? []).filter((word) => !stopped || (waits && word !== "retry"));
  if (!words.length) return null;
  const say = async (word: Word) => {
    const text = note.trim();
    const said = word === "done" && text ? { result: { note: text } } : word === "fail" && text ? { reason: text } : {};
    await decide(run.id, item.n, word, said).then(
      () => (setTrouble(""), setNote("")),
      (problem: Error) => setTrouble(problem.message),
    );
    decided();
  };
  return (
    <section class={`verdict ${waits ? "waits" : ""}`} aria-label="Decide">
      {waits && <p>{waits}</p>}
      {item.status === "parked" && item.lane && (
        <button type="button" class="primary" onClick={() => adopt({ id: item.lane, host: run.host, name: item.key, model: "", purpose: "lane" })}>Open its session</button>
      )}
      {waits && (
        <Row id="verdict-note" label="Note" optional help="Kept with the item">
          <input {...about("verdict-note")} maxLength={500} autocomplete="off" value={note} onInput={(e) => setNote(e.currentTarget.value)} />
        </Row>
      )}
      <div class="controls">
        {words.map((word) => <button key={word} type="button" onClick={() => void say(word)}>{LABELS[word]}</button>)}
      </div>
      <Trouble text={trouble} />
    </section>
  );
}
