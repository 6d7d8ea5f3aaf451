"""Lanes: signed-on host sessions in which a run's items are played. Opening, signing on, leaving; which are missing."""

import logging
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Literal

from app.asts import registry
from app.asts.base import Ast
from app.asts.driver import play
from app.asts.script import Done, Refused
from app.broker import placement
from app.broker.celery import app, send
from app.broker.names import worker_queue
from app.config import settings
from app.errors import HostError, HostLost, IastError, InputRefused, NoCapacity, NotReady
from app.screen.model import Screen
from app.store import hosts, items, runs, sessions
from app.tasks import here, signons, trouble, warm
from app.tasks.ending import address_of, end
from app.tasks.feeding import feed
from app.tasks.guards import guard
from app.tasks.part import Part, join
from app.tasks.shares import Wish, shares
from app.tasks.terminals import Terminal
from app.tn3270 import Session3270

_aside = ThreadPoolExecutor(4, thread_name_prefix="lanes-aside")  # what the engine's thread may not do itself
log = logging.getLogger(__name__)

SIGN_ON_SECONDS = 60.0
SIGN_OFF_SECONDS = 5.0
_LEAVINGS = -1  # priority of a run that keeps the lanes nobody else wants, and has none opened


class SignOnRefused(HostError):
    """The host did not let this user in. Correct the host's credentials."""

    code = "sign-on-refused"


class Lane:
    """A host session that plays items. What the driver asks of it is passed on to the session."""

    def __init__(self, id: str, lease: signons.Lease, part: Part) -> None:
        self.id, self.lease, self.part = id, lease, part
        self.session: Session3270
        self.terminal: Terminal | None = None  # while a person has it
        self._turn = 0.0  # Unix time at which the turn for the next key was taken; 0 = not yet

    def screen(self) -> Screen:
        return self.session.screen

    def submit(self, aid: str, cursor: int, fields: Sequence[tuple[int, str]], on: Screen) -> int:
        if not self._turn:
            self.take_turn()
        taken, self._turn = self._turn, 0.0
        if time.time() - taken > settings().worker_expiry_seconds:
            raise InputRefused("This worker stood still; others may have taken its work.", code="lane")
        return self.session.submit(aid, cursor, fields, on.serial, on.layout)

    def take_turn(self) -> None:
        """Wait until the host's limit allows the next key; before a commit is noted, so that nothing long lies between note and key.
        Raises InputRefused: a limit that can't be asked is not ignored."""
        try:
            self.part.guard.pace()
        except NotReady as away:
            raise InputRefused(away.message, code="lane") from None
        self._turn = time.time()

    def wait(self, until: Callable[[Screen], bool], after: int, seconds: float) -> Screen:
        return self.session.wait(until, after, seconds, self.part.ast.quiet_ms)

    def shown(self, screen: Screen) -> None:
        """On the engine's thread. Nobody looks at a lane, but for one that a person has."""
        if self.terminal is not None:
            self.terminal.shown(screen)

    def ended(self, state: str, why: str) -> None:
        """On the engine's thread. A busy lane's item finds out by itself; an idle one has nobody who would."""
        if self.terminal is not None:
            self.terminal.ended(state, why)
        elif not here.stopping.is_set():
            _aside.submit(_lost, self, why)

    def leave(self, part: Part) -> None:
        """The run is over: wait for the next one, or sign off."""
        if part.run.active or not warm.keep(part, self):
            self.sign_off(part.ast)

    def sign_off(self, ast: Ast) -> None:
        """Leave the host politely, then close. Never raises: whatever it says, we go."""
        try:
            play(ast.sign_off(), self, seconds=SIGN_OFF_SECONDS, step_seconds=SIGN_OFF_SECONDS)
        except IastError as error:
            log.info("lane %s did not sign off: %s", self.id, error)
        self.close("closed", "The run is over.")

    def close(self, state: Literal["lost", "closed"], reason: str) -> None:
        """Hang up, and give the user back."""
        try:
            self.session.close()
        except HostError:
            pass  # it is closed
        end(self.id, state, reason)
        _release(self.lease)


@app.task(name="iast.lanes.open")
def open_lane(session_id: str) -> str:
    """Open and sign on the lane that was recorded as opening, and set it to work."""
    record = sessions.get(session_id)
    if record.state != "opening" or record.worker != here.name():
        return record.state
    part = None
    try:
        part = join(record.run)
        part.opening.add(session_id)
        part.add(_signed_on(part, record))  # before it is opening no more: at each moment somebody holds it
    except Exception as error:
        _failed(record, error)
        return "lost"
    finally:
        if part is not None:
            part.opening.discard(session_id)
    trouble.over(record.run)
    feed(part)
    return "open"


@app.task(name="iast.lanes.close", ignore_result=True)
def close_lane(session_id: str) -> str:
    """Give up a lane: its run may have fewer now, or others need its room."""
    warm.close(session_id)
    part = here.parts.get(sessions.get(session_id).run)
    if part is not None:
        part.release(session_id)
    return "closed"


@app.task(name="iast.lanes.lend", ignore_result=True)
def lend_lane(session_id: str) -> str:
    """A warm lane of this worker goes on to the run that it is now recorded under."""
    record, kept = sessions.get(session_id), here.warm.pop(session_id, None)
    try:
        if kept is None or not warm.fit(kept.lane):
            raise HostLost("It was gone when its next run wanted it.")
        part = join(record.run)
    except IastError as error:
        if kept is not None:
            kept.lane.close("lost", error.message)
        end(session_id, "lost", error.message)
        send("iast.runs.tend", record.run)
        return "lost"
    kept.lane.part = part
    part.add(kept.lane)
    feed(part)
    return "open"


