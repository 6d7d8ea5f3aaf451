/** The keyboard: which key does what, to look up and to change. */

import { useLayoutEffect, useState } from "preact/hooks";
import type { Key } from "../../keyboard";
import { combination, combinationsOf, PRESETS } from "../../keymap";
import { keymap, keymapName, keymapOverrides } from "../../settings";
import { COMMANDS } from "../commands";
import { Dialog } from "../dialog";
import { Icon } from "../icons";

const numbered = (name: string, count: number): [Key, string][] => Array.from({ length: count }, (_, n) => [`${name}${n + 1}`, `${name}${n + 1}`]);

const GROUPS: [string, [Key, string][]][] = [
  ["To the host", [["Enter", "Enter"], ["Clear", "Clear the screen"], ["Attn", "Attention"], ["SysReq", "System request"], ["CursorSelect", "Cursor select (light pen)"], ...numbered("PA", 3)]],
  ["Editing", [
    ["Reset", "Reset: unlock after an error"], ["Insert", "Insert mode"], ["Delete", "Delete"], ["BackSpace", "Backspace"], ["EraseEOF", "Erase to end of field"],
    ["EraseField", "Erase the field"], ["EraseInput", "Erase all input"], ["Dup", "Dup"], ["FieldMark", "Field mark"],
  ]],
  ["Moving", [
    ["Tab", "Next field"], ["BackTab", "Previous field"], ["Home", "First field"], ["NewLine", "New line"], ["FieldEnd", "End of the field"], ["WordLeft", "Previous word"],
    ["WordRight", "Next word"], ["Left", "Left"], ["Right", "Right"], ["Up", "Up"], ["Down", "Down"],
  ]],
  ["Program function keys", numbered("PF", 24)],
  ["This page", Object.entries(COMMANDS).map(([name, command]) => [name, command.title])],
];

export default function Keys() {
  const [search, setSearch] = useState("");
  const [waiting, setWaiting] = useState<Key | null>(null);
  const wanted = search.toLowerCase();
  const matches = ([key, title]: [Key, string]) => `${key} ${title} ${combinationsOf(keymap.value, key).join(" ")}`.toLowerCase().includes(wanted);
  const groups = GROUPS.map(([name, keys]) => [name, keys.filter(matches)] as const).filter(([, keys]) => keys.length);
  return (
    <Dialog title="Keyboard" wide>
      <div class="sheet">
        <label>Preset
          <select value={keymapName.value} onChange={(e) => ((keymapName.value = e.currentTarget.value), (keymapOverrides.value = {}))}>
            {Object.entries(PRESETS).map(([name, { title }]) => <option value={name} key={name}>{title}</option>)}
          </select>
        </label>
        <label>Find a key<input type="search" value={search} onInput={(e) => setSearch(e.currentTarget.value)} /></label>
      </div>
      <p class="quiet">All other keys stay with the browser. It keeps some for itself whatever is set here: Ctrl with N, T and W, for example.</p>
      <div class="keylist">
        {groups.map(([name, keys]) => (
          <section key={name}>
            <h3>{name}</h3>
            <ul>{keys.map(([key, title]) => <Row key={key} id={key} title={title} waiting={waiting === key} wait={setWaiting} />)}</ul>
          </section>
        ))}
      </div>
      {waiting && <Capture name={waiting} done={() => setWaiting(null)} />}
      <footer>
        <button type="button" disabled={!Object.keys(keymapOverrides.value).length} onClick={() => (keymapOverrides.value = {})}>Undo all changes</button>
      </footer>
    </Dialog>
  );
}

function Row({ id, title, waiting, wait }: { id: Key; title: string; waiting: boolean; wait(key: Key): void }) {
  return (
    <li data-key={id}>
      <span>{title}</span>
      <span class="combinations">
        {combinationsOf(keymap.value, id).map((name) => (
          <button type="button" class="combination" key={name} title="Remove" aria-label={`Remove ${name} from ${title}`} onClick={() => bind(name, "")}>
            <kbd>{name}</kbd><Icon name="close" />
          </button>
        ))}
        <button type="button" class="tool" aria-pressed={waiting} aria-label={`Add a key for ${title}`} title="Add a key" onClick={() => wait(id)}><Icon name="plus" /></button>
      </span>
    </li>
  );
}

/** Takes the next combination pressed, or a tap of a Ctrl key. */
function Capture({ name, done }: { name: Key; done(): void }) {
  useLayoutEffect(() => {
    let tapped = "";
    const stop = () => (removeEventListener("keydown", down, true), removeEventListener("keyup", up, true)); // at once: the next key is for the dialog
    const take = (event: Event, combo: string) => {
      stop();
      event.preventDefault();
      event.stopPropagation();
      bind(combo, name);
      done();
    };
    const down = (event: KeyboardEvent) => {
      tapped = event.key === "Control" ? event.code : "";
      if (["Control", "Shift", "Alt", "Meta", "AltGraph"].includes(event.key)) return;
      if (event.key === "Escape" && name !== "Reset" && name !== "Attn") return (stop(), event.preventDefault(), event.stopPropagation(), done());
      take(event, combination(event));
    };
    const up = (event: KeyboardEvent) => tapped === event.code && take(event, `Tap ${event.code}`);
    addEventListener("keydown", down, true);
    addEventListener("keyup", up, true);
    return stop;
  }, [name]);
  return <p class="capture" role="status">Press the keys for <strong>{name}</strong>. Escape leaves it as it is.</p>;
}

/** Gives a combination a key, "" for none; the preset's own is not written down again. */
function bind(combo: string, key: Key): void {
  const { [combo]: _, ...others } = keymapOverrides.value;
  const preset = (PRESETS[keymapName.value] ?? PRESETS.pc!).map[combo] ?? "";
  keymapOverrides.value = preset === key ? others : { ...others, [combo]: key };
}
