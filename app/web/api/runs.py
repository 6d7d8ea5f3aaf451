"""Runs over REST: start, list, steer. A route changes the record first, then asks a worker to look at it; the worker acts on the record."""

from typing import Any

from apiflask import APIBlueprint

from app.asts import registry
from app.asts.base import Ast
from app.broker import celery, rates
from app.broker.workers import workers
from app.clock import of_unix
from app.errors import BadInput, Conflict, NoCapacity, NotReady
from app.store import hosts
from app.store import items as item_store
from app.store import runs as store
from app.web import lists, requests, shapes
from app.web.asking import user
from app.web.problems import bad_input

runs = APIBlueprint("runs", __name__, tag="Runs")
BOUNDS = ("priority", "canary", "failure_budget", "film", "item_seconds", "park", "dry_run", "deadline")
NO_SUCH = "There is no such AST or host"
COUNTED = 1_000  # items: counting more each time somebody looks would slow down the run itself
SHOWN = 20  # rows of a preview
MOST_NAMED = 200  # faults of a preview: enough to mend a list with


@runs.post("/runs")
@runs.output(shapes.Run, status_code=202)
@runs.doc(responses={404: NO_SUCH, 415: "No kind of list we read", 422: "Something in it can't be used", 503: "No worker is alive"})
def start_run() -> tuple[store.Run, int, dict[str, str]]:
    """Start a run

    All input is checked before anything is written. Items that repeat an earlier item's key stay, marked `duplicate`.
    """
    wish, sent = requests.new_run()
    ast, checked, faults = _checked(wish, sent)
    if faults:
        raise bad_input("The run was not started: `errors` names what can't be used.", faults)
    if not workers():
        raise NoCapacity("No worker is running. Start one, then start the run again.")
    run = store.create(
        owner=user().id, ast=ast.name, host=wish.host, rows=checked.good, parameters=wish.parameters, secret=tuple(ast.secrets()),
        lanes=wish.lanes, name=wish.name, **{name: getattr(wish, name) for name in BOUNDS},
    )  # fmt: skip
    try:
        celery.send("iast.runs.start", run.id)
    except NotReady:
        store.fail(run.id, "It could not be handed to a worker.")  # nothing is left starting
        raise
    return run, 202, {"Location": f"/api/v1/runs/{run.id}"}


@runs.post("/runs/preview")
@runs.output(shapes.Preview)
@runs.doc(responses={404: NO_SUCH, 415: "No kind of list we read", 422: "It can't be read as a list"})
def preview_run() -> dict[str, Any]:
    """What a run over this list would be

    Takes what POST /runs takes, names every bad row, and writes nothing.
    """
    wish, sent = requests.new_run()
    ast, checked, faults = _checked(wish, sent)
    hide = lists.hiding(ast)
    return {
        "total": len(sent.rows),
        "columns": list(dict.fromkeys(name for row in sent.rows[:SHOWN] for name in row)),
        "rows": [hide(row) for row in sent.rows[:SHOWN]],
        "duplicates": checked.duplicates,
        "errors": faults[:MOST_NAMED],
        "errors_in_all": len(faults),
    }


@runs.get("/runs")
@runs.input(shapes.Paging, location="query", arg_name="paging")
@runs.output(shapes.Runs)
def list_runs(paging: shapes.Paging) -> dict[str, Any]:
    """Your runs, newest first

    Their `counts` may be some seconds old; those of one run are exact.
    """
    found, following = store.of_owner(user().id, paging.cursor, paging.limit)
    return {"items": found, "next": following}


@runs.get("/runs/<id>")
@runs.output(shapes.Run)
def one_run(id: str) -> dict[str, Any]:
    """A run

    Its `counts` are made from its items; those of a long one that still runs are the workers' own, some seconds old.
    """
    run = store.get_owned(id, user().id)
    return _shape(run, run.counts) if run.active and run.total > COUNTED else _counted(run)


@runs.get("/runs/<id>/rates")
@runs.output(shapes.Rates)
def rates_of_run(id: str) -> dict[str, Any]:
    """How quickly it went, from its beginning on

    Kept for a week. Rates are taken over ten seconds, of a long run over more.
    """
    run = store.get_owned(id, user().id)
    return {"items": [{"at": of_unix(at), "rate": rate} for at, rate in rates.rates(run.id)]}


