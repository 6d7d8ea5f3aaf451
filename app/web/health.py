"""Whether the server lives, and whether a session can be opened and a run started. Needs no sign-in, so it tells of nobody's work."""

import logging
from typing import Any

from apiflask import APIBlueprint

from app import broker, store
from app.broker.workers import workers
from app.errors import IastError
from app.web import shapes

log = logging.getLogger(__name__)
health = APIBlueprint("health", __name__, url_prefix="/health", tag="Health")


@health.get("")
@health.output(shapes.Alive)
def alive() -> dict[str, str]:
    """The process answers"""
    return {"status": "ok"}


@health.get("/ready")
@health.output(shapes.Ready)
@health.doc(responses={503: "A part does not answer"})
def ready() -> tuple[dict[str, Any], int]:
    """A session can be opened and a run started

    Each part is `ok` or says what is wrong.
    """
    parts = {"valkey": _part(broker.ping), "dynamodb": _part(store.ping), "worker": _part(_live_worker)}
    fine = all(state == "ok" for state in parts.values())
    return {"status": "ready" if fine else "not ready", "parts": parts}, 200 if fine else 503


def _part(check: Any) -> str:
    try:
        check()
    except IastError as error:
        return error.message
    return "ok"


class NoWorker(IastError):
    """No worker is alive. Start one."""


def _live_worker() -> None:
    if not workers():
        raise NoWorker()
