"""IND$FILE: a file to or from the host over a session's own screen, by structured fields (DFT) or by screens (CUT).

The host never names a file here: it is answered from, or written into, the one file that the caller opened. DFT after GA23-0059,
"File Transfer"; CUT frames as IND$FILE and x3270 use them.
"""

import codecs
import contextlib
import os
import tempfile
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from app.errors import BadInput, HostLost, IastError, TransferCancelled, TransferFailed, WaitTimeout
from app.screen import moves
from app.screen.model import Screen, printable
from app.tn3270 import indfile
from app.tn3270 import orders as k
from app.tn3270.codepages import CodePage
from app.tn3270.connection import Connection
from app.tn3270.datastream import AID_STRUCTURED
from app.tn3270.indfile import Request
from app.tn3270.link import Link
from app.tn3270.query import TRANSFER_BLOCK
from app.tn3270.session import Session3270
from app.tn3270.typed import Typed

MOST_BYTES = 1 << 30  # a host that sends more than that without end is stopped
IDLE_SECONDS = 60.0  # a host that asks for nothing for so long is given up
GIVE_UP_SECONDS = 10.0  # how long a cancelled host has for its last word
SETTLE_SECONDS = 5.0  # how long the host has to draw its own screen again
_LOOK_SECONDS = 0.05

Progress = Callable[[int], None]


@dataclass(frozen=True, slots=True)
class Moved:
    """What a transfer came to: bytes of the file here, and the host's last word."""

    bytes: int
    message: str


def put(session: Session3270, request: Request, source: Path, **how: object) -> Moved:
    """Send a file of ours to the host. See `move`. Raises OSError when the file can't be read."""
    with source.open("rb") as file:
        return move(session, request, file, **how)  # type: ignore[arg-type]


def get(session: Session3270, request: Request, target: Path, **how: object) -> Moved:
    """Receive a file from the host. `target` exists only once all of it has come; a file there before is replaced then."""
    with tempfile.NamedTemporaryFile(dir=target.parent, prefix=f".{target.name}.", delete=False) as file:
        try:
            moved = move(session, request, file, **how)  # type: ignore[arg-type]
            file.close()
            os.replace(file.name, target)
        except BaseException:
            os.unlink(file.name)
            raise
    return moved


def move(
    session: Session3270,
    request: Request,
    file: BinaryIO,
    progress: Progress = lambda moved: None,
    cancelled: threading.Event | None = None,
    idle_seconds: float = IDLE_SECONDS,
) -> Moved:
    """Type IND$FILE's command into the field at the cursor and move the file, from any thread but the engine's; returns when the
    host said that it is done. `progress` is given the bytes moved so far; setting `cancelled` stops it.

    Raises BadInput (no room for the command, a character the code page has not), InputRefused (locked keyboard, another
    transfer), TransferFailed, TransferCancelled and HostLost. Whichever it is, the session can be used on."""
    cancelled = cancelled or threading.Event()
    transfer = Transfer(request, file, cancelled)
    session.on_engine(lambda link: _begin(link, transfer))
    try:
        _wait(session, transfer, progress, cancelled, idle_seconds)
    finally:
        with contextlib.suppress(HostLost):
            session.on_engine(_let_go)
    with contextlib.suppress(WaitTimeout, HostLost):
        session.wait(lambda screen: True, transfer.ended, SETTLE_SECONDS)  # the host draws its own screen again
    if transfer.fault is not None:
        raise transfer.fault
    progress(transfer.moved)
    return Moved(transfer.moved, transfer.message)


def _begin(link: Link, transfer: "Transfer") -> None:
    screen = link.history.look()
    start, room = _line(screen)
    command = transfer.request.command()
    if len(command) > room:
        raise BadInput(
            f"The field at the cursor takes {room} characters; the command for this transfer has {len(command)}. Go to a longer one."
        )
    text = command if screen.fields else screen.cells[:start] + command + screen.cells[start + len(command) :]
    link.submit(Typed("Enter", (start + len(command)) % len(screen.cells), [(start if screen.fields else 0, text)]))
    transfer.page = link.terminal.code_page
    link.terminal.transfer = transfer


