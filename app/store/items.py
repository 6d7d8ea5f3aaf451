"""Items of a run. The truth of a run is here; every change is one conditional write, and the condition is the lock.

An item has a row only once it was claimed: one without a row is pending. A pending item of a run that was cancelled reads
as cancelled. A finished item changes only by `retry`.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from itertools import batched, islice
from typing import Any
from uuid import uuid4

from boto3.dynamodb.conditions import Attr

from app.clock import expiry, later, now
from app.errors import BadInput, Conflict, NotFound
from app.store import chunks, keys, pages, runs, table
from app.store.entities import dump, load

PLAYED = ("succeeded", "refused", "failed", "uncertain", "parked")  # ends of items that a lane has played
ENDS = (*PLAYED, "skipped", "cancelled")
STATUSES = ("pending", "running", *ENDS)
RETRIED = ("failed", "parked", "skipped")
_WITH_ROWS = tuple(status for status in STATUSES if status != "pending")
_RESULT_BYTES = 300_000
_CAME_FROM = {"committing": ("none", "committed"), "committed": ("committing",), "none": ("committing", "committed")}
_STRETCH = 1_000  # items looked at in one read
_LONG = 10_000  # items whose index entries are read at once: a tenth of what their rows cost


@dataclass(frozen=True, slots=True)
class Item:
    """One item. `n` counts from 0; `input` is what the AST's item model takes; `lane` is a session id; `answer` is what the host
    said to the commit; `error` is {"code", "message"}. Times are ISO 8601 UTC ("" = not yet)."""

    run: str
    n: int
    key: str
    input: Mapping[str, Any]
    duplicate: bool = False
    status: str = "pending"
    attempt: int = 0
    worker: str = ""
    lane: str = ""
    lease_until: str = ""
    journal: str = "none"  # none, committing (the key may have been pressed), committed
    answer: str = ""
    result: dict[str, Any] | None = None
    error: dict[str, str] | None = None
    started: str = ""
    finished: str = ""


def claim(run: str, n: int, worker: str, lane: str, lease_seconds: float) -> Item | None:
    """Take a pending item for this worker and lane: the next attempt is yours until the lease ends. None when it is not pending.

    Look at the run again after it, before the host hears of the item: a cancel that came in between has then seen the
    claim, or is seen. Raises NotFound when the run has no such item.
    """
    given = _input(run, n)
    token = uuid4().hex  # recognises our own write if it is sent again after a lost answer
    claimed = {
        "n": n, "status": "running", "worker": worker, "lane": lane, "token": token, "started": now(),
        "lease_until": later(lease_seconds), "journal": "none", "expires": expiry(runs.KEPT_DAYS), **_listed(run, n, "running"),
    }  # fmt: skip
    row = _claim_first(run, n, claimed | {"attempt": 1}) or _claim_again(run, n, claimed)
    return _item(run, n, given, row) if row else None


def _claim_first(run: str, n: int, row: table.Row) -> table.Row | None:
    """Most items are begun once: a whole row is cheaper to write than changes of one."""
    try:
        table.put(keys.item(run, n), row, Attr("pk").not_exists())
    except table.ConditionFailed:
        return None
    return row


def _claim_again(run: str, n: int, claimed: table.Row) -> table.Row | None:
    gone = dict.fromkeys(("result", "error", "answer", "finished"))
    try:
        return table.update(keys.item(run, n), claimed | gone, Attr("status").eq("pending"), add={"attempt": 1})
    except table.ConditionFailed:
        row = table.get(keys.item(run, n)) or {}
        return row if row.get("token") == claimed["token"] else None


def journal(run: str, n: int, attempt: int, state: str, answer: str = "") -> None:
    """Note "committing" before a key that commits, "committed" after, with what the host answered; "none" when the key was
    not sent after all, or the host's answer or `verify` showed for certain that it did nothing.

    Raises Conflict when the item is no longer this attempt's: then the key must not be pressed.
    """
    condition = _mine(attempt) & Attr("journal").is_in(list(_CAME_FROM[state]))
    changes = {"journal": state, "answer": answer or None}
    _change(run, n, changes, condition, lambda row: _is(row, attempt, "running") and row["journal"] == state)


def finish(
    run: str,
    n: int,
    attempt: int,
    status: str,
    result: Mapping[str, Any] | None = None,
    error: Mapping[str, str] | None = None,
    **noted: str,
) -> None:
    """Record how this attempt ended; `noted` may give `journal`, `answer` and `lane` with it. Raises Conflict when the item is
    no longer this attempt's, and BadInput for a result that is too large or no JSON. Saying the same twice is no conflict."""
    if status not in ENDS:
        raise BadInput(f"An item does not end as {status!r}.")
    text = dump(result)
    if text and len(text.encode()) > _RESULT_BYTES:
        raise BadInput(f"The result is larger than {_RESULT_BYTES // 1000} KB. Keep less of the screens.")
    changes = {"status": status, "result": text, "error": dict(error) if error else None, "finished": now(), **noted}
    _change(run, n, changes | _listed(run, n, status), _mine(attempt), lambda row: _is(row, attempt, status))


