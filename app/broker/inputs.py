"""Terminal input on its way to the worker that owns the session. Not Celery tasks: those would show in Flower and cost seven times the CPU.

At most once: a message is gone from the queue when a worker has read it, so a key is lost with its worker but never
pressed twice. And never late: what waited longer than MOST_AGE is refused, since the screen it was meant for is gone.
"""

import logging
import time
from collections.abc import Callable
from dataclasses import replace
from typing import Any

from kombu import Connection, Consumer, Queue  # type: ignore[attr-defined]
from kombu.pools import producers

from app.broker.connection import ready
from app.broker.names import input_queue, session_channel
from app.broker.screens import publish
from app.config import settings
from app.errors import BadInput, Unsealable
from app.messages import KEYED, Envelope, KeyRefused
from app.sealing import seal, unseal

log = logging.getLogger(__name__)

MOST_AGE = 10.0  # seconds from web to worker; also the most that their clocks may differ
_QUEUE_SECONDS = 300  # an input queue that nobody uses is gone after this; the queue is durable, what is in it is not worth it
_CONTENT = "application/x-iast-sealed"


def send_input(worker: str, envelope: Envelope) -> None:
    """Queue input for a worker. Raises NotReady; the page then keeps what was typed."""
    sealed = seal(replace(envelope, sent=time.time()).encode(), input_queue(worker))
    with ready(), producers[_connection()].acquire(block=True, timeout=5) as producer:
        producer.publish(
            sealed,
            exchange="",
            routing_key=input_queue(worker),
            content_type=_CONTENT,
            content_encoding="binary",
            declare=[_queue(worker)],
        )


def input_consumer(channel: Any, worker: str, on_input: Callable[[Envelope], None]) -> Consumer:
    """The consumer of a worker's input, for its bootstep to start. `on_input` runs on Celery's event loop: hand over, don't block."""

    def receive(message: Any) -> None:
        envelope = _open(message.body, worker)
        if envelope is not None and not _refused_as_stale(envelope):
            on_input(envelope)

    return Consumer(channel, [_queue(worker)], no_ack=True, on_message=receive, accept=[_CONTENT])  # type: ignore[no-untyped-call]


def _open(body: bytes, worker: str) -> Envelope | None:
    try:
        return Envelope.decode(unseal(body, input_queue(worker)))
    except (Unsealable, BadInput) as error:
        log.warning("input dropped: %s", error)  # neither message repeats what was in it
        return None


def _refused_as_stale(envelope: Envelope) -> bool:
    age = time.time() - envelope.sent
    if abs(age) <= MOST_AGE or not isinstance(envelope.message, KEYED):
        return False
    why = f"It waited {age:.0f} s for its worker. Look at the screen and press the key again." if age > 0 else (
        "The clocks of web and worker differ. Tell whoever runs IAST.")  # fmt: skip
    refusal = KeyRefused(envelope.message.seq, envelope.session, "stale-input", why, envelope.connection)
    publish(session_channel(envelope.session), refusal)
    return True


def _queue(worker: str) -> Queue:
    return Queue(input_queue(worker), routing_key=input_queue(worker), durable=True, expires=_QUEUE_SECONDS)  # type: ignore[no-untyped-call]


def _connection() -> Connection:
    """Equal parameters name the same pool in kombu.pools, so this opens nothing by itself."""
    options = {"socket_timeout": 5, "socket_connect_timeout": 5, "socket_keepalive": True, "health_check_interval": 10}
    return Connection(settings().redis_url, transport_options=options)  # type: ignore[no-untyped-call]
