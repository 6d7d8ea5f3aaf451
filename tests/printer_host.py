"""A printer without a network; and a TN3270E host whose display has a printer: for what the mock mainframe does not speak."""

import contextlib
import socket
import threading
from collections.abc import Sequence
from typing import Self

from app.tn3270 import HostAddress
from app.tn3270.paper import Piece
from app.tn3270.printer import Printer
from app.up.ports import LOOPBACK

PRINTER = "fffd28 fffa280802fff0 fffa280204 49424d2d333238372d31 01 50525431 fff0"  # device IBM-3287-1, LU PRT1
BIND = "0300000000 3103 ffef"
SCS, DATA_3270, UNBIND, EOJ = 1, 0, 4, 8
NL, CR, FF, HT, LF, BS, VT = "15", "0d", "0c", "05", "25", "16", "0b"
POSITIVE = "020000 {} 00 ffef"


def ebcdic(text: str) -> str:
    return text.encode("cp037").hex()


class PrinterWire:
    """A printer by itself: `prints` takes a record and gives what was answered; `jobs` has the text of those that are over."""

    def __init__(self, associate: str = "", **settings: object) -> None:
        self._sent, self.pieces, self.jobs, self.refuse = bytearray(), [], [], False
        self.printer = Printer(HostAddress("host", **settings), associate, self._sent.extend, self._deliver)  # type: ignore[arg-type]
        self._text = ""

    def _deliver(self, piece: Piece | None, sequence: bytes | None = None, sense: int | None = None) -> None:
        if piece is not None and self.refuse:
            self.printer.not_kept(piece.job, sequence)
            return
        if piece is not None:
            self.pieces.append(piece)
            self._text += piece.text
            if piece.over:
                self.jobs.append(self._text)
                self._text = ""
        self.printer.answer(sequence, sense)

    def says(self, text: str | bytes) -> str:
        """What the printer answered, as hexadecimal text."""
        self.printer._data_received(text if isinstance(text, bytes) else bytes.fromhex(text))
        sent = self._sent.hex()
        self._sent.clear()
        return sent

    def agrees(self, functions: Sequence[int] = (0, 1, 2, 3)) -> Self:
        self.says(PRINTER)
        self.says("fffa280304" + bytes(functions).hex() + "fff0")
        self.says(BIND)
        return self

    def prints(self, data: str, kind: int = SCS, response: int = 0, sequence: int = 0) -> str:
        body = bytes((kind, 0, response)) + sequence.to_bytes(2) + bytes.fromhex(data)
        return self.says(body.replace(b"\xff", b"\xff\xff") + b"\xff\xef")

    def job(self, *records: str, kind: int = SCS) -> str:
        """Print these and end the job; its text."""
        for record in records:
            self.prints(record, kind)
        self.prints("", EOJ)
        return self.jobs[-1] if self.jobs else ""


def text_of(*records: str, kind: int = SCS, **settings: object) -> str:
    """What a fresh printer prints of these."""
    return PrinterWire(**settings).agrees().job(*records, kind=kind)


class PrinterHost:
    """A TN3270E host. Displays get the LUs T001, T002 and so on, a screen that says READY, and with each key a count of keys.
    `print` prints on the printer that is there; `reject` is the reason to refuse printers for, `answers` what they answered."""

    def __init__(self, reject: int | None = None) -> None:
        self._listener = socket.create_server((LOOPBACK, 0))
        self.port: int = self._listener.getsockname()[1]
        self.reject = reject
        self.wished: list[str] = []  # what each printer asked for
        self.printer: socket.socket | None = None
        self.answers: list[bytes] = []
        self.left = False  # the printer has hung up
        self.changed = threading.Condition()
        self._lines: list[socket.socket] = []
        self._displays = 0
        threading.Thread(target=self._serve, daemon=True).start()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *failure: object) -> None:
        self._listener.close()
        for line in self._lines:
            with contextlib.suppress(OSError):
                line.shutdown(socket.SHUT_RDWR)  # a thread reads from it: closing alone would say nothing to the other end
            line.close()

    def print(self, data: bytes, kind: int = SCS, response: int = 0, sequence: int = 0) -> None:
        line = self.waits(lambda: self.printer)
        line.sendall((bytes((kind, 0, response)) + sequence.to_bytes(2) + data).replace(b"\xff", b"\xff\xff") + b"\xff\xef")

    def job(self, text: str, sequence: int = 0) -> None:
        """Print text, and end the job with a response asked for."""
        self.print(text.replace("\n", "\x85").replace("\f", "\x0c").encode("cp037"))
        self.print(b"", EOJ, 2, sequence)

    def waits(self, until):  # type: ignore[no-untyped-def]
        with self.changed:
            assert self.changed.wait_for(until, 20), "the printer did not do it"
            return until()

    def _serve(self) -> None:
        with contextlib.suppress(OSError):
            while True:
                line, _ = self._listener.accept()
                self._lines.append(line)
                threading.Thread(target=self._attend, args=[line], daemon=True).start()

    def _attend(self, line: socket.socket) -> None:
        with contextlib.suppress(OSError, AssertionError):
            line.sendall(b"\xff\xfd\x28")
            self._until(line, b"\xff\xfb\x28")
            line.sendall(bytes.fromhex("fffa280802fff0"))
            wish = self._until(line, b"\xff\xf0").rpartition(b"\xff\xfa")[2][3:-2]
            (self._be_printer if wish.startswith(b"IBM-3287-1") else self._be_display)(line, wish)

    def _be_printer(self, line: socket.socket, wish: bytes) -> None:
        self.wished.append(wish[10:].replace(b"\0", b"ASSOCIATE ").replace(b"\1", b"CONNECT ").decode())
        if self.reject is not None:
            line.sendall(bytes((255, 250, 40, 2, 6, 5, self.reject, 255, 240)))
        else:
            line.sendall(b"\xff\xfa\x28\x02\x04IBM-3287-1\x01PRT1\xff\xf0")
            self._until(line, b"\xff\xf0")
            line.sendall(bytes.fromhex("fffa280304 00010203 fff0" + BIND))
            with self.changed:
                self.printer = line
                self.changed.notify_all()
        try:
            while answer := self._until(line, b"\xff\xef"):
                with self.changed:
                    self.answers.append(answer[:-2])
                    self.changed.notify_all()
        finally:
            with self.changed:
                self.left = True
                self.changed.notify_all()

    def _be_display(self, line: socket.socket, wish: bytes) -> None:
        self._displays += 1
        line.sendall(b"\xff\xfa\x28\x02\x04IBM-3278-2-E\x01T%03d\xff\xf0" % self._displays)
        self._until(line, b"\xff\xf0")
        line.sendall(bytes.fromhex("fffa28030402fff0"))
        for keys in range(1_000):
            words = f"READY {keys}".encode("cp037")
            line.sendall(b"\0\0\0\0\0\xf5\xc3\x11\x40\x40\x1d\x60" + words + b"\x1d\x40\x13\xff\xef")
            self._until(line, b"\xff\xef")

    def _until(self, line: socket.socket, what: bytes) -> bytes:
        data = b""
        while not data.endswith(what):
            more = line.recv(1)
            assert more
            data += more
        return data
