"""Firing schedules: what becomes of an occurrence that is due. Several workers may be told, twice or late: the claim decides."""

import logging
from datetime import UTC, datetime

from app import occurrences
from app.asts import registry
from app.broker import celery
from app.broker.celery import app
from app.clock import later, text_of, time_of
from app.errors import BadInput, IastError, NotFound, NotReady
from app.store import hosts, runs
from app.store import schedules as store
from app.store.schedules import Schedule

log = logging.getLogger(__name__)

SKEW_SECONDS = 0.5  # by which beat's clock may be ahead of ours
GRACE_SECONDS = 60  # an occurrence fired later than this was missed


@app.task(name="iast.schedules.fire", ignore_result=True)
def fire(*ids: str) -> str:
    """Look at schedules that beat, or a person, says are due."""
    for id in ids:
        try:
            look_at(id)
        except NotFound:
            log.info("schedule %s is gone", id)
        except NotReady as away:
            log.warning("schedule %s: %s", id, away)  # what was claimed comes up again when its lease ends
    return "looked"


def look_at(id: str) -> None:
    """Fire what is due of it, or put it back to sleep."""
    schedule = store.get(id)
    if not schedule.wake or schedule.wake > later(SKEW_SECONDS):
        return
    claimed = _claimed(schedule)
    if claimed:
        deal(claimed, again=bool(schedule.firing))


def _claimed(schedule: Schedule) -> Schedule | None:
    """The schedule with an occurrence that is ours to fire; None when there is none for us."""
    if schedule.firing:
        return store.take_over(schedule)
    if not schedule.paused and schedule.next and schedule.next <= later(SKEW_SECONDS):
        return _claim_next(schedule)
    if not schedule.paused and schedule.queued and not in_the_way(schedule):
        return store.claim(schedule, schedule.queued[0], schedule.next, "queue")
    store.postpone(schedule)
    return None


def _claim_next(schedule: Schedule) -> Schedule | None:
    """The occurrence that is due; those behind it that have passed too, while nothing ran here, go with it."""
    moment, at = datetime.now(UTC), time_of(schedule.next)
    following = occurrences.following(schedule.when, max(moment, at))
    late = (moment - at).total_seconds() > GRACE_SECONDS
    return store.claim(schedule, schedule.next, text_of(following) if following else "", "missed" if late else "clock")


def deal(schedule: Schedule, again: bool) -> None:
    """Do with the occurrence being fired what the schedule's rules say; `again`: a worker that died may have begun to.
    Raises NotReady: then it is done later."""
    if again and (made := _made(schedule)):
        _hand_on(schedule, made)
    elif schedule.firing_kind == "missed" and schedule.missed == "skip":
        store.fired(schedule, "missed", reason="Nothing ran here when it was due.")
    elif schedule.firing_kind != "queue" and (earlier := in_the_way(schedule)):
        queue = schedule.overlap == "queue" and len(schedule.queued) < store.MOST_QUEUED
        store.fired(schedule, "queued" if queue else "skipped", reason=f"Run {earlier} goes on.")
    else:
        _start(schedule)


def in_the_way(schedule: Schedule) -> str:
    """The earlier run for whose end an occurrence would have to wait, "" when there is none."""
    if schedule.overlap == "parallel" or not schedule.last_run or schedule.last_run == schedule.firing_run:
        return ""
    try:
        return schedule.last_run if runs.get(schedule.last_run).active else ""
    except NotFound:
        return ""


def _start(schedule: Schedule) -> None:
    try:
        run = _make(schedule)
    except NotReady:
        raise
    except IastError as error:
        store.fired(schedule, "failed", reason=error.message)
    except Exception:
        log.exception("schedule %s", schedule.id)
        store.fired(schedule, "failed", reason="A fault in IAST stopped it. The worker's log says which.")
    else:
        _hand_on(schedule, run)


def _hand_on(schedule: Schedule, run: runs.Run) -> None:
    """Its run is there: give it to a worker, and write down that it started."""
    if run.status == "starting":
        celery.send("iast.runs.start", run.id)
    store.fired(schedule, "started", run.id, "Late: nothing ran here when it was due." if schedule.firing_kind == "missed" else "")


def _made(schedule: Schedule) -> runs.Run | None:
    """The run of this firing, if it is there."""
    try:
        return runs.get(schedule.firing_run)
    except NotFound:
        return None


def _make(schedule: Schedule) -> runs.Run:
    ast, host, given = registry.get(schedule.ast), hosts.get(schedule.host), store.parameters(schedule)
    ast.validate_parameters(given)
    if schedule.bounds.get("lanes", 1) > host.max_lanes:
        raise BadInput(f"Host {host.name} allows at most {host.max_lanes} lanes.")
    return runs.create(
        id=schedule.firing_run, owner=schedule.owner, ast=ast.name, host=host.name, name=schedule.name,
        rows=store.rows_of(schedule), parameters=given, secret=tuple(ast.secrets()), **schedule.bounds,
    )  # fmt: skip
