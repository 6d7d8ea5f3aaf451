/** What a run would be, as the server reads its list: how many rows, the first of them, and every bad one by name. */

import type { ListFault, Preview } from "./api";
import { words } from "./common";
import { rowOf } from "./form";
import { count } from "./progress";

/** `elsewhere`: faults of rows are named at the list itself. */
export default function PreviewTable({ preview, elsewhere }: { preview: Preview; elsewhere: boolean }) {
  const { total, columns, rows, duplicates, errors, errors_in_all } = preview;
  const listed = elsewhere ? errors.filter(({ at }) => rowOf(at) === null) : errors;
  const good = errors_in_all === 0;
  return (
    <section class="preview" aria-label="Preview" tabIndex={-1}>
      <p class={good ? "good" : "bad"} role="status">
        {good ? `All of ${count(total, "item")} can be run.` : `${count(errors_in_all, "fault")} in ${count(total, "item")}.`}
        {duplicates > 0 && <span class="quiet"> {count(duplicates, "row")} with a key that came before, kept as rows of their own.</span>}
      </p>
      {listed.length > 0 && <Faults errors={listed} inAll={elsewhere ? listed.length : errors_in_all} />}
      <div class="scroll" tabIndex={0} role="group" aria-label="First rows">
        <table>
          <thead>
            <tr>
              <th scope="col">#</th>
              {columns.map((column) => <th scope="col" key={column}>{words(column)}</th>)}
            </tr>
          </thead>
          <tbody>
            {rows.map((row, n) => (
              <tr key={n} class={errors.some(({ at }) => rowOf(at) === n) ? "refused" : ""}>
                <td>{n + 1}</td>
                {columns.map((column) => <td key={column}>{String(row[column] ?? "")}</td>)}
              </tr>
            ))}
          </tbody>
        </table>
      </div>
      {total > rows.length && <p class="quiet">The first {rows.length} of {total.toLocaleString("en")}.</p>}
    </section>
  );
}

function Faults({ errors, inAll }: { errors: ListFault[]; inAll: number }) {
  return (
    <div class="faults">
      <ol>{errors.map(({ at, message }, n) => <li key={n}><span>{named(at, message)}</span></li>)}</ol>
      {inAll > errors.length && <p>and {(inAll - errors.length).toLocaleString("en")} more</p>}
    </div>
  );
}

/** The server's message names line or item already, except for what is about no row. */
function named(at: string, message: string): string {
  return /^items?\b/.test(at) || !at ? message : `${words(at.replace(/^parameters\./, ""))}: ${message}`;
}
