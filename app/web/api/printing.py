"""Print jobs over REST: what the printer of a session printed. Whoever may watch the session sees them; its owner deletes."""

import re
from typing import Any

from apiflask import APIBlueprint
from flask import Response

from app.store import printed as store
from app.store import sessions, shares
from app.web import shapes, shapes_kept
from app.web.asking import user

printing = APIBlueprint("printing", __name__, tag="Printing")
CUT_SHORT = "The session ended before the job did."


@printing.get("/sessions/<id>/print-jobs")
@printing.input(shapes.Paging, location="query", arg_name="paging")
@printing.output(shapes_kept.PrintJobs)
def list_print_jobs(id: str, paging: shapes.Paging) -> dict[str, Any]:
    """What the session's printer printed, newest first"""
    session = shares.get_allowed(id, user().id, "watch")
    found, following = store.of_session(session, paging.cursor, paging.limit)
    return {"items": [_shown(session, job) for job in found], "next": following}


@printing.get("/sessions/<id>/print-jobs/<job>")
@printing.output(shapes_kept.PrintJob)
def one_print_job(id: str, job: str) -> dict[str, Any]:
    """A print job"""
    session = shares.get_allowed(id, user().id, "watch")
    return _shown(session, store.get(session, job))


@printing.get("/sessions/<id>/print-jobs/<job>/text")
@printing.doc(responses={200: "The text"})
def text_of_print_job(id: str, job: str) -> Response:
    """The text of a print job

    UTF-8. A form feed begins each page but the first; no other control character but the line's end is in it.
    """
    session = shares.get_allowed(id, user().id, "watch")
    found = store.get(session, job)
    name = re.sub(r"[^A-Za-z0-9-]+", "-", f"{session.host}-{found.started[:19]}").strip("-")
    headers = {"Content-Disposition": f'attachment; filename="{name}.txt"'}
    return Response(list(store.text(found)), content_type="text/plain; charset=utf-8", headers=headers)


@printing.delete("/sessions/<id>/print-jobs/<job>")
@printing.output({}, status_code=204)
def delete_print_job(id: str, job: str) -> tuple[str, int]:
    """Delete a print job"""
    session = sessions.get_owned(id, user().id)
    store.delete(store.get(session, job))
    return "", 204


def _shown(session: sessions.Session, job: store.PrintJob) -> dict[str, Any]:
    """One whose worker died never heard of its end: it ended with its session."""
    shown = {name: getattr(job, name) for name in ("id", "session", "lu", "started", "ended", "pages", "size", "note")}
    if not job.ended and not session.live:
        shown |= {"ended": session.ended, "note": f"{job.note} {CUT_SHORT}".strip()}
    return shown
