"""Engine: the one event-loop thread that all sessions of a process share. Connects; knows nothing of what is on a screen."""

import asyncio
import contextlib
import socket
import ssl
import threading
from collections.abc import Callable
from concurrent.futures import CancelledError, Future, ThreadPoolExecutor
from typing import Any, Self

from app.errors import HostError, HostLost, HostSilent, HostUnreachable
from app.tn3270 import tls
from app.tn3270.address import HostAddress
from app.tn3270.link import Link, OnScreen
from app.tn3270.printlink import QUIET_SECONDS, Keep, OnPrinter, Printer3270, PrintLink
from app.tn3270.session import Session3270
from app.tn3270.wire import OnEnd, Wire

STOPPED = "The 3270 engine of this process is not running, so that no session can be opened or used."
STALE_SECONDS = 60  # TCP gives a host up that acknowledged nothing for so long
_OPTIONS = (
    (socket.IPPROTO_TCP, "TCP_NODELAY", 1),
    (socket.SOL_SOCKET, "SO_KEEPALIVE", 1),
    (socket.IPPROTO_TCP, "TCP_KEEPIDLE", 60),
    (socket.IPPROTO_TCP, "TCP_KEEPINTVL", 15),
    (socket.IPPROTO_TCP, "TCP_USER_TIMEOUT", STALE_SECONDS * 1000),
)


