/** Who is signed in, as the shell says. */

const root = typeof document === "undefined" ? {} : document.documentElement.dataset;

export const me = { id: root.user ?? "", name: root.name ?? "" };
