/** The REST routes of a clerk's desk: recordings of sessions, files moved over them, what they printed. */

import { call, query, text, type Frame, type Page } from "./api";

export interface Recording {
  id: string;
  session: string;
  host: string;
  name: string;
  why: "choice" | "policy"; // a host's policy keeps its recordings: nobody deletes them
  started: string;
  ended: string;
  expires: string;
  frames: number;
}

export const record = (session: string, on: boolean) => call<Recording>("POST", `/sessions/${session}/recording`, { on });
export const recordings = (cursor?: string) => call<Page<Recording>>("GET", `/recordings${query({ cursor, limit: 50 })}`);
export const dropRecording = (id: string) => call<unknown>("DELETE", `/recordings/${id}`);

/** All frames of a recording. */
export async function frames(id: string): Promise<Frame[]> {
  const all: Frame[] = [];
  for (let cursor: string | undefined; ; ) {
    const part = await call<{ frames: Frame[]; next: string | null }>("GET", `/recordings/${id}${query({ cursor })}`);
    all.push(...part.frames);
    if (!part.next) return all;
    cursor = part.next;
  }
}

/** A file on its way over a session; `total` 0 when it is not known, `message` the host's last word or what went wrong. */
export interface Transfer {
  id: string;
  session: string;
  direction: "put" | "get";
  name: string;
  state: "queued" | "running" | "done" | "failed" | "cancelled";
  moved: number;
  total: number;
  message: string;
}

const transfers = (session: string) => `/sessions/${session}/transfers`;
export const transfer = (session: string, form: FormData) => call<Transfer>("POST", transfers(session), form);
export const transferNow = (t: Transfer) => call<Transfer>("GET", `${transfers(t.session)}/${t.id}`);
export const cancelTransfer = (t: Transfer) => call<Transfer>("POST", `${transfers(t.session)}/${t.id}/cancel`);
export const contentOf = (t: Transfer) => `/api/v1${transfers(t.session)}/${t.id}/content`;

/** What a session's printer printed. `ended` is "" while it prints; `size` is in characters; `note` says what is amiss. */
export interface PrintJob { id: string; session: string; lu: string; started: string; ended: string; pages: number; size: number; note: string }

const printJob = (job: PrintJob) => `/sessions/${job.session}/print-jobs/${job.id}`;
export const printJobs = (session: string, cursor?: string) => call<Page<PrintJob>>("GET", `/sessions/${session}/print-jobs${query({ cursor, limit: 50 })}`);
export const dropPrintJob = (job: PrintJob) => call<unknown>("DELETE", printJob(job));
export const textOf = (job: PrintJob) => `/api/v1${printJob(job)}/text`;
/** The text of a job; a form feed begins each page but the first. */
export const printed = (job: PrintJob) => text(`${printJob(job)}/text`);
