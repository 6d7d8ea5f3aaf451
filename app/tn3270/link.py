"""A display's connection on its transport, on the engine's thread: snapshots to who wants them, what was typed to the host."""

import asyncio
import time
from collections.abc import Callable

from app.errors import HostError, HostLost, InputRefused
from app.screen.model import Screen, State
from app.tn3270.address import HostAddress
from app.tn3270.connection import Connection
from app.tn3270.history import History
from app.tn3270.typed import Typed, lay
from app.tn3270.waits import Latest
from app.tn3270.wire import OnEnd, Wire, nobody, tell

SHOW_SECONDS = 0.015  # screens are shown at most so often: a host's writes in between become one

OnScreen = Callable[[Screen], None]


class Link(Wire[Connection]):
    """One session's lower half. All of it runs on the engine's thread, but for `latest`."""

    def __init__(self, address: HostAddress, on_screen: OnScreen, on_end: OnEnd) -> None:
        super().__init__(address, on_end)
        self.terminal = Connection(address, self._write, self._start_tls)
        self.history = History(self.terminal)
        self.latest = Latest(self.history.look())
        self._on_screen = on_screen
        self._showing: asyncio.TimerHandle | None = None
        self._look_cost = 0.0  # seconds of processor time that the last snapshot took
        self._shown = 0.0  # when a write of the host was shown last

    def seen(self) -> Screen | None:
        return self.latest.screen if self.heard else None

    # What sessions ask for

    def opened(self) -> None:
        """From now on screens and the end are told."""
        super().opened()
        self._show()

    def submit(self, typed: Typed) -> int:
        """Put what was typed into the buffer and send the key; the serial before it. Raises InputRefused, HostLost."""
        if self._ended or self._closing:
            raise HostLost(str(self.latest.ended or HostLost()))
        if self.terminal.transfer is not None:
            raise InputRefused("A file is being transferred. Wait for its end, or cancel it.", code="transfer")
        serial = self.terminal.generation
        if self.terminal.state is State.NVT:
            self.terminal.type_line(typed.fields[0][1] if typed.fields else "", typed.cursor, typed.aid)
        else:
            lay(self.terminal, self.history.look(), self.history.written, typed)
            self.terminal.press(typed.aid)
        self.history.typed()
        self._show()
        return serial

    def reset(self) -> None:
        self.terminal.reset()
        self._show()

    # Within

    def _received(self) -> None:
        self._show_soon()

    def _over(self, why: HostError) -> None:
        if self._showing is not None:
            self._showing.cancel()
        self.latest.end(why)
        self._show()

    def _let_go(self) -> None:
        super()._let_go()
        self._on_screen = nobody

    def _show_soon(self) -> None:
        """At once when the last screen is old enough, so that an answer is not held up; else when it will be."""
        if self._showing is None:
            every = max(SHOW_SECONDS, 10 * self._look_cost)
            wait = max(0.0, self._shown + every - time.monotonic())
            self._showing = asyncio.get_running_loop().call_later(wait, self._show_host)

    def _show_host(self) -> None:
        self._shown = time.monotonic()
        self._show()

    def _show(self) -> None:
        if self._showing is not None:
            self._showing.cancel()
            self._showing = None
        began = time.thread_time()
        screen = self.history.look()
        self._look_cost = time.thread_time() - began
        self.terminal.alarm = False
        self.latest.put(screen, self._heard)
        if self._opened:
            tell(self._on_screen, screen)
