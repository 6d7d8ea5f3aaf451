"""Sign-ons: which of a host's users a lane may use. Leased in Redis, shared by all workers: a user is in one lane at a time.

A host without stored credentials has no users to lease; its lanes are counted all the same, against the host's `max_lanes`.
"""

import random
import time
from collections.abc import Mapping
from threading import Lock
from typing import Any

from app.asts.base import SecretStr, SignOn
from app.broker.connection import client, ready
from app.broker.names import holders_key, signons_key, withheld_key
from app.config import settings
from app.errors import NoCapacity
from app.store import hosts

WITHHELD_SECONDS = 300  # a user that the host refused is not tried again so soon: hosts lock users out
_ANYBODY = "-"  # prefix of the lease of a lane that needs no user

# KEYS: leases, holders, withheld. ARGV: now, until, session, most, then users in the order to try them.
# Returns the number of the user from 1, 0 when none is free, -1 when the host has as many lanes as it may.
_LEASE = """
for _, user in ipairs(redis.call('ZRANGEBYSCORE', KEYS[1], '-inf', ARGV[1])) do redis.call('HDEL', KEYS[2], user) end
redis.call('ZREMRANGEBYSCORE', KEYS[1], '-inf', ARGV[1])
redis.call('ZREMRANGEBYSCORE', KEYS[3], '-inf', ARGV[1])
if redis.call('ZCARD', KEYS[1]) >= tonumber(ARGV[4]) then return -1 end
for i = 5, #ARGV do
  if not redis.call('ZSCORE', KEYS[1], ARGV[i]) and not redis.call('ZSCORE', KEYS[3], ARGV[i]) then
    redis.call('ZADD', KEYS[1], ARGV[2], ARGV[i])
    redis.call('HSET', KEYS[2], ARGV[i], ARGV[3])
    return i - 4
  end
end
return 0
"""

# KEYS: leases, holders. ARGV: until (0: give back), then user and session in turn. A lease that nobody has any more (Redis may
# have been emptied) is its lane's again; one that another lane has is left alone.
_KEEP = """
for i = 2, #ARGV, 2 do
  local holder = redis.call('HGET', KEYS[2], ARGV[i])
  if ARGV[1] == '0' and holder == ARGV[i + 1] then
    redis.call('HDEL', KEYS[2], ARGV[i])
    redis.call('ZREM', KEYS[1], ARGV[i])
  elseif ARGV[1] ~= '0' and (not holder or holder == ARGV[i + 1]) then
    redis.call('HSET', KEYS[2], ARGV[i], ARGV[i + 1])
    redis.call('ZADD', KEYS[1], ARGV[1], ARGV[i])
  end
end
"""


class Lease:
    """A lane's right to be on the host, and the user it signs on with (None: this host needs none)."""

    def __init__(self, host: str, session: str, name: str, who: SignOn | None) -> None:
        self.host, self.session, self.name, self.who = host, session, name, who

    def release(self) -> None:
        """Somebody else may have it. Raises NotReady; the lease then ends by itself."""
        with _keeping:
            _held.discard(self)
            _keep(self.host, "0", {self.name: self.session})


_held: set[Lease] = set()  # by this process: from before a lane connects until it has hung up
_keeping = Lock()  # so that no lease is renewed after it was given back


def lease(host: hosts.Host, session: str) -> Lease:
    """Raises NoCapacity when the host has as many lanes as it may, or no user that is free; Unsealable, NotReady."""
    users = {one.user: one.password for one in hosts.credentials(host)}
    names = random.sample(list(users), len(users)) if users else [f"{_ANYBODY}{session}"]
    now = time.time()
    args = [now, now + _seconds(), session, host.max_lanes, *names]
    with ready():
        chosen = int(client().eval(_LEASE, 3, *_keys(host.name), *args))  # type: ignore[arg-type]
    if chosen < 1:
        why = "no user of it is free to sign on" if chosen == 0 else f"it has {host.max_lanes} lanes, as many as it may have"
        raise NoCapacity(f"No lane to {host.name} can be opened now: {why}.")
    name = names[chosen - 1]
    made = Lease(host.name, session, name, SignOn(user=name, password=SecretStr(users[name])) if users else None)
    with _keeping:
        _held.add(made)
    return made


def renew() -> None:
    """The lanes of this process are still there, those that are signing on too. Called with each heartbeat. Raises NotReady."""
    until = str(time.time() + _seconds())
    with _keeping:
        for host in {one.host for one in _held}:
            _keep(host, until, {one.name: one.session for one in _held if one.host == host})


def withhold(lease: Lease) -> None:
    """The host did not let this user in: nobody tries the same again for a while. Raises NotReady."""
    if lease.who is not None:
        with ready():
            client().zadd(withheld_key(lease.host), {lease.name: time.time() + WITHHELD_SECONDS})


def free(host: hosts.Host) -> int:
    """How many more lanes the host can have now. Raises NotReady."""
    now = time.time()
    with ready(), client().pipeline(transaction=False) as pipe:
        pipe.zcount(signons_key(host.name), now, "+inf")
        pipe.zcount(withheld_key(host.name), now, "+inf")
        taken, withheld = pipe.execute()
    users = len(hosts.credentials(host))
    room: int = host.max_lanes - taken
    return max(0, min(room, users - taken - withheld) if users else room)


def _keep(host: str, until: str, leases: Mapping[str, str]) -> None:
    pairs: list[Any] = [part for pair in leases.items() for part in pair]
    with ready():
        client().eval(_KEEP, 2, *_keys(host)[:2], until, *pairs)


def _keys(host: str) -> tuple[str, str, str]:
    return signons_key(host), holders_key(host), withheld_key(host)


def _seconds() -> float:
    return 3 * settings().worker_expiry_seconds
