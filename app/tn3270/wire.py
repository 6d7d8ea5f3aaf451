"""Bytes in and out of one host connection, on the engine's thread: turns, keep-alive, STARTTLS, the end. What the bytes mean is
the terminal's; who is told of it, link.py's and printlink.py's."""

import asyncio
import logging
import ssl
import time
import traceback
from collections.abc import Callable
from typing import Protocol, cast

from app.errors import HostError, HostLost, HostMisbehaved
from app.screen.model import State
from app.tn3270 import options as o
from app.tn3270 import tls
from app.tn3270.address import HostAddress

log = logging.getLogger(__name__)

MOST_UNSENT = 1 << 20  # bytes a host may leave unread before it is dropped
BUSY_SECONDS = 0.005  # a session whose bytes took longer waits as long before it is read again: others have their turn
MOST_READ = 16 * 1024  # bytes taken at once: no session holds up the others for long
CLOSE_SECONDS = 2.0

OnEnd = Callable[[str, str], None]


class Speaker(Protocol):
    """What is at our end of the line: a display or a printer."""

    state: State
    secured: bool

    @property
    def settled(self) -> bool: ...
    def connected(self) -> None: ...
    def restart(self) -> None: ...
    def lost(self) -> None: ...
    def let_go(self) -> None: ...
    def _data_received(self, data: bytes) -> None: ...


class Wire[S: Speaker](asyncio.Protocol):
    """The line to one host, and its end. All of it runs on the engine's thread."""

    terminal: S

    def __init__(self, address: HostAddress, on_end: OnEnd) -> None:
        self.address = address
        self.settled: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._on_end = on_end
        self.forgotten: Callable[[Wire[S]], None] = nobody  # called when it is over
        self._transport: asyncio.Transport | None = None
        self._secure: asyncio.Task[None] | None = None
        self.heard = False  # whether the host ever said anything
        self._opened, self._closing, self._ended = False, False, False
        self._heard = time.monotonic()  # when the host wrote last
        self._sent = time.monotonic()
        self._beat: asyncio.TimerHandle | None = None
        self._turn: asyncio.TimerHandle | None = None

    # What those above it do

    def _received(self) -> None:
        """The terminal has done what came."""

    def _over(self, why: HostError) -> None:
        """It has ended, for this reason."""

    def seen(self) -> object:
        """The last screen, for an error's sake; None where there is none."""
        return None

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
            self._received()
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
        """From now on the end is told."""
        self._opened = True

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
        for timer in (self._beat, self._turn):
            if timer is not None:
                timer.cancel()
        self.abort()
        if self._closing:
            why = HostLost("This session was closed.")
        self._over(why)
        if not self.settled.done():
            self.settled.set_exception(why)
            self.settled.exception()  # somebody may no longer wait for it
        self.forgotten(self)
        if self._opened:
            tell(self._on_end, "closed" if self._closing else "lost", "" if self._closing else str(why))
        self._let_go()
        why.__traceback__ = why.__context__ = None

    def _let_go(self) -> None:
        """Cut what refers back here, so that an ended session's memory is free at once and not when the collector comes by."""
        self.terminal.let_go()
        self._on_end = self.forgotten = nobody

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

    def _take_turns(self, busy: float) -> None:
        if busy > BUSY_SECONDS and self._transport is not None and not self._ended:
            self._transport.pause_reading()
            self._turn = asyncio.get_running_loop().call_later(busy, self._read_on)

    def _read_on(self) -> None:
        if self._transport is not None and not self._ended and self._may_read():
            self._transport.resume_reading()

    def _may_read(self) -> bool:
        return True

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


def tell[**P](who: Callable[P, None], *what: P.args, **how: P.kwargs) -> None:
    """Call somebody back. Their fault must not look like ours: a key that was sent has been sent."""
    try:
        who(*what, **how)
    except Exception as error:  # noqa: BLE001
        log.error("a callback failed with %s\n%s", type(error).__name__, "".join(traceback.format_tb(error.__traceback__)))


def nobody(*told: object) -> None:
    """Hears what an ended session says."""
