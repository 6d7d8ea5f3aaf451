"""Placement: which worker gets a session. Asks heartbeats and reserves in one step, so that a burst does not land on one worker.

A heartbeat is up to `heartbeat_seconds` old: of 50 sessions opened at once, each would see the same idlest worker. So
every choice leaves a reservation that counts as a session until the worker's heartbeats are sure to count it.
"""

import random
import time
from collections.abc import Callable, Sequence
from uuid import uuid4

from app.broker.connection import client, ready
from app.broker.names import TURN, placed_key
from app.broker.workers import WorkerLoad, workers
from app.config import settings
from app.errors import NoCapacity

Order = Callable[[Sequence[WorkerLoad]], list[tuple[WorkerLoad, float]]]

# KEYS: reservations of each candidate. ARGV: now, expiry, id, then sessions, most and factor of each candidate.
# Chooses the lowest (sessions + reservations) * factor that has room; the first of equals. Returns its index or 0.
_CHOOSE = """
local best, lowest = 0, nil
for i, key in ipairs(KEYS) do
  redis.call('ZREMRANGEBYSCORE', key, '-inf', ARGV[1])
  local at = 3 * i + 1
  local taken = tonumber(ARGV[at]) + redis.call('ZCARD', key)
  local score = taken * tonumber(ARGV[at + 2])
  if taken < tonumber(ARGV[at + 1]) and (lowest == nil or score < lowest) then best, lowest = i, score end
end
if best > 0 then
  redis.call('ZADD', KEYS[best], ARGV[2], ARGV[3])
  redis.call('PEXPIREAT', KEYS[best], math.ceil(tonumber(ARGV[2]) * 1000))
end
return best
"""


def choose_worker(host: str) -> str:
    """The name of the worker to open a session to `host` on, with a place reserved. Raises NoCapacity, NotReady."""
    alive = workers()
    if not alive:
        raise NoCapacity("No worker is running. Start one, then open the session again.")
    candidates = _POLICIES[settings().placement](alive)
    chosen = _reserve(candidates)
    if chosen is None:
        raise NoCapacity(f"Every worker is full, so no session to {host} can be opened. Close one, or start another worker.")
    return chosen.name


def _least_connections(alive: Sequence[WorkerLoad]) -> list[tuple[WorkerLoad, float]]:
    return [(load, 1.0) for load in random.sample(alive, len(alive))]  # shuffled: equals take turns


def _weighted(alive: Sequence[WorkerLoad]) -> list[tuple[WorkerLoad, float]]:
    """By share of what each can hold: a worker of 400 gets twice the sessions of one of 200."""
    return [(load, 1.0 / max(load.most_sessions, 1)) for load in random.sample(alive, len(alive))]


def _round_robin(alive: Sequence[WorkerLoad]) -> list[tuple[WorkerLoad, float]]:
    with ready():
        turn = int(client().incr(TURN)) % len(alive)  # type: ignore[arg-type]
    return [(load, 0.0) for load in (*alive[turn:], *alive[:turn])]  # all score 0: the first with room


_POLICIES: dict[str, Order] = {
    "least-connections": _least_connections,
    "round-robin": _round_robin,
    "weighted": _weighted,
}


def _reserve(candidates: Sequence[tuple[WorkerLoad, float]]) -> WorkerLoad | None:
    now = time.time()
    args: list[float | str] = [now, now + settings().worker_expiry_seconds, uuid4().hex]
    for load, factor in candidates:
        args += [load.sessions, load.most_sessions, factor]
    keys = [placed_key(load.name) for load, _ in candidates]
    with ready():
        best = int(client().eval(_CHOOSE, len(keys), *keys, *args))  # type: ignore[arg-type]
    return candidates[best - 1][0] if best else None
