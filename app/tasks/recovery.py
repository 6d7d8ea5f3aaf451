"""Recovery: what died, and what becomes of its work. Done by the workers for each other, one of them at a time.

Nothing here is needed while all is well, and nothing here is trusted: each change is conditional in the store.
"""

import logging
import random
import time

from app.asts import registry
from app.asts.base import Ast
from app.broker.celery import app, send
from app.broker.connection import client, ready
from app.broker.names import lock_key, verify_key, worker_queue
from app.broker.workers import forget, lapsed, workers
from app.clock import later, now
from app.config import settings
from app.errors import Conflict, IastError, NotFound
from app.store import items, launches, runs, sessions
from app.tasks import archive, here, progress, trouble
from app.tasks.ending import end
from app.tasks.launches import look_after
from app.tasks.locks import alone

log = logging.getLogger(__name__)

SWEEP_SECONDS = 2.0
_GRACE = 20.0  # seconds in which a session of this worker may be on its way here
_unheard: dict[str, float] = {}  # workers with live sessions that Redis knows nothing of -> since when (monotonic)
_ASKED_SECONDS = 30  # seconds until an item is sent to be verified again


class Pulse:
    """Whether others had the time to beat: this worker has beaten all along. While Redis was away nobody could, and the first who
    finds it again would take all others for dead."""

    def __init__(self) -> None:
        self._since = self._last = 0.0  # monotonic

    def beat(self) -> None:
        """This worker was heard."""
        at = time.monotonic()
        if at - self._last > settings().worker_expiry_seconds / 2:
            self._since = at
        self._last = at

    def steady(self) -> bool:
        """Whether it was, again and again, for as long as a silent worker is thought to live."""
        seconds = settings().worker_expiry_seconds
        return time.monotonic() - self._last < seconds / 2 and self._last - self._since > seconds


pulse = Pulse()


@app.task(name="iast.recovery.sweep", ignore_result=True)
def sweep() -> str:
    """Look after what nobody looks after."""
    with alone("sweep") as mine:
        if mine:
            _sweep()
    return "swept" if mine else "swept elsewhere"


def _sweep() -> None:
    alive, live = {load.name for load in workers()}, sessions.live()
    gone = set(lapsed()) if pulse.steady() else set()
    alive |= _about_to_beat({session.worker for session in live} - alive - gone)
    for session in live:
        if session.worker not in alive:
            lost(session, f"Worker {session.worker} stopped. Open another session.")
        elif session.worker == here.name() and session.created < later(-_GRACE) and not here.holds(session.id):
            lost(session, "Its worker does not have it any more. Open another session.")
    active = runs.active()
    for run in active:
        _look_after(run, alive, gone)
    _settle_ended({s.run for s in live if s.worker not in alive} - {run.id for run in active}, alive)
    for launch in launches.active():
        look_after(launch)
    archive.look_after()
    for name in gone - alive:
        forget(name)


def _about_to_beat(unheard: set[str]) -> set[str]:
    """Of workers that Redis knows nothing of, those that may still beat: it may just have come back, or been emptied."""
    for name in _unheard.keys() - unheard:
        del _unheard[name]
    for name in unheard:
        _unheard.setdefault(name, time.monotonic())
    return {name for name, since in _unheard.items() if time.monotonic() - since < settings().worker_expiry_seconds}


def _look_after(run: runs.Run, alive: set[str], gone: set[str]) -> None:
    from app.tasks.runs import tend

    try:
        for name in gone:
            progress.forget_worker(run.id, name)
        if settle(run, alive) or gone or _recount_due(run):
            progress.recount(run)
        tend(run.id)
    except IastError as error:
        log.warning("run %s: %s", run.id, error)


def _settle_ended(ids: set[str], alive: set[str]) -> None:
    """Runs that ended while a worker played the last of their items, and that worker has died: nothing of them stays running."""
    for id in ids - {""}:
        try:
            run = runs.get(id)
            if settle(run, alive):
                progress.recount(run)
        except IastError as error:
            log.warning("run %s: %s", id, error)


def _recount_due(run: runs.Run) -> bool:
    """Every so often, by one worker: longer lists are dearer to count."""
    seconds = max(10, min(300, run.total // 200))
    with ready():
        return bool(client().set(lock_key(f"recount.{run.id}"), "1", nx=True, ex=seconds))


def lost(session: sessions.Session, reason: str) -> None:
    """Record and tell the end of a session whose worker is gone."""
    log.warning("session %s of worker %s is lost", session.id, session.worker)
    end(session.id, "lost", reason)


def own_leftovers() -> None:
    """This worker has just started: whatever is in its name is from an earlier life. Raises NotReady."""
    name = here.name()
    left = sessions.on_worker(name)
    for session in left:
        lost(session, f"Worker {name} was started anew. Open another session.")
    alive = {load.name for load in workers()} - {name}
    seen = {run.id: run for run in runs.active()}
    for id in {session.run for session in left if session.run} - seen.keys():
        try:
            seen[id] = runs.get(id)  # it failed while this worker was dying
        except NotFound:
            pass
    for run in seen.values():
        progress.forget_worker(run.id, name)
        if settle(run, alive, only=name):
            progress.recount(run)


def settle(run: runs.Run, alive: set[str] | None = None, only: str = "") -> int:
    """See to the run's items that are running and that nobody is playing; how many those are. `only`: of this worker's earlier life."""
    alive = {load.name for load in workers()} if alive is None else alive
    settled = 0
    for item in items.running(run.id):
        abandoned = item.worker not in alive or item.lease_until < now()
        if abandoned and only in ("", item.worker):
            settled += 1
            _settle(run, item, alive, bool(only))
    return settled


def _settle(run: runs.Run, item: items.Item, alive: set[str], namesake: bool) -> None:
    """`namesake`: a worker of the name it was claimed under lives, and knows nothing of it."""
    try:
        if item.journal == "none":
            items.requeue(run.id, item.n, item.attempt)
        elif run.active and _verifies(run):
            if namesake:
                items.renew(run.id, item.n, item.attempt, 0)  # the name no longer tells a sweep that nobody is at it
            _have_verified(run, item, alive)
        elif item.journal == "committed":
            items.finish(run.id, item.n, item.attempt, "succeeded", {"answer": item.answer})
        else:
            _uncertain(run, item)
    except Conflict:
        pass  # it has just ended by itself


def _uncertain(run: runs.Run, item: items.Item) -> None:
    why = "The key that commits may have been pressed, and its answer was lost. Look at the host, then decide."
    items.finish(run.id, item.n, item.attempt, "uncertain", None, {"code": "uncertain", "message": why})


def _verifies(run: runs.Run) -> bool:
    try:
        return registry.get(run.ast).verify is not Ast.verify
    except NotFound:
        return False


def _have_verified(run: runs.Run, item: items.Item, alive: set[str]) -> None:
    """Send it to a worker that has lanes of the run; if there is none now, the next sweep tries again. A cancel does not wait for a
    host that stays away."""
    able = [s.worker for s in sessions.of_run(run.id) if s.state == "open" and s.worker in alive]
    if not able:
        if run.status == "cancelling" and (ailment := trouble.of(run)) and ailment.hopeless:
            _uncertain(run, item)
        return
    with ready():
        first = client().set(verify_key(run.id, item.n), "1", nx=True, ex=_ASKED_SECONDS)
    if first:
        send("iast.runs.verify", run.id, item.n, queue=worker_queue(random.choice(able)))
