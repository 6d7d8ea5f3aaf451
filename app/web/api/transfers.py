"""File transfers over REST: a file to the host or from it, over an open session whose keyboard is yours."""

import re
from dataclasses import replace
from secrets import token_urlsafe
from typing import Any

from apiflask import APIBlueprint
from flask import Response, request

from app.broker import celery
from app.broker import transfers as broker
from app.broker.names import worker_queue
from app.errors import BadInput, Conflict, NotFound
from app.store import shares
from app.web import requests, shapes_kept
from app.web.asking import user

transfers = APIBlueprint("transfers", __name__, tag="File transfer")


@transfers.post("/sessions/<id>/transfers")
@transfers.output(shapes_kept.Transfer, status_code=202)
@transfers.doc(responses={409: "The session is not open", 422: "Something in it can't be used"})
def start_transfer(id: str) -> tuple[dict[str, Any], int]:
    """Move a file to the host, or from it

    A form: `direction` put or get, `name` of the file on the host, and how; for put also `file`, of at most 32 MB. The host's
    command line must be on the screen. Ask for the transfer again and again to see how far it is.
    """
    session = shares.get_allowed(id, user().id, "control")
    wish = requests.form(shapes_kept.NewTransfer)
    if session.state != "open":
        raise Conflict(f"This session is {session.state}. A file is moved over an open one.")
    made = broker.Transfer(f"f-{token_urlsafe(16)}", session.id, user().id, wish.model_dump())
    made = broker.write(_with_file(made))
    celery.send("iast.transfers.move", session.id, made.id, queue=worker_queue(session.worker))
    return _shown(made), 202


@transfers.get("/sessions/<id>/transfers/<transfer>")
@transfers.output(shapes_kept.Transfer)
def one_transfer(id: str, transfer: str) -> dict[str, Any]:
    """How far a transfer is"""
    return _shown(_own(id, transfer))


@transfers.post("/sessions/<id>/transfers/<transfer>/cancel")
@transfers.output(shapes_kept.Transfer)
def cancel_transfer(id: str, transfer: str) -> dict[str, Any]:
    """Stop a transfer

    The host is told at the next thing it asks; what had arrived here is thrown away.
    """
    found = _own(id, transfer)
    broker.cancel(found.id)
    return _shown(found)


@transfers.get("/sessions/<id>/transfers/<transfer>/content")
@transfers.doc(responses={200: "The file", 409: "It is not there yet"})
def transfer_content(id: str, transfer: str) -> Response:
    """The file that came from the host"""
    found = _own(id, transfer)
    if found.request["direction"] != "get" or found.state != "done":
        raise Conflict(f"This transfer is {found.state}. There is no file to fetch.")
    name = re.sub(r"[^A-Za-z0-9._-]+", "_", found.request["name"]).strip("._") or "file"
    headers = {"Content-Disposition": f'attachment; filename="{name}"'}
    return Response(broker.pieces(found.id), content_type="application/octet-stream", headers=headers)


def _own(session: str, id: str) -> broker.Transfer:
    """A transfer that this user began, at a session that is theirs to use; over with its session. Raises NotFound."""
    at = shares.get_allowed(session, user().id, "watch")
    found = broker.read(id)
    if (found.session, found.user) != (session, user().id):
        raise NotFound("There is no such transfer.")
    if not found.over and not at.live:  # whoever moved it may have died with it
        return replace(found, state="failed", message=f"The session is {at.state}. {at.reason}".strip())
    return found


def _with_file(transfer: broker.Transfer) -> broker.Transfer:
    files = request.files.getlist("file")
    if transfer.request["direction"] == "get":
        return transfer
    if len(files) != 1:
        raise BadInput("Send the file in the form field `file`.", errors=[{"at": "file", "message": "one file, please"}])
    return replace(transfer, total=broker.put_file(transfer.id, files[0].stream))


def _shown(transfer: broker.Transfer) -> dict[str, Any]:
    own = {name: getattr(transfer, name) for name in ("id", "session", "state", "moved", "total", "message")}
    return {**own, "direction": transfer.request["direction"], "name": transfer.request["name"]}
