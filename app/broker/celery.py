"""The Celery app, and sending a task by its name. Knows no task: `app.tasks` registers them, web never loads them."""

from typing import Any

from celery import Celery
from celery.result import AsyncResult
from kombu.transport import TRANSPORT_ALIASES

from app.broker.connection import ready
from app.broker.names import COMMON_QUEUE

# By its scheme and not as broker_transport, which logs and Flower would show in place of redis:// in the broker's address.
TRANSPORT_ALIASES |= dict.fromkeys(("redis", "rediss"), "app.broker.transport:Transport")
app = Celery("iast")
app.config_from_object("celeryconfig")  # read on first use, not now


def send(task: str, *args: str | int, queue: str = COMMON_QUEUE, **options: Any) -> AsyncResult:
    """Put a task on a queue by name. Its arguments are ids and numbers only: Flower and the event stream show them.

    `options` are Celery's (countdown, expires, task_id, ...). Raises NotReady when it can't be queued.
    """
    if not all(isinstance(arg, str | int) for arg in args):
        raise TypeError("task arguments are ids and numbers")  # a programming error, not bad input
    with ready():
        return app.send_task(task, args=args, queue=queue, **options)
