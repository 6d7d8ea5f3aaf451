"""Schedules: runs that start by the clock. Who fires an occurrence is decided by one conditional write, so any number may try.

A schedule's row is in the index of what is due at its `wake`: its next occurrence; while one is being fired, the end of that
firing's lease, so that a firing whose worker died comes up again; while occurrences queue, a moment from now.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any, Literal
from zlib import crc32

from boto3.dynamodb.conditions import Attr

from app import occurrences
from app.clock import later, now, text_of
from app.errors import Conflict, NotFound
from app.occurrences import When
from app.sealing import seal_text, unseal_text
from app.store import chunks, keys, pages, table
from app.store.entities import dump, entity, load, owned, row_of

LEASE_SECONDS = 30  # in which a firing is done, or another worker takes it over
HISTORY = 1_000  # entries that a schedule keeps
MOST_QUEUED = 100
QUEUE_SECONDS = 2  # between two looks whether the run that an occurrence waits for is over
SHARDS = 4  # partitions of the index of what is due: many schedules share a minute, and a partition takes 1,000 writes a second

Kind = Literal["clock", "missed", "queue"]
Outcome = Literal["started", "queued", "skipped", "missed", "failed"]
_TRIES = 5


@dataclass(frozen=True, slots=True)
class Schedule:
    """A run to be. `bounds` are Run's fields that it gets (lanes, priority, ...); `total` items lie in the list `items`.

    `overlap`: what an occurrence does while an earlier one's run goes on; `missed`: what becomes of one that nobody could fire in
    time. `next` is the next occurrence ("" = none), `last` the last one fired, `last_run` the last run started, `queued` the
    occurrences that wait. `firing` is the occurrence being fired now, `firing_run` the id its run will have, `firing_kind` whether
    it came by the clock, too late, or from the queue. `fired` counts firings."""

    id: str
    owner: str
    name: str
    ast: str
    host: str
    when: When
    overlap: Literal["skip", "queue", "parallel"] = "skip"
    missed: Literal["skip", "fire-once"] = "skip"
    parameters: dict[str, Any] = field(default_factory=dict)
    bounds: dict[str, Any] = field(default_factory=dict)
    items: str = ""
    total: int = 0
    paused: bool = False
    next: str = ""
    last: str = ""
    last_run: str = ""
    queued: tuple[str, ...] = ()
    fired: int = 0
    firing: str = ""
    firing_run: str = ""
    firing_kind: Kind = "clock"
    wake: str = ""
    created: str = ""
    updated: str = ""
    secrets: str | None = field(default=None, repr=False)  # sealed


@dataclass(frozen=True, slots=True)
class Fired:
    """One entry of a schedule's history: occurrence `at`, dealt with at `fired`."""

    n: int
    at: str
    fired: str
    outcome: Outcome
    run: str = ""
    reason: str = ""


Rows = Sequence[tuple[str, Mapping[str, Any]]]


def create(
    *,
    owner: str,
    ast: str,
    host: str,
    when: When,
    rows: Rows,
    name: str = "",
    parameters: Mapping[str, Any] | None = None,
    secret: Sequence[str] = (),
    bounds: Mapping[str, Any] | None = None,
    paused: bool = False,
    **rules: Any,
) -> Schedule:
    """Write a schedule and its list. `secret` names the parameters to seal; `rules` are overlap and missed. Raises BadInput."""
    id, at = keys.new_id("c"), now()
    schedule = Schedule(
        id, owner, name, ast, host, when, bounds=dict(bounds or {}), items=_write_list(rows), total=len(rows), paused=paused,
        next=upcoming(when), created=at, updated=at, **_sealed(id, parameters or {}, secret), **rules,
    )  # fmt: skip
    index = {"gsi1pk": keys.of_owner(owner, "SCHEDULES"), "gsi1sk": keys.by_age(at, id)}
    row = _stored(row_of(schedule)) | index | ({} if paused else _woken(id, schedule.next))
    table.put(keys.schedule(id), row, Attr("pk").not_exists())
    return _schedule(row)


def upcoming(when: When) -> str:
    """The first occurrence from now on, "" when there is none. Raises BadInput."""
    occurrences.check(when)
    found = occurrences.following(when, datetime.now(UTC))
    return text_of(found) if found else ""


def get(id: str) -> Schedule:
    """For parts of IAST that act for no person. Raises NotFound."""
    row = table.get(keys.schedule(id))
    if row is None:
        raise _missing()
    return _schedule(row)


def get_owned(id: str, user: str) -> Schedule:
    """The schedule, if it is this user's. Raises NotFound."""
    return owned(get(id), user, "schedule")


