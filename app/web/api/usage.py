"""Usage: what the runs of some days came to, one's own or, for administrators, everybody's. Made of the runs' own notes: nothing
is counted twice, nothing kept besides."""

from collections.abc import Callable, Iterable, Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

from apiflask import APIBlueprint

from app.clock import time_of
from app.errors import Forbidden, NotFound
from app.store import runs, users
from app.web import asking
from app.web import shapes_kept as shapes

usage = APIBlueprint("usage", __name__, tag="Runs")
MOST_RUNS = 10_000


@usage.get("/usage")
@usage.input(shapes.Days, location="query", arg_name="span")
@usage.output(shapes.Usages)
@usage.doc(responses={403: "Only an administrator sees everybody's"})
def usage_of_days(span: shapes.Days) -> dict[str, Any]:
    """What your runs came to, by AST and by host; an administrator may ask for everybody's, by user too"""
    if span.everybody and not asking.is_administrator():
        raise Forbidden("Only an administrator sees everybody's usage: IAST_ADMINISTRATORS has their ids.")
    start = datetime.now(UTC) - timedelta(days=span.days)
    recent = runs.of_everybody(start.date()) if span.everybody else list(_since(asking.user().id, start))
    return {
        "administrator": asking.is_administrator(),
        "by_user": [_named(use) for use in _sums(recent, lambda run: run.owner)],
        "by_ast": _sums(recent, lambda run: run.ast),
        "by_host": _sums(recent, lambda run: run.host),
    }


def _since(owner: str, start: datetime) -> Iterator[runs.Run]:
    cursor, seen = None, 0
    while seen < MOST_RUNS:
        found, cursor = runs.of_owner(owner, cursor, 500)
        for run in found:
            if time_of(run.created) < start:
                return
            yield run
        seen += len(found)
        if cursor is None:
            return


def _sums(some: list[runs.Run], of: Callable[[runs.Run], str]) -> list[dict[str, Any]]:
    return [_sum(name, (run for run in some if of(run) == name)) for name in sorted(set(map(of, some)))]


def _named(use: dict[str, Any]) -> dict[str, Any]:
    """A user's name for their id, if they have one."""
    try:
        return use | {"name": users.get(use["name"]).name or use["name"]}
    except NotFound:
        return use


def _sum(name: str, some: Iterable[runs.Run]) -> dict[str, Any]:
    listed = list(some)
    return {
        "name": name,
        "runs": len(listed),
        "items": sum(run.total for run in listed),
        "succeeded": sum(run.counts.get("succeeded", 0) for run in listed),
        "failed": sum(run.counts.get("failed", 0) for run in listed),
        "seconds": round(sum(map(_seconds, listed)), 1),
    }


def _seconds(run: runs.Run) -> float:
    if not run.started or not run.finished:
        return 0.0
    return (time_of(run.finished) - time_of(run.started)).total_seconds()
