"""What becomes of an item and its lane after an outcome. Pure: a table of kinds of failure, and one function."""

from dataclasses import dataclass
from typing import Literal

from app.asts.script import Done, Doubtful, Failed, NotDone, Outcome, Parked, Refused, broken_off


@dataclass(frozen=True, slots=True)
class Again:
    """How often an item is tried in all, and the seconds before the second attempt; they double with each further one."""

    attempts: int
    seconds: float


# By the code of the failure. What is not here is not tried again by itself: trying again would change nothing.
KINDS = {
    "host-lost": Again(4, 1),
    "host-silent": Again(4, 5),
    "host-unreachable": Again(4, 5),
    "host-misbehaved": Again(2, 5),
    "lane": Again(4, 0),  # the lane was of no use before anything was sent
    "stale-screen": Again(3, 1),  # the host wrote while we typed
    "locked": Again(3, 2),  # somebody else works on it
    "abend": Again(3, 2),
    "wait-timeout": Again(2, 5),
    "unexpected-screen": Again(2, 1),
}
LONGEST = 60.0


@dataclass(frozen=True, slots=True)
class Fate:
    """`end`: the item ends with `status`. `again`: it is pending again after `seconds`. `doubt`: the host is asked first.
    The lane is kept for the next item, dropped, or parked with this one."""

    item: Literal["end", "again", "doubt"]
    status: str = ""
    seconds: float = 0.0
    lane: Literal["keep", "drop", "park"] = "keep"


def fate(outcome: Outcome, journal: str, attempt: int, verifies: bool, may_park: bool) -> Fate:
    """`journal` is where the item's journal stands, `attempt` counts from 1."""
    match outcome:
        case Done():
            return Fate("end", "succeeded")
        case Refused():
            return Fate("end", "refused")
        case Parked():
            return Fate("end", "parked", lane="park")
        case Doubtful() | Failed(intact=False) if journal != "none":
            return Fate("doubt", lane="drop") if verifies else Fate("end", "uncertain", lane="drop")
        case Failed() | Doubtful():
            return _failed(outcome, attempt, may_park)
        case NotDone():
            return Fate("end", "failed")  # only `verify` may say so
    return Fate("end", "failed", lane="drop")


def _failed(outcome: Failed | Doubtful, attempt: int, may_park: bool) -> Fate:
    lane: Literal["keep", "drop"] = "drop" if broken_off(outcome) else "keep"
    kind = KINDS.get(outcome.code)
    if kind is not None and attempt < kind.attempts:
        return Fate("again", seconds=min(LONGEST, kind.seconds * 2 ** (attempt - 1)), lane=lane)
    if may_park and outcome.code not in ("host-lost", "host-silent", "host-unreachable", "host-misbehaved", "lane"):
        return Fate("end", "parked", lane="park")
    return Fate("end", "failed", lane=lane)
