/** What the panel shows, as the hash of the address: a page loaded again shows the same. */

import { signal } from "@preact/signals";

export type Route =
  | { page: "new"; ast?: string | undefined }
  | { page: "runs" }
  | { page: "run"; run: string; item?: number | undefined };

export function parse(hash: string): Route {
  const [page, id, sub, n] = hash.replace(/^#\/?/, "").split("/").map(decodeURIComponent);
  if (page === "runs" && id) return { page: "run", run: id, item: sub === "items" && /^\d+$/.test(n ?? "") ? Number(n) : undefined };
  if (page === "runs") return { page };
  return { page: "new", ast: page === "new" ? id : undefined };
}

export function hashOf(route: Route): string {
  if (route.page === "run") return `#/runs/${route.run}${route.item === undefined ? "" : `/items/${route.item}`}`;
  if (route.page === "new") return route.ast ? `#/new/${encodeURIComponent(route.ast)}` : "#/new";
  return `#/${route.page}`;
}

export const route = signal<Route>(parse(location.hash));
addEventListener("hashchange", () => (route.value = parse(location.hash)));

export function go(to: Route): void {
  if (hashOf(to) === location.hash) route.value = to;
  else location.hash = hashOf(to);
}