def renew(run: str, n: int, attempt: int, lease_seconds: float) -> None:
    """Still at it. Raises Conflict when the item is no longer this attempt's: then stop."""
    _change(run, n, {"lease_until": later(lease_seconds)}, _mine(attempt), lambda row: False)


def take_over(run: str, n: int, attempt: int, worker: str, lane: str, lease_seconds: float) -> Item | None:
    """Go on with an item whose attempt began to commit and then lost its lane or worker: the journal stays, the next attempt
    is yours. None when somebody else has it, or it has ended."""
    changes = {"worker": worker, "lane": lane, "lease_until": later(lease_seconds)}
    try:
        row = table.update(keys.item(run, n), changes, _mine(attempt) & Attr("journal").ne("none"), add={"attempt": 1})
    except table.ConditionFailed:
        return None  # also after our own lost answer: the lease ends, and somebody tries again
    return _item(run, n, _input(run, n), row)


def requeue(run: str, n: int, attempt: int, seconds: float = 0, error: Mapping[str, str] | None = None) -> None:
    """A running item goes back to pending: its lane or worker was lost, or it failed with `error` and is to be tried again in so
    many seconds. Raises Conflict when it has begun to commit: then the host has to be asked (`verify`), or it ends as uncertain."""
    condition = _mine(attempt) & Attr("journal").eq("none")
    changes = _pending(run, n) | {"not_before": later(seconds) if seconds else None, "error": dict(error) if error else None}
    _change(run, n, changes, condition, lambda row: _is(row, attempt, "pending"))


def retry(run: str, n: int) -> None:
    """A person wants a failed item done again. Raises Conflict when it did not fail, or may have changed something on the host."""
    untouched = Attr("journal").not_exists() | Attr("journal").eq("none")  # an item that was skipped unclaimed has no journal
    condition = Attr("status").is_in(list(RETRIED)) & untouched
    _change(run, n, _pending(run, n), condition, lambda row: False)


def decide(
    run: str, n: int, status: str, result: Mapping[str, Any] | None = None, error: Mapping[str, str] | None = None
) -> None:
    """A person's word on an item that waits for one (parked, uncertain): it ends as succeeded, failed or skipped, or is pending
    again, its journal too, for the person has looked at the host. Raises Conflict when it does not wait, BadInput."""
    if status not in ("succeeded", "failed", "skipped", "pending"):
        raise BadInput(f"Nobody can decide that an item is {status!r}.")
    ended = {"status": status, "result": dump(result), "error": dict(error) if error else None, "finished": now()}
    changes = _pending(run, n) | {"journal": "none"} if status == "pending" else ended | _listed(run, n, status)
    _change(run, n, changes, Attr("status").is_in(["parked", "uncertain"]), lambda row: False)


