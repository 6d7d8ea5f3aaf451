"""Usage: what a user's runs of some days came to. Made of the runs' own notes: nothing is counted twice, nothing kept besides."""

from collections.abc import Iterable, Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

from apiflask import APIBlueprint

from app.store import runs
from app.web import shapes_kept as shapes
from app.web.asking import user

usage = APIBlueprint("usage", __name__, tag="Runs")
MOST_RUNS = 10_000


@usage.get("/usage")
@usage.input(shapes.Days, location="query", arg_name="span")
@usage.output(shapes.Usages)
def usage_of_days(span: shapes.Days) -> dict[str, Any]:
    """What your runs came to, by AST and by host"""
    who = user()
    recent = list(_since(who.id, datetime.now(UTC) - timedelta(days=span.days)))
    return {
        "by_user": [_sum(who.name or who.id, recent)],
        "by_ast": [_sum(name, (run for run in recent if run.ast == name)) for name in sorted({run.ast for run in recent})],
        "by_host": [_sum(name, (run for run in recent if run.host == name)) for name in sorted({run.host for run in recent})],
    }


def _since(owner: str, start: datetime) -> Iterator[runs.Run]:
    cursor, seen = None, 0
    while seen < MOST_RUNS:
        found, cursor = runs.of_owner(owner, cursor, 500)
        for run in found:
            if datetime.fromisoformat(run.created) < start:
                return
            yield run
        seen += len(found)
        if cursor is None:
            return


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
    return (datetime.fromisoformat(run.finished) - datetime.fromisoformat(run.started)).total_seconds()