def of_owner(owner: str, cursor: str | None = None, limit: int = 50) -> tuple[list[Schedule], str | None]:
    """A user's schedules, newest first, and the cursor of the rest."""
    return pages.newest(keys.of_owner(owner, "SCHEDULES"), cursor, limit, _schedule)


def rows_of(schedule: Schedule) -> list[tuple[str, Mapping[str, Any]]]:
    """Its list as (key, row), as it was given."""
    return chunks.rows_of(schedule.items, schedule.total)


def parameters(schedule: Schedule) -> dict[str, Any]:
    """All parameters, the secret ones in the clear. Raises Unsealable."""
    hidden = load(unseal_text(schedule.secrets, _context(schedule.id))) if schedule.secrets else {}
    return {**schedule.parameters, **hidden}


def change(schedule: Schedule, *, rows: Rows | None = None, given: Mapping[str, Any] | None = None, secret: Sequence[str] = (),
           **changes: Any) -> Schedule:  # fmt: skip
    """Change what is named; `given` replaces the parameters, `rows` the list, `when` the time. Raises NotFound, Conflict, BadInput."""
    if "when" in changes:
        following = upcoming(changes["when"])
        changes |= {"next": following} | ({} if schedule.paused else _woken(schedule.id, following))
    if given is not None:
        changes |= _sealed(schedule.id, given, secret)
    if rows is not None:
        changes |= {"items": _write_list(rows), "total": len(rows)}
    changed = _update(schedule.id, {**changes, "updated": now()}, Attr("updated").eq(schedule.updated))
    if rows is not None:
        _forget_list(schedule.items)
    return changed


def pause(id: str) -> Schedule:
    """No occurrence fires until it is resumed. Raises NotFound, Conflict."""
    return _update(id, {"paused": True, "queued": [], "updated": now(), **_asleep()}, Attr("paused").eq(False))


def resume(id: str) -> Schedule:
    """From the next occurrence on; what passed meanwhile is not missed. Raises NotFound, Conflict."""
    following = upcoming(get(id).when)
    if not following:
        raise Conflict("There is no occurrence left. Give it another time.")
    return _update(id, {"paused": False, "next": following, "updated": now(), **_woken(id, following)}, Attr("paused").eq(True))


def ask(id: str) -> Schedule:
    """A person wants it fired now: an occurrence of this moment queues. Raises NotFound, Conflict."""
    schedule = get(id)
    if schedule.paused:
        raise Conflict("This schedule is paused. Resume it first.")
    if len(schedule.queued) >= MOST_QUEUED:
        raise Conflict(f"{MOST_QUEUED} occurrences of it wait already.")
    at = now()
    return _update(id, {"queued": [*schedule.queued, at], **_woken(id, at)}, _unchanged(schedule))


def delete(schedule: Schedule) -> None:
    """It, its history and its list. Its runs stay."""
    table.delete(keys.schedule(schedule.id))  # first: nothing of it fires any more
    history = table.rows(table.TABLE, keys.schedule(schedule.id)[0], attributes=("pk", "sk"))
    table.parallel(lambda row: table.delete((row["pk"], row["sk"])), history)
    _forget_list(schedule.items)


def due(ahead: float = 0) -> list[tuple[str, str]]:
    """(id, wake) of each schedule to be looked at by `ahead` seconds from now, the most overdue first."""
    until = f"{later(ahead)}$"  # sorts after every id of this moment
    shards = table.parallel(lambda n: list(table.rows(table.STATES, keys.due(n), lambda sort: sort.lt(until))), range(SHARDS))
    found = sorted((row["gsi2sk"] for rows in shards for row in rows), key=str)
    return [(id, wake) for wake, _, id in (place.partition("#") for place in found)]


def claim(schedule: Schedule, at: str, following: str, kind: Kind) -> Schedule | None:
    """Take occurrence `at` for firing; `following` becomes the next. None when somebody else has it."""
    changes: table.Row = {"firing": at, "firing_run": keys.new_id("r"), "firing_kind": kind, "next": following}
    if kind == "queue":
        changes["queued"] = [each for each in schedule.queued if each != at]
    return _if_unchanged(schedule, changes | _woken(schedule.id, later(LEASE_SECONDS)), add={"fired": 1})


def take_over(schedule: Schedule) -> Schedule | None:
    """The firing's lease has run out: its worker died. It is ours, unless another was quicker (None)."""
    return _if_unchanged(schedule, _woken(schedule.id, later(LEASE_SECONDS)))


