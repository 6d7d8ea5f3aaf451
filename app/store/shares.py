"""Shares of sessions, and THE check of who may do what at a session: its owner everything, one it is shared with what the share says.

A share ends with its row. Whoever holds a session open for somebody asks again before each thing they do.
"""

from dataclasses import dataclass
from typing import Literal

from app.clock import expiry, now
from app.errors import BadInput, InputRefused, NotFound
from app.store import keys, sessions, table
from app.store.entities import entity, row_of
from app.store.sessions import Session

May = Literal["watch", "control"]
_KEPT_DAYS = 30


@dataclass(frozen=True, slots=True)
class Share:
    """`user` may watch, or control, the session; its owner said so at `created`."""

    session: str
    user: str
    may: May
    created: str = ""


def put(session: Session, user: str, may: May) -> Share:
    """Share a session with a user, or change what they may. Raises BadInput when it is theirs."""
    if user == session.owner:
        raise BadInput("That session is yours already.")
    share = Share(session.id, user, may, now())
    index = {"gsi1pk": keys.of_owner(user, "SHARED"), "gsi1sk": keys.by_age(share.created, session.id), "expires": expiry(_KEPT_DAYS)}
    table.put(keys.share(session.id, user), row_of(share) | index)
    return share


def delete(session: str, user: str) -> None:
    """Does nothing when there is none."""
    table.delete(keys.share(session, user))


def of_session(session: str) -> list[Share]:
    """Whom a session is shared with."""
    partition, prefix = keys.share(session)
    return [entity(Share, row) for row in table.rows(table.TABLE, partition, lambda sort: sort.begins_with(prefix))]


def with_user(user: str) -> list[tuple[Session, Share]]:
    """Live sessions that others share with this user, newest share first."""
    found = table.rows(table.LISTS, keys.of_owner(user, "SHARED"), newest_first=True)
    listed = [entity(Share, row) for row in found]
    kept = {row["id"]: row for row in table.get_all(keys.session(share.session) for share in listed)}
    pairs = [(entity(Session, kept[share.session]), share) for share in listed if share.session in kept]
    return [(session, share) for session, share in pairs if session.live]


def may(session: Session, user: str) -> Literal["own", "watch", "control"]:
    """What this user may do at the session. Raises NotFound when nothing: as if there were none."""
    if session.owner == user:
        return "own"
    row = table.get(keys.share(session.id, user))
    if row is None:
        raise NotFound("There is no such session.")
    return entity(Share, row).may


def allowed(session: Session, user: str, to: May) -> None:
    """Raises NotFound for a stranger, and InputRefused for one who may only watch."""
    if may(session, user) == "watch" and to == "control":
        raise InputRefused("You may watch this session, not type in it. Ask its owner for control.", code="watch-only")


def get_allowed(id: str, user: str, to: May) -> Session:
    """The session, if this user may do that at it. Raises NotFound, InputRefused."""
    session = sessions.get(id)
    allowed(session, user, to)
    return session