@runs.patch("/runs/<id>")
@runs.input(shapes.ChangedRun, arg_name="wish")
@runs.output(shapes.Run)
@runs.doc(responses={409: "It is over"})
def change_run(id: str, wish: shapes.ChangedRun) -> dict[str, Any]:
    """Change lanes, priority, canary, failure budget or parking while it runs"""
    run = store.get_owned(id, user().id)
    faults = lane_faults(wish.lanes or 1, hosts.get(run.host))
    if faults:
        raise bad_input("Nothing was changed.", faults)
    changes = {name: value for name, value in wish.model_dump().items() if value is not None}
    return _steered(store.change(id, **changes) if changes else run)


@runs.post("/runs/<id>/pause")
@runs.output(shapes.Run)
@runs.doc(responses={409: "It is over, or paused"})
def pause_run(id: str) -> dict[str, Any]:
    """Start no further items; running ones end"""
    store.get_owned(id, user().id)
    return _steered(store.pause(id))


@runs.post("/runs/<id>/resume")
@runs.output(shapes.Run)
@runs.doc(responses={409: "It is not paused"})
def resume_run(id: str) -> dict[str, Any]:
    """Go on"""
    store.get_owned(id, user().id)
    return _steered(store.resume(id))


@runs.post("/runs/<id>/cancel")
@runs.output(shapes.Run)
@runs.doc(responses={409: "It is over"})
def cancel_run(id: str) -> dict[str, Any]:
    """Start no further items, and end the run when the running ones have ended"""
    store.get_owned(id, user().id)
    return _steered(store.cancel(id))


@runs.post("/runs/<id>/retry")
@runs.output(shapes.Run)
@runs.doc(responses={409: "It was cancelled, or no such item failed"})
def retry_run(id: str) -> dict[str, Any]:
    """Do again what failed

    Never an item whose commit may have reached the host, nor one that the host refused.
    """
    run, wish = store.get_owned(id, user().id), requests.optional(shapes.Retried)
    if run.stopping:
        raise Conflict(f"This run is {run.status}. Start a new one over the items that are left.")
    again = item_store.retry_all(id) if wish.items is None else _retry(id, wish.items)
    left = bool(item_store.pending(id, 0, 1))  # also of a retry that broke off before the run was reopened
    if not again and not left:
        raise Conflict("No item of this run failed in a way that can be done again.")
    return _steered(store.reopen(id) if not run.active and left else store.get(id))


def _checked(wish: shapes.NewRun, sent: lists.Rows) -> tuple[type[Ast], lists.Checked, list[dict[str, Any]]]:
    """The AST, what it says to the rows, and every fault found, of parameters and rows alike. Raises NotFound."""
    ast, host = registry.get(wish.ast), hosts.get(wish.host)
    checked = lists.check(ast, sent)
    return ast, checked, parameter_faults(ast, wish.parameters) + lane_faults(wish.lanes, host) + checked.faults


def lane_faults(lanes: int, host: hosts.Host) -> list[dict[str, Any]]:
    """Of a run, a schedule or a step of a launch that wants so many lanes."""
    if lanes <= host.max_lanes:
        return []
    return [{"at": "lanes", "message": f"Host {host.name} allows at most {host.max_lanes} lanes."}]


def parameter_faults(ast: type[Ast], given: dict[str, Any]) -> list[dict[str, Any]]:
    try:
        ast.validate_parameters(given)
    except BadInput as error:
        found: Any = error.facts.get("errors") or [{"at": "", "message": error.message}]
        return [{"at": f"parameters.{fault['at']}".rstrip("."), "message": fault["message"]} for fault in found]
    return []


def _retry(run: str, numbers: list[int]) -> int:
    """How many of these are pending again. Raises Conflict naming the first that can't be."""
    for n in dict.fromkeys(numbers):
        item_store.retry(run, n)
    return len(numbers)


def _steered(run: store.Run) -> dict[str, Any]:
    """Ask a worker to look at the run as it is now; recovery looks in any case, so a lost message only costs time."""
    celery.send("iast.runs.steer", run.id)
    return _counted(run)


def _counted(run: store.Run) -> dict[str, Any]:
    return _shape(run, item_store.counts(run.id))


def _shape(run: store.Run, counts: dict[str, int]) -> dict[str, Any]:
    return {**{name: getattr(run, name) for name in shapes.Run.model_fields}, "counts": dict.fromkeys(item_store.STATUSES, 0) | counts}
