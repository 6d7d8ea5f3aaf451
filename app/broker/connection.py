"""The process's connections to Redis or Valkey: one pool for commands, and the errors of both libraries made one of ours."""

from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache

from kombu.exceptions import KombuError
from redis import Redis
from redis.backoff import ExponentialBackoff, NoBackoff
from redis.exceptions import ConnectionError as RedisConnectionError
from redis.exceptions import RedisError
from redis.exceptions import TimeoutError as RedisTimeoutError
from redis.retry import Retry

from app.config import settings
from app.errors import NotReady

_SECONDS = 5.0  # longest wait for one answer; every command here is answered in well under a millisecond
LOST = (RedisConnectionError, RedisTimeoutError, OSError)


def client() -> Redis:
    """The pool for commands. Its retries ride out a restart of Valkey of about a second."""
    return _client(settings().redis_url)


@cache
def _client(url: str) -> Redis:
    return Redis.from_url(
        url,
        socket_timeout=_SECONDS,
        socket_connect_timeout=_SECONDS,
        socket_keepalive=True,
        health_check_interval=30,
        retry=Retry(ExponentialBackoff(cap=1.0, base=0.1), 3),
        retry_on_error=[RedisConnectionError, RedisTimeoutError],
    )


def blocking_client() -> Redis:
    """A client of its own for one who waits for messages: no command's timeout applies, and no retry hides a lost link."""
    return Redis.from_url(
        settings().redis_url,
        socket_timeout=None,  # redis-py 8 would end any longer wait with a TimeoutError
        socket_connect_timeout=_SECONDS,
        socket_keepalive=True,
        retry=Retry(NoBackoff(), 0),
    )


@contextmanager
def ready() -> Iterator[None]:
    """Whatever the libraries raise when Redis does not answer becomes NotReady."""
    try:
        yield
    except (RedisError, KombuError, OSError) as error:
        raise NotReady(f"Redis at REDIS_URL does not answer ({type(error).__name__}). Try again in a moment.") from error


def ping() -> None:
    """Raises NotReady when Redis does not answer."""
    with ready():
        client().ping()
