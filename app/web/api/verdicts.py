"""A person's word on one item of a run: it is done, to be done again, failed, or left out."""

from typing import Any

from apiflask import APIBlueprint

from app.broker import celery
from app.errors import Conflict
from app.store import items as store
from app.store import runs
from app.web import requests, shapes
from app.web.api.items import shown
from app.web.asking import user

verdicts = APIBlueprint("verdicts", __name__, tag="Runs")
WAITING = ("parked", "uncertain")


@verdicts.post("/runs/<id>/items/<int:n>/<any(done, retry, fail, skip):verdict>")
@verdicts.output(shapes.Item)
@verdicts.doc(responses={409: "The item does not wait for that"})
def decide(id: str, n: int, verdict: str) -> store.Item:
    """Decide what becomes of an item

    A parked or uncertain one: done (with a `result`), retry, fail (with a `reason`) or skip. A failed one: retry or skip. A pending
    one: skip. Its lane goes back to the run.
    """
    run, wish = runs.get_owned(id, user().id), requests.optional(shapes.Verdict)
    item = store.get(id, n)
    if verdict == "retry" and run.stopping:
        raise Conflict(f"This run is {run.status}: nothing of it is done again.")
    {"done": _done, "retry": _retry, "fail": _fail, "skip": _skip}[verdict](item, wish)
    if verdict == "retry" and not run.active:
        runs.reopen(id)
    celery.send("iast.runs.steer", id)
    return shown(run)(store.get(id, n))


def _done(item: store.Item, wish: shapes.Verdict) -> None:
    store.decide(item.run, item.n, "succeeded", result=_signed(wish.result or {}))


def _fail(item: store.Item, wish: shapes.Verdict) -> None:
    store.decide(item.run, item.n, "failed", error={"code": "decided", "message": wish.reason or f"{user().name} said so."})


def _retry(item: store.Item, wish: shapes.Verdict) -> None:
    if item.status in WAITING:
        store.decide(item.run, item.n, "pending")
    else:
        store.retry(item.run, item.n)


def _skip(item: store.Item, wish: shapes.Verdict) -> None:
    if item.status in WAITING:
        store.decide(item.run, item.n, "skipped")
    else:
        store.skip(item.run, item.n)


def _signed(result: dict[str, Any]) -> dict[str, Any]:
    """Who says so stays with the result."""
    return {**result, "decided_by": user().name or user().id}
