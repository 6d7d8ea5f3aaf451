"""A host that says given bytes, then keeps the line: for what no well-behaved host says."""

import contextlib
import socket
import ssl
import threading
from collections.abc import Callable
from typing import Self

from app.up.ports import LOOPBACK

NEGOTIATION = bytes.fromhex("fffd18 fffa1801fff0 fffd19 fffb19 fffd00 fffb00")  # a classic TN3270
EOR = b"\xff\xef"
HELLO = b"\xf5\xc3\x11\x40\x40\x1d\x60" + "HELLO".encode("cp037") + EOR

Talk = Callable[[socket.socket], None]


class ScriptedHost:
    """Listens on a free port. Each line is given to `talk`, in a thread of its own, and closed at the end of the test."""

    def __init__(self, talk: Talk | bytes, tls: ssl.SSLContext | None = None) -> None:
        self._listener = socket.create_server((LOOPBACK, 0))
        self.port: int = self._listener.getsockname()[1]
        self.lines: list[socket.socket] = []
        self._talk: Talk = talk if callable(talk) else lambda line: line.sendall(talk)
        self._tls = tls
        threading.Thread(target=self._serve, daemon=True).start()

    def _serve(self) -> None:
        with contextlib.suppress(OSError):
            while True:
                line, _ = self._listener.accept()
                threading.Thread(target=self._attend, args=[line], daemon=True).start()

    def _attend(self, line: socket.socket) -> None:
        with contextlib.suppress(OSError):
            if self._tls:
                line = self._tls.wrap_socket(line, server_side=True)
            self.lines.append(line)
            self._talk(line)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *failure: object) -> None:
        for line in (*self.lines, self._listener):
            line.close()


def read_until(line: socket.socket, what: bytes) -> bytes:
    """What came up to and with some bytes."""
    line.settimeout(10)
    data = b""
    while what not in data:
        more = line.recv(1)
        assert more, f"the terminal hung up after {data.hex()}"
        data += more
    return data
