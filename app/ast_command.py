"""`iast ast`: write and check ASTs."""

from collections.abc import Callable, Sequence

from app.screen.model import Screen
from app.tn3270 import Session3270


class HostLane:
    """A lane of one's own at a host: the driver's Lane over an engine's session."""

    def __init__(self, session: Session3270, quiet_ms: int) -> None:
        self._session, self._quiet_ms = session, quiet_ms

    def screen(self) -> Screen:
        return self._session.screen

    def submit(self, aid: str, cursor: int, fields: Sequence[tuple[int, str]], on: Screen) -> int:
        return self._session.submit(aid, cursor, fields, on.serial, on.layout)

    def wait(self, until: Callable[[Screen], bool], after: int, seconds: float) -> Screen:
        return self._session.wait(until, after, seconds, self._quiet_ms)
