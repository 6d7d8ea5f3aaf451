"""Part: the part of a run that is done by this worker: its lanes, its crew, what was sent here. Plays no item itself."""

import time
from collections.abc import Callable
from threading import Condition, Lock
from typing import TYPE_CHECKING

from app.asts import registry
from app.clock import now
from app.errors import IastError
from app.store import hosts, items, runs
from app.tasks import here, parked
from app.tasks.guards import guard
from app.tasks.progress import Tally

if TYPE_CHECKING:
    from app.tasks.lanes import Lane

FRESH_SECONDS = 1.0  # what was read of the run may be acted upon so long; a cancel waits longer before it believes in silence
_PACE = 0.25  # seconds an item is thought to take until some have been played
_PATIENCE = 0.5  # seconds a thread waits for a lane before it looks whether there is still a point


class Part:
    """A run here. Made when the first of its lanes is to be opened, left when the run is over or its lanes are gone."""

    def __init__(self, run: runs.Run) -> None:
        """Raises NotFound, BadInput, Unsealable: the run can't be done at all."""
        from app.tasks.pool import Crew

        kind = registry.get(run.ast)
        self.id = run.id
        self.guard = guard(hosts.get(run.host))
        self.ast = kind(kind.validate_parameters(runs.parameters(run)))
        self.crew = Crew(run.id)
        self.tally = Tally(run.id)
        self.lanes: dict[str, Lane] = {}  # by session id, idle and busy
        self.opening: set[str] = set()
        self.parked: dict[str, parked.Parked] = {}  # by session id
        self.sent: set[int] = set()  # items sent here that have not come back
        self.left: list[int] = []  # items that came back unplayed: the run was paused, or had no lane
        self.feeding = Lock()
        self.counted = 0.0  # when the items were last counted to see whether it is over
        self.used = time.monotonic()  # when an item was last begun
        self.pace = _PACE  # seconds that an item takes on its lane, of late
        self._run, self._read = run, 0.0
        self._reading = Lock()
        self._idle: list[Lane] = []
        self._changed = Condition()

    @property
    def run(self) -> runs.Run:
        """The run as last read."""
        return self._run

    def look(self, oldest: float = FRESH_SECONDS) -> runs.Run:
        """The run as it was at most `oldest` seconds ago. Raises NotFound, NotReady."""
        if time.monotonic() - self._read > oldest:
            with self._reading:
                began = time.monotonic()
                if began - self._read > oldest:  # else another thread has just read it
                    self._run = runs.get(self.id)
                    self._read = began
        return self._run

    def may_start(self) -> bool:
        """Whether an item may be begun now. After a claim this is exact: a cancel that it does not see has seen the claim."""
        if here.stopping.is_set() or not self.guard.within_hours():
            return False
        try:
            run = self.look()
        except IastError:
            return False  # the store is away, or the run is gone
        return run.status == "running" and not (run.deadline and run.deadline < now())

    def may_verify(self) -> bool:
        """Whether the host may be asked about a lost commit: also while the run is paused or being cancelled."""
        return not here.stopping.is_set()

    def may_park(self, lane: "Lane") -> bool:
        """Whether a failing item may keep this lane and wait for a person."""
        if not self._run.park or lane.session.ended is not None:
            return False
        try:
            return len(items.page(self.id, None, self._run.park, "parked")[0]) < self._run.park
        except IastError:
            return False  # the store is away

    @property
    def manned(self) -> bool:
        """Whether there is a lane here, or one is being opened."""
        return bool(self.lanes or self.opening)

    @property
    def item_seconds(self) -> float:
        """What one item may take on its lane."""
        return self._run.item_seconds or self.ast.item_seconds

    @property
    def lease_seconds(self) -> float:
        """How long a claimed item may take: waiting for a lane, and being played."""
        return 2 * self.item_seconds + 60

    def add(self, lane: "Lane") -> None:
        """A lane is signed on."""
        with self._changed:
            self.lanes[lane.id] = lane
            self._idle.append(lane)
            self._changed.notify()
        self.crew.for_lanes(len(self.lanes))
        if here.parts.get(self.id) is not self and self.withdraw(lane):
            lane.leave(self)  # the run ended while it signed on: nobody will come for it

    def take(self, worth: Callable[[], bool] | None = None) -> "Lane | None":
        """A lane for one item; None when there will be none, when it is not worth it, or the item would come too late."""
        end = time.monotonic() + self.item_seconds
        while True:
            with self._changed:
                if self._changed.wait_for(lambda: self._idle, _PATIENCE):
                    self.used = time.monotonic()
                    return self._idle.pop(0)
            if not self.manned or time.monotonic() > end or not (worth or self.may_start)():
                return None

    def took(self, seconds: float) -> None:
        """So long did an item take on its lane."""
        self.pace += (seconds - self.pace) / 8

    def give_back(self, lane: "Lane") -> None:
        """The item is done, and the lane stands where the next one can start."""
        with self._changed:
            if lane.id in self.lanes:
                self._idle.append(lane)
                self._changed.notify()
                return
        lane.leave(self)

    def drop(self, lane: "Lane", reason: str) -> None:
        """The lane is of no more use: its connection broke, or nobody knows where it stands."""
        self.remove(lane)
        lane.close("lost", reason)

    def remove(self, lane: "Lane") -> None:
        """It is no lane of the run any more; whoever removes it has it."""
        with self._changed:
            self.lanes.pop(lane.id, None)
            if lane in self._idle:
                self._idle.remove(lane)

    def release(self, session_id: str) -> None:
        """Another run is to have the room: the lane signs off, at once or when its item is done."""
        with self._changed:
            lane = self.lanes.pop(session_id, None)
            idle = lane is not None and lane in self._idle
            if idle:
                self._idle.remove(lane)  # type: ignore[arg-type]
        if idle:
            self.crew.submit(lane.sign_off, self.ast)  # type: ignore[union-attr]

    def withdraw(self, lane: "Lane") -> bool:
        """Take an idle lane out; False when an item has it."""
        with self._changed:
            if lane not in self._idle:
                return False
            self._idle.remove(lane)
            self.lanes.pop(lane.id, None)
            return True

    def idle_lanes(self) -> int:
        return len(self._idle)

    def leave(self) -> None:
        """Give up the lanes: idle ones now, busy ones when their item is done."""
        with self._changed:
            idle, self._idle, self.lanes = self._idle, [], {}
        for lane in idle:
            self.crew.submit(lane.leave, self)


def join(run_id: str) -> Part:
    """The part of this run here, made if it is the first time. Raises NotFound, BadInput, Unsealable, NotReady."""
    with _joining:
        part = here.parts.get(run_id)
        if part is None:
            part = Part(runs.get(run_id))
            here.parts[run_id] = part
        return part


def part_with(part: Part) -> None:
    """The run is over here."""
    with _joining:
        here.parts.pop(part.id, None)
    parked.let_go_all(part, "The run is over.")
    part.leave()
    part.crew.shutdown(wait=False)


_joining = Lock()
