/** Keeps a person's settings with the server, so that they find them in any browser. Without that route they stay in this one. */

import { effect } from "@preact/signals";
import { call } from "../api";
import { everySetting, takeSettings } from "../settings";

const PAUSE = 800; // ms after the last change

export async function followSettings(): Promise<void> {
  let kept: string;
  try {
    takeSettings((await call<{ settings: Record<string, unknown> }>("GET", "/settings")).settings);
    kept = JSON.stringify(everySetting());
  } catch {
    return;
  }
  let timer = 0;
  effect(() => {
    const now = JSON.stringify(everySetting());
    if (now === kept) return;
    clearTimeout(timer);
    timer = window.setTimeout(() => void call("PUT", "/settings", { settings: JSON.parse(now) as unknown }).then(() => (kept = now), () => undefined), PAUSE);
  });
}
