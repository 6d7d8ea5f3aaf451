"""Schedules over REST. A route checks all that a run will need when it starts at night and nobody looks; firing is the workers'."""

from datetime import UTC, datetime
from typing import Any

from apiflask import APIBlueprint

from app import occurrences
from app.asts import registry
from app.asts.base import Ast
from app.broker import celery
from app.clock import now, text_of
from app.errors import BadInput
from app.occurrences import When
from app.store import hosts
from app.store import schedules as store
from app.store.schedules import Schedule
from app.web import lists, shapes
from app.web import shapes_schedules as wire
from app.web.api.runs import NO_SUCH, lane_faults, parameter_faults
from app.web.asking import user
from app.web.problems import bad_input

schedules = APIBlueprint("schedules", __name__, tag="Schedules")
BOUNDS = tuple(shapes.Bounds.model_fields)
PLAIN = tuple(wire.Schedule.model_fields.keys() - {*BOUNDS, "when", "zone", "holidays", "days_off", "queued"})
Fault = dict[str, Any]


@schedules.post("/schedules")
@schedules.input(wire.NewSchedule, arg_name="wish")
@schedules.output(wire.Schedule, status_code=201)
@schedules.doc(responses={404: NO_SUCH, 422: "Something in it can't be used"})
def make_schedule(wish: wire.NewSchedule) -> tuple[dict[str, Any], int, dict[str, str]]:
    """Start a run by the clock

    All input is checked now: the list, the parameters, the time.
    """
    ast, faults = registry.get(wish.ast), list[Fault]()
    when = _when(wish.when, wish.zone, wish.holidays, wish.days_off, faults)
    faults += lane_faults(wish.lanes, hosts.get(wish.host)) + parameter_faults(ast, wish.parameters)
    rows = _rows(ast, wish.items, wish.csv, faults)
    _refuse(faults)
    schedule = store.create(
        owner=user().id, ast=ast.name, host=wish.host, when=when, rows=rows, name=wish.name, parameters=wish.parameters,
        secret=tuple(ast.secrets()), bounds={name: getattr(wish, name) for name in BOUNDS}, paused=wish.paused,
        overlap=wish.overlap, missed=wish.missed,
    )  # fmt: skip
    return _shown(schedule), 201, {"Location": f"/api/v1/schedules/{schedule.id}"}


@schedules.get("/schedules")
@schedules.input(shapes.Paging, location="query", arg_name="paging")
@schedules.output(wire.Schedules)
def list_schedules(paging: shapes.Paging) -> dict[str, Any]:
    """Your schedules, newest first"""
    found, following = store.of_owner(user().id, paging.cursor, paging.limit)
    return {"items": list(map(_shown, found)), "next": following}


@schedules.get("/schedules/preview")
@schedules.input(wire.Preview, location="query", arg_name="wish")
@schedules.output(wire.Occurrences)
def preview_schedule(wish: wire.Preview) -> dict[str, list[str]]:
    """The next five occurrences of a time you try out"""
    faults: list[Fault] = []
    when = _when(wish, wish.zone, wish.holidays, [], faults)
    _refuse(faults)
    return {"next": [text_of(each) for each in occurrences.preview(when, datetime.now(UTC))]}


@schedules.get("/schedules/<id>")
@schedules.output(wire.Schedule)
def one_schedule(id: str) -> dict[str, Any]:
    """A schedule"""
    return _shown(store.get_owned(id, user().id))


@schedules.patch("/schedules/<id>")
@schedules.input(wire.ChangedSchedule, arg_name="wish")
@schedules.output(wire.Schedule)
@schedules.doc(responses={409: "Somebody changed it at the same time"})
def change_schedule(id: str, wish: wire.ChangedSchedule) -> dict[str, Any]:
    """Change a schedule

    A run that it started already stays as it is.
    """
    schedule = store.get_owned(id, user().id)
    ast, faults = registry.get(schedule.ast), list[Fault]()
    given = {name: value for name in wish.model_fields_set if (value := getattr(wish, name)) is not None}
    changes: dict[str, Any] = {name: given[name] for name in ("name", "host", "overlap", "missed") if name in given}
    if given.keys() & {"when", "zone", "holidays", "days_off"}:
        changes["when"] = _changed_when(schedule.when, given, faults)
    if bounds := {name: given[name] for name in BOUNDS if name in given}:
        changes["bounds"] = {**schedule.bounds, **bounds}
    faults += lane_faults({**schedule.bounds, **bounds}["lanes"], hosts.get(given.get("host", schedule.host)))
    if "parameters" in given:
        changes |= {"given": given["parameters"], "secret": tuple(ast.secrets())}
        faults += parameter_faults(ast, given["parameters"])
    if given.keys() & {"items", "csv"}:
        changes["rows"] = _rows(ast, wish.items, wish.csv, faults)
    _refuse(faults)
    return _shown(store.change(schedule, **changes) if changes else schedule)


