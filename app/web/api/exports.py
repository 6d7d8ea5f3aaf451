"""A run's items as a file: CSV, XLSX, JSON lines. Written as it is read: a run of 100,000 items is never in memory whole."""

import csv
import io
import json
from collections.abc import Iterator
from typing import Any

from apiflask import APIBlueprint
from flask import Response

from app.store import items as store
from app.store import runs
from app.web.api.items import shown
from app.web.asking import user
from app.web.workbook import to_xlsx

exports = APIBlueprint("exports", __name__, tag="Runs")
FIRST = ["n", "key", "status"]
LAST = ["attempt", "error_code", "error", "started", "finished", "duplicate"]
FORMULA = ("=", "+", "-", "@", "\t", "\r")
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


BYTES = {"type": "string", "format": "binary"}
OBJECTS = {"type": "array", "items": {"type": "object"}}


def _file(kind: str, schema: dict[str, Any] = BYTES) -> dict[int, Any]:
    return {200: {"description": "The file", "content": {kind: {"schema": schema}}}}


@exports.get("/runs/<id>/export.csv")
@exports.doc(responses=_file("text/csv"))
def export_csv(id: str) -> Response:
    """A run's items as CSV

    UTF-8 with a byte order mark; a cell that a spreadsheet would take for a formula has an apostrophe before it.
    """
    run = runs.get_owned(id, user().id)
    inputs, results = _columns(run)

    def written() -> Iterator[str]:
        yield "\ufeff" + _line([_safe(name) for name in (*FIRST, *inputs, *results, *LAST)])
        for item in _all(run):
            yield _line([_safe(cell) for cell in _cells(item, inputs, results)])

    return _download(written(), f"{id}.csv", "text/csv; charset=utf-8")


@exports.get("/runs/<id>/export.xlsx")
@exports.doc(responses=_file(XLSX))
def export_xlsx(id: str) -> Response:
    """A run's items as XLSX"""
    run = runs.get_owned(id, user().id)
    inputs, results = _columns(run)
    book = to_xlsx("Items", [*FIRST, *inputs, *results, *LAST], (_cells(item, inputs, results) for item in _all(run)))
    return _download(iter([book]), f"{id}.xlsx", XLSX)


@exports.get("/runs/<id>/export.json")
@exports.doc(responses=_file("application/json", OBJECTS))
def export_json(id: str) -> Response:
    """A run's items as a JSON array"""
    run = runs.get_owned(id, user().id)

    def written() -> Iterator[str]:
        before = "["
        for item in _all(run):
            yield before + json.dumps(_object(item), ensure_ascii=False)
            before = ",\n"
        yield "[]" if before == "[" else "]\n"

    return _download(written(), f"{id}.json", "application/json")


def _all(run: runs.Run) -> Iterator[store.Item]:
    show, cursor = shown(run), None
    while True:
        found, cursor = store.page(run.id, cursor, 1000)
        yield from map(show, found)
        if cursor is None:
            return


def _columns(run: runs.Run) -> tuple[list[str], list[str]]:
    """Every input and result name, in order of appearance: a first reading, since a header can't wait for the last item."""
    inputs: dict[str, None] = {}
    results: dict[str, None] = {}
    for item in _all(run):
        inputs |= dict.fromkeys(item.input)
        results |= dict.fromkeys(item.result or ())
    return list(inputs), [name if name not in inputs else f"result_{name}" for name in results]


def _cells(item: store.Item, inputs: list[str], results: list[str]) -> list[Any]:
    given, got, error = item.input, item.result or {}, item.error or {}
    named = {(name if name not in inputs else f"result_{name}"): value for name, value in got.items()}
    values = [item.n, item.key, item.status, *map(given.get, inputs), *map(named.get, results)]
    values += [item.attempt, error.get("code", ""), error.get("message", ""), item.started, item.finished, item.duplicate]
    return [json.dumps(value, ensure_ascii=False) if isinstance(value, dict | list) else value for value in values]


def _object(item: store.Item) -> dict[str, Any]:
    names = ("n", "key", "status", "input", "result", "error", "attempt", "duplicate", "started", "finished")
    return {name: dict(value) if name == "input" else value for name in names for value in [getattr(item, name)]}


def _line(cells: list[Any]) -> str:
    written = io.StringIO()
    csv.writer(written).writerow(cells)
    return written.getvalue()


def _safe(cell: Any) -> Any:
    """Text from a host must not become a formula on somebody's desk; numbers stay what they are."""
    if isinstance(cell, str) and cell.startswith(FORMULA):
        try:
            float(cell)
        except ValueError:
            return f"'{cell}"
    return cell


def _download(body: Iterator[Any], name: str, kind: str) -> Response:
    return Response(body, content_type=kind, headers={"Content-Disposition": f'attachment; filename="{name}"'})
