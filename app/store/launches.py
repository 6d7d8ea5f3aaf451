"""Launches: runs one after another over the same list. Each step's run has its id from the beginning, so that no step is begun twice."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from boto3.dynamodb.conditions import Attr

from app.clock import expiry, now
from app.errors import Conflict, NotFound
from app.store import chunks, keys, pages, table
from app.store.entities import dump, load, owned
from app.store.runs import KEPT_DAYS

Status = Literal["running", "finished", "stopped", "cancelled"]


@dataclass(frozen=True, slots=True)
class Step:
    """One run: `run` is the id it has or will have, `bounds` Run's fields (lanes, priority, ...)."""

    run: str
    ast: str
    host: str
    parameters: Mapping[str, Any]
    bounds: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Launch:
    """`on_failure`: whether the next step comes all the same when items of one failed. `items` is where its list of `total` lies."""

    id: str
    owner: str
    name: str
    steps: tuple[Step, ...]
    on_failure: Literal["stop", "go-on"]
    items: str
    total: int
    status: Status = "running"
    reason: str = ""
    created: str = ""
    finished: str = ""


def create(
    owner: str,
    name: str,
    steps: Sequence[Mapping[str, Any]],
    on_failure: Literal["stop", "go-on"],
    rows: Sequence[tuple[str, Mapping[str, Any]]],
) -> Launch:
    """Write a launch, running, and its list of (key, row). A step has `ast`, `host`, `parameters` and `bounds`.

    Raises BadInput, NotReady.
    """
    id, at, expires = keys.new_id("g"), now(), expiry(KEPT_DAYS)
    planned = tuple(Step(run=keys.new_id("r"), **step) for step in steps)
    launch = Launch(id, owner, name, planned, on_failure, keys.new_id("l"), len(rows), created=at)
    chunks.create_all(launch.items, rows, expires)
    row = {name: getattr(launch, name) for name in ("id", "owner", "name", "on_failure", "items", "total", "status", "created")}
    row |= {"steps": [_text(step) for step in planned], "expires": expires}
    row |= {"gsi1pk": keys.of_owner(owner, "LAUNCHES"), "gsi1sk": keys.by_age(at, id), "gsi2pk": keys.ACTIVE_LAUNCHES, "gsi2sk": id}
    table.put(keys.launch(id), row, Attr("pk").not_exists())
    return launch


def get(id: str) -> Launch:
    """For parts of IAST that act for no person. Raises NotFound."""
    row = table.get(keys.launch(id))
    if row is None:
        raise NotFound("There is no such launch.")
    return _launch(row)


def get_owned(id: str, user: str) -> Launch:
    """The launch, if it is this user's. Raises NotFound."""
    return owned(get(id), user, "launch")


def of_owner(owner: str, cursor: str | None = None, limit: int = 50) -> tuple[list[Launch], str | None]:
    """A user's launches, newest first, and the cursor of the rest."""
    return pages.newest(keys.of_owner(owner, "LAUNCHES"), cursor, limit, _launch)


def active() -> list[Launch]:
    """Every launch that goes on."""
    found = table.rows(table.STATES, keys.ACTIVE_LAUNCHES)
    launches = map(_launch, table.get_all((row["pk"], row["sk"]) for row in found))
    return [launch for launch in launches if launch.status == "running"]  # the index may be a moment behind


def rows_of(launch: Launch) -> list[tuple[str, Mapping[str, Any]]]:
    """Its list as (key, row), as it was given."""
    return chunks.rows_of(launch.items, launch.total)


def end(id: str, status: Literal["finished", "stopped", "cancelled"], reason: str = "") -> Launch:
    """It is over. The first to say so wins. Raises NotFound, and Conflict for the others."""
    changes = {"status": status, "reason": reason or None, "finished": now(), "gsi2pk": None, "gsi2sk": None}
    try:
        return _launch(table.update(keys.launch(id), changes, Attr("status").eq("running")))
    except table.ConditionFailed:
        raise Conflict(f"This launch is {get(id).status}.") from None


def _launch(row: table.Row) -> Launch:
    own = {name: row[name] for name in Launch.__slots__ if name in row and name != "steps"}
    return Launch(steps=tuple(Step(**load(text)) for text in row["steps"]), **own)


def _text(step: Step) -> str | None:
    return dump({name: getattr(step, name) for name in Step.__slots__})
