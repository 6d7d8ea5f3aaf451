"""kombu's Redis transport, for workers that outlive their connection to Redis."""

from typing import Any

from kombu.transport import redis as kombu
from redis.exceptions import ConnectionError as RedisConnectionError


class Channel(kombu.Channel):  # type: ignore[misc]
    """A channel that says it is broken. kombu 5.7 takes its connection away when that breaks, and acknowledging a message that was in
    hand then raises an AttributeError: no error of a connection to Celery, so it ends the worker, and all host sessions with it."""

    def _connparams(self, asynchronous: bool = False) -> Any:
        if self.connection.client is None:
            raise RedisConnectionError("This connection was given up.")
        return super()._connparams(asynchronous)  # type: ignore[no-untyped-call]


class Transport(kombu.Transport):  # type: ignore[misc]
    Channel = Channel