class Engine:
    """Start it once a process; open sessions from any thread; stop it at the end."""

    def __init__(self) -> None:
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._run, name="tn3270", daemon=True)
        self._links: set[Wire[Any]] = set()
        self._keepers = ThreadPoolExecutor(4, thread_name_prefix="printing")  # a store that is away holds up nobody's screen

    def start(self) -> Self:
        self._thread.start()
        return self

    def stop(self) -> None:
        """Close every session and end the thread."""
        if self._thread.is_alive():
            with contextlib.suppress(TimeoutError):
                asyncio.run_coroutine_threadsafe(self._close_all(), self._loop).result(5)
            self._loop.call_soon_threadsafe(self._loop.stop)
            self._thread.join(5)
        self._keepers.shutdown(wait=False, cancel_futures=True)

    @property
    def sessions(self) -> int:
        """How many are open."""
        return len(self._links)

    def open(self, address: HostAddress, on_screen: OnScreen = lambda screen: None, on_end: OnEnd = lambda state, why: None) -> Session3270:
        """Connect, and wait until terminal and host have agreed how to speak (`connect_seconds` at most, all in all).

        `on_screen` is called with each new screen and `on_end` once with "closed" or "lost" and a reason, both on the engine's
        thread: they must not block nor call the session. Raises HostUnreachable, HostSilent, HostLost, TlsFailed, BadInput."""
        return Session3270(self, self._opened(address, lambda: Link(address, on_screen, on_end)))

    def open_printer(
        self,
        address: HostAddress,
        associate: str,
        keep: Keep,
        on_state: OnPrinter = lambda state: None,
        on_end: OnEnd = lambda state, why: None,
        quiet_seconds: float = QUIET_SECONDS,
    ) -> Printer3270:
        """Open a printer session: the printer of the display whose LU is `associate`, or where that is "" one of `address.lu`.

        `keep` is called with each piece of a print job (paper.py), in order, on a thread of its own: when it returns the host
        hears that the piece is printed, when it raises that it is not. `on_state` hears "ready" and "printing" and `on_end` as
        in `open`. Raises what `open` does, and HostRefused, which says why the host gives no printer."""
        made = self._opened(address, lambda: PrintLink(address, associate, keep, self._keepers, on_state, on_end, quiet_seconds))
        return Printer3270(self, made)

    def _opened[W: Wire[Any]](self, address: HostAddress, make: Callable[[], W]) -> W:
        """Connected and agreed; `make` is called on the engine's thread."""
        if not self._thread.is_alive():
            raise HostLost(STOPPED)
        opening = asyncio.run_coroutine_threadsafe(self._open(address, make), self._loop)
        try:
            return opening.result()
        except CancelledError:
            raise HostLost(STOPPED) from None

    def call[T](self, work: Callable[[], T]) -> T:
        """Run something on the engine's thread; gives what it gives, or raises what it raises."""
        result: Future[T] = Future()
        try:
            self._loop.call_soon_threadsafe(_perform, work, result)
        except RuntimeError:
            raise HostLost(STOPPED) from None
        return result.result(30)

    # On the engine's thread

    def _run(self) -> None:
        asyncio.set_event_loop(self._loop)
        try:
            self._loop.run_forever()
        finally:
            self._loop.close()

    async def _open[W: Wire[Any]](self, address: HostAddress, make: Callable[[], W]) -> W:
        link = make()
        link.forgotten = self._links.discard
        try:
            async with asyncio.timeout(address.connect_seconds):
                await self._connect(address, link)
                await link.settled
        except TimeoutError:
            error = HostSilent(_silence(address))
            link.end(error)
            error.screen = link.seen()
            raise error from None
        except BaseException as failure:
            link.end(HostLost())
            if isinstance(failure, HostError):
                failure.screen = link.seen()
            raise
        self._links.add(link)
        link.opened()
        return link

    async def _connect(self, address: HostAddress, link: Wire[Any]) -> None:
        context = tls.context(address) if address.tls != "no" else None  # read before anything is sent: it may be of no use
        line = await self._dial(address)
        if address.tls != "yes":
            context = None
        name = tls.server_name(address) if context else None
        seconds = address.connect_seconds * 0.9 if context else None  # so that a silent handshake is named as one
        try:
            await self._loop.create_connection(lambda: link, sock=line, ssl=context, server_hostname=name, ssl_handshake_timeout=seconds)
        except (OSError, ssl.SSLError) as error:
            line.close()
            raise (tls.failed(error) if context else HostLost()) from None

    async def _dial(self, address: HostAddress) -> socket.socket:
        """A connected socket to the first of the host's addresses that takes one."""
        try:
            places = await self._loop.getaddrinfo(address.host, address.port, type=socket.SOCK_STREAM)
        except (OSError, UnicodeError):
            raise HostUnreachable(f"There is no host named {address.host!r}. Check the name.") from None
        why = ""
        for family, kind, protocol, _, place in places:
            try:
                async with asyncio.timeout(address.connect_seconds * 0.95 / len(places)):  # a dead one leaves time for the next
                    return await self._dial_one(socket.socket(family, kind, protocol), place)
            except TimeoutError:
                why = "no answer"
            except OSError as error:
                why = error.strerror or type(error).__name__
        raise HostUnreachable(f"{_place(address)} does not accept connections ({why}). Check its address, or ask whether it is up.")

    async def _dial_one(self, line: socket.socket, place: tuple[object, ...]) -> socket.socket:
        try:
            line.setblocking(False)
            await self._loop.sock_connect(line, place)  # type: ignore[arg-type]
            for level, name, value in _OPTIONS:
                if hasattr(socket, name):  # not every system has all
                    line.setsockopt(level, getattr(socket, name), value)
        except BaseException:
            line.close()
            raise
        return line

    async def _close_all(self) -> None:
        for task in asyncio.all_tasks() - {asyncio.current_task()}:
            task.cancel()  # sessions that are being opened
        for link in list(self._links):
            link.close()
        await asyncio.sleep(0)
        for link in list(self._links):
            link.abort()
        await asyncio.sleep(0)


def _perform[T](work: Callable[[], T], result: Future[T]) -> None:
    try:
        result.set_result(work())
    except BaseException as error:  # noqa: BLE001  it is raised where it was asked for
        result.set_exception(error)


def _place(address: HostAddress) -> str:
    return f"{address.host}:{address.port}"


def _silence(address: HostAddress) -> str:
    or_tls = " in the clear, or does it want TLS" if address.tls == "no" else ""
    return f"{_place(address)} took the connection and agreed to nothing in {address.connect_seconds:g} s. Does it speak TN3270{or_tls}?"
