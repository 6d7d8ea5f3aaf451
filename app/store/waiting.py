"""What waits for a person in all runs of a user: items parked or uncertain. Changes nothing."""

import heapq
from collections.abc import Iterator

from app.errors import BadInput
from app.store import items, keys, pages, runs

STATUSES = ("parked", "uncertain")
_AT_A_TIME = 100


def of_owner(owner: str, cursor: str | None = None, limit: int = 50) -> tuple[list[tuple[runs.Run, items.Item]], str | None]:
    """A full page of (run, item), the newest run first and its items by number, and the cursor of the rest. Raises BadInput.

    Reads the user's runs once, and items only of those that may have one that waits.
    """
    since, after = _place_in(cursor)
    found = _all(owner, since, after)
    return pages.page(found, limit, lambda one: f"{_place(one[0])}|{one[1].n}")


def runs_of(owner: str, cursor: str | None = None, limit: int = 50) -> tuple[list[runs.Run], str | None]:
    """A page of the runs with an item that waits, or may: the newest first, and the cursor of the rest. Raises BadInput.

    Reads no items: how many wait is in `counts`, which of an active run may be a moment old.
    """
    since = str(pages.place_in(cursor) or "")
    return pages.page((run for run in _with_waiting(owner, since) if _place(run) != since), limit, _place)


def _all(owner: str, since: str, after: int) -> Iterator[tuple[runs.Run, items.Item]]:
    for run in _with_waiting(owner, since):
        done = after if _place(run) == since else -1
        yield from ((run, item) for item in _of(run.id, done))


def _with_waiting(owner: str, since: str) -> Iterator[runs.Run]:
    return (run for run in runs.newest(owner, since) if run.active or any(run.counts.get(status) for status in STATUSES))


def _of(run: str, after: int) -> Iterator[items.Item]:
    """Those of a run whose number is above `after`."""
    return heapq.merge(*(_with(run, status, after) for status in STATUSES), key=lambda item: item.n)


def _with(run: str, status: str, after: int) -> Iterator[items.Item]:
    cursor = pages.cursor(after) if after >= 0 else None
    while True:
        found, cursor = items.page(run, cursor, _AT_A_TIME, status)
        yield from found
        if cursor is None:
            return


def _place(run: runs.Run) -> str:
    return keys.by_age(run.created, run.id)


def _place_in(cursor: str | None) -> tuple[str, int]:
    """The run and the number that a cursor names; ("", -1) without one. Raises BadInput."""
    since, _, after = str(pages.place_in(cursor) or "").rpartition("|")
    if cursor is not None and not (since and after.isdecimal() and len(after) < 10):
        raise BadInput("That cursor is not one of this list. Begin at the first page again.")
    return since, int(after or -1)
