/** Starts the page. */

import "@fontsource/ibm-plex-mono/400.css";
import "@fontsource/ibm-plex-mono/600.css";
import "@fontsource/ibm-plex-sans/400.css";
import "@fontsource/ibm-plex-sans/500.css";
import "@fontsource/ibm-plex-sans/600.css";
import "./styles/base.css";
import "./styles/terminal.css";
import "./styles/app.css";
import "./styles/panel.css";
import { effect } from "@preact/signals";
import { render } from "preact";
import { App } from "./app/App";
import { current, refresh, restore, tell } from "./app/state";
import { followSettings } from "./app/sync";
import { followThemes, panelOpen } from "./settings";

followThemes();
effect(() => void (document.title = current.value ? `${current.value.title} · IAST` : "IAST"));
render(<App />, document.getElementById("app") ?? document.body);
void tell(restore());
if (location.hash && arrivedByLink()) panelOpen.value = true;
addEventListener("hashchange", () => (panelOpen.value = true)); // the address names a page of the panel
void followSettings();
document.addEventListener("visibilitychange", () => document.visibilityState === "visible" && void refresh().catch(() => undefined));

/** Not by loading the page again, with the panel as it was. */
function arrivedByLink(): boolean {
  const [how] = performance.getEntriesByType("navigation") as PerformanceNavigationTiming[];
  return how?.type === "navigate";
}
