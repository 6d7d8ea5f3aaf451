"""Parked lanes: a failing item waits for a person, who opens its very session as a terminal, mends it and decides.

The run goes on around it, on another lane. The decision is made in the store; here the session is held until then.
"""

import logging
from dataclasses import dataclass
from typing import TYPE_CHECKING

from app.errors import Conflict, IastError
from app.store import items, sessions
from app.tasks import here
from app.tasks.terminals import Terminal

if TYPE_CHECKING:
    from app.tasks.lanes import Lane
    from app.tasks.part import Part

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Parked:
    """An item and the lane that waits with it."""

    n: int
    lane: "Lane"
    terminal: Terminal


def park(part: "Part", lane: "Lane", n: int) -> None:
    """Make a terminal of the lane. Its run's owner may open it like any other."""
    part.remove(lane)
    try:
        terminal = Terminal(sessions.get(lane.id))
        terminal.adopt(lane.session)
        lane.terminal = terminal
        part.parked[lane.id] = Parked(n, lane, terminal)
        log.info("item %s of run %s waits for a person in session %s", n, part.id, lane.id)
    except IastError as error:  # the item waits all the same, without its screen
        log.warning("session %s can't be parked: %s", lane.id, error)
        lane.close("lost", error.message)


def look(part: "Part") -> None:
    """Let go of what has been decided, and of what broke meanwhile. Raises NotReady."""
    for one in list(part.parked.values()):
        if one.lane.id not in here.terminals:
            _let_go(part, one, "")
        elif not part.run.active or not _waits(part, one):
            _let_go(part, one, "Its item has been decided.")


def let_go_all(part: "Part", reason: str) -> None:
    """The run is over, or this worker stops."""
    for one in list(part.parked.values()):
        _let_go(part, one, reason)


def give_up(run: str, reason: str) -> None:
    """The run was cancelled: nobody needs to decide any more. Raises NotReady."""
    for item in items.page(run, None, 1000, "parked")[0]:
        try:
            items.decide(run, item.n, "failed", error={"code": "cancelled", "message": reason})
        except Conflict:
            pass


def _waits(part: "Part", one: Parked) -> bool:
    item = items.get(part.id, one.n)
    return item.status == "parked" and item.lane == one.lane.id


def _let_go(part: "Part", one: Parked, reason: str) -> None:
    part.parked.pop(one.lane.id, None)
    one.terminal.close("closed", reason)
    one.lane.close("closed", reason)
