"""The newest screen of a session, and waiting for one. Threads wait here; the engine's thread never does."""

import threading
import time
from collections.abc import Callable

from app.errors import HostError, HostLost, WaitTimeout
from app.screen.conditions import Condition
from app.screen.model import Screen

Until = Callable[[Screen], bool]


class Latest:
    """Holds the newest Screen. `put` and `end` are the engine's; `wait` is for any other thread."""

    def __init__(self, screen: Screen) -> None:
        self._changed = threading.Condition()
        self.screen = screen
        self.ended: HostError | None = None
        self._written = time.monotonic()  # when the host wrote last

    def put(self, screen: Screen, written: float) -> None:
        with self._changed:
            self.screen, self._written = screen, written
            self._changed.notify_all()

    def end(self, why: HostError) -> None:
        with self._changed:
            self.ended = why
            self._changed.notify_all()

    def wait(self, until: Until, after: int, seconds: float, quiet_ms: float) -> Screen:
        """The first screen newer than serial `after` that is unlocked, for which `until` holds, and on which the host was quiet
        for `quiet_ms`. Raises WaitTimeout or HostLost, each with the screen there was instead."""
        deadline = time.monotonic() + seconds
        while True:
            screen, written = self.screen, self._written
            fits = screen.serial > after and not screen.locked and until(screen)
            now = time.monotonic()
            quiet = written + quiet_ms / 1000 - now
            if fits and quiet <= 0:
                return screen
            if self.ended is not None:
                raise _with(HostLost(str(self.ended)), screen)
            if now >= deadline:
                raise _with(WaitTimeout(_late(screen, after, seconds, fits, until)), screen)
            self._pause(screen, written, min(quiet, deadline - now) if fits else deadline - now)

    def _pause(self, screen: Screen, written: float, seconds: float) -> None:
        with self._changed:
            self._changed.wait_for(lambda: self.screen is not screen or self._written != written or self.ended is not None, seconds)


def _late(screen: Screen, after: int, seconds: float, fits: bool, until: Until) -> str:
    if fits:
        return f"The host did not stop writing for {seconds:g} s."
    if screen.serial <= after:
        return f"The host did not answer for {seconds:g} s."
    if screen.locked:
        return f"The host answered and kept the keyboard locked ({screen.oia}) for {seconds:g} s."
    wanted = until.wanted if isinstance(until, Condition) else "what was expected"
    return f"The host did not show {wanted} in {seconds:g} s."


def _with[E: HostError](error: E, screen: Screen) -> E:
    error.screen = screen
    return error
