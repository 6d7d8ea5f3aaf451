/** The ASTs there are, fetched once. */

import { signal } from "@preact/signals";
import { asts as fetchAsts, type Ast } from "../api";

export const asts = signal<Ast[] | null>(null);
export const trouble = signal("");

export function loadAsts(): void {
  if (asts.value) return;
  fetchAsts().then(
    (found) => ((asts.value = found), (trouble.value = "")),
    (problem: Error) => (trouble.value = problem.message),
  );
}

export const titleOf = (name: string) => asts.value?.find((one) => one.name === name)?.title ?? name;
