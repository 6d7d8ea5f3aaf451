"""A connection on its transport, on the engine's thread: bytes in and out, snapshots to who wants them, keep-alive, the end.
Pumps; what the bytes mean is Connection's."""

import asyncio
import logging
import ssl
import time
import traceback
from collections.abc import Callable
from typing import cast

from app.errors import HostError, HostLost, HostMisbehaved, InputRefused
from app.screen.model import Screen, State
from app.tn3270 import options as o
from app.tn3270 import tls
from app.tn3270.address import HostAddress
from app.tn3270.connection import Connection
from app.tn3270.history import History
from app.tn3270.typed import Typed, lay
from app.tn3270.waits import Latest

log = logging.getLogger(__name__)

SHOW_SECONDS = 0.015  # screens are shown at most so often: a host's writes in between become one
MOST_UNSENT = 1 << 20  # bytes a host may leave unread before it is dropped
BUSY_SECONDS = 0.005  # a session whose bytes took longer waits as long before it is read again: others have their turn
MOST_READ = 16 * 1024  # bytes taken at once: no session holds up the others for long
CLOSE_SECONDS = 2.0

OnScreen = Callable[[Screen], None]
OnEnd = Callable[[str, str], None]


class Link(asyncio.Protocol):
    """One session's lower half. All of it runs on the engine's thread, but for `latest`."""

    def __init__(self, address: HostAddress, on_screen: OnScreen, on_end: OnEnd) -> None:
        self.address = address
        self.terminal = Connection(address, self._write, self._start_tls)
        self.history = History(self.terminal)
        self.latest = Latest(self.history.look())
        self.settled: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._on_screen, self._on_end = on_screen, on_end
        self._transport: asyncio.Transport | None = None
        self._secure: asyncio.Task[None] | None = None
        self.heard = False  # whether the host ever said anything
        self._opened, self._closing, self._ended = False, False, False
        self._showing: asyncio.TimerHandle | None = None
        self._look_cost = 0.0  # seconds of processor time that the last snapshot took
        self._shown = 0.0  # when a write of the host was shown last
        self._heard = time.monotonic()  # when the host wrote last
        self._sent = time.monotonic()
        self._beat: asyncio.TimerHandle | None = None

    # asyncio.Protocol

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        again = self._transport is not None  # after STARTTLS
        self._transport = cast(asyncio.Transport, transport)
        if hasattr(transport, "max_size"):
            transport.max_size = MOST_READ
        if not again:
            self.terminal.connected()
            self._keep_alive()

    def data_received(self, data: bytes) -> None:
        if self._ended or (self._secure is not None and not self.terminal.secured):
            return
        began = self._heard = time.monotonic()
        self.heard = True
        try:
            self.terminal._data_received(data)
        except HostError as error:
            self.end(error)
        except Exception as error:  # noqa: BLE001  whatever a host provokes ends its own session only
            log.error("a session ended by %s\n%s", type(error).__name__, "".join(traceback.format_tb(error.__traceback__)))
            self.end(HostMisbehaved(f"The host sent what this terminal can't digest ({type(error).__name__}). This session is over."))
        else:
            self._settle()
            self._show_soon()
            self._take_turns(time.monotonic() - began)

    def eof_received(self) -> bool:
        return False  # the transport closes itself

    def connection_lost(self, error: Exception | None) -> None:
        if isinstance(error, ssl.SSLError) and not self.settled.done():
            self.end(tls.failed(error))
        elif isinstance(error, TimeoutError):
            self.end(HostLost("The host, or the way to it, has gone silent. This session is over; open another."))
        else:
            self.end(HostLost())

    # What sessions ask for

    def opened(self) -> None:
        """From now on screens and the end are told."""
        self._opened = True
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

    def close(self) -> None:
        """Hang up politely, and for good a little later."""
        self._closing = True
        if self._beat is not None:
            self._beat.cancel()
        if self._transport is not None and not self._ended:
            self._transport.close()
            self._beat = asyncio.get_running_loop().call_later(CLOSE_SECONDS, self.abort)
        else:
            self.end(HostLost("This session was closed."))

    def abort(self) -> None:
        if self._transport is not None:
            self._transport.abort()

    def end(self, why: HostError) -> None:
        """Over, for this reason; told once. Whatever comes after it is not heard."""
        if self._ended:
            return
        self._ended = True
        self.terminal.lost()
        for timer in (self._showing, self._beat):
            if timer is not None:
                timer.cancel()
        self.abort()
        if self._closing:
            why = HostLost("This session was closed.")
        self.latest.end(why)
        self._show()
        if not self.settled.done():
            self.settled.set_exception(why)
            self.settled.exception()  # somebody may no longer wait for it
        if self._opened:
            _tell(self._on_end, "closed" if self._closing else "lost", "" if self._closing else str(why))
        self._let_go()

    def _let_go(self) -> None:
        """Cut what refers back here, so that an ended session's memory is free at once and not when the collector comes by."""
        self.terminal.let_go()
        self._on_screen, self._on_end = _nobody, _nobody
        if self.latest.ended is not None:
            self.latest.ended.__traceback__ = self.latest.ended.__context__ = None

    # Within

    def _write(self, data: bytes) -> None:
        if self._transport is None or self._transport.is_closing():
            return
        self._transport.write(data)
        self._sent = time.monotonic()
        if self._transport.get_write_buffer_size() > MOST_UNSENT:
            raise HostMisbehaved("The host does not read what it asks for. This session is over.")

    def _settle(self) -> None:
        if not self.settled.done() and self.terminal.settled:
            self.settled.set_result(None)

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
            _tell(self._on_screen, screen)

    def _take_turns(self, busy: float) -> None:
        if busy > BUSY_SECONDS and self._transport is not None and not self._ended:
            self._transport.pause_reading()
            asyncio.get_running_loop().call_later(busy, self._read_on)

    def _read_on(self) -> None:
        if self._transport is not None and not self._ended:
            self._transport.resume_reading()

    def _keep_alive(self) -> None:
        """A telnet NOP when nothing was sent for a while, so that nothing on the way forgets the connection."""
        every = self.address.keep_alive_seconds
        if not every or self._ended:
            return
        idle = time.monotonic() - self._sent
        if idle >= every and self.terminal.state not in (State.CONNECTING, State.NVT):
            self._write(bytes((o.IAC_BYTE, o.NOP)))
            idle = 0.0
        self._beat = asyncio.get_running_loop().call_later(max(every - idle, 0.05), self._keep_alive)

    def _start_tls(self) -> None:
        self._secure = asyncio.get_running_loop().create_task(self._secured())

    async def _secured(self) -> None:
        """STARTTLS: the same connection goes on within TLS; what came in the clear after it is not read."""
        transport, loop = self._transport, asyncio.get_running_loop()
        assert transport is not None
        try:
            inner = await loop.start_tls(
                transport,
                self,
                tls.context(self.address),
                server_hostname=tls.server_name(self.address),
                ssl_handshake_timeout=self.address.connect_seconds,
            )
        except (OSError, HostError) as error:
            self.end(error if isinstance(error, HostError) else tls.failed(error))
            return
        self._transport = cast(asyncio.Transport, inner)
        self.terminal.restart()


def _tell[**P](who: Callable[P, None], *what: P.args, **how: P.kwargs) -> None:
    """Call somebody back. Their fault must not look like ours: a key that was sent has been sent."""
    try:
        who(*what, **how)
    except Exception as error:  # noqa: BLE001
        log.error("a callback failed with %s\n%s", type(error).__name__, "".join(traceback.format_tb(error.__traceback__)))


def _nobody(*told: object) -> None:
    """Hears what an ended session says."""
