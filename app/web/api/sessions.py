"""Terminal sessions over REST: open, list, rename, close, look. The keys themselves go through the socket (terminal.py)."""

from typing import Any

from apiflask import APIBlueprint

from app.broker import celery, placement, screens
from app.broker.names import worker_queue
from app.errors import Conflict, NotFound, NotReady
from app.store import hosts, shares, users
from app.store import sessions as store
from app.web import shapes
from app.web.asking import user

sessions = APIBlueprint("sessions", __name__, tag="Sessions")


@sessions.post("/sessions")
@sessions.input(shapes.NewSession, arg_name="wish")
@sessions.output(shapes.Session, status_code=201)
@sessions.doc(responses={404: "There is no such host", 503: "No worker can take it"})
def open_session(wish: shapes.NewSession) -> tuple[dict[str, Any], int, dict[str, str]]:
    """Open a session to a host

    Answers while it is still opening; the socket /terminal/{id} tells when it is open, or why it can't be.
    """
    host = hosts.get(wish.host)
    worker = placement.choose_worker(host.name)
    printer = host.printer if wish.printer is None else wish.printer
    session = store.create(
        owner=user().id, host=host.name, worker=worker, name=wish.name, model=wish.model or host.model, lu=wish.lu or "", printer=printer
    )
    try:
        celery.send("iast.terminals.open", session.id, queue=worker_queue(worker))
    except NotReady:
        store.ended(session.id, "lost", "It could not be handed to a worker.")  # nothing is left opening
        raise
    return _shown(session), 201, {"Location": f"/api/v1/sessions/{session.id}"}


@sessions.get("/sessions")
@sessions.input(shapes.Paging, location="query", arg_name="paging")
@sessions.output(shapes.Sessions)
def list_sessions(paging: shapes.Paging) -> dict[str, Any]:
    """Your sessions, newest first, ended ones too

    Those that others share with you come with the first page, after your own.
    """
    own, following = store.of_owner(user().id, paging.cursor, paging.limit)
    theirs = shares.with_user(user().id) if paging.cursor is None else []
    return {"items": [_shown(session) for session in own] + [_shown(session, share.may) for session, share in theirs], "next": following}


@sessions.get("/sessions/<id>")
@sessions.output(shapes.Session)
def one_session(id: str) -> dict[str, Any]:
    """A session"""
    session = store.get(id)
    return _shown(session, shares.may(session, user().id))


@sessions.patch("/sessions/<id>")
@sessions.input(shapes.Renamed, arg_name="wish")
@sessions.output(shapes.Session)
def rename_session(id: str, wish: shapes.Renamed) -> dict[str, Any]:
    """Rename a session"""
    store.get_owned(id, user().id)
    return _shown(store.renamed(id, wish.name))


@sessions.delete("/sessions/<id>")
@sessions.output(shapes.Session, status_code=202)
@sessions.doc(responses={409: "It is a lane of a run"})
def close_session(id: str) -> dict[str, Any]:
    """Close a session

    The worker that holds it signs off and hangs up; the socket tells when. Closing one that is over changes nothing.
    """
    session = store.get_owned(id, user().id)
    if session.purpose == "lane" and session.live:
        raise Conflict("A run works in this session. Cancel the run, or wait for it to end.")
    if session.live:
        celery.send("iast.terminals.close", session.id, queue=worker_queue(session.worker))
    return _shown(session)


@sessions.get("/sessions/<id>/screen")
@sessions.output(shapes.ScreenRows)
def latest_screen(id: str) -> dict[str, Any]:
    """The latest screen, as rows of text"""
    shares.get_allowed(id, user().id, "watch")
    screen = screens.latest_screen(id)
    if screen is None:
        raise NotFound("This session has shown no screen yet, or not for a day.")
    return {
        "rows": screen.text(),
        "cursor": list(screen.position(screen.cursor)),
        "size": [screen.rows, screen.columns],
        "serial": screen.serial,
        "locked": screen.locked,
        "state": str(screen.state),
        "oia": screen.oia,
    }


def _shown(session: store.Session, may: str = "own") -> dict[str, Any]:
    own = {name: getattr(session, name) for name in session.__slots__}
    return {**own, "owner_name": user().name if session.owner == user().id else _name_of(session.owner), "may": may}


def _name_of(owner: str) -> str:
    try:
        return users.get(owner).name
    except NotFound:
        return ""