def fired(schedule: Schedule, outcome: Outcome, run: str = "", reason: str = "") -> None:
    """The firing is over: write it down, and sleep until there is something to do again."""
    at = schedule.firing
    record(schedule, Fired(schedule.fired, at, now(), outcome, run, reason))
    for _ in range(_TRIES):  # somebody may pause or change it meanwhile
        queued = [*schedule.queued, at] if outcome == "queued" else list(schedule.queued)
        changes = {"firing": "", "firing_run": "", "queued": queued, "last": at, "last_run": run or schedule.last_run}
        sleep = _asleep() if schedule.paused else _rest(schedule.id, schedule.next, queued)
        if _if_unchanged(schedule, changes | sleep) or (schedule := get(schedule.id)).firing != at:
            return


def postpone(schedule: Schedule) -> None:
    """Nothing to fire now: sleep until there is."""
    _if_unchanged(schedule, _asleep() if schedule.paused else _rest(schedule.id, schedule.next, schedule.queued))


def _rest(id: str, following: str, queued: Sequence[str]) -> table.Row:
    """Until the next occurrence, or, while some queue, a moment."""
    wakes = [moment for moment in (following, later(QUEUE_SECONDS) if queued else "") if moment]
    return _woken(id, min(wakes, default=""))


def record(schedule: Schedule, entry: Fired) -> None:
    """Write an entry of the history; the one that is too old goes. Written twice it is there once."""
    table.put(keys.firing(schedule.id, entry.n), row_of(entry))
    if entry.n > HISTORY:
        table.delete(keys.firing(schedule.id, entry.n - HISTORY))


def history(id: str, cursor: str | None = None, limit: int = 50) -> tuple[list[Fired], str | None]:
    """The last firings, newest first, and the cursor of the rest."""
    before = pages.number_in(cursor)  # -1: from the newest
    highest = keys.firing(id, before)[1] if before >= 0 else "FIRED$"
    found = table.rows(
        table.TABLE, keys.schedule(id)[0], lambda sort: sort.between("FIRED#", highest), newest_first=True, page=pages.checked(limit) + 2
    )
    entries = (entity(Fired, row) for row in found if before < 0 or row["n"] < before)
    return pages.page(entries, limit, lambda entry: entry.n)


def _update(id: str, changes: table.Row, condition: Any) -> Schedule:
    try:
        return _schedule(table.update(keys.schedule(id), _stored(changes), condition))
    except table.ConditionFailed:
        state = "paused" if get(id).paused else "not paused"
        raise Conflict(f"This schedule is {state}, or somebody changed it at the same time. Look at it again.") from None


def _if_unchanged(schedule: Schedule, changes: table.Row, add: Mapping[str, int] | None = None) -> Schedule | None:
    try:
        return _schedule(table.update(keys.schedule(schedule.id), changes, _unchanged(schedule), add))
    except table.ConditionFailed:
        return None


def _unchanged(schedule: Schedule) -> Any:
    """Nobody has claimed, changed, paused or asked for it since it was read: each of them moves one of these."""
    same = Attr("wake").eq(schedule.wake) & Attr("firing").eq(schedule.firing) & Attr("fired").eq(schedule.fired)
    return same & Attr("paused").eq(schedule.paused) & Attr("updated").eq(schedule.updated)


def _woken(id: str, wake: str) -> table.Row:
    if not wake:
        return _asleep()
    shard = crc32(id.encode()) % SHARDS
    return {"wake": wake, "gsi2pk": keys.due(shard), "gsi2sk": keys.by_age(wake, id)}


def _asleep() -> table.Row:
    return {"wake": "", "gsi2pk": None, "gsi2sk": None}


def _write_list(rows: Rows) -> str:
    """The id under which it lies: a new one for each list, since chunks are kept in memory as never changing."""
    id = keys.new_id("l")
    chunks.create_all(id, rows, None)
    return id


def _forget_list(id: str) -> None:
    found = table.rows(table.TABLE, keys.run(id)[0], attributes=("pk", "sk"))
    table.parallel(lambda row: table.delete((row["pk"], row["sk"])), found)


def _sealed(id: str, given: Mapping[str, Any], secret: Sequence[str]) -> dict[str, Any]:
    hidden = {k: v for k, v in given.items() if k in secret}
    shown = {k: v for k, v in given.items() if k not in secret}
    return {"parameters": shown, "secrets": seal_text(dump(hidden) or "", _context(id)) if hidden else None}


def _stored(row: table.Row) -> table.Row:
    """Free-shaped parts as JSON text."""
    free = {name: dump(row_of(row[name]) if name == "when" else row[name]) for name in ("when", "parameters", "bounds") if name in row}
    return row | free


def _schedule(row: table.Row) -> Schedule:
    when = load(row["when"])
    free = {name: load(row.get(name)) or {} for name in ("parameters", "bounds")}
    return entity(Schedule, row | free | {"when": When(**{**when, "days_off": tuple(when["days_off"])})})


def _context(id: str) -> str:
    return f"schedule/{id}/parameters"


def _missing() -> NotFound:
    return NotFound("There is no such schedule.")