@schedules.delete("/schedules/<id>")
@schedules.output({}, status_code=204)
def delete_schedule(id: str) -> tuple[str, int]:
    """Delete a schedule, its list and its history; its runs stay"""
    store.delete(store.get_owned(id, user().id))
    return "", 204


@schedules.post("/schedules/<id>/pause")
@schedules.output(wire.Schedule)
@schedules.doc(responses={409: "It is paused"})
def pause_schedule(id: str) -> dict[str, Any]:
    """Start no more runs; those that run go on, what was queued is dropped"""
    store.get_owned(id, user().id)
    return _shown(store.pause(id))


@schedules.post("/schedules/<id>/resume")
@schedules.output(wire.Schedule)
@schedules.doc(responses={409: "It is not paused, or no occurrence is left"})
def resume_schedule(id: str) -> dict[str, Any]:
    """Go on with the next occurrence; none that passed meanwhile is made up for"""
    store.get_owned(id, user().id)
    return _shown(store.resume(id))


@schedules.post("/schedules/<id>/fire")
@schedules.output(wire.Schedule, status_code=202)
@schedules.doc(responses={409: "It is paused"})
def fire_schedule(id: str) -> tuple[dict[str, Any], int]:
    """Start a run of it now

    While its run before goes on, the new one waits for that, unless overlap is `parallel`.
    """
    store.get_owned(id, user().id)
    asked = store.ask(id)
    celery.send("iast.schedules.fire", id)
    return _shown(asked), 202


@schedules.get("/schedules/<id>/history")
@schedules.input(shapes.Paging, location="query", arg_name="paging")
@schedules.output(wire.History)
def schedule_history(id: str, paging: shapes.Paging) -> dict[str, Any]:
    """What became of its last 1,000 occurrences, newest first"""
    store.get_owned(id, user().id)
    found, following = store.history(id, paging.cursor, paging.limit)
    return {"items": found, "next": following}


def _when(wish: Any, zone: str, calendar: str, days_off: list[str], faults: list[Fault]) -> When:
    """The time that was asked for; what is wrong with it is added to the faults."""
    when = When(wish.once, wish.every, now() if wish.every else "", wish.cron, zone, calendar, tuple(days_off))
    try:
        when = _in_utc(when)
        occurrences.check(when)
    except BadInput as error:
        named: Any = error.facts.get("errors")
        faults += named
    else:
        if occurrences.following(when, datetime.now(UTC)) is None:
            faults.append({"at": "when", "message": "There is no such time to come: it is past, or all its days are off."})
    return when


def _in_utc(when: When) -> When:
    """A moment without an offset is meant on the clock of the zone. What can't be read is left for the check to name."""
    try:
        once = when.once and occurrences.local(when.once, when.zone)
    except (ValueError, KeyError, OSError):  # of the moment; of the zone
        return when
    return When(once, when.every, when.since, when.cron, when.zone, when.holidays, when.days_off)


def _changed_when(old: When, given: dict[str, Any], faults: list[Fault]) -> When:
    wish = given.get("when") or old
    zone, calendar = given.get("zone", old.zone), given.get("holidays", old.holidays)
    return _when(wish, zone, calendar, given.get("days_off", list(old.days_off)), faults)


def _rows(ast: type[Ast], items: list[dict[str, Any]] | None, csv: str | None, faults: list[Fault]) -> list[tuple[str, lists.Row]]:
    if (items is None) == (csv is None):
        faults.append({"at": "items", "message": "Give `items` or `csv`, one of the two."})
        return []
    checked = lists.check(ast, lists.from_objects(items) if items is not None else lists.from_csv(csv or ""))
    faults += checked.faults
    return checked.good


def _refuse(faults: list[Fault]) -> None:
    if faults:
        raise bad_input("The schedule was not written: `errors` names what can't be used.", faults)


def _shown(schedule: Schedule) -> dict[str, Any]:
    when = schedule.when
    kind = "once" if when.once else "every" if when.every else "cron"
    return {
        **{name: getattr(schedule, name) for name in PLAIN},
        **schedule.bounds,
        "when": {kind: getattr(when, kind)},
        "zone": when.zone,
        "holidays": when.holidays,
        "days_off": list(when.days_off),
        "queued": len(schedule.queued),
    }
