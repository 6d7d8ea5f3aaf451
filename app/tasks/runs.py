"""Runs: begun, looked after, steered. Every task here may come twice, late or not at all: the store says what is to be done."""

import logging

from app.broker.celery import app
from app.broker.connection import client, ready
from app.broker.names import lock_key
from app.errors import Conflict, IastError, NotReady
from app.store import runs
from app.tasks import archive, here, progress, recovery, trouble
from app.tasks.feeding import conclude, feed
from app.tasks.lanes import man
from app.tasks.locks import alone

log = logging.getLogger(__name__)

_WORD_SECONDS = 60


@app.task(name="iast.runs.start", ignore_result=True)
def start(run_id: str) -> str:
    """Begin a run."""
    return tend(run_id)


@app.task(name="iast.runs.tend", ignore_result=True)
def look_after(run_id: str) -> str:
    """It has lost a lane, or could not get one: see what is to be done."""
    return tend(run_id)


@app.task(name="iast.runs.steer", ignore_result=True)
def steer(run_id: str) -> str:
    """A person has paused, resumed, changed, cancelled or reopened the run, or decided an item: see what is to be done."""
    progress.recount(runs.get(run_id))
    return tend(run_id)


@app.task(name="iast.runs.advance", ignore_result=True)
def advance(run_id: str) -> str:
    """The body of a window's chord: send out the next one."""
    part = here.parts.get(run_id)
    if part is None:
        return tend(run_id)
    feed(part)
    return "fed"


def tend(run_id: str) -> str:
    """Do what the run needs now, whoever asks. One at a time, for two would open twice the lanes: who comes second leaves word,
    and the first looks once more."""
    status = "tended elsewhere"
    with ready():
        client().set(_word(run_id), "1", ex=_WORD_SECONDS)
    while _asked(run_id):
        with alone(f"tend.{run_id}") as mine:
            while mine and _took(run_id):
                status = _carefully(run_id)
        if not mine:
            break
    return status


def _word(run_id: str) -> str:
    return lock_key(f"tend.{run_id}.asked")


def _asked(run_id: str) -> bool:
    with ready():
        return bool(client().exists(_word(run_id)))


def _took(run_id: str) -> bool:
    with ready():
        return bool(client().delete(_word(run_id)))


def _carefully(run_id: str) -> str:
    try:
        return _tend(run_id)
    except NotReady as away:
        log.warning("run %s: %s", run_id, away)
        return "later"  # the next sweep comes soon
    except IastError as error:
        return fail(run_id, error.message)
    except Exception:
        log.exception("run %s", run_id)
        return fail(run_id, "A fault in IAST stopped it. The worker's log says which.")


def _tend(run_id: str) -> str:
    run = runs.get(run_id)
    if run.status == "starting":
        run = _started(run)
    why = man(run) if run.active else None
    if why and run.status == "running":
        return fail(run_id, why)
    conclude(run_id)
    return runs.get(run_id).status


def _started(run: runs.Run) -> runs.Run:
    try:
        started = runs.start(run.id)
    except Conflict:
        return runs.get(run.id)  # steered meanwhile
    trouble.forget(run.id)
    progress.recount(started)
    return started


def fail(run_id: str, reason: str) -> str:
    """The run can't go on. What it has in hand is settled, so that nothing of it is left running."""
    try:
        failed = runs.fail(run_id, reason)
    except Conflict:
        return "over"
    log.warning("run %s failed: %s", run_id, reason)
    recovery.settle(failed)
    progress.recount(failed)
    archive.ended(run_id)
    return "failed"