def _failed(record: sessions.Session, error: Exception) -> None:
    if not isinstance(error, IastError):
        log.exception("lane %s of run %s", record.id, record.run)
        error = IastError("A lane could not be opened because of a fault in IAST. The worker's log says which.")
    end(record.id, "lost", error.message)
    if not isinstance(error, NoCapacity):
        trouble.note(record.run, error)
        part = here.parts.get(record.run)
        if part is not None:
            part.guard.failed(error.code)
    send("iast.runs.tend", record.run)


def _signed_on(part: Part, record: sessions.Session) -> Lane:
    """Raises NoCapacity, SignOnRefused, HostError, Conflict, NotReady; then nothing is left open."""
    host = part.guard.host
    lease = signons.lease(host, record.id)
    try:
        lane = Lane(record.id, lease, part)
        lane.session = here.engine.open(address_of(host, record), lane.shown, lane.ended)
        try:
            sessions.opened(record.id, here.name(), lane.session.lu)
            _sign_on(part, lane)
        except BaseException:
            lane.session.close()
            raise
    except BaseException:
        _release(lease)
        raise
    return lane


def _sign_on(part: Part, lane: Lane) -> None:
    script = part.ast.sign_on(lane.lease.who)
    outcome = play(script, lane, seconds=SIGN_ON_SECONDS, step_seconds=part.ast.step_seconds)
    if isinstance(outcome, Refused):
        signons.withhold(lane.lease)
        user = lane.lease.who.user if lane.lease.who else "this session"
        raise SignOnRefused(f"{part.guard.host.name} did not let {user} sign on: {outcome.reason}")
    if not isinstance(outcome, Done):
        why = getattr(outcome, "reason", "the script ended early")
        raise HostLost(f"Signing on to {part.guard.host.name} failed: {why}")


def _lost(lane: Lane, why: str) -> None:
    if here.warm.pop(lane.id, None) is not None:
        lane.close("lost", why)
    elif lane.part.withdraw(lane):
        lane.close("lost", why)
        send("iast.runs.tend", lane.part.id)


def _release(lease: signons.Lease) -> None:
    try:
        lease.release()
    except IastError as error:
        log.warning("lease of %s on %s ends by itself: %s", lease.name, lease.host, error)


def man(run: runs.Run) -> str | None:
    """Have the lanes opened that the run lacks, and those closed that it is not to have any more, also while it is paused or being
    cancelled. Returns why it can't go on, if it can't. Raises NotFound, NotReady."""
    host = hosts.get(run.host)
    others = {item.lane for item in items.page(run.id, None, 1000, "parked")[0]} | warm.on_offer(run.host)
    live = [session for session in sessions.of_run(run.id) if session.live and session.id not in others]
    wishes = {other.id: _wish(other) for other in runs.active() if other.host == run.host}
    target = shares(list(wishes.values()), host.max_lanes).get(run.id, 0)
    if len(live) > min(target, run.lanes) and (len(wishes) > 1 or len(live) > run.lanes):
        _close(live, len(live) - target)
    if run.id not in wishes or wishes[run.id].priority == _LEAVINGS:
        return None
    missing = guard(host).most(target - len(live))
    if missing <= 0:
        return None
    ailment = trouble.of(run)
    if ailment is not None:
        if not live and ailment.hopeless:
            return ailment.reason
        if time.time() < ailment.again:
            return None
    _fill(run, host, missing)
    return None


def _fill(run: runs.Run, host: hosts.Host, missing: int) -> None:
    """Warm lanes first, then new ones, as many as the host has room for."""
    kind = registry.get(run.ast)
    missing -= warm.lease(run, kind(kind.validate_parameters(runs.parameters(run))), missing)
    free = signons.free(host)
    for _ in range(min(missing, free)):
        if not _ask_for(run):
            return
    if missing > free:
        warm.make_room(host.name, missing - free)  # then the next look finds it


def _wish(run: runs.Run) -> Wish:
    """What a run could use: no more lanes than it has items left. One that does not go on now keeps one to ask the host about what
    is in doubt, and else only what nobody wants."""
    if run.status not in ("starting", "running"):
        return Wish(run.id, run.priority, 1) if _in_doubt(run) else Wish(run.id, _LEAVINGS, run.lanes)
    left = (run.canary or run.total) - sum(run.counts.get(status, 0) for status in items.ENDS)
    return Wish(run.id, run.priority, min(run.lanes, max(1, left)))


def _in_doubt(run: runs.Run) -> bool:
    """Whether some item's commit was pressed and its answer has not come."""
    return any(item.journal != "none" for item in items.running(run.id))


def _close(live: list[sessions.Session], many: int) -> None:
    """The newest go: the oldest have shown that they work."""
    for session in live[len(live) - many :]:
        send("iast.lanes.close", session.id, queue=worker_queue(session.worker))


def _ask_for(run: runs.Run) -> bool:
    """Record a lane and ask a worker to open it. False when no worker has room."""
    try:
        worker = placement.choose_worker(run.host)
    except NoCapacity as full:
        log.warning("run %s: %s", run.id, full)
        return False
    session = sessions.create(owner=run.owner, host=run.host, worker=worker, purpose="lane", run=run.id)
    send("iast.lanes.open", session.id, queue=worker_queue(worker))
    return True
