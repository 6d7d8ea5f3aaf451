"""Archiving: a run that is over goes to S3, when a bucket is configured. The store knows which have not gone yet, and they are asked
for again until they have."""

import logging

from app.asts import registry
from app.broker.celery import app, send
from app.broker.connection import client, ready
from app.broker.names import lock_key
from app.errors import NotReady
from app.store import archive, runs

log = logging.getLogger(__name__)

_AGAIN_SECONDS = 600  # until a run that is not in the bucket is sent there again


def ended(run_id: str) -> None:
    """Have a run archived that has just ended. Raises NotReady; then `look_after` finds it."""
    if archive.wanted() and _first(run_id):
        send("iast.archive.put", run_id)


def look_after() -> None:
    """Have those archived that are not yet: Redis or S3 was away. Raises NotReady."""
    if archive.wanted():
        for run_id in runs.unarchived():
            ended(run_id)


def _first(run_id: str) -> bool:
    """Whether nobody asked for it lately."""
    with ready():
        return bool(client().set(_asked(run_id), "1", nx=True, ex=_AGAIN_SECONDS))


def _asked(run_id: str) -> str:
    return lock_key(f"archive.{run_id}")


@app.task(name="iast.archive.put", ignore_result=True, autoretry_for=(NotReady,), max_retries=4, retry_backoff=2)
def put(run_id: str) -> str:
    """Write the run's results to the bucket; as often as it is asked."""
    return put_run(runs.get(run_id))


def put_run(run: runs.Run) -> str:
    """Raises NotReady, NotFound (its AST is gone, so nobody knows which columns are secret)."""
    if run.active:
        return "reopened"
    place = archive.put(run, registry.get(run.ast).secret_columns())
    runs.archived(run)
    with ready():
        client().delete(_asked(run.id))  # it may be reopened, and end anew
    log.info("run %s is archived as %s", run.id, place)
    return place
