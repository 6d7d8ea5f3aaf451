"""Who gets a host's lanes when runs want more than it has. Pure."""

from collections.abc import Sequence
from itertools import groupby
from typing import NamedTuple


class Wish(NamedTuple):
    """A run, its priority (9 first), and the lanes it could use."""

    run: str
    priority: int
    lanes: int


def shares(wishes: Sequence[Wish], most: int) -> dict[str, int]:
    """Lanes of each run, `most` in all: the more urgent first, equals alike, nobody more than he wants."""
    given: dict[str, int] = {}
    ordered = sorted(wishes, key=lambda wish: (-wish.priority, wish.lanes, wish.run))
    for _, equals in groupby(ordered, key=lambda wish: wish.priority):
        left = list(equals)
        while left:  # those who want least first: what they leave goes to the others
            wish = left.pop(0)
            given[wish.run] = min(wish.lanes, -(-most // (len(left) + 1)))
            most -= given[wish.run]
    return given
