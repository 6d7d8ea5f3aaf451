"""Progress: counters of a run for people, kept in Redis between two counts of its items. Nothing is decided by them."""

import logging
import time
from collections import Counter, deque
from threading import Lock

from app.broker import rates
from app.broker.connection import client, ready
from app.broker.names import RUN_KEPT, run_key, user_channel
from app.broker.screens import publish
from app.clock import time_of
from app.errors import Conflict, IastError
from app.messages import RunProgress
from app.store import items, runs
from app.tasks import here

log = logging.getLogger(__name__)

_RATE_SECONDS = 10.0
_NOTE_EVERY = 2.0  # seconds between notes of the counts in the store, for lists of runs
_LEAST_FOR_SHARE = 20
_OVER = "over"  # field of the counters: the run is over, and nothing is added for people any more
_FAILURES = ("failed", "uncertain", "parked")
_LANES = "lanes."  # prefix of the fields that hold each worker's lanes


class Tally:
    """What changed here since it was last told, for one run. Any thread may count; one tells."""

    def __init__(self, run: str) -> None:
        self._run = run
        self._changes: Counter[str] = Counter()
        self._lock = Lock()
        self._ended: deque[tuple[float, int]] = deque()  # (time, items ended in all)
        self._noted = 0.0
        self._lanes = -1
        self._unsure = False  # whether something was counted that may or may not have been added
        self.last: dict[str, int] = {}  # the shared counts as last seen

    def count(self, status: str, by: int = 1) -> None:
        with self._lock:
            self._changes[status] += by

    def tell(self, run: runs.Run, lanes: int, always: bool = False) -> None:
        """Add the changes to the shared counters and tell the owner's pages, if there is anything new. Never raises."""
        with self._lock:
            changes, self._changes = self._changes, Counter()
        if not changes and lanes == self._lanes and not always and not self._unsure:
            return
        try:
            found = _add(self._run, changes, lanes)
        except IastError as error:
            log.warning("progress of run %s not counted: %s", self._run, error)
            self._unsure = True  # only Redis knows: counting the items again is the way to find out
            return
        self._lanes = lanes
        if _OVER in found:
            return  # its end has been told, and this would be told after it
        try:
            if self._unsure or sum(found.get(status, 0) for status in items.STATUSES) > run.total:
                self.last = recount(run)
                self._unsure = False
            else:
                self._publish(run, found)
            keep_budget(run, self.last)
        except IastError as error:
            log.warning("progress of run %s not told: %s", self._run, error)

    def _publish(self, run: runs.Run, found: dict[str, int]) -> None:
        counts = _counts(run, found)
        self.last = counts
        lanes = sum(n for name, n in found.items() if name.startswith(_LANES))
        publish(user_channel(run.owner), progress(run, counts, lanes, self._rate(counts)))
        if time.monotonic() - self._noted > _NOTE_EVERY:
            self._noted = time.monotonic()
            runs.note_counts(run.id, counts)
            rates.note(run.id, _age(run), _ended(counts))

    def _rate(self, counts: dict[str, int]) -> float:
        now, ended = time.monotonic(), _ended(counts)
        self._ended.append((now, ended))
        while now - self._ended[0][0] > _RATE_SECONDS:
            self._ended.popleft()
        began, before = self._ended[0]
        return round(max(0, ended - before) / (now - began), 1) if now > began else 0.0


def _age(run: runs.Run) -> float:
    """Seconds since it started."""
    return time.time() - time_of(run.started).timestamp() if run.started else 0.0


def _ended(counts: dict[str, int]) -> int:
    return sum(counts[status] for status in items.ENDS)


def keep_budget(run: runs.Run, counts: dict[str, int]) -> None:
    """Hold a run that has failed as often as it may: what the counters say is checked before it counts. Raises NotReady."""
    if run.status != "running" or not _used_up(run, counts):
        return
    run, counts = runs.get(run.id), items.counts(run.id)  # a person may just have resumed it
    if run.status != "running" or not _used_up(run, counts):
        return
    failures = sum(counts[status] for status in _FAILURES)
    why = f"{failures} items failed, which is what the run allows ({run.failure_budget}). Look, then resume."
    try:
        held = runs.hold(run.id, "budget", why)
    except Conflict:
        return
    publish(user_channel(run.owner), progress(held, counts, 0, 0.0))


def _used_up(run: runs.Run, counts: dict[str, int]) -> bool:
    return over_budget(run.failure_budget, sum(counts[s] for s in _FAILURES), _ended(counts))


def over_budget(budget: str, failures: int, done: int) -> bool:
    """Whether so many failures among so many items done use up a budget such as "50" or "5%". A share counts from 20 items on:
    the first failure of a list is all of it."""
    if not budget:
        return False
    if budget.endswith("%"):
        return done >= _LEAST_FOR_SHARE and failures * 100 >= float(budget[:-1]) * done
    return failures >= int(budget)


def likely_over(run: runs.Run) -> bool:
    """Whether the counters say that nothing is left: then it is worth counting. Raises NotReady."""
    with ready():
        found = _read(client().hgetall(run_key(run.id)))  # type: ignore[arg-type]
    return sum(max(0, found.get(status, 0)) for status in items.ENDS) >= (run.canary or run.total)


def recount(run: runs.Run) -> dict[str, int]:
    """Make the counters again from the items, and tell the owner's pages. What workers have not added yet counts twice until
    the next time; so it is done now and then, and when the run ends. Raises NotFound, NotReady."""
    counts = items.counts(run.id)
    with ready(), client().pipeline(transaction=True) as pipe:
        if run.active:
            pipe.hdel(run_key(run.id), _OVER)
        else:
            pipe.hset(run_key(run.id), _OVER, "1")
        pipe.hset(run_key(run.id), mapping={status: n for status, n in counts.items() if status != "pending"})
        pipe.expire(run_key(run.id), RUN_KEPT)
        pipe.hgetall(run_key(run.id))
        found = _read(pipe.execute()[-1])
    runs.note_counts(run.id, counts)
    lanes = sum(n for name, n in found.items() if name.startswith(_LANES)) if run.active else 0
    publish(user_channel(run.owner), progress(run, counts, lanes, 0.0))
    return counts


def progress(run: runs.Run, counts: dict[str, int], lanes: int, rate: float) -> RunProgress:
    return RunProgress(run.id, run.status, run.total, counts, lanes, rate, run.finished)


def forget_worker(run: str, worker: str) -> None:
    """This worker has no lanes of it any more. Raises NotReady."""
    with ready():
        client().hdel(run_key(run), _LANES + worker)


def _add(run: str, changes: Counter[str], lanes: int) -> dict[str, int]:
    with ready(), client().pipeline(transaction=True) as pipe:
        for status, by in changes.items():
            pipe.hincrby(run_key(run), status, by)
        pipe.hset(run_key(run), _LANES + here.name(), str(lanes))
        pipe.expire(run_key(run), RUN_KEPT)
        pipe.hgetall(run_key(run))
        return _read(pipe.execute()[-1])


def _read(found: dict[bytes, bytes]) -> dict[str, int]:
    return {name.decode(): int(value) for name, value in found.items() if value.lstrip(b"-").isdigit()}


def _counts(run: runs.Run, found: dict[str, int]) -> dict[str, int]:
    counts = {status: max(0, found.get(status, 0)) for status in items.STATUSES if status != "pending"}
    return {"pending": max(0, run.total - sum(counts.values())), **counts}