def skip(run: str, n: int) -> None:
    """A person wants an item left out: a pending one, or one that failed. Raises NotFound, Conflict."""
    _input(run, n)
    waits = Attr("pk").not_exists() | Attr("status").is_in(["pending", "failed"])
    changes = {"n": n, "status": "skipped", "finished": now(), "expires": expiry(runs.KEPT_DAYS)} | _listed(run, n, "skipped")
    _change(run, n, changes, waits, lambda row: row["status"] == "skipped")


def retry_all(run: str) -> int:
    """Retry every failed item that may be; how many those are."""

    def again(n: int) -> int:
        try:
            retry(run, n)
        except Conflict:
            return 0
        return 1

    return sum(table.parallel(again, _numbers(run, "failed")))


def get(run: str, n: int) -> Item:
    """Raises NotFound."""
    given = _input(run, n)
    row = table.get(keys.item(run, n)) or {}
    return _item(run, n, given, row, runs.get(run).stopping)


def page(
    run: str,
    cursor: str | None = None,
    limit: int = 100,
    status: str | None = None,
    keep: Callable[[Item], bool] = lambda item: True,
) -> tuple[list[Item], str | None]:
    """A full page of items by number, of one status if given, those `keep` wants, and the cursor of the rest. Raises NotFound, BadInput."""
    if status is not None and status not in STATUSES:
        raise BadInput(f"An item's status is one of {', '.join(STATUSES)}.")
    start, whole = pages.number_in(cursor) + 1, runs.get(run)
    found = _all(whole, start, pages.checked(limit)) if status in (None, *_unclaimed(whole)) else _with(run, start, str(status), limit)
    return pages.page((item for item in found if status in (None, item.status) and keep(item)), limit, lambda item: item.n)


def counts(run: str) -> dict[str, int]:
    """Items by status, made from the items; the sum is always the run's total. On AWS an item that changes right now may be
    counted as pending for a moment, never as done. Raises NotFound."""
    whole = runs.get(run)
    numbers = table.parallel(lambda status: table.count(table.STATES, keys.items_in(run, status)), _WITH_ROWS)
    found = dict.fromkeys(STATUSES, 0) | dict(zip(_WITH_ROWS, numbers, strict=True))
    rest = max(0, whole.total - sum(numbers))
    found["cancelled" if whole.stopping else "pending"] += rest
    return found


def pending(run: str, start: int, limit: int, end: int | None = None) -> list[int]:
    """Numbers of the first `limit` pending items from `start` up to `end` (None: the last) that may be begun now. Raises NotFound."""
    total = runs.get(run).total if end is None else end
    return list(islice(_unstarted(total, run, start), limit))


def running(run: str) -> list[Item]:
    """Items that some worker has claimed and not ended: recovery looks whether it still lives."""
    return list(_with(run, 0, "running", _STRETCH))


def _unstarted(total: int, run: str, start: int) -> Iterator[int]:
    """Numbers of pending items. Rows are read while that finds any; past a stretch without, the index says where to look."""
    first = start
    while first < total:
        last = min(first + _STRETCH, total) - 1
        busy = _busy(_rows(run, first, last, ("n", "status", "not_before", "expires")))
        yield from (n for n in range(first, last + 1) if n not in busy)
        first = last + 1
        if len(busy) == _STRETCH:
            break
    for low in range(first, total, _LONG):
        for some in batched(_gaps(run, low, min(low + _LONG, total) - 1), table.BATCH_READ):
            busy = _busy(table.get_all(keys.item(run, n) for n in some))
            yield from (n for n in some if n not in busy)


def _busy(rows: Iterable[table.Row]) -> set[int]:
    """Of these rows, the items that may not be begun now."""
    at = now()
    return {int(row["n"]) for row in rows if row["status"] != "pending" or row.get("not_before", "") > at}


