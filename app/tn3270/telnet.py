"""Telnet under a 3270: bytes from the host split into commands, subnegotiations, records and text. Knows no 3270 order.

Replaces tnz's `_data_received` (no limit on a record, data before the first option lost) and `_process`.
"""

import time
from collections.abc import Callable

from app.errors import HostMisbehaved
from app.tn3270 import options as o

MOST_RECORD = 1 << 20  # a record is a screen or a block of a file: the largest seen is 32 KiB
MOST_SUBNEGOTIATION = 4096
MOST_SECONDS = 0.5  # of processor time for bytes that came at once; the largest screen of a real host takes a twentieth


class Telnet:
    """The byte side of a connection (RFC 854, 855). Mixed into Connection, which supplies what `_on_...` do."""

    _write: Callable[[bytes], None]
    _on_option: Callable[[int, int], None]
    _on_command: Callable[[int], None]
    _on_subnegotiation: Callable[[bytes], None]
    _on_record: Callable[[bytes], None]
    _on_text: Callable[[bytes], None]
    _speaks_lines: Callable[[], bool]

    def _telnet_init(self) -> None:
        self._unread = b""  # the start of a command whose rest has not come
        self._record = bytearray()
        self._spent_at = time.thread_time() + MOST_SECONDS

    def _spend(self) -> None:
        """Called by whatever a host can make us repeat. One host must not keep the processor from the others."""
        if time.thread_time() > self._spent_at:
            raise HostMisbehaved("The host sent what takes too long to do. This session was ended to protect the others.")

    def _data_received(self, data: bytes) -> None:
        """Take bytes off the wire; each complete thing in them is handled before this returns."""
        self._spent_at = time.thread_time() + MOST_SECONDS
        data = self._unread + data
        self._unread = b""
        position, end = 0, len(data)
        while position < end:
            mark = data.find(o.IAC, position)
            if mark < 0:
                self._take(data[position:])
                return
            if mark > position:
                self._take(data[position:mark])
            position = self._command(data, mark)
            if position < 0:
                self._unread = data[mark:]
                if len(self._unread) > MOST_SUBNEGOTIATION:
                    raise HostMisbehaved("The host sent an option without end.")
                return

    def _command(self, data: bytes, mark: int) -> int:
        """Handle the command at `mark`; the position after it, -1 if its end has not come yet."""
        if mark + 1 >= len(data):
            return -1
        code = data[mark + 1]
        if code == o.IAC_BYTE:
            self._take(o.IAC)
        elif code == o.SB:
            return self._subnegotiation(data, mark)
        elif code in o.OPTION_VERBS:
            if mark + 2 >= len(data):
                return -1
            self._on_option(code, data[mark + 2])
            return mark + 3
        elif code == o.EOR:
            record, self._record = bytes(self._record), bytearray()
            self._on_record(record)
        else:
            self._on_command(code)
        return mark + 2

    def _subnegotiation(self, data: bytes, mark: int) -> int:
        at = mark + 2
        while (at := data.find(o.IAC, at)) >= 0 and at + 1 < len(data):
            if data[at + 1] == o.SE:
                self._on_subnegotiation(data[mark + 2 : at].replace(o.IAC + o.IAC, o.IAC))
                return at + 2
            at += 2
        return -1

    def _take(self, data: bytes) -> None:
        if self._speaks_lines():
            self._on_text(data)
            return
        self._record += data
        if len(self._record) > MOST_RECORD:
            raise HostMisbehaved("The host sent a record without end.")

    def _write_command(self, code: int) -> None:
        self._write(bytes((o.IAC_BYTE, code)))

    def _write_option(self, verb: int, option: int) -> None:
        self._write(bytes((o.IAC_BYTE, verb, option)))

    def _write_subnegotiation(self, data: bytes) -> None:
        self._write(bytes((o.IAC_BYTE, o.SB)) + data.replace(o.IAC, o.IAC + o.IAC) + bytes((o.IAC_BYTE, o.SE)))

    def _write_record(self, data: bytes) -> None:
        self._write(data.replace(o.IAC, o.IAC + o.IAC) + bytes((o.IAC_BYTE, o.EOR)))
