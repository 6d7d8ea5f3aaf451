"""Launchers, kept and shared like configurations, and launches: their runs one after another over a list, all checked beforehand."""

from typing import Any

from apiflask import APIBlueprint

from app.asts import registry
from app.asts.base import Ast
from app.broker import celery
from app.broker.workers import workers
from app.errors import Conflict, NoCapacity
from app.store import hosts, library, runs
from app.store import launches as store
from app.web import lists, shapes
from app.web import shapes_launches as wire
from app.web.api.library import changed, deleted, flat, made
from app.web.api.runs import lane_faults, parameter_faults
from app.web.asking import user
from app.web.problems import bad_input

launches = APIBlueprint("launches", __name__, tag="Launches")
BOUNDS = tuple(shapes.Bounds.model_fields)
Fault = dict[str, Any]


@launches.get("/launchers")
@launches.output(wire.Launchers)
def list_launchers() -> dict[str, Any]:
    """Your launchers, then those that others share"""
    return {"items": list(map(flat, library.visible("LAUNCHER", user().id)))}


@launches.post("/launchers")
@launches.input(wire.NewLauncher, arg_name="wish")
@launches.output(wire.Launcher, status_code=201)
@launches.doc(responses={404: "A step names no configuration of yours"})
def make_launcher(wish: wire.NewLauncher) -> tuple[dict[str, Any], int]:
    """Keep a launcher"""
    _configurations(wish.steps)
    return made("LAUNCHER", wish.model_dump()), 201


@launches.patch("/launchers/<id>")
@launches.input(wire.ChangedLauncher, arg_name="wish")
@launches.output(wire.Launcher)
def change_launcher(id: str, wish: wire.ChangedLauncher) -> dict[str, Any]:
    """Change, share or unshare a launcher"""
    _configurations(wish.steps or [])
    return changed("LAUNCHER", id, wish.model_dump(exclude_unset=True, exclude_none=True))


@launches.delete("/launchers/<id>")
@launches.output({}, status_code=204)
def delete_launcher(id: str) -> tuple[str, int]:
    """Delete a launcher"""
    return deleted("LAUNCHER", id)


@launches.post("/launches")
@launches.input(wire.NewLaunch, arg_name="wish")
@launches.output(wire.Launch, status_code=202)
@launches.doc(responses={404: "There is no such launcher or host", 422: "Something in it can't be used", 503: "No worker is alive"})
def start_launch(wish: wire.NewLaunch) -> tuple[store.Launch, int]:
    """Launch over a list

    Every step is checked now: its host, its parameters, each row of the list. Each step takes the columns that its AST knows; steps
    whose AST wants a secret parameter can't be launched. A step begins when the one before is over.
    """
    launcher = library.get_visible("LAUNCHER", wish.launcher, user().id)
    sent = lists.sent(wish.items, wish.csv)
    steps, faults = [], list[Fault]()
    for n, configuration in enumerate(_configurations(launcher.body["steps"])):
        step = {"ast": configuration["ast"], "host": configuration["host"] or wish.host, "parameters": configuration["parameters"]}
        faults += _faults(n, step, configuration["lanes"], sent)
        steps.append({**step, "bounds": {name: configuration[name] for name in BOUNDS if name in configuration}})
    if faults:
        raise bad_input("Nothing was launched: `errors` names what can't be used.", faults)
    if not workers():
        raise NoCapacity("No worker is running. Start one, then launch again.")
    key = lists.key_column(registry.get(steps[0]["ast"]))
    rows = [(str(row.get(key, "")).strip(), row) for row in sent.rows]
    launch = store.create(user().id, launcher.name, steps, launcher.body["on_failure"], rows)
    celery.send("iast.launches.advance", launch.id)
    return launch, 202


@launches.get("/launches")
@launches.input(shapes.Paging, location="query", arg_name="paging")
@launches.output(wire.Launches)
def list_launches(paging: shapes.Paging) -> dict[str, Any]:
    """Your launches, newest first"""
    found, following = store.of_owner(user().id, paging.cursor, paging.limit)
    return {"items": found, "next": following}


@launches.get("/launches/<id>")
@launches.output(wire.Launch)
def one_launch(id: str) -> store.Launch:
    """A launch, with the runs of its steps"""
    return store.get_owned(id, user().id)


@launches.post("/launches/<id>/cancel")
@launches.output(wire.Launch)
@launches.doc(responses={409: "It is over"})
def cancel_launch(id: str) -> store.Launch:
    """Begin no further step, and cancel the run that is under way"""
    store.get_owned(id, user().id)
    ended = store.end(id, "cancelled", "You cancelled it.")
    under_way = {run.id for run in runs.active()} & {step.run for step in ended.steps}
    for run in under_way:
        try:
            runs.cancel(run)
        except Conflict:
            continue  # it ended just now
        celery.send("iast.runs.steer", run)
    return ended


def _configurations(ids: list[str]) -> list[dict[str, Any]]:
    """Raises NotFound for one that this user can't see."""
    return [flat(library.get_visible("CONFIGURATION", id, user().id)) for id in ids]


def _faults(n: int, step: dict[str, Any], lanes: int, sent: lists.Rows) -> list[Fault]:
    """What speaks against a step. Raises NotFound for an AST or host that is not there."""
    if not step["host"]:
        return [{"at": "host", "message": f"Step {n + 1}: its configuration names no host, so give one."}]
    ast, host = registry.get(step["ast"]), hosts.get(step["host"])
    faults = parameter_faults(ast, step["parameters"]) + lists.check(ast, _columns(ast, sent)).faults + lane_faults(lanes, host)
    return [{**fault, "at": f"steps.{n}.{fault['at']}", "message": f"Step {n + 1}: {fault['message']}"} for fault in faults]


def _columns(ast: type[Ast], sent: lists.Rows) -> lists.Rows:
    """The list as this AST gets it: the columns that it knows."""
    known = ast.Item.model_fields.keys()
    return lists.Rows([{name: value for name, value in row.items() if name in known} for row in sent.rows], sent.lines)
