"""Strip: the film of one script: what was seen and pressed, and when. Frames are small, since most are changes of the one before.

A frame is {"at": ms since the strip began, "key": the AID pressed on this screen ("" = only looked at), "fields":
[[start, text], ...] typed before it, "screen": `encode_screen` of it or None, "delta": a ScreenChanged against the frame
before or None}. Hidden fields are masked twice: a Screen never has their text, and here what was typed into them becomes "".
"""

import time
from collections import deque
from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

from app.messages import ScreenShown
from app.messages.screens import update
from app.screen.model import Screen, State

POLICIES = ("always", "failures", "never")  # when a strip is kept: a run's `film`
MOST_FRAMES = 500  # of a script that goes round and round the newest are kept
_NO_SESSION = "film"  # a delta is a session's message; here it is nobody's


class Shot(NamedTuple):
    """`at` in milliseconds; `fields` are (start, whole text) typed on `screen` before `key`."""

    at: int
    key: str
    fields: tuple[tuple[int, str], ...]
    screen: Screen


class Strip:
    """The driver's Film. Taking a shot costs next to nothing: it is made into frames only if somebody keeps it."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock, self._began = clock, clock()
        self._shots: deque[Shot] = deque(maxlen=MOST_FRAMES)

    def shot(self, screen: Screen, aid: str = "", fields: Sequence[tuple[int, str]] = ()) -> None:
        at = round((self._clock() - self._began) * 1000)
        self._shots.append(Shot(at, aid, masked(screen, fields), screen))

    def frames(self) -> list[dict[str, Any]]:
        return frames(list(self._shots))


def wanted(policy: str, status: str) -> bool:
    """Whether the strip of an item that ended with this status is kept."""
    return policy == "always" or (policy == "failures" and status not in ("succeeded", "refused"))


def masked(screen: Screen, typed: Sequence[tuple[int, str]]) -> tuple[tuple[int, str], ...]:
    """What was typed, without what went into hidden fields, or where nobody can tell: a host of lines asks for a password by not
    echoing it, and a field that is not on this screen may have been hidden on the one before."""
    seen = {field.start for field in screen.fields if not field.hidden}
    if not screen.fields and screen.state is not State.NVT:
        seen = {0}
    return tuple((start, text if start in seen else "") for start, text in typed)


def frames(shots: Sequence[Shot]) -> list[dict[str, Any]]:
    """Shots in the form in which they are kept."""
    made, before = list[dict[str, Any]](), None
    for shot in shots:
        told = update(_NO_SESSION, before, shot.screen)
        whole = isinstance(told, ScreenShown)
        made.append({
            "at": shot.at,
            "key": shot.key,
            "fields": [list(typed) for typed in shot.fields],
            "screen": told.screen if isinstance(told, ScreenShown) else None,
            "delta": None if whole else told.to_json(),
        })  # fmt: skip
        before = shot.screen
    return made
