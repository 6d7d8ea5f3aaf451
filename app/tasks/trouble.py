"""Trouble: why a run's lanes can't be opened, since when, and when to try again. In Redis, a convenience: forgotten, it comes back."""

import time
from dataclasses import dataclass

from app.broker.connection import client, ready
from app.broker.names import run_key
from app.errors import IastError
from app.store import items, runs

PATIENCE = 60.0  # seconds that a run which has worked waits for its host to come back
_FIRST, _LONGEST = 1.0, 15.0  # seconds between attempts
_FIELDS = ("trouble", "trouble_code", "trouble_since", "trouble_times", "trouble_last", "worked")


@dataclass(frozen=True, slots=True)
class Trouble:
    """`again` is the Unix time of the next attempt; `hopeless` when no attempt is worth it any more."""

    reason: str
    again: float
    hopeless: bool


def note(run: str, error: IastError) -> None:
    """A lane could not be opened. Raises NotReady."""
    now = time.time()
    with ready(), client().pipeline(transaction=True) as pipe:
        pipe.hsetnx(run_key(run), "trouble_since", str(now))
        pipe.hset(run_key(run), mapping={"trouble": error.message, "trouble_code": error.code, "trouble_last": str(now)})
        pipe.hincrby(run_key(run), "trouble_times", 1)
        pipe.execute()


def over(run: str) -> None:
    """A lane was opened. Raises NotReady."""
    with ready(), client().pipeline(transaction=True) as pipe:
        pipe.hset(run_key(run), "worked", "1")
        pipe.hdel(run_key(run), *_FIELDS[:-1])
        pipe.execute()


def forget(run: str) -> None:
    """The run begins again. Raises NotReady."""
    with ready():
        client().hdel(run_key(run), *_FIELDS)


def of(run: runs.Run) -> Trouble | None:
    """What ails the run's lanes; None when nothing does. Raises NotReady."""
    with ready():
        found = client().hmget(run_key(run.id), _FIELDS)
    reason, code, since, times, last, worked = (value.decode() if value else "" for value in found)  # type: ignore[union-attr]
    if not reason:
        return None
    waited = float(last or 0) - float(since or 0)  # to the last attempt: while Redis was away, nobody asked the host
    has_worked = worked or any(run.counts.get(status) for status in items.PLAYED)  # Redis may have been emptied
    hopeless = not has_worked or code == "sign-on-refused" or waited > PATIENCE
    pause = min(_LONGEST, _FIRST * 2 ** (int(times or 1) - 1) if int(times or 1) < 10 else _LONGEST)
    return Trouble(reason, float(last or 0) + pause, hopeless)
