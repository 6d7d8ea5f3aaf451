/** Inputs of a form, each with its label, its help and, where it was refused, why. */

import type { ComponentChildren } from "preact";
import type { Field, Faults } from "./form";

interface Labelled {
  id: string;
  label: string;
  help?: string;
  fault?: string | undefined;
  optional?: boolean;
  children: ComponentChildren;
}

/** The input inside has `id` and takes its description from `about(id, ...)`. */
export function Row({ id, label, help, fault, optional, children }: Labelled) {
  return (
    <div class={`row ${fault ? "refused" : ""}`}>
      <label for={id}>
        {label}
        {optional && <span class="quiet"> optional</span>}
      </label>
      {children}
      {help && <p class="help" id={`${id}-help`}>{help}</p>}
      {fault && <p class="bad" id={`${id}-fault`}>{fault}</p>}
    </div>
  );
}

export const about = (id: string, fault?: string) => ({
  id,
  "aria-invalid": fault ? ("true" as const) : undefined,
  "aria-describedby": fault ? `${id}-fault` : `${id}-help`,
});

interface Parameters {
  fields: readonly Field[];
  typed: Readonly<Record<string, string>>;
  faults: Faults;
  change(name: string, text: string): void;
  group?: string; // tells fields of the same name apart
}

export function Inputs({ fields, typed, faults, change, group = "parameter" }: Parameters) {
  return fields.map((field) => {
    const id = `${group}-${field.name}`;
    const fault = faults[field.name];
    if (field.kind === "boolean") return <Tick key={id} id={id} field={field} on={typed[field.name] === "true"} change={change} />;
    return (
      <Row key={id} id={id} label={field.label} help={field.help} fault={fault} optional={!field.required}>
        {field.kind === "choice" ? (
          <select {...about(id, fault)} value={typed[field.name] ?? ""} onChange={(e) => change(field.name, e.currentTarget.value)}>
            {!field.required && <option value="" />}
            {field.choices.map((choice) => <option key={choice}>{choice}</option>)}
          </select>
        ) : (
          <input
            {...about(id, fault)} {...kindOf(field)} value={typed[field.name] ?? ""} placeholder={field.example} spellcheck={false}
            onInput={(e) => change(field.name, e.currentTarget.value)}
          />
        )}
      </Row>
    );
  });
}

function Tick({ id, field, on, change }: { id: string; field: Field; on: boolean; change(name: string, text: string): void }) {
  return (
    <div class="row check">
      <label>
        <input {...about(id)} type="checkbox" checked={on} onChange={(e) => change(field.name, e.currentTarget.checked ? "true" : "")} />
        {field.label}
      </label>
      {field.help && <p class="help" id={`${id}-help`}>{field.help}</p>}
    </div>
  );
}

const TYPES: Partial<Record<Field["kind"], string>> = { date: "date", moment: "datetime-local" };

function kindOf(field: Field) {
  if (field.kind === "secret") return { type: "password", autocomplete: "new-password" } as const; // nothing here is to be offered to keep
  if (field.kind === "integer" || field.kind === "number") return { type: "text", inputMode: field.kind === "integer" ? "numeric" : "decimal", autocomplete: "off" } as const;
  return { type: TYPES[field.kind] ?? "text", autocomplete: "off" } as const;
}
