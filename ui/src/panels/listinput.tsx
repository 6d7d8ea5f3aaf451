/** Where the items come from: lines typed or pasted, or a file dropped or chosen; with what is wrong in them, line by line. */

import { useRef, useState } from "preact/hooks";
import type { Schema } from "../api";
import { Icon } from "../app/icons";
import type { Source } from "./draft";
import { fieldsOf } from "./form";
import { about } from "./inputs";
import { decoded, type Fault, type List } from "./list";
import { count } from "./progress";

interface Props {
  schema: Schema;
  source: Source;
  list: List;
  fault: string | undefined;
  refused: Fault[]; // what the server said of single lines
  change(source: Source): void;
  preview?: () => void; // where the server can say what a run over the list would be
}

const MOST_BYTES = 32_000_000;
const MOST_TYPED = 40_000; // characters; a longer text would hold up the browser's text box for minutes

export function ListInput({ schema, source, list, fault, refused, change, preview }: Props) {
  const [over, setOver] = useState(false);
  const [unread, setUnread] = useState("");
  const area = useRef<HTMLTextAreaElement>(null);
  const chooser = useRef<HTMLInputElement>(null);
  const columns = fieldsOf(schema);
  const faults = [...list.faults, ...refused.filter(({ line }) => !list.faults.some((fault) => fault.line === line))];
  const take = async (file: File | undefined) => {
    if (!file) return;
    try {
      if (file.size > MOST_BYTES) throw new Error("This file is larger than 32 MB. Split it.");
      if (preview && /\.(xlsx|xlsm|jsonl|ndjson|json)$/i.test(file.name)) change({ text: "", file: file.name, binary: file });
      else change({ text: decoded(await file.arrayBuffer()), file: file.name });
      setUnread("");
    } catch (problem) {
      setUnread((problem as Error).message);
    }
  };
  const paste = (event: ClipboardEvent) => {
    const text = event.clipboardData?.getData("text/plain") ?? "";
    if (text.length < MOST_TYPED) return;
    event.preventDefault();
    change({ text, file: "Pasted list" });
  };
  const wrong = fault ?? (unread || undefined);

  return (
    <div
      class={`row items ${over ? "over" : ""} ${wrong ? "refused" : ""}`}
      onDragOver={(e) => (e.preventDefault(), setOver(true))} onDragLeave={() => setOver(false)}
      onDrop={(e) => (e.preventDefault(), setOver(false), void take(e.dataTransfer?.files[0]))}
    >
      <div class="over-line">
        <label for="run-items">Items</label>
        <button type="button" class="link" onClick={() => chooser.current?.click()}>
          <Icon name="upload" /> Choose a file
        </button>
        <input ref={chooser} class="hidden-text" type="file" accept=".csv,.txt,.tsv,.xlsx,.xlsm,.jsonl,.ndjson,.json,text/csv,text/plain" tabIndex={-1} aria-label="File with items" onChange={(e) => (void take(e.currentTarget.files?.[0]), (e.currentTarget.value = ""))} />
      </div>
      {source.file ? (
        <div class="file">
          <Icon name="check" />
          <strong>{source.file}</strong>
          <button type="button" class="tool" aria-label={`Leave ${source.file} out`} onClick={() => change({ text: "", file: "" })}><Icon name="close" /></button>
        </div>
      ) : (
        <textarea
          {...about("run-items", wrong)} ref={area} rows={7} class="mono" spellcheck={false} autocomplete="off" value={source.text}
          placeholder={`One item a line: ${columns.map((column) => column.label.toLowerCase()).join(", ")}\nPaste, or drop a CSV${preview ? ", XLSX or JSON lines" : ""} file here`}
          onInput={(e) => change({ text: e.currentTarget.value, file: "" })} onPaste={paste}
        />
      )}
      <p class="over-line">
        <span class="help" id="run-items-help" aria-live="polite">{summary(list)}</span>
        {preview && (list.rows.length > 0 || source.binary) && <button type="button" class="link" onClick={preview}>Preview</button>}
      </p>
      {wrong && <p class="bad" id="run-items-fault">{wrong}</p>}
      <Faults faults={faults} inAll={Math.max(list.faultsInAll, faults.length)} show={source.file ? undefined : (line) => select(area.current, line)} />
    </div>
  );
}

function summary({ rows, duplicates, columns }: List): string {
  if (!rows.length) return "";
  const twice = duplicates ? `, ${count(duplicates, "duplicate")} kept as rows of their own` : "";
  return `${count(rows.length, "item")}${columns.length > 1 ? ` with ${columns.join(", ")}` : ""}${twice}`;
}

function Faults({ faults, inAll, show }: { faults: Fault[]; inAll: number; show?: ((line: number) => void) | undefined }) {
  if (!faults.length) return null;
  return (
    <div class="faults" role="alert">
      <p>{inAll === 1 ? "One line can't be used:" : `${inAll.toLocaleString("en")} lines can't be used${inAll > faults.length ? `, the first ${faults.length}` : ""}:`}</p>
      <ol>
        {faults.map(({ line, message }, i) => (
          <li key={i}>
            {line === 0 ? null : show ? <button type="button" class="link" onClick={() => show(line)}>Line {line}</button> : <span>Line {line}</span>}
            <span>{message}</span>
          </li>
        ))}
      </ol>
    </div>
  );
}

function select(area: HTMLTextAreaElement | null, line: number): void {
  if (!area) return;
  const lines = area.value.split("\n");
  const start = lines.slice(0, line - 1).reduce((sum, one) => sum + one.length + 1, 0);
  area.focus();
  area.setSelectionRange(start, start + (lines[line - 1]?.length ?? 0));
  area.scrollTop = (area.scrollHeight / lines.length) * Math.max(0, line - 3);
}
