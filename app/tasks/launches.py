"""Launches: begins a step's run when the one before is over. Looked after with each sweep; every look may be repeated or lost."""

import logging

from app.asts import registry
from app.broker.celery import app, send
from app.errors import Conflict, IastError, NotFound
from app.store import items, launches, runs
from app.store.launches import Launch, Step

log = logging.getLogger(__name__)

FAILURES = ("failed", "uncertain", "parked")


@app.task(name="iast.launches.advance", ignore_result=True)
def advance(launch_id: str) -> str:
    """See how far a launch is, and begin what is next."""
    return look_after(launches.get(launch_id))


def look_after(launch: Launch) -> str:
    """Never raises: what can't be done now is done at the next look."""
    try:
        return _look_after(launch)
    except Conflict:
        return "over"
    except IastError as error:
        log.warning("launch %s: %s", launch.id, error)
        return "later"


def _look_after(launch: Launch) -> str:
    if launch.status != "running":
        return launch.status
    for n, step in enumerate(launch.steps):
        try:
            run = runs.get(step.run)
        except NotFound:
            return _begin(launch, n, step)
        if run.active:
            return f"step {n + 1}"
        why = _stopped_by(run, n) if launch.on_failure == "stop" or run.status == "cancelled" else ""
        if why:
            return launches.end(launch.id, "cancelled" if run.status == "cancelled" else "stopped", why).status
    return launches.end(launch.id, "finished").status


def _stopped_by(run: runs.Run, n: int) -> str:
    if run.status != "finished":
        return f"The run of step {n + 1} is {run.status}. {run.reason}".strip()
    failed = sum(items.counts(run.id)[status] for status in FAILURES)
    return f"{failed} items of step {n + 1} failed." if failed else ""


def _begin(launch: Launch, n: int, step: Step) -> str:
    try:
        ast = registry.get(step.ast)
    except NotFound as gone:
        return launches.end(launch.id, "stopped", f"Step {n + 1}: {gone.message}").status
    columns = ast.Item.model_fields.keys()
    rows = [(key, {name: value for name, value in row.items() if name in columns}) for key, row in launches.rows_of(launch)]
    run = runs.create(
        id=step.run, owner=launch.owner, ast=step.ast, host=step.host, name=f"{launch.name} ({n + 1} of {len(launch.steps)})",
        rows=rows, parameters=step.parameters, secret=tuple(ast.secrets()), **step.bounds,
    )  # fmt: skip
    if launches.get(launch.id).status == "running":
        send("iast.runs.start", run.id)
        return f"step {n + 1}"
    runs.cancel(run.id)  # the launch was cancelled just now
    send("iast.runs.steer", run.id)
    return "cancelled"
