"""The library: what users make, keep and may share with everyone here: macros, configurations of runs, launchers. Bodies are sealed.

An entry is its owner's: others see it only while it is shared, and change it never.
"""

import logging
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

from boto3.dynamodb.conditions import Attr

from app.clock import now
from app.errors import BadInput, Conflict, NotFound, Unsealable
from app.sealing import seal_text, unseal_text
from app.store import keys, table
from app.store.entities import dump, load, owned

log = logging.getLogger(__name__)

Kind = Literal["MACRO", "CONFIGURATION", "LAUNCHER"]
MOST = 500  # entries of a kind that one user keeps
MOST_BYTES = 128 * 1024
_NOUN = {"MACRO": "macro", "CONFIGURATION": "configuration", "LAUNCHER": "launcher"}


@dataclass(frozen=True, slots=True)
class Entry:
    """`body` is what it says, `owner_name` whose it was called when last written; times are ISO 8601 UTC."""

    kind: Kind
    id: str
    owner: str
    owner_name: str
    name: str
    shared: bool
    body: dict[str, Any] = field(repr=False)
    created: str
    updated: str


def create(kind: Kind, owner: str, owner_name: str, name: str, body: Mapping[str, Any], shared: bool = False) -> Entry:
    """Raises Conflict when this user keeps too many, BadInput when it is too large."""
    if table.count(table.LISTS, keys.of_owner(owner, f"{kind}S")) >= MOST:
        raise Conflict(f"You keep {MOST} {_NOUN[kind]}s, which is the most. Delete one first.")
    at = now()
    entry = Entry(kind, keys.new_id(kind[0].lower()), owner, owner_name, name, shared, dict(body), at, at)
    table.put(keys.entry(kind, entry.id), _row(entry), Attr("pk").not_exists())
    return entry


def visible(kind: Kind, user: str) -> list[Entry]:
    """The user's own by name, then those that others share."""
    own = _readable(kind, table.rows(table.LISTS, keys.of_owner(user, f"{kind}S")))
    return sorted(own, key=_order) + sorted((e for e in _shared(kind) if e.owner != user), key=_order)


def get_visible(kind: Kind, id: str, user: str) -> Entry:
    """An entry that this user may read. Raises NotFound."""
    row = table.get(keys.entry(kind, id))
    if row is None or not (row["owner"] == user or row["shared"]):
        raise _missing(kind)
    return _entry(kind, row)


def get_owned(kind: Kind, id: str, user: str) -> Entry:
    """An entry that this user may change. Raises NotFound for others' too, shared or not."""
    return owned(get_visible(kind, id, user), user, _NOUN[kind])


def change(entry: Entry) -> Entry:
    """Write an entry back. Raises NotFound when it was deleted meanwhile, BadInput."""
    try:
        row = table.update(keys.entry(entry.kind, entry.id), _row(entry) | {"updated": now()}, Attr("owner").eq(entry.owner))
    except table.ConditionFailed:
        raise _missing(entry.kind) from None
    return _entry(entry.kind, row)


def delete(entry: Entry) -> None:
    """Does nothing when it is gone already."""
    table.delete(keys.entry(entry.kind, entry.id))


def _shared(kind: Kind) -> Iterator[Entry]:
    found = table.rows(table.STATES, keys.shared(kind))
    rows = table.get_all((row["pk"], row["sk"]) for row in found)
    return _readable(kind, (row for row in rows if row["shared"]))  # the index may be a moment behind


def _readable(kind: Kind, rows: Iterable[table.Row]) -> Iterator[Entry]:
    """Entries of these rows. One whose key is gone is left out of a list: the others are worth reading all the same."""
    for row in rows:
        try:
            yield _entry(kind, row)
        except Unsealable as error:
            log.warning("%s %s is left out of a list: %s", _NOUN[kind], row["id"], error)


def _row(entry: Entry) -> table.Row:
    text = dump(entry.body) or "{}"
    if len(text.encode()) > MOST_BYTES:
        raise BadInput(f"A {_NOUN[entry.kind]} is kept up to {MOST_BYTES // 1024} KB. Make it shorter.")
    row = {name: getattr(entry, name) for name in ("id", "owner", "owner_name", "name", "shared", "created", "updated")}
    row |= {"body": seal_text(text, _context(entry.id))}
    row |= {"gsi1pk": keys.of_owner(entry.owner, f"{entry.kind}S"), "gsi1sk": entry.id}
    shared = keys.shared(entry.kind) if entry.shared else None
    return row | {"gsi2pk": shared, "gsi2sk": entry.id if shared else None}


def _entry(kind: Kind, row: table.Row) -> Entry:
    own = {name: row[name] for name in ("id", "owner", "owner_name", "name", "shared", "created", "updated")}
    return Entry(kind=kind, body=load(unseal_text(row["body"], _context(row["id"]))), **own)


def _order(entry: Entry) -> tuple[str, str]:
    return entry.name.casefold(), entry.id


def _missing(kind: Kind) -> NotFound:
    return NotFound(f"There is no such {_NOUN[kind]}.")


def _context(id: str) -> str:
    return f"library/{id}"
