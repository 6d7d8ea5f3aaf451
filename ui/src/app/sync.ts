/** Keeps a person's settings with the server, so that they find them in any browser. Without that route they stay in this one. */

import { effect } from "@preact/signals";
import { call } from "../api";
import { everySetting, read, takeSettings, write } from "../settings";

const PAUSE = 800; // ms after the last change
const UNTOLD = "iast.untold"; // the server has not heard of the last change: a page left too soon, or no network

export async function followSettings(): Promise<void> {
  let told = "";
  const asked = everySetting();
  try {
    const { settings } = await call<{ settings: Record<string, unknown> }>("GET", "/settings");
    if (!read(UNTOLD, false)) {
      const changed = JSON.stringify(everySetting()) !== JSON.stringify(asked); // while the answer was under way
      takeSettings(settings, asked);
      if (!changed) told = JSON.stringify(everySetting());
    }
  } catch {
    return;
  }
  let timer = 0;
  effect(() => {
    const now = JSON.stringify(everySetting());
    if (now === told) return;
    write(UNTOLD, true);
    clearTimeout(timer);
    timer = window.setTimeout(() => void tell(now), PAUSE);
  });

  async function tell(now: string): Promise<void> {
    try {
      await call("PUT", "/settings", { settings: JSON.parse(now) as unknown });
    } catch {
      return; // with the next change, or when the page is opened again
    }
    told = now;
    write(UNTOLD, now !== JSON.stringify(everySetting()));
  }
}
