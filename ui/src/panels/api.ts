/** The REST routes that only the panel asks for. */

import { call, query, type Item, type Page, type Run } from "../api";
import type { Query } from "./rows";

export interface NewRun {
  ast: string;
  host: string;
  items: Record<string, string>[];
  lanes: number;
  parameters: Record<string, unknown>;
  name?: string;
}

export const startRun = (body: NewRun) => call<Run>("POST", "/runs", body);
export const items = (run: string, options: Query) => call<Page<Item>>("GET", `/runs/${run}/items${query({ ...options })}`);
