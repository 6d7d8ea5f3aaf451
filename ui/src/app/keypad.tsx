/** Buttons for the keys that not every keyboard has. */

import type { Key } from "../keyboard";
import type { LiveSession } from "../session";
import { refocus } from "./screenview";
import { hint } from "./screenmenu";

const PF = Array.from({ length: 24 }, (_, i) => `PF${i + 1}`);
const REST: [Key, string][] = [
  ["PA1", "PA1"], ["PA2", "PA2"], ["PA3", "PA3"], ["Clear", "Clear"], ["Reset", "Reset"], ["Attn", "Attn"], ["SysReq", "SysReq"],
  ["Tab", "Tab"], ["EraseEOF", "Erase EOF"], ["EraseInput", "Erase input"], ["Insert", "Insert"], ["Dup", "Dup"], ["FieldMark", "Field mark"], ["NewLine", "New line"], ["Enter", "Enter"],
];

export function Keypad({ session }: { session: LiveSession }) {
  const button = (key: Key, title: string) => (
    <button type="button" key={key} data-key={key} title={hint(key)} onMouseDown={(e) => e.preventDefault()} onClick={() => (session.press(key), refocus())}>
      {title}
    </button>
  );
  return (
    <div class="keypad" role="group" aria-label="3270 keys">
      <div class="pf">{PF.map((key) => button(key, key))}</div>
      <div class="rest">{REST.map(([key, title]) => button(key, title))}</div>
    </div>
  );
}