def _let_go(link: Link) -> None:
    link.terminal.transfer = None


def _line(screen: Screen) -> tuple[int, int]:
    """Where the command goes: start and length of the open field at the cursor, or of the next one."""
    at = screen.cursor if moves.is_open(screen, screen.cursor) else moves.tab(screen, screen.cursor)
    field = moves.field_at(screen, at)
    if not screen.fields:
        return at, len(screen.cells) - at
    if field is None or field.protected:
        raise BadInput("There is no field on this screen to type the command into. Go to the host's command line first.")
    return field.start, field.length


def _wait(session: Session3270, transfer: "Transfer", progress: Progress, cancelled: threading.Event, idle_seconds: float) -> None:
    """Until the transfer is over, one way or the other."""
    seen, deadline, stopped = -1, time.monotonic() + idle_seconds, False
    while not transfer.over.wait(_LOOK_SECONDS):
        now = time.monotonic()
        if session.ended is not None:
            raise HostLost(session.ended)
        if cancelled.is_set() and not stopped:
            stopped, deadline = True, now + GIVE_UP_SECONDS
            session.on_engine(lambda link: transfer.stop(TransferCancelled()))
        if transfer.exchanges != seen and not stopped:
            seen, deadline = transfer.exchanges, now + idle_seconds
            progress(transfer.moved)
        if now >= deadline:
            raise transfer.fault or TransferFailed(_silent(transfer, session.screen, idle_seconds))


def _silent(transfer: "Transfer", screen: Screen, seconds: float) -> str:
    if transfer.exchanges:
        return f"The host stopped in the middle: nothing came of it for {seconds:g} s. The transfer was given up."
    shown = " / ".join(row.strip() for row in screen.text() if row.strip())[:200]
    return f"The host did not start IND$FILE in {seconds:g} s. Its screen says: {printable(shown)}"


