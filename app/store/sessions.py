"""Sessions: which worker holds which host session for whom. Ended is ended: no condition here leads back to open."""

from dataclasses import dataclass
from typing import Literal

from boto3.dynamodb.conditions import Attr

from app.clock import expiry, now
from app.errors import Conflict, NotFound
from app.store import keys, pages, table
from app.store.entities import entity, owned, row_of

_KEPT_DAYS = 30  # after its end
_LIVE = Attr("state").is_in(["opening", "open"])


@dataclass(frozen=True, slots=True)
class Session:
    """A host session. `owner` is a user id, `run` the run whose lane it is, `recording` the one under way, `printer` the
    wish for one: "associate", or a printer's LU; "" = none, not yet. Times are ISO 8601 UTC."""

    id: str
    owner: str
    host: str
    purpose: Literal["terminal", "lane"] = "terminal"
    name: str = ""
    state: Literal["opening", "open", "lost", "closed"] = "opening"
    reason: str = ""
    worker: str = ""
    lu: str = ""
    model: str = ""
    run: str = ""
    recording: str = ""
    printer: str = ""
    created: str = ""
    updated: str = ""
    ended: str = ""

    @property
    def live(self) -> bool:
        return self.state in ("opening", "open")


def create(
    *,
    owner: str,
    host: str,
    worker: str,
    purpose: Literal["terminal", "lane"] = "terminal",
    name: str = "",
    model: str = "",
    lu: str = "",
    run: str = "",
    printer: str = "",
) -> Session:
    """A new session in state "opening", before its worker is asked to open it. `lu` is the one wished for."""
    at = now()
    session = Session(
        keys.new_id("s"), owner, host, purpose, name,
        worker=worker, lu=lu, model=model, run=run, printer=printer, created=at, updated=at,
    )  # fmt: skip
    listed = keys.of_owner(owner, "SESSIONS") if purpose == "terminal" else keys.lanes_of_run(run)
    index = {"gsi1pk": listed, "gsi1sk": keys.by_age(at, session.id)}
    index |= {"gsi2pk": keys.LIVE_SESSIONS, "gsi2sk": keys.on_worker(worker, session.id)}
    table.put(keys.session(session.id), row_of(session) | index)
    return session


def get(id: str) -> Session:
    """For parts of IAST that act for no person. Raises NotFound."""
    row = table.get(keys.session(id))
    if row is None:
        raise NotFound("There is no such session.")
    return entity(Session, row)


def get_owned(id: str, user: str) -> Session:
    """The session, if it is this user's; whatever a person asks for goes through it. Raises NotFound."""
    return owned(get(id), user, "session")


def of_owner(owner: str, cursor: str | None = None, limit: int = 50) -> tuple[list[Session], str | None]:
    """A user's terminals, newest first, ended ones too; lanes are their run's."""
    return pages.newest(keys.of_owner(owner, "SESSIONS"), cursor, limit, lambda row: entity(Session, row))


def of_run(run: str) -> list[Session]:
    """The lanes a run has had, oldest first."""
    return [entity(Session, row) for row in table.rows(table.LISTS, keys.lanes_of_run(run))]


def on_worker(worker: str) -> list[Session]:
    """Live sessions of a worker, as the store knows: for recovery when the worker itself can't be asked."""
    return _live(lambda sort: sort.begins_with(keys.on_worker(worker)))


def live() -> list[Session]:
    """Every live session: for recovery, when Redis has forgotten which workers there were."""
    return _live(None)


def opened(id: str, worker: str, lu: str) -> Session:
    """The host answered. Only the worker it was given to can say so, and only while it is opening.

    Raises NotFound, and Conflict when it was closed, lost or moved meanwhile: then close the connection.
    """
    condition = Attr("state").eq("opening") & Attr("worker").eq(worker)
    return _change(id, {"state": "open", "lu": lu, "updated": now()}, condition, lambda s: s.state == "open" and s.worker == worker)


def ended(id: str, state: Literal["lost", "closed"], reason: str = "") -> Session:
    """It is over. The first to say so wins, and tells the viewers; Raises Conflict for the others, NotFound."""
    at = now()
    changes = {"state": state, "reason": reason, "ended": at, "updated": at, "gsi2pk": None, "gsi2sk": None, "expires": expiry(_KEPT_DAYS)}
    return _change(id, changes, _LIVE, lambda s: s.ended == at)


def renamed(id: str, name: str) -> Session:
    """Raises NotFound."""
    return _change(id, {"name": name}, Attr("pk").exists(), lambda s: s.name == name)


def recorded(id: str, recording: str) -> Session:
    """A recording of it begins, or ("") none is under way any more. Raises NotFound, and Conflict when the session is over."""
    return _change(id, {"recording": recording or None}, _LIVE, lambda s: s.recording == recording)


def lent(id: str, run: str) -> Session:
    """An open lane goes on to work for another run of the same owner. Raises NotFound, and Conflict when it is over."""
    changes = {"run": run, "gsi1pk": keys.lanes_of_run(run), "updated": now()}
    return _change(id, changes, Attr("state").eq("open"), lambda s: s.run == run and s.state == "open")


def touch(id: str) -> None:
    """Somebody used it. Raises NotFound, and Conflict when it is over. Call it now and then, not with each key."""
    _change(id, {"updated": now()}, _LIVE, lambda s: False)


def _live(span: object) -> list[Session]:
    found = table.rows(table.STATES, keys.LIVE_SESSIONS, span)  # type: ignore[arg-type]
    sessions = [entity(Session, row) for row in table.get_all((row["pk"], row["sk"]) for row in found)]
    return [session for session in sessions if session.live]  # the index may be a moment behind


def _change(id: str, changes: table.Row, condition: object, ours: object) -> Session:
    """`ours` recognises our own change, when a write was sent again because its answer was lost."""
    try:
        return entity(Session, table.update(keys.session(id), changes, condition))  # type: ignore[arg-type]
    except table.ConditionFailed:
        session = get(id)
        if ours(session):  # type: ignore[operator]
            return session
        raise Conflict(f"This session is {session.state}. {session.reason}".strip()) from None
