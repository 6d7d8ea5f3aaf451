/** What the server said no to, put where a form can show it. */

import { ApiProblem } from "../api";
import { placed, rowOf, type Faults } from "./form";

/** Faults by the field they name; under "" what is about none, or the whole. Rows of a list are left to the list. */
export function faultsOf(problem: unknown, names: readonly string[]): Faults {
  if (!(problem instanceof ApiProblem)) return { "": String(problem) };
  const faults = placed(problem.errors, names);
  const marked = Object.keys(faults).some(Boolean) || problem.errors.some(({ at }) => rowOf(at) !== null);
  return { ...faults, "": faults[""] ?? (marked ? "Some of it can't be used: see where it is marked." : problem.message) };
}

export const errorsOf = (problem: unknown) => (problem instanceof ApiProblem ? problem.errors : []);
