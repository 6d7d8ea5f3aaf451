/** What happened to a session that does not work, and what to do next. */

import { useEffect, useState } from "preact/hooks";
import type { LiveSession } from "../session";

export function Trouble({ session, again }: { session: LiveSession; again(): void }) {
  const { state, reason, line, retryAt } = session.status.value;
  if (state === "lost" || state === "closed") {
    return (
      <div class="trouble" role="alert">
        <strong>{state === "lost" ? "The session was lost." : "The session is closed."}</strong>
        <span>{reason || "Nobody said why."} What you see is its last screen.</span>
        <button type="button" class="primary" onClick={again}>Open it again</button>
      </div>
    );
  }
  if (line === "down" || (line === "connecting" && session.keyboard.value)) {
    return (
      <div class="trouble" role="status">
        <strong>The line to IAST is down.</strong>
        <span>Your session goes on at the server. <Countdown until={retryAt} /></span>
        <button type="button" onClick={() => session.retry()}>Try now</button>
      </div>
    );
  }
  if (!session.keyboard.value) return <div class="trouble calm" role="status">Connecting to {session.host}…</div>;
  return null;
}

function Countdown({ until }: { until: number }) {
  const [, tick] = useState(0);
  useEffect(() => {
    const timer = setInterval(() => tick((n) => n + 1), 500);
    return () => clearInterval(timer);
  }, []);
  const seconds = Math.ceil((until - Date.now()) / 1000);
  return <>{seconds > 0 ? `Trying again in ${seconds} s.` : "Trying again…"}</>;
}
