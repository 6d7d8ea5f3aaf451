/** The rows of a results table, fetched as they come into view: 100,000 of them need not be here. */

import { signal } from "@preact/signals";
import type { Item, Page } from "../api";

export interface Query {
  status?: string;
  search?: string;
  start?: number;
  cursor?: string;
  limit?: number;
}
export type Fetch = (query: Query) => Promise<Page<Item>>;

const PAGE = 200;
const BATCH = 1000;

/** Rows by place in the table. Whole runs are fetched by number, so a jump to the end is one request; a filter or a search, in order. */
export class Rows {
  readonly version = signal(0); // rises when what `at` answers may have changed
  readonly trouble = signal("");
  readonly busy = signal(false);
  private found: (Item | undefined)[] = [];
  private asked = new Set<number>();
  private next: string | null | undefined = undefined; // undefined: not begun, null: no more
  private last = 0; // the last row that was wanted
  private reading = false; // a filter's next rows are under way
  private stopped = false;

  constructor(private readonly fetch: Fetch, private readonly filter: { status?: string; search?: string } = {}) {}

  get filtered(): boolean {
    return Boolean(this.filter.status || this.filter.search);
  }

  /** How many rows are known of, of a filter; null when it is the whole run. */
  get known(): number | null {
    return this.filtered ? this.found.length : null;
  }

  get complete(): boolean {
    return this.next === null;
  }

  at(row: number): Item | undefined {
    return this.found[row];
  }

  /** Sees to it that these rows are here, or come. */
  want(first: number, last: number): void {
    this.last = last;
    if (this.filtered) return void this.continue();
    for (let page = Math.floor(first / PAGE); page <= Math.floor(last / PAGE); page++) {
      if (!this.asked.has(page)) void this.load(page);
    }
  }

  /** Asks again for what is in view: items have moved on. */
  async refresh(first: number, last: number): Promise<void> {
    if (this.filtered) return this.again();
    const pages = [...new Set([Math.floor(first / PAGE), Math.floor(last / PAGE)])];
    this.asked = new Set(pages); // others are stale: asked for when they come into view
    await Promise.all(pages.map((page) => this.load(page)));
  }

  stop(): void {
    this.stopped = true;
  }

  private async load(page: number): Promise<void> {
    this.asked.add(page);
    const got = await this.ask({ start: page * PAGE, limit: PAGE });
    if (!got) return void this.asked.delete(page);
    got.items.forEach((item) => (this.found[item.n] = item));
    this.version.value++;
  }

  private async continue(): Promise<void> {
    if (this.reading) return;
    this.reading = true;
    while (this.next !== null && this.found.length <= this.last + PAGE / 4) {
      const before = this.found as Item[];
      const got = await this.ask({ ...this.filter, ...(this.next ? { cursor: this.next } : {}), limit: this.found.length ? BATCH : PAGE });
      if (!got) break;
      if (before === this.found) this.take([...before, ...got.items], got.next); // else a refresh came in between
    }
    this.reading = false;
  }

  private async again(): Promise<void> {
    const got = await this.ask({ ...this.filter, limit: Math.min(BATCH, Math.max(PAGE, this.last + PAGE / 4)) });
    if (got) this.take(got.items, got.next);
  }

  private take(found: Item[], next: string | null): void {
    this.found = found;
    this.next = next;
    this.version.value++;
  }

  private async ask(query: Query): Promise<Page<Item> | null> {
    this.busy.value = true;
    try {
      const got = await this.fetch(query);
      this.trouble.value = "";
      return this.stopped ? null : got;
    } catch (problem) {
      this.trouble.value = problem instanceof Error ? problem.message : String(problem);
      return null;
    } finally {
      this.busy.value = false;
    }
  }
}
