"""Items of a run over REST. Cells of secret columns are never shown; a run whose AST is gone shows no input at all."""

import dataclasses
import json
from collections.abc import Callable
from typing import Any

from apiflask import APIBlueprint

from app.asts import registry
from app.errors import NotFound
from app.store import frames, pages, runs, waiting
from app.store import items as store
from app.web import lists, shapes
from app.web.asking import user

items = APIBlueprint("items", __name__, tag="Runs")


@items.get("/runs/<id>/items")
@items.input(shapes.ItemPaging, location="query", arg_name="paging")
@items.output(shapes.Items)
def list_items(id: str, paging: shapes.ItemPaging) -> dict[str, Any]:
    """A run's items by number

    `search` looks in key, input, result and error, whatever the case.
    """
    run = runs.get_owned(id, user().id)
    show = shown(run)
    cursor = paging.cursor or (pages.cursor(paging.start - 1) if paging.start else None)
    found, following = store.page(id, cursor, paging.limit, paging.status, _having(paging.search.strip().casefold(), show))
    return {"items": [show(item) for item in found], "next": following}


@items.get("/waiting")
@items.input(shapes.Paging, location="query", arg_name="paging")
@items.output(shapes.Waiting)
def list_waiting(paging: shapes.Paging) -> dict[str, Any]:
    """Items that wait for you

    Parked and uncertain ones of all your runs: the newest run first, its items by number.
    """
    found, following = waiting.of_owner(user().id, paging.cursor, paging.limit)
    return {"items": [{"run": run, "item": shown(run)(item)} for run, item in found], "next": following}


@items.get("/waiting/runs")
@items.input(shapes.Paging, location="query", arg_name="paging")
@items.output(shapes.Runs)
def list_runs_that_wait(paging: shapes.Paging) -> dict[str, Any]:
    """Your runs in which an item waits for you, or may

    How many is in their `counts`: cheaper than the items themselves. Those of a run that still runs may be some seconds old.
    """
    found, following = waiting.runs_of(user().id, paging.cursor, paging.limit)
    return {"items": found, "next": following}


@items.get("/runs/<id>/items/<int:n>")
@items.output(shapes.ItemWithFrames)
def one_item(id: str, n: int) -> dict[str, Any]:
    """An item, with the frames of its last attempt"""
    run = runs.get_owned(id, user().id)
    item = store.get(id, n)
    return {**dataclasses.asdict(shown(run)(item)), "frames": frames.get(id, n, item.attempt)}


def shown(run: runs.Run) -> Callable[[store.Item], store.Item]:
    """A function from an item of this run to what may be shown of it."""
    try:
        hide = lists.hiding(registry.get(run.ast))
    except NotFound:
        return lambda item: dataclasses.replace(item, input={})
    return lambda item: dataclasses.replace(item, input=hide(item.input))


def _having(text: str, show: Callable[[store.Item], store.Item]) -> Callable[[store.Item], bool]:
    def keep(item: store.Item) -> bool:
        seen = show(item)
        parts = [
            seen.key,
            *map(str, seen.input.values()),
            json.dumps(seen.result, ensure_ascii=False),
            (seen.error or {}).get("message", ""),
        ]
        return any(text in part.casefold() for part in parts)

    return keep if text else (lambda item: True)