class Transfer:
    """One transfer at one terminal. All but `over`, `moved`, `exchanges`, `message` and `fault` is the engine thread's."""

    def __init__(self, request: Request, file: BinaryIO, cancelled: threading.Event) -> None:
        self.request, self._cancelled = request, cancelled
        self.over = threading.Event()
        self.moved, self.exchanges, self.message = 0, 0, ""
        self.ended = 0  # the terminal's serial then
        self.fault: IastError | None = None
        self.unsent = b""  # the block that the host may ask for again by Read Modified
        self._file = file
        self._stopping, self._finished, self._message_open = False, False, False
        self._number = 1  # of the next block
        self._left = b""  # translated, and not sent yet
        self._utf8 = codecs.getincrementaldecoder("utf-8-sig")("strict")
        self._speller, self._reader = indfile.Speller(), indfile.Reader()

    @property
    def page(self) -> CodePage:
        return self._page

    @page.setter
    def page(self, page: CodePage) -> None:
        self._page = page
        self._to_host, self._from_host = indfile.TextToHost(page), indfile.TextFromHost(page)

    def stop(self, why: IastError) -> None:
        """End it for this reason: the host is told at the next thing it asks."""
        self.fault = self.fault or why
        self._stopping = True

    def _heard(self) -> None:
        """The host asked for something."""
        self.exchanges += 1
        if self._cancelled.is_set():
            self.stop(TransferCancelled())

    # The file

    def _next(self, size: int) -> bytes:
        """Up to `size` bytes for the host; none at the end of the file. Raises IastError, OSError."""
        while len(self._left) < size and not self._finished:
            data = self._file.read(TRANSFER_BLOCK)
            self._finished = not data
            self._left += self._translated(data) if self.request.text else data
            self.moved += len(data)
        block, self._left = self._left[:size], self._left[size:]
        return block

    def _translated(self, data: bytes) -> bytes:
        try:
            return self._to_host.encode(self._utf8.decode(data, not data), not data)
        except UnicodeDecodeError:
            raise BadInput("The file is not UTF-8 text. Convert it, or send it as binary.") from None

    def _keep(self, data: bytes) -> None:
        """What the host sent, into the file."""
        kept = self._from_host.decode(data).encode() if self.request.text else data
        self._file.write(kept)
        self.moved += len(kept)
        if self.moved > MOST_BYTES:
            self.stop(TransferFailed(f"The host sent more than {MOST_BYTES >> 20} MiB. It was stopped."))

    def _end(self, terminal: Connection, message: str, succeeded: bool) -> None:
        self.ended = terminal.generation
        self.message = printable(message).strip()[:500]
        if not succeeded and self.fault is None:
            self.fault = TransferFailed(f"The host said: {self.message or 'nothing'}")
        self.over.set()

    # DFT

    def asked(self, terminal: Connection, field: bytes) -> bool:
        """Answer a transfer structured field (length, X'D0', request, ...); False for one that is no such request."""
        requests = {0x0012: self._open, 0x4112: self._close, 0x4704: self._insert, 0x4611: self._get, 0x4511: None, 0x4711: None}
        request = int.from_bytes(field[3:5])
        if request not in requests:
            return False
        self._heard()
        answer = requests[request]
        if answer is not None:
            try:
                answer(terminal, field)
            except (IastError, OSError) as error:
                self.stop(error if isinstance(error, IastError) else TransferFailed(f"The file here failed: {error.strerror}."))
                self._refuse(terminal, request)
        return True

    def _open(self, terminal: Connection, field: bytes) -> None:
        self._message_open = field[-7:].rstrip() == b"FT:MSG"
        self._number = 1
        _answer(terminal, b"\x00\x09")

    def _close(self, terminal: Connection, field: bytes) -> None:
        self._message_open = False
        _answer(terminal, b"\x41\x09")

    def _insert(self, terminal: Connection, field: bytes) -> None:
        """A block of the file, or of the host's message."""
        length = int.from_bytes(field[8:10]) - 5
        if len(field) < 10 or not 0 <= length <= len(field) - 10:
            raise TransferFailed("The host sent a block whose length is wrong.")
        data = field[10 : 10 + length]
        if self._message_open:
            self._acknowledge(terminal)
            message = data.decode("ascii", "replace").partition("$")[0]
            self._end(terminal, message, message.startswith("TRANS03"))
        elif self._stopping or self.request.direction != "get":
            self._refuse(terminal, 0x4704)
        else:
            self._keep(data)
            self._acknowledge(terminal)

    def _get(self, terminal: Connection, field: bytes) -> None:
        """The host wants a block."""
        if self._stopping or self.request.direction != "put":
            self._refuse(terminal, 0x4611)
            return
        block = self._next(TRANSFER_BLOCK - 27)
        if block:
            head = b"\x46\x05\x63\x06" + self._number.to_bytes(4) + b"\xc0\x80\x61" + (len(block) + 5).to_bytes(2)
            self._number += 1
            self.unsent = _answer(terminal, head + block)
        else:
            self.unsent = _answer(terminal, b"\x46\x08\x69\x04\x22\x00")

    def _acknowledge(self, terminal: Connection) -> None:
        _answer(terminal, b"\x47\x05\x63\x06" + self._number.to_bytes(4))
        self._number += 1

    def _refuse(self, terminal: Connection, request: int) -> None:
        _answer(terminal, bytes((request >> 8, 0x08, 0x69, 0x04, 0x01, 0x00)))

    # CUT

    def written(self, terminal: Connection) -> None:
        """The host wrote and gave the keyboard back: if that is a frame, answer it."""
        if terminal.buffer_size < _FRAME or terminal.plane_fa[_FRAME - 1] & 0x30 != 0x30:
            return
        frames = {0xC3: self._control, 0xC2: self._wanted, 0xC1: self._came}
        answer = frames.get(terminal.plane_dc[0])
        self._heard()
        try:
            if answer is None:
                raise TransferFailed(f"The host sent a frame of an unknown kind (X'{terminal.plane_dc[0]:02X}').")
            answer(terminal)
        except (IastError, OSError, ValueError) as error:
            self.stop(
                error if isinstance(error, IastError) else TransferFailed(f"The transfer broke: {getattr(error, 'strerror', error)}.")
            )
            self._abort(terminal)

    def _control(self, terminal: Connection) -> None:
        code = bytes(terminal.plane_dc[2:4])
        terminal.press("Enter")
        if code == b"\x81\x81":  # it begins
            self._speller, self._reader = indfile.Speller(), indfile.Reader()
        elif code == b"\x81\x89":
            self._end(terminal, "Transfer complete", True)
        else:
            self._end(terminal, _text(terminal, 4, 84).rstrip(" $"), False)

    def _wanted(self, terminal: Connection) -> None:
        """Data Request: put a block into the frame and press Enter."""
        if self._stopping or self.request.direction != "put":
            self._abort(terminal)
            return
        data = self._spelt(_FRAME - 1 - _UP_DATA)
        check = 0
        for character in data:
            check ^= character
        head = bytes((terminal.plane_dc[3], indfile.six(check), indfile.six(len(data) >> 6), indfile.six(len(data))))
        _fill(terminal, 3, head + data)
        terminal.plane_fa[1] |= k.MODIFIED | k.HIDDEN
        terminal.press("Enter")

    def _spelt(self, room: int) -> bytes:
        """Characters of a frame: at most two for a byte, so half a frame of bytes always fits."""
        block = self._next(room // 2)
        return b"".join(self._speller.spell(byte) for byte in block) if block else _END_OF_FILE

    def _came(self, terminal: Connection) -> None:
        """Data: keep it and press Enter."""
        length = indfile.from_six(terminal.plane_dc[3]) << 6 | indfile.from_six(terminal.plane_dc[4])
        if self._stopping or self.request.direction != "get":
            self._abort(terminal)
            return
        if length > _RESPONSE - _DOWN_DATA:
            raise TransferFailed("The host sent a frame longer than a frame can be.")
        data = bytes(terminal.plane_dc[_DOWN_DATA : _DOWN_DATA + length])
        if data != _END_OF_FILE:
            self._keep(self._reader.read(data))
        terminal.press("Enter")

    def _abort(self, terminal: Connection) -> None:
        _fill(terminal, _RESPONSE + 1, b"\xc3" + bytes(terminal.plane_dc[1:2]) + b"\x81\x94")
        if terminal.plane_fa[_RESPONSE]:
            terminal.plane_fa[_RESPONSE] |= k.MODIFIED
        terminal.press("PF2")


_FRAME, _RESPONSE = 1920, 1914  # cells of a frame, and the attribute of the field that answers it
_UP_DATA, _DOWN_DATA = 7, 5
_END_OF_FILE = b"\x5c\xa9"


def _answer(terminal: Connection, body: bytes) -> bytes:
    """Send a structured field of a transfer; the record it went in."""
    record = bytes((AID_STRUCTURED,)) + (len(body) + 3).to_bytes(2) + b"\xd0" + body
    terminal.aid = AID_STRUCTURED
    terminal.send_3270_data(record)
    return record


def _fill(terminal: Connection, start: int, data: bytes) -> None:
    """Put characters on the screen, over whatever is there."""
    end = start + len(data)
    terminal.plane_dc[start:end] = data
    for plane in (terminal.plane_fa, terminal.plane_cs, terminal.plane_eh, terminal.plane_fg, terminal.plane_bg):
        plane[start:end] = bytes(len(data))


def _text(terminal: Connection, start: int, end: int) -> str:
    return "".join(terminal.code_page.shown[byte] for byte in terminal.plane_dc[start:end])
