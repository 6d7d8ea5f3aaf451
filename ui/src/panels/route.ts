/** What the panel shows, as the hash of the address: a page loaded again shows the same. */

import { signal } from "@preact/signals";

export type Route =
  | { page: "new"; ast?: string | undefined }
  | { page: "runs" | "waiting" | "hosts" | "usage" }
  | { page: "run"; run: string; item?: number | undefined }
  | { page: "schedules"; schedule?: string | undefined }
  | { page: "launchers"; launch?: string | undefined };

export function parse(hash: string): Route {
  const [page, id, sub, n] = hash.replace(/^#\/?/, "").split("/").map(plain);
  switch (page) {
    case "runs":
      if (!id) return { page };
      return { page: "run", run: id, item: sub === "items" && /^\d+$/.test(n ?? "") ? Number(n) : undefined };
    case "waiting":
    case "hosts":
    case "usage":
      return { page };
    case "schedules":
      return { page, schedule: id || undefined };
    case "launchers":
      return { page, launch: id || undefined };
    default:
      return { page: "new", ast: page === "new" ? id || undefined : undefined };
  }
}

export function hashOf(route: Route): string {
  if (route.page === "run") return `#/runs/${encodeURIComponent(route.run)}${route.item === undefined ? "" : `/items/${route.item}`}`;
  const more = { new: "ast", schedules: "schedule", launchers: "launch" }[route.page as string];
  const id = more && (route as unknown as Record<string, string | undefined>)[more];
  return `#/${route.page}${id ? `/${encodeURIComponent(id)}` : ""}`;
}

/** An address that somebody typed may hold a lone percent sign. */
function plain(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    return part;
  }
}

const hash = () => (typeof location === "undefined" ? "" : location.hash);
export const route = signal<Route>(parse(hash()));
if (typeof addEventListener !== "undefined") addEventListener("hashchange", () => (route.value = parse(hash())));

export function go(to: Route): void {
  if (hashOf(to) === location.hash) route.value = to;
  else location.hash = hashOf(to);
}
