"""Recordings over REST: begin and end one, list, replay, delete. Each is its session's owner's alone."""

from typing import Any

from apiflask import APIBlueprint

from app.asts import writer
from app.asts.film import Shot
from app.asts.recording import shots
from app.broker import celery
from app.broker.names import worker_queue
from app.clock import of_unix
from app.errors import Conflict, NotFound
from app.store import recordings as store
from app.store import sessions
from app.web import shapes, shapes_kept
from app.web.asking import user

recordings = APIBlueprint("recordings", __name__, tag="Recordings")
PARTS = 10  # in one answer: up to 500 frames


@recordings.post("/sessions/<id>/recording")
@recordings.input(shapes_kept.Recorded, arg_name="wish")
@recordings.output(shapes_kept.Recording)
@recordings.doc(responses={409: "It is not open, not recorded, or recorded by its host's policy"})
def record_session(id: str, wish: shapes_kept.Recorded) -> dict[str, Any]:
    """Record a session from now on, or end its recording"""
    session = sessions.get_owned(id, user().id)
    if session.state != "open":
        raise Conflict(f"This session is {session.state}. Only an open one can be recorded.")
    return _shown(_begun(session) if wish.on else _ended(session))


@recordings.get("/recordings")
@recordings.input(shapes.Paging, location="query", arg_name="paging")
@recordings.output(shapes_kept.Recordings)
def list_recordings(paging: shapes.Paging) -> dict[str, Any]:
    """Your recordings, newest first"""
    found, following = store.of_owner(user().id, paging.cursor, paging.limit)
    return {"items": [_shown(each) for each in found], "next": following}


@recordings.get("/recordings/<id>")
@recordings.input(shapes.Paging, location="query", arg_name="paging")
@recordings.output(shapes_kept.Replay)
def replay_recording(id: str, paging: shapes.Paging) -> dict[str, Any]:
    """A recording and a stretch of its frames

    Each stretch begins with a whole screen. Pass `next` as `cursor` for the stretch after.
    """
    recording = store.get_owned(id, user().id)
    frames, following = store.parts(id, paging.cursor, PARTS)
    return {**_shown(recording), "frames": frames, "next": following}


@recordings.get("/recordings/<id>/fields")
@recordings.output(shapes_kept.TypedFields)
def fields_of_recording(id: str) -> dict[str, Any]:
    """What was typed in a recording, to choose an AST's columns from"""
    return {"items": [{"label": label, "text": text} for label, text in writer.typed_fields(_shots(id))]}


@recordings.post("/recordings/<id>/ast")
@recordings.input(shapes_kept.NewAst, arg_name="wish")
@recordings.output(shapes_kept.Source)
@recordings.doc(responses={422: "A mark fits nothing in the recording"})
def ast_of_recording(id: str, wish: shapes_kept.NewAst) -> dict[str, str]:
    """The source of an AST that does what was recorded

    It is only told: whoever runs IAST puts it into its folder of ASTs (docs/asts.md).
    """
    return {"source": writer.write(_shots(id), writer.Marks(wish.name, wish.columns, wish.commit))}


@recordings.delete("/recordings/<id>")
@recordings.output({}, status_code=204)
@recordings.doc(responses={409: "The host's policy keeps it"})
def delete_recording(id: str) -> tuple[str, int]:
    """Delete a recording"""
    recording = store.get_owned(id, user().id)
    if recording.why == "policy":
        raise Conflict("The policy of this host keeps its recordings until they expire.")
    store.delete(recording)
    return "", 204


def _shots(id: str) -> list[Shot]:
    recording = store.get_owned(id, user().id)
    frames, _ = store.parts(recording.id, None, 1000)
    return shots(frames)


def _begun(session: sessions.Session) -> store.Recording:
    if session.recording:
        return store.get_owned(session.recording, session.owner)  # it is recorded already
    made = store.start(session, "choice")
    sessions.recorded(session.id, made.id)
    celery.send("iast.terminals.record", session.id, made.id, queue=worker_queue(session.worker))
    return made


def _ended(session: sessions.Session) -> store.Recording:
    if not session.recording:
        raise Conflict("This session is not recorded.")
    recording = store.get_owned(session.recording, session.owner)
    if recording.why == "policy":
        raise Conflict("The policy of this host has every session recorded.")
    sessions.recorded(session.id, "")
    celery.send("iast.terminals.record", session.id, "", queue=worker_queue(session.worker))
    return recording


def _shown(recording: store.Recording) -> dict[str, Any]:
    """One whose worker died never heard of its end: it ended with its session."""
    shown: dict[str, Any] = {name: getattr(recording, name) for name in recording.__slots__}
    shown["expires"] = of_unix(recording.expires)
    if not recording.ended:
        try:
            shown["ended"] = sessions.get(recording.session).ended
        except NotFound:
            shown["ended"] = recording.started
    return shown
