"""Host protection, shared by all workers and visible: a circuit breaker, a pace, and what lanes are on it. Lies in Redis.

The breaker is closed while all is well. After `breaker_failures` failures in a row, whichever worker saw them, it is open:
no item begins. After `breaker_seconds` it is half-open: one item is tried. The host's answer to it closes the breaker, a
failure opens it again. A probe that shows neither lets another through at once, one that is never heard of again after a while.
"""

import time
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Protocol

from app import windows
from app.broker.connection import client, ready
from app.broker.names import breaker_key, pace_key, pressed_key, signons_key
from app.clock import text_of

FAILURES = {  # what speaks against a host -> what everybody is told of it: never an item's own words, which are its owner's
    "host-lost": "It hung up.",
    "host-silent": "It took connections and never answered.",
    "host-unreachable": "It does not accept connections.",
    "host-misbehaved": "It sent what no 3270 host sends.",
    "tls-failed": "No secure connection to it could be made.",
    "wait-timeout": "It did not show in time what was expected.",
    "abend": "Its transactions end in an ABEND.",
}
_PROBE_SECONDS = 120  # no item takes longer; after that its worker is taken for dead
_STRETCH = 5  # seconds over which the rate is counted
_KEPT = 24 * 3600

# KEYS: breaker. ARGV: now, failures that open it, seconds it stays open, reason.
_FAILED = """
local failures = redis.call('HINCRBY', KEYS[1], 'failures', 1)
local state = redis.call('HGET', KEYS[1], 'state')
if state == 'half-open' or failures >= tonumber(ARGV[2]) then
  redis.call('HSET', KEYS[1], 'state', 'open', 'until', tonumber(ARGV[1]) + tonumber(ARGV[3]), 'reason', ARGV[4])
end
redis.call('EXPIRE', KEYS[1], 86400)
return failures
"""

# KEYS: breaker. ARGV: now, when a probe is given up. Returns 1 for the one who may try.
_PROBE = """
local state, till = redis.call('HGET', KEYS[1], 'state'), tonumber(redis.call('HGET', KEYS[1], 'until') or '0')
if not state or state == 'closed' then return 1 end
if tonumber(ARGV[1]) < till then return 0 end
redis.call('HSET', KEYS[1], 'state', 'half-open', 'until', ARGV[2])
return 1
"""

# KEYS: breaker. ARGV: now.
_UNDECIDED = """
if redis.call('HGET', KEYS[1], 'state') == 'half-open' then redis.call('HSET', KEYS[1], 'until', ARGV[1]) end
"""

# KEYS: pace. ARGV: now, seconds between keys, keys that may come at once. Returns the seconds to wait, and takes the turn.
_PACE = """
local now, gap = tonumber(ARGV[1]), tonumber(ARGV[2])
local turn = math.max(tonumber(redis.call('GET', KEYS[1]) or '0'), now - gap * tonumber(ARGV[3]))
redis.call('SET', KEYS[1], string.format('%.6f', turn + gap), 'EX', 3600)
return string.format('%.6f', math.max(0, turn - now))
"""


class Limits(Protocol):
    """What the store knows of a host, as far as it is needed here."""

    @property
    def name(self) -> str: ...
    @property
    def max_lanes(self) -> int: ...
    @property
    def max_rate(self) -> float: ...
    @property
    def windows(self) -> tuple[str, ...]: ...
    @property
    def time_zone(self) -> str: ...
    @property
    def breaker_failures(self) -> int: ...
    @property
    def breaker_seconds(self) -> int: ...


@dataclass(frozen=True, slots=True)
class Breaker:
    """`until` (Unix time) is when an open one is tried, or a half-open one's probe is given up. `failures` in a row."""

    state: str = "closed"
    failures: int = 0
    until: float = 0.0
    reason: str = ""

    @property
    def due(self) -> bool:
        """Not closed, and time to try."""
        return self.state != "closed" and time.time() >= self.until


@dataclass(frozen=True, slots=True)
class HostStatus:
    """For people. `until` is a time (ISO 8601 UTC) or "": when an open breaker is tried, or a closed window opens. `rate` is keys
    a second that lanes press, `lanes` how many there are."""

    name: str
    breaker: str
    reason: str
    until: str
    lanes: int
    max_lanes: int
    rate: float
    max_rate: float
    windows: tuple[str, ...]
    time_zone: str
    open_now: bool


def breaker(host: str) -> Breaker:
    """Raises NotReady."""
    with ready():
        found = client().hgetall(breaker_key(host))
    parts = {name.decode(): value.decode() for name, value in found.items()}  # type: ignore[union-attr]
    return Breaker(parts.get("state", "closed"), int(parts.get("failures", 0)), float(parts.get("until", 0)), parts.get("reason", ""))


def failed(host: Limits, reason: str) -> None:
    """Something that speaks against the host. Raises NotReady."""
    with ready():
        client().eval(_FAILED, 1, breaker_key(host.name), time.time(), host.breaker_failures, host.breaker_seconds, reason)  # type: ignore[arg-type]


def worked(host: str) -> None:
    """It answered an item: the breaker is closed. Raises NotReady."""
    with ready():
        client().delete(breaker_key(host))


def undecided(host: str) -> None:
    """What was tried did not come to the host: another may be. Raises NotReady."""
    with ready():
        client().eval(_UNDECIDED, 1, breaker_key(host), time.time())  # type: ignore[arg-type]


def probe(host: str) -> bool:
    """Whether the caller may try the host now; of those who ask while it is not closed, one at a time. Raises NotReady."""
    now = time.time()
    with ready():
        return bool(client().eval(_PROBE, 1, breaker_key(host), now, now + _PROBE_SECONDS))  # type: ignore[arg-type]


def turn(host: Limits) -> float:
    """Seconds until the caller may press a key on a host that has a `max_rate`; his turn is taken with it. Raises NotReady."""
    with ready():
        wait = client().eval(_PACE, 1, pace_key(host.name), time.time(), 1 / host.max_rate, min(host.max_rate, 5))  # type: ignore[arg-type]
    return float(wait)  # type: ignore[arg-type]


def pressed(host: str, keys: int) -> None:
    """So many keys more were pressed by lanes just now. Raises NotReady."""
    key = pressed_key(host, int(time.time()) // _STRETCH)
    with ready(), client().pipeline(transaction=False) as pipe:
        pipe.incrby(key, keys)
        pipe.expire(key, 4 * _STRETCH)
        pipe.execute()


def status(host: Limits) -> HostStatus:
    """What is to be seen of a host. Raises NotReady."""
    now = datetime.now(UTC)
    state = breaker(host.name)
    with ready(), client().pipeline(transaction=False) as pipe:
        pipe.zcount(signons_key(host.name), time.time(), "+inf")
        pipe.get(pressed_key(host.name, int(time.time()) // _STRETCH - 1))
        lanes, keys = pipe.execute()
    opens = windows.opens(host.windows, host.time_zone, now)
    until = datetime.fromtimestamp(state.until, UTC) if state.state == "open" else opens
    return HostStatus(
        name=host.name,
        breaker=state.state,
        reason=state.reason if state.state != "closed" else "" if opens is None else "Outside its windows.",
        until=text_of(until) if until else "",
        lanes=int(lanes),
        max_lanes=host.max_lanes,
        rate=round(int(keys or 0) / _STRETCH, 1),
        max_rate=host.max_rate,
        windows=host.windows,
        time_zone=host.time_zone,
        open_now=opens is None,
    )
