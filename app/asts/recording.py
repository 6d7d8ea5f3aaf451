"""Recordings: keys and screens of a person's or a script's work, read from frames (film.py), and a lane that plays them back."""

import json
from collections.abc import Callable, Mapping, Sequence
from typing import Any, NamedTuple

from app.asts.film import Shot
from app.errors import BadInput, HostLost, InputRefused, WaitTimeout
from app.messages import ScreenChanged, decode, decode_screen
from app.messages.screens import follow
from app.screen.model import NULL, Screen

MOST_FRAMES = 20_000


class Recording(NamedTuple):
    """`item` is what was worked on, where the recording says so: column -> text."""

    shots: list[Shot]
    item: dict[str, object]


def read(text: str | bytes) -> Recording:
    """A recording: JSON text of a list of frames, or of an object that has one as `frames`, such as an item (with its `input`)
    or a recording from the API. Raises BadInput."""
    try:
        wire = json.loads(text)
    except ValueError:
        raise BadInput("That recording is not JSON text.") from None
    if not isinstance(wire, Mapping):
        return Recording(shots(wire), {})
    given = wire.get("input")
    return Recording(shots(wire.get("frames")), dict(given) if isinstance(given, Mapping) else {})


def shots(frames: object) -> list[Shot]:
    """Raises BadInput naming the frame that can't be used."""
    if not isinstance(frames, list) or not frames:
        raise BadInput("That recording has no frames.")
    if len(frames) > MOST_FRAMES:
        raise BadInput(f"A recording has at most {MOST_FRAMES:,} frames. Cut it.")
    made: list[Shot] = []
    for n, frame in enumerate(frames):
        try:
            made.append(_shot(frame, made[-1].screen if made else None))
        except (BadInput, KeyError, TypeError, ValueError, AttributeError):
            raise BadInput(f"Frame {n} of that recording can't be used: it is no frame, or does not follow from the one before.") from None
    return made


def _shot(frame: Mapping[str, Any], before: Screen | None) -> Shot:
    if frame.get("screen"):
        screen = decode_screen(frame["screen"])
    else:
        change = decode(frame["delta"])
        if before is None or not isinstance(change, ScreenChanged):
            raise BadInput()
        screen = follow(before, change)
    fields = tuple((int(start), str(text)) for start, text in frame.get("fields") or ())
    return Shot(int(frame["at"]), str(frame.get("key") or ""), fields, screen)


class RecordedLane:
    """A lane whose host is a recording: it answers the key that was pressed there with the screen that came then.

    Another key, or other text in other fields, raises InputRefused that says what the recording has. Text in the fields
    that were typed into may differ: what is played may be another item.
    """

    def __init__(self, shots: Sequence[Shot]) -> None:
        self._shots = list(shots)
        self._at = 0

    @property
    def place(self) -> int:
        """The number of the shot that is shown."""
        return self._at

    def screen(self) -> Screen:
        return self._shots[self._at].screen

    def submit(self, aid: str, cursor: int, fields: Sequence[tuple[int, str]], on: Screen) -> int:
        self._skip_looks()
        shot = self._shots[self._at]
        if not shot.key:
            raise HostLost(f"The recording ends here; the script goes on with {aid}.")
        if aid != shot.key:
            raise InputRefused(f"the script presses {aid}, the recording has {shot.key}", code="drift")
        typed, recorded = {start for start, text in fields if text.strip(NULL)}, {start for start, _ in shot.fields}
        if typed != recorded:
            raise InputRefused(f"the script types into {_places(on, typed)}, the recording into {_places(on, recorded)}", code="drift")
        self._at += 1
        if self._at == len(self._shots):
            self._at -= 1
            raise HostLost("The recording ends with this key: nobody knows what it led to.")
        return shot.screen.serial

    def wait(self, until: Callable[[Screen], bool], after: int, seconds: float) -> Screen:
        """The screen of the recording, or a later one that came without a key."""
        while not until(self.screen()):
            if self._shots[self._at].key or self._at + 1 == len(self._shots):
                raise WaitTimeout("what the script waits for is not on the recorded screen")
            self._at += 1
        return self.screen()

    def _skip_looks(self) -> None:
        while not self._shots[self._at].key and self._at + 1 < len(self._shots):
            self._at += 1


def _places(screen: Screen, starts: set[int]) -> str:
    if not starts:
        return "no field"
    return "row {}, column {}".format(*(n + 1 for n in screen.position(min(starts)))) if len(starts) == 1 else f"{len(starts)} fields"
