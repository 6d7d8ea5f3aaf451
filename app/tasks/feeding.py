"""Feeding: sends a run's items to the worker that has lanes for them, a window at a time, and ends the run after the last.

A worker feeds itself: whoever has idle lanes takes the next window of the list, so a quick worker gets more of it. When the
list is through, it looks for what is still pending, wherever that was sent: what a dead worker left is found like this,
and what a slow one has not begun. An item sent twice is claimed once.
"""

import logging
import time
from itertools import batched

from celery import chord

from app.broker.celery import app
from app.broker.connection import client, ready
from app.broker.names import run_key, worker_queue
from app.clock import now
from app.errors import Conflict, IastError
from app.store import hosts, items, runs, sessions
from app.tasks import archive, here, parked, progress
from app.tasks.part import FRESH_SECONDS, Part

log = logging.getLogger(__name__)

_A_LANE = 8  # items of a window for each lane, at least: with two windows out, no lane waits for the next
_A_TASK = 32  # items of one task at most
_TASK_SECONDS = 5.0  # of work in a task: Celery spends more on a task than a worker on a quick item
_LEAST = 10
_LOST_SECONDS = 20.0  # idle lanes and nothing begun for so long: what was sent here is gone
_COUNT_EVERY = 10.0  # seconds: counting a long list is dear, and the counters can be wrong
_BELIEVE = 2 * FRESH_SECONDS  # seconds from a cancel until every worker has seen it, or is seen


def feed(part: Part) -> None:
    """Keep two windows out while there is anything to do. Called by whoever thinks there may be room; never raises."""
    if not part.feeding.acquire(blocking=False):
        return
    try:
        while part.lanes and _room(part) and part.may_start() and not part.run.dry_run:
            size = part.guard.most(_size(part))  # one, as a probe, while the host's breaker is not closed
            numbers = _next(part, size) if size else []
            if not numbers:
                break
            _send(part, numbers)
        if not part.sent:
            part.tally.tell(part.run, len(part.lanes))
            if progress.likely_over(part.run) or time.monotonic() - part.counted > _COUNT_EVERY:
                part.counted = time.monotonic()
                conclude(part.id)
    except IastError as error:
        log.warning("run %s is not fed: %s", part.id, error)
    except Exception:  # a fault here must not break the chord whose body called
        log.exception("run %s is not fed", part.id)
    finally:
        part.feeding.release()


def conclude(run_id: str) -> None:
    """End the run if nothing of it is left to do. Raises NotFound, NotReady."""
    run = runs.get(run_id)
    if run.status == "cancelling":
        _conclude_cancelled(run)
    elif run.status in ("running", "paused"):
        counts = items.counts(run_id)
        if not (counts["running"] or counts["parked"]):
            _conclude_idle(run, counts)


def _conclude_idle(run: runs.Run, counts: dict[str, int]) -> None:
    """Nothing of the run is being done. Is there anything left to do?"""
    if not counts["pending"] or (run.dry_run and _signed_on(run)):
        _end(run.id, "finish", counts)
    elif run.deadline and run.deadline < now():
        _end(run.id, "fail", counts, f"Its deadline passed with {counts['pending']} items left.")
    elif run.canary and run.status == "running" and not items.pending(run.id, 0, 1, run.canary):
        _hold_canary(run)


def _signed_on(run: runs.Run) -> bool:
    """A dry run has shown what it was to show: its lanes have signed on."""
    opened = [session for session in sessions.of_run(run.id) if session.state == "open"]
    return len(opened) >= min(run.lanes, run.total, hosts.get(run.host).max_lanes)


def _hold_canary(run: runs.Run) -> None:
    try:
        held = runs.hold(run.id, "canary", f"The first {run.canary} items are done. Look at them, then resume.")
    except Conflict:
        return
    progress.recount(held)


def _conclude_cancelled(run: runs.Run) -> None:
    if not _believed(run.id):
        return
    counts = items.counts(run.id)
    if not counts["running"]:
        if counts["parked"]:
            parked.give_up(run.id, "The run was cancelled while it waited for a person.")
        _end(run.id, "cancelled", items.counts(run.id))


def _believed(run: str) -> bool:
    """Whether the cancel is old enough that no worker can begin an item without our seeing its claim."""
    now = time.time()
    with ready(), client().pipeline(transaction=True) as pipe:
        pipe.hsetnx(run_key(run), "cancelled_at", str(now))
        pipe.hget(run_key(run), "cancelled_at")
        since = float(pipe.execute()[1])
    return now - since > _BELIEVE


def _end(run_id: str, move: str, counts: dict[str, int], reason: str = "") -> None:
    moves = {"finish": lambda: runs.finish(run_id, counts), "cancelled": lambda: runs.cancelled(run_id, counts)}
    try:
        ended = moves.get(move, lambda: runs.fail(run_id, reason))()
    except Conflict:
        return  # somebody else did, or it was steered just now
    log.info("run %s is %s", run_id, ended.status)
    progress.recount(ended)
    archive.ended(run_id)


def _size(part: Part) -> int:
    return min(part.run.window, max(_LEAST, max(_A_LANE, _a_task(part)) * len(part.lanes)))


def _a_task(part: Part) -> int:
    return a_task(part.pace, (part.run.canary or part.run.total) - part.run.next, part.run.lanes)


def a_task(seconds: float, left: int, lanes: int) -> int:
    """Items of one task, where an item takes so long, and so many of the list are left: what a lane does in five seconds, and
    fewer as the list ends, so that all lanes end together."""
    return max(1, min(_A_TASK, round(_TASK_SECONDS / seconds), left // lanes))


def _room(part: Part) -> bool:
    if part.sent and part.idle_lanes() == len(part.lanes) and time.monotonic() - part.used > _LOST_SECONDS:
        part.sent.clear()
    return len(part.sent) <= _size(part)


def _next(part: Part, size: int) -> list[int]:
    """The numbers of the next window; none when there is nothing that is not out already. Raises NotFound, NotReady."""
    while part.left:
        numbers = [part.left.pop() for _ in range(min(size, len(part.left)))]
        return sorted(set(numbers) - part.sent)
    run = part.look(0)
    while run.next < (end := run.canary or run.total) and run.status == "running":
        numbers = items.pending(run.id, run.next, size, end)
        to = numbers[-1] + 1 if len(numbers) == size else end
        if runs.send_out(run.id, run.next, to) and numbers:
            return numbers
        run = part.look(0)
    return [] if part.sent or run.status != "running" else items.pending(run.id, 0, size, run.canary or run.total)


def _send(part: Part, numbers: list[int]) -> None:
    """A chord of tasks of a few items each, on this worker's queue; its body comes back here for the next window."""
    queue = worker_queue(here.name())
    part.sent.update(numbers)
    try:
        few = max(1, min(_a_task(part), len(numbers) // max(1, len(part.lanes))))
        header = [app.signature("iast.runs.items", (part.id, *some), immutable=True, queue=queue) for some in batched(numbers, few)]
        with ready():
            chord(header)(app.signature("iast.runs.advance", args=(part.id,), immutable=True, queue=queue))
    except BaseException:
        part.sent.difference_update(numbers)  # some may be out: they are claimed once all the same
        part.left.extend(numbers)
        raise