def _gaps(run: str, first: int, last: int) -> list[int]:
    """Numbers that the index has under no status. It may be a moment behind, so their rows have to be looked at."""

    def numbers(status: str) -> list[int]:
        span = (keys.number(first), keys.number(last))
        found = table.rows(table.STATES, keys.items_in(run, status), lambda sort: sort.between(*span))
        return [int(row["gsi2sk"]) for row in found]

    known = {n for some in table.parallel(numbers, _WITH_ROWS) for n in some}
    return [n for n in range(first, last + 1) if n not in known]


def _all(run: runs.Run, start: int, limit: int) -> Iterator[Item]:
    """Items with and without rows, by number. Reads as many as are asked for, then more at a time: who goes on is looking for some."""
    first, stretch = start, limit + 1
    while first < run.total:
        last = min(first + min(stretch, _STRETCH), run.total) - 1
        known = {int(row["n"]): row for row in _rows(run.id, first, last)}
        for n in range(first, last + 1):
            yield _item(run.id, n, _input(run.id, n), known.get(n, {}), run.stopping)
        first, stretch = last + 1, 2 * stretch


def _with(run: str, start: int, status: str, limit: int) -> Iterator[Item]:
    """Items of a status other than pending: their numbers by index, then the rows as they are now."""
    numbers = _numbers(run, status, start)
    while some := list(islice(numbers, min(limit + 1, table.BATCH_READ))):
        rows = {int(row["n"]): row for row in table.get_all(keys.item(run, n) for n in some)}
        for n in some:
            if n in rows and rows[n]["status"] == status:  # the index may be a moment behind
                yield _item(run, n, _input(run, n), rows[n])


def _numbers(run: str, status: str, start: int = 0) -> Iterator[int]:
    found = table.rows(table.STATES, keys.items_in(run, status), lambda sort: sort.gte(keys.number(start)))
    return (int(row["gsi2sk"]) for row in found)


def _rows(run: str, first: int, last: int, attributes: tuple[str, ...] = ()) -> Iterator[table.Row]:
    low, high = keys.item(run, first), keys.item(run, last)
    return table.rows(table.TABLE, low[0], lambda sort: sort.between(low[1], high[1]), attributes=attributes)


def _unclaimed(run: runs.Run) -> tuple[str, ...]:
    """The statuses that items without a row may read as."""
    return ("pending", "cancelled") if run.stopping else ("pending",)


def _input(run: str, n: int) -> chunks.Input:
    given = chunks.input_of(run, n)
    if given is None:
        raise NotFound("The run has no such item.")
    return given


def _item(run: str, n: int, given: chunks.Input, row: table.Row, stopping: bool = False) -> Item:
    own = {name: row[name] for name in Item.__slots__ if name in row}
    own |= {"result": load(row.get("result")), "run": run, "n": n}
    if stopping and row.get("status", "pending") == "pending":
        own["status"] = "cancelled"
    return Item(key=given.key, input=given.values, duplicate=given.duplicate, **own)


def _listed(run: str, n: int, status: str) -> table.Row:
    return {"gsi2pk": keys.items_in(run, status), "gsi2sk": keys.number(n)}


def _pending(run: str, n: int) -> table.Row:
    """No index entry: what is pending is what no other status has."""
    gone = ("worker", "lane", "lease_until", "not_before", "gsi2pk", "gsi2sk")
    return {"status": "pending", **dict.fromkeys(gone)}


def _mine(attempt: int) -> Any:
    return Attr("attempt").eq(attempt) & Attr("status").eq("running")


def _is(row: table.Row, attempt: int, status: str) -> bool:
    return bool(row.get("attempt") == attempt and row["status"] == status)


def _change(run: str, n: int, changes: table.Row, condition: Any, ours: Any) -> None:
    """`ours` recognises our own change, when a write was sent again because its answer was lost."""
    try:
        table.update(keys.item(run, n), changes, condition, answer=False)
    except table.ConditionFailed:
        row = table.get(keys.item(run, n))
        if row is None or not ours(row):
            found = f"{row['status']}, attempt {row.get('attempt', 0)}, journal {row.get('journal', 'none')}" if row else "pending"
            raise Conflict(f"Item {n} is {found}.") from None
