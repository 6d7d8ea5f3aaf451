"""Locks between workers, in Redis. A lock is its worker's: when the worker is dead, the next one takes it. For convenience only:
what matters is guarded by conditions in the store."""

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from uuid import uuid4

from app.broker.connection import client, ready
from app.broker.names import lock_key
from app.broker.workers import is_alive
from app.errors import NotReady
from app.tasks import here

log = logging.getLogger(__name__)

_PROCESS = uuid4().hex
_SECONDS = 120  # longest that any is held; after that its holder is taken for stuck

# KEYS: lock. ARGV: whose it is to be now, the new holder ("" frees it), seconds. Returns 1 if it was.
_SWAP = """
if redis.call('GET', KEYS[1]) ~= ARGV[1] then return 0 end
if ARGV[2] == '' then redis.call('DEL', KEYS[1]) else redis.call('SET', KEYS[1], ARGV[2], 'EX', ARGV[3]) end
return 1
"""


@contextmanager
def alone(what: str) -> Iterator[bool]:
    """Whether the caller is the only one who does this now, on any worker. Does not wait. Raises NotReady."""
    mine = f"{here.name()} {_PROCESS} {uuid4().hex}"
    got = _take(lock_key(what), mine)
    try:
        yield got
    finally:
        if got:
            _free(lock_key(what), mine)


def _take(key: str, mine: str) -> bool:
    with ready():
        if client().set(key, mine, nx=True, ex=_SECONDS):
            return True
        holder = client().get(key)
    return holder is not None and _dead(holder.decode()) and _swap(key, holder.decode(), mine)  # type: ignore[union-attr]


def _dead(holder: str) -> bool:
    """Whether its worker is: gone, or this one in an earlier life. Raises NotReady."""
    worker, process, _ = holder.split(" ")
    return process != _PROCESS if worker == here.name() else not is_alive(worker)


def _free(key: str, mine: str) -> None:
    try:
        _swap(key, mine, "")
    except NotReady as away:
        log.info("a lock ends by itself: %s", away)


def _swap(key: str, holder: str, new: str) -> bool:
    with ready():
        return bool(client().eval(_SWAP, 1, key, holder, new, _SECONDS))  # type: ignore[arg-type]
