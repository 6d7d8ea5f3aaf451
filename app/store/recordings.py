"""Recordings of terminal sessions: screens, keys and times in parts, sealed, with an expiry. Whoever appends has masked hidden fields.

A part is frames in the form of app/asts/film.py; its first has a whole screen, so that a replay can begin at any part.
"""

import json
import zlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from boto3.dynamodb.conditions import Attr

from app.clock import expiry, now
from app.errors import Conflict, NotFound
from app.sealing import seal, unseal
from app.store import keys, pages, table
from app.store.entities import entity, owned, row_of
from app.store.sessions import Session

KEPT_DAYS = 30
MOST_FRAMES = 20_000  # a day's work; then the recording ends


@dataclass(frozen=True, slots=True)
class Recording:
    """A recording of a session; `why`: its owner chose it, or its host's policy did; `expires` is Unix time."""

    id: str
    session: str
    owner: str
    host: str
    name: str = ""
    why: Literal["choice", "policy"] = "choice"
    started: str = ""
    ended: str = ""
    frames: int = 0
    expires: int = 0


def start(session: Session, why: Literal["choice", "policy"]) -> Recording:
    """A new recording, before its first frame."""
    made = Recording(keys.new_id("v"), session.id, session.owner, session.host, session.name, why, now(), expires=expiry(KEPT_DAYS))
    index = {"gsi1pk": keys.of_owner(made.owner, "RECORDINGS"), "gsi1sk": keys.by_age(made.started, made.id)}
    table.put(keys.recording(made.id), row_of(made) | index, Attr("pk").not_exists())
    return made


def append(id: str, first: int, frames: Sequence[Mapping[str, Any]]) -> None:
    """Add a part whose first frame is number `first`. Raises NotFound when it was deleted, Conflict when it has ended."""
    row = table.get(keys.recording(id))
    if row is None:
        raise NotFound("There is no such recording.")
    packed = seal(zlib.compress(json.dumps(list(frames), separators=(",", ":")).encode()), _context(id, first))
    table.put(keys.recording_part(id, first), {"first": first, "frames": packed, "expires": row["expires"]})
    if first + len(frames) > row["frames"]:
        _change(id, {"frames": first + len(frames)})


def end(id: str) -> None:
    """Nothing more comes. Does nothing when it has ended, or is gone."""
    try:
        _change(id, {"ended": now()})
    except (Conflict, NotFound):
        pass


def get_owned(id: str, user: str) -> Recording:
    """The recording, if it is this user's. Raises NotFound."""
    row = table.get(keys.recording(id))
    if row is None:
        raise NotFound("There is no such recording.")
    return owned(entity(Recording, row), user, "recording")


def of_owner(owner: str, cursor: str | None = None, limit: int = 50) -> tuple[list[Recording], str | None]:
    """A user's recordings, newest first, and the cursor of the rest."""
    return pages.newest(keys.of_owner(owner, "RECORDINGS"), cursor, limit, lambda row: entity(Recording, row))


def parts(id: str, cursor: str | None = None, limit: int = 1) -> tuple[list[dict[str, Any]], str | None]:
    """The frames of so many parts, in order, and the cursor of the rest. Raises BadInput, Unsealable."""
    after = keys.recording_part(id, pages.number_in(cursor) + 1)[1]
    last = keys.recording_part(id, MOST_FRAMES * 2)[1]
    found = table.rows(table.TABLE, keys.recording(id)[0], lambda sort: sort.between(min(after, last), last), page=limit + 1)
    rows, following = pages.page(found, limit, lambda row: int(row["first"]))
    return [frame for row in rows for frame in _frames(id, row)], following


def delete(recording: Recording) -> None:
    """All of it. The head goes first: without it nothing of the rest can be reached, and the rest expires."""
    table.delete(keys.recording(recording.id))
    for row in list(table.rows(table.TABLE, keys.recording(recording.id)[0])):
        table.delete((row["pk"], row["sk"]))


def _frames(id: str, row: table.Row) -> list[dict[str, Any]]:
    text = zlib.decompress(unseal(row["frames"], _context(id, int(row["first"]))))
    return json.loads(text)  # type: ignore[no-any-return]


def _change(id: str, changes: table.Row) -> None:
    try:
        table.update(keys.recording(id), changes, Attr("ended").eq(""))
    except table.ConditionFailed:
        if table.get(keys.recording(id)) is None:
            raise NotFound("There is no such recording.") from None
        raise Conflict("This recording has ended.") from None


def _context(id: str, first: int) -> str:
    return f"recording/{id}/{first}"
