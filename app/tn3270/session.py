"""Session3270: a session as other threads see it. Everything here may be called from any thread but the engine's."""

from collections.abc import Callable, Sequence
from typing import Protocol

from app.screen.model import Screen
from app.tn3270.link import Link
from app.tn3270.typed import Typed

QUIET_MS = 80


class Caller(Protocol):
    """Runs something on the engine's thread and gives what it gives, or raises what it raises."""

    def call[T](self, work: Callable[[], T]) -> T: ...


class Session3270:
    """One host connection that is open. Made by Engine.open."""

    def __init__(self, engine: Caller, link: Link) -> None:
        self._engine, self._link = engine, link

    @property
    def screen(self) -> Screen:
        """The newest screen; hidden text is not in it."""
        return self._link.latest.screen

    @property
    def lu(self) -> str:
        return self.screen.lu

    @property
    def ended(self) -> str | None:
        """Why the session is over; None while it is not."""
        why = self._link.latest.ended
        return None if why is None else str(why)

    def submit(
        self, aid: str, cursor: int, fields: Sequence[tuple[int, str]] = (), screen: int | None = None, layout: int | None = None
    ) -> int:
        """Type and press. Returns the serial before the key, to wait after.

        `fields` are (start, whole new text) of each modified field: NULL for a null, nulls behind a short text, "" for a field
        that Erase Input emptied; on an unformatted screen one pair (0, text of the whole screen). `screen` and `layout` are the
        serials all that was typed on. Raises InputRefused, and nothing was sent; its facts["code"] is one of locked, protected,
        numeric, too-long, code-page, stale-screen, no-such-field, no-such-key, cursor-outside, minus-function, transfer. Raises HostLost
        when the session is over."""
        typed = Typed(aid, cursor, tuple(fields), screen, layout)
        return self._engine.call(lambda: self._link.submit(typed))

    def on_engine[T](self, work: Callable[[Link], T]) -> T:
        """Run something on the engine's thread with this session's lower half; gives what it gives, or raises what it raises."""
        return self._engine.call(lambda: work(self._link))

    def reset(self) -> None:
        """The Reset key: unlocks a keyboard that the host has not."""
        self._engine.call(self._link.reset)

    def wait(self, until: Callable[[Screen], bool], after: int, seconds: float, quiet_ms: float = QUIET_MS) -> Screen:
        """The first screen newer than serial `after`, unlocked, for which `until` holds, and quiet for `quiet_ms`.
        Raises WaitTimeout or HostLost; `.screen` of either is the screen there was instead."""
        return self._link.latest.wait(until, after, seconds, quiet_ms)

    def close(self) -> None:
        """Hang up. Calling it again does nothing."""
        self._engine.call(self._link.close)
