"""Archiving: a run that is over goes to S3, when a bucket is configured. Tried again for hours: the store keeps the run meanwhile."""

import logging

from app.asts import registry
from app.broker.celery import app, send
from app.errors import NotReady
from app.store import archive, runs

log = logging.getLogger(__name__)


def ended(run_id: str) -> None:
    """Have a run archived that has just ended."""
    if archive.wanted():
        send("iast.archive.put", run_id)


@app.task(name="iast.archive.put", ignore_result=True, autoretry_for=(NotReady,), max_retries=12, retry_backoff=2, retry_backoff_max=3600)
def put(run_id: str) -> str:
    """Write the run's results to the bucket; as often as it is asked."""
    return put_run(runs.get(run_id))


def put_run(run: runs.Run) -> str:
    """Raises NotReady, NotFound (its AST is gone, so nobody knows which columns are secret)."""
    if run.active:
        return "reopened"
    place = archive.put(run, registry.get(run.ast).secret_columns())
    log.info("run %s is archived as %s", run.id, place)
    return place
