/** The REST routes of file transfer (IND$FILE). Knows nothing of how they are shown. */

import { call } from "./api";

export interface FileTransfer {
  id: string;
  session: string;
  direction: "put" | "get";
  name: string;
  state: "queued" | "running" | "done" | "failed" | "cancelled";
  moved: number; // bytes of the file on our side
  total: number; // 0 = not known
  message: string; // the host's last word, or why it failed
}

const path = (t: Pick<FileTransfer, "session" | "id">) => `/sessions/${t.session}/transfers/${t.id}`;

export const begin = (session: string, form: FormData) => call<FileTransfer>("POST", `/sessions/${session}/transfers`, form);
export const look = (t: FileTransfer) => call<FileTransfer>("GET", path(t));
export const cancel = (t: FileTransfer) => call<FileTransfer>("POST", `${path(t)}/cancel`);
export const content = (t: FileTransfer) => `/api/v1${path(t)}/content`;
export const isOver = (t: FileTransfer) => t.state === "done" || t.state === "failed" || t.state === "cancelled";
