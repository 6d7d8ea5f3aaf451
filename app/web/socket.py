"""One WebSocket: simple-websocket made safe for threads and for peers that stall, flood or vanish. Knows no session or screen."""

import socket as tcp
import threading
from collections import Counter
from collections.abc import Callable
from typing import Any

import flask_sock
from simple_websocket import ConnectionClosed, Server
from wsproto.events import Ping
from wsproto.utilities import LocalProtocolError

RESTART = 1012  # Service Restart: come back at once (RFC 6455 registry)
TRY_LATER = 1013
FAILED = 1011
FLOODED = 1008
NOT_SIGNED_IN = 4401
NOT_FOUND = 4404
GONE = 4410  # the session is over: coming back is no use

MOST_MESSAGE = 64 * 1024  # a 62x160 screen, every cell typed over, is 10 KB
PEER_SECONDS = 20  # what we sent must be acknowledged within this, else the peer is gone
PING_SECONDS = 20
CLOSE_SECONDS = 1.0  # for the other side to answer our close


class SafeServer(Server):  # type: ignore[misc]
    """A server's end of a WebSocket. Any thread may `send`, `ping` and `close`; messages are handed to the receiver of
    `begin` one at a time, on the socket's own thread, and no more is read from the peer meanwhile.

    What simple-websocket 1.1 lacks: one lock over encoding and sending (two threads' frames got mixed), `sendall` (a large
    frame to a slow reader was cut), a limit on messages, an end for stalled peers. Compression is left out: 130 KB a socket.
    """

    def __init__(self, environ: dict[str, Any], **options: Any) -> None:
        self._writing = threading.RLock()
        self._begun = threading.Event()
        self._receiver: Callable[[str], None] | None = None
        self._on_end: Callable[[], None] = lambda: None
        self._over = False
        plain = {name: value for name, value in environ.items() if name != "HTTP_SEC_WEBSOCKET_EXTENSIONS"}
        for name in ("gunicorn.socket", "werkzeug.socket"):
            if name in plain:
                plain[name] = _WholeSends(plain[name])
        options.setdefault("max_message_size", MOST_MESSAGE)
        super().__init__(plain, thread_class=_Reader, **options)

    def begin(self, receiver: Callable[[str], None], on_end: Callable[[], None]) -> None:
        """Start reading. `on_end` is called once, when nothing will be read any more."""
        self._receiver, self._on_end = receiver, on_end
        self._begun.set()
        if self._over:  # it was closed before we came to it
            self._ended()

    def send(self, data: str) -> None:
        """Send a text message whole. Raises ConnectionClosed."""
        with self._writing:
            self._guarded(super().send, data)

    def ping(self) -> None:
        """Ask for a sign of life. Raises ConnectionClosed when the last ping was not answered."""
        with self._writing:
            if not self.pong_received:  # type: ignore[has-type]
                self.abort()
                raise ConnectionClosed(FAILED, "no answer to a ping")
            self.pong_received = False
            self._guarded(lambda _: self.sock.send(self.ws.send(Ping())), None)

    def close(self, reason: int | None = None, message: str | None = None) -> None:
        """Say good-bye with a close code; harmless when closed. A peer that stalls our writing is cut off."""
        if not self._writing.acquire(timeout=CLOSE_SECONDS):
            self.abort()
            return
        try:
            if self.connected:
                super().close(reason, message)
        except (OSError, LocalProtocolError, ConnectionClosed):
            self.abort()
        finally:
            self._writing.release()
            self._ended()

    def abort(self) -> None:
        """Cut the connection. Wakes the threads that read from it or write to it."""
        self.connected = False
        try:
            self.sock.shutdown(tcp.SHUT_RDWR)
        except OSError:
            pass
        self._ended()

    def finish(self) -> None:
        """Wait a moment for the other side's close, then let the socket go: gunicorn would wait on its main thread."""
        self.close()
        try:
            self.sock.shutdown(tcp.SHUT_WR)
        except OSError:
            pass
        self.thread.join(CLOSE_SECONDS)
        self.abort()
        self.sock.close()

    def _guarded(self, write: Callable[[Any], Any], data: Any) -> None:
        try:
            write(data)
        except (OSError, LocalProtocolError) as error:
            self.abort()
            raise ConnectionClosed(FAILED, type(error).__name__) from None

    def _ended(self) -> None:
        self._over = True
        self._begun.set()
        self.event.set()
        on_end, self._on_end = self._on_end, lambda: None
        on_end()

    def _thread(self) -> None:
        self._begun.wait()
        try:
            super()._thread()
        except Exception:  # whatever a hostile frame does to the parser ends this socket only
            self.abort()
        finally:
            self._ended()

    def _handle_events(self) -> bool:
        with self._writing:
            going: bool = super()._handle_events()
        while self._receiver and self.input_buffer:
            message = self.input_buffer.pop(0)
            if isinstance(message, str):
                self._receiver(message)
            else:
                self.close(1003, "text only")
                return False
        return going


class _Reader(threading.Thread):
    def __init__(self, **options: Any) -> None:
        super().__init__(daemon=True, **options)  # a stopping process waits for no peer


class _WholeSends:
    """A socket whose `send` sends all of it."""

    def __init__(self, sock: tcp.socket) -> None:
        self._sock = sock
        if sock.family in (tcp.AF_INET, tcp.AF_INET6):
            sock.setsockopt(tcp.IPPROTO_TCP, tcp.TCP_NODELAY, 1)
            if hasattr(tcp, "TCP_USER_TIMEOUT"):  # Linux; elsewhere the ping finds out
                sock.setsockopt(tcp.IPPROTO_TCP, tcp.TCP_USER_TIMEOUT, PEER_SECONDS * 1000)

    def send(self, data: bytes) -> None:
        self._sock.sendall(data)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._sock, name)


class OpenSockets:
    """The sockets of this process: so many at most, so many a user, and closed all at once when the process stops."""

    def __init__(self, most: int, most_a_user: int) -> None:
        self._most, self._most_a_user = most, most_a_user
        self._open: dict[SafeServer, str] = {}
        self._lock = threading.Lock()
        self._stopping = False

    def add(self, ws: SafeServer, user: str) -> tuple[int, str] | None:
        """None, or the close code and reason with which to refuse it."""
        with self._lock:
            if self._stopping:
                return RESTART, "restarting"
            if len(self._open) >= self._most:
                return TRY_LATER, "this server has as many connections as it can hold"
            if Counter(self._open.values())[user] >= self._most_a_user:
                return TRY_LATER, "you have as many connections open as one person may"
            self._open[ws] = user
            return None

    def remove(self, ws: SafeServer) -> None:
        with self._lock:
            self._open.pop(ws, None)

    def __len__(self) -> int:
        return len(self._open)

    def close_all(self) -> None:
        """Tell every page to come back; new sockets are refused from here on."""
        with self._lock:
            self._stopping = True
            closing = list(self._open)
        for ws in closing:
            ws.close(RESTART, "restarting")


def install() -> None:
    """flask-sock has no setting for the class of its server."""
    flask_sock.Server = SafeServer
