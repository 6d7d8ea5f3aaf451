/** What a person likes: look, cursor, mouse, clipboard. Changes show at once behind the dialog. */

import type { Signal } from "@preact/signals";
import * as settings from "../../settings";
import { Dialog, openDialog } from "../dialog";

export default function Settings() {
  return (
    <Dialog title="Settings">
      <div class="sheet">
        <Choice label="Theme of the page" value={settings.theme} options={{ auto: "As the system", light: "Light", dark: "Dark" }} />
        <Choice label="Colours of the screen" value={settings.colours} options={{ auto: "By the theme", "3279": "Colour 3279", green: "Classic green", contrast: "High contrast", paper: "Light" }} />
        <Choice label="Typeface" value={settings.font} options={{ plex: "IBM Plex Mono", "3270": "3270 (where installed)", system: "The system's" }} />
        <label>Size of the text
          <select value={settings.fontSize.value} onChange={(e) => (settings.fontSize.value = Number(e.currentTarget.value))}>
            <option value={0}>Fit to the window</option>
            {[10, 12, 14, 16, 18, 20, 24, 28].map((size) => <option value={size} key={size}>{size} pixels</option>)}
          </select>
        </label>
        <Choice label="Cursor" value={settings.cursorShape} options={{ block: "Block", underline: "Underline", bar: "Bar" }} />
        <Choice label="Selecting with the mouse" value={settings.selectShape} options={{ block: "A block (Alt: lines)", stream: "Lines (Alt: a block)" }} />
        <Choice label="Ctrl+V pastes" value={settings.pasteMode} options={{ fields: "Field by field", flow: "Flowing on into next fields", overlay: "Over the screen as it lies" }} />
      </div>
      <div class="ticks">
        <Tick label="The cursor blinks" value={settings.cursorBlink} />
        <Tick label="Crosshair at the cursor" value={settings.crosshair} />
        <Tick label="Mark the fields that can be typed in" value={settings.markFields} />
        <Tick label="PF keys and addresses on the screen can be clicked" value={settings.hotSpots} />
        <Tick label="Sound the host's bell" value={settings.sound} />
      </div>
      <footer><button type="button" onClick={() => void openDialog("keys")}>Keyboard…</button></footer>
    </Dialog>
  );
}

function Choice<T extends string>({ label, value, options }: { label: string; value: Signal<T>; options: Record<T, string> }) {
  return (
    <label>{label}
      <select value={value.value} onChange={(e) => (value.value = e.currentTarget.value as T)}>
        {(Object.entries(options) as [T, string][]).map(([name, title]) => <option value={name} key={name}>{title}</option>)}
      </select>
    </label>
  );
}

function Tick({ label, value }: { label: string; value: Signal<boolean> }) {
  return <label class="tick"><input type="checkbox" checked={value.value} onChange={(e) => (value.value = e.currentTarget.checked)} /> {label}</label>;
}
