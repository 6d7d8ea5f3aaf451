/** A run being made: what was typed, what of it can't be used, and what is done with it. What it shows is in signals; it knows no DOM. */

import { computed, signal } from "@preact/signals";
import type { Ast } from "../api";
import { current, hosts } from "../app/state";
import { kept } from "../settings";
import { makeSchedule, previewRun, startRun, type Configuration, type NewRun, type Preview } from "./api";
import { ALL, FURTHER, initial, LANES, ONCE, readBounds, STEERED, typedOf } from "./bounds";
import { errorsOf, faultsOf } from "./faults";
import { fieldsOf, read, rowOf, type Faults, type Field } from "./form";
import { readList, type Fault } from "./list";
import { go } from "./route";
import { fresh, timingOf, wrongWith } from "./timing";

/** Where the items come from. `file` is the name of their file, "" for typed text; `binary` a file that only the server can read. */
export interface Source {
  text: string;
  file: string;
  binary?: File;
}

export const lastAst = kept("ast", "");
const source = signal<Source>({ text: "", file: "" }); // kept when another AST is chosen for the same list
const ZONE = Intl.DateTimeFormat().resolvedOptions().timeZone;
const PLACES = ["ast", "host", "name", "items", "when", "zone", "holidays", ...ALL.map((field) => field.name)];

export class Draft {
  readonly source = source;
  readonly fields: readonly Field[];
  readonly typed;
  readonly bounds = signal(initial(ALL));
  readonly timing = signal(fresh(ZONE));
  readonly chosenHost = signal("");
  readonly name = signal("");
  readonly configuration = signal<Configuration | null>(null);
  readonly faults = signal<Faults>({});
  readonly refused = signal<Fault[]>([]); // lines that the server said no to
  readonly preview = signal<Preview | null>(null);
  readonly busy = signal(false);

  readonly host = computed(() => this.chosenHost.value || current.value?.host || hosts.value?.[0]?.name || "");
  readonly most = computed(() => hosts.value?.find((one) => one.name === this.host.value)?.max_lanes);
  readonly later = computed(() => this.timing.value.kind !== "now");
  readonly items = computed(() => readList(source.value.text, this.ast.items));
  readonly limits = computed(() => ALL.filter((field) => field !== LANES && !(this.later.value && ONCE.includes(field))));
  readonly count = computed(() => (source.value.binary ? (this.preview.value?.total ?? 0) : this.items.value.rows.length));

  constructor(readonly ast: Ast) {
    this.fields = fieldsOf(ast.parameters);
    this.typed = signal(initial(this.fields));
  }

  /** Starts the run, or makes the schedule, and goes to where it is shown. */
  send(): Promise<void> {
    const { wish, faults } = this.read();
    if (this.later.value) {
      Object.assign(faults, wrongWith(this.timing.value));
      if (source.value.binary) faults["items"] = "A schedule takes a CSV file or a pasted list.";
    }
    if (Object.keys(faults).length || this.items.value.faults.length) return this.refuse(faults);
    return this.attempt(async () => {
      lastAst.value = this.ast.name;
      if (!this.later.value) return go({ page: "run", run: (await startRun(wish)).id });
      await makeSchedule({ ...wish, ...timingOf(this.timing.value) });
      go({ page: "schedules" });
    });
  }

  /** Has the server read the list, and say what a run over it would be. */
  look(): Promise<void> {
    const { wish, faults } = this.read();
    if (faults["items"]) return this.refuse({ items: faults["items"] });
    return this.attempt(async () => {
      this.preview.value = await previewRun(wish);
      this.refused.value = this.linesOf(this.preview.value.errors);
    });
  }

  /** Takes another list. */
  put(to: Source): void {
    source.value = to;
    this.refused.value = [];
    this.faults.value = {};
    this.preview.value = null;
    if (to.binary) void this.look();
  }

  /** Fills in what a configuration keeps. */
  choose(one: Configuration | null): void {
    this.configuration.value = one;
    if (!one) return;
    this.bounds.value = { ...this.bounds.value, ...typedOf([LANES, ...STEERED, ...FURTHER], { ...one }) };
    this.typed.value = { ...initial(this.fields), ...typedOf(this.open(), one.parameters) };
    if (one.host) this.chosenHost.value = one.host;
  }

  /** What a configuration would keep: no list, no secret; what is not filled in yet is left out. */
  keepable(): Partial<Configuration> {
    const { values } = readBounds([LANES, ...STEERED, ...FURTHER], this.bounds.value);
    return { ...values, host: this.host.value, parameters: read(this.open(), this.typed.value).values };
  }

  private open(): Field[] {
    return this.fields.filter((field) => field.kind !== "secret");
  }

  private read(): { wish: NewRun; faults: Faults } {
    const parameters = read(this.fields, this.typed.value);
    const bounds = readBounds([LANES, ...this.limits.value], this.bounds.value, this.most.value);
    const items = source.value.binary ?? this.items.value.rows;
    const faults: Faults = { ...parameters.faults, ...bounds.faults };
    if (!this.host.value) faults["host"] = "No host is set up.";
    if (Array.isArray(items) && !items.length) faults["items"] = "Paste the items, or choose a file.";
    const wish = { ...bounds.values, ast: this.ast.name, host: this.host.value, name: this.name.value.trim(), parameters: parameters.values, items };
    return { wish, faults };
  }

  private async attempt(act: () => Promise<void>): Promise<void> {
    this.busy.value = true;
    this.faults.value = {};
    try {
      await act();
    } catch (problem) {
      this.refused.value = this.linesOf(errorsOf(problem));
      await this.refuse(faultsOf(problem, [...PLACES, ...this.fields.map((field) => field.name)]));
    }
    this.busy.value = false;
  }

  private async refuse(faults: Faults): Promise<void> {
    this.faults.value = faults;
  }

  /** Faults of items, at the lines they were read from. */
  private linesOf(errors: readonly { at: string; message: string }[]): Fault[] {
    return errors.flatMap(({ at, message }) => {
      const row = rowOf(at);
      return row === null ? [] : [{ line: this.items.value.lines[row] ?? 0, message }];
    });
  }
}
