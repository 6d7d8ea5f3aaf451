"""A small host with IND$FILE: one terminal, files in memory, transfers by structured fields (DFT) or by screens (CUT)."""

import re
import socket
import threading
from dataclasses import dataclass, field

from app.tn3270.indfile import SIX_BITS, TO_ASCII, TO_EBCDIC, Reader, Speller, from_six, six
from app.up.ports import LOOPBACK

NEGOTIATION = bytes.fromhex("fffd18 fffa1801fff0 fffd19 fffb19 fffd00 fffb00")
EOR = b"\xff\xef"
RECORD = re.compile(rb"((?:[^\xff]|\xff\xff)*+)\xff\xef", re.DOTALL)
READY = b"\xf5\xc3\x11\x40\x40\x1d\x60" + "READY".encode("cp037") + b"\x1d\x40\x13"
OUTBOUND = bytes.fromhex("f300064000f1c2")
OPEN = bytes.fromhex("0023d000120106010104030a0a000000001101010050055203f00309")
ENTER, PF2 = 0x7D, 0xF2
DONE = "TRANS03  File transfer complete$"


class Stopped(Exception):
    """The terminal ended the transfer, or went away."""


@dataclass
class Behaviour:
    """How the host answers. `fault` may be: silent, hang up, stall, unknown command, missing, repeat, thief, forger, wrong length."""

    mode: str = "dft"
    fault: str = ""
    block: int = 2000  # bytes of a file in a block
    stop_after: int = -1  # blocks, before the fault shows


@dataclass
class IndFileHost:
    """Starts with `with`. `files` has records (EBCDIC) of text files and bytes of binary ones; `commands` what was typed."""

    behaviour: Behaviour = field(default_factory=Behaviour)
    files: dict[str, list[bytes] | bytes] = field(default_factory=dict)
    commands: list[str] = field(default_factory=list)
    aborted: int = 0
    stolen: bytes = b""

    def __enter__(self) -> "IndFileHost":
        self._listener = socket.create_server((LOOPBACK, 0))
        self.port: int = self._listener.getsockname()[1]
        self._line: socket.socket | None = None
        self._received = b""
        self._thread = threading.Thread(target=self._serve, daemon=True)
        self._thread.start()
        return self

    def __exit__(self, *failure: object) -> None:
        for each in (self._line, self._listener):
            if each is not None:
                each.close()
        self._thread.join(10)

    def _serve(self) -> None:
        try:
            self._line, _ = self._listener.accept()
            self._line.sendall(NEGOTIATION)
            while b"\xff\xfd\x00" not in self._received:
                self._hear()
            self._received = b""
            self._say(READY)
            while True:
                self._command(self._record())
                self._say(READY)
        except (OSError, Stopped):
            pass
        finally:
            if self._line is not None:
                self._line.close()

    # Records

    def _hear(self) -> None:
        assert self._line is not None
        data = self._line.recv(65536)
        if not data:
            raise Stopped
        self._received += data

    def _record(self) -> bytes:
        while (match := RECORD.match(self._received)) is None:
            self._hear()
        self._received = self._received[match.end() :]
        return match[1].replace(b"\xff\xff", b"\xff")

    def _say(self, record: bytes) -> None:
        assert self._line is not None
        self._line.sendall(record.replace(b"\xff", b"\xff\xff") + EOR)

    # Commands

    def _command(self, record: bytes) -> None:
        typed = record[6:].decode("cp037").strip() if record[0] == ENTER and len(record) > 6 else ""
        if not typed.startswith("IND$FILE"):
            return
        self.commands.append(typed)
        verb, name, *options = typed.removeprefix("IND$FILE ").replace("(", " ").split()
        if self.behaviour.fault == "silent":
            while True:
                self._record()
        if self.behaviour.fault == "unknown command":
            return
        moves = {"dft": self._dft, "cut": self._cut}[self.behaviour.mode]
        self._missing = self.behaviour.fault == "missing" or (verb == "GET" and name not in self.files)
        try:
            moves(verb, name, "ASCII" in options)
        except Stopped:
            if not self.aborted:
                raise

    def _outgoing(self, name: str, text: bool) -> bytes:
        content = self.files[name]
        if isinstance(content, list):
            assert text
            return b"".join(bytes(byte if byte < 0x40 else TO_ASCII[byte] for byte in record) + b"\r\n" for record in content)
        return content

    def _incoming(self, name: str, data: bytes, text: bool) -> None:
        if text:
            records = data.split(b"\r\n")
            assert records.pop() == b"", "the last line has no end"
            self.files[name] = [bytes(TO_EBCDIC.get(byte, byte) if byte >= 0x20 else byte for byte in record) for record in records]
        else:
            self.files[name] = data

    def _blocks(self, data: bytes) -> list[bytes]:
        size = self.behaviour.block
        return [data[at : at + size] for at in range(0, len(data), size)]

    def _break(self, done: int) -> None:
        """What goes wrong after so many blocks."""
        if done == self.behaviour.stop_after:
            if self.behaviour.fault == "hang up":
                assert self._line is not None
                self._line.close()
                raise Stopped
            if self.behaviour.fault == "stall":
                while True:
                    self._record()

    # DFT

    def _dft(self, verb: str, name: str, text: bool) -> None:
        message = DONE
        if self._missing:
            message = "TRANS17  Missing or incorrect TSO data set name: file transfer canceled$\x1b[2J"
        elif verb == "GET":
            message = self._dft_get(name, text)
        else:
            message = self._dft_put(name, text)
        self._ask(OPEN + b"FT:MSG ", b"\x00\x09")
        self._ask(insert(message.encode("ascii")), b"\x47\x05")

    def _ask(self, fields: bytes, *expected: bytes) -> bytes:
        """Send structured fields; the answer's body. The answer must be one of those expected, or an error."""
        self._say(OUTBOUND + fields)
        answer = self._record()
        assert answer[0] == 0x88 and answer[3] == 0xD0, answer.hex()
        assert int.from_bytes(answer[1:3]) == len(answer) - 1
        assert answer[4:6] in expected or answer[5] == 0x08, answer.hex()
        return answer[4:]

    def _refused(self, answer: bytes) -> bool:
        return answer[1] == 0x08 and answer[4:6] == b"\x01\x00"

    def _dft_get(self, name: str, text: bool) -> str:
        """From the host to the terminal."""
        self._ask(OPEN + b"FT:DATA", b"\x00\x09")
        if self.behaviour.fault == "thief":
            self.stolen = self._ask(GET, b"\x46\x05")
        for n, block in enumerate(self._blocks(self._outgoing(name, text))):
            self._break(n)
            field_ = insert(block)
            if self.behaviour.fault == "wrong length":
                field_ = field_[:18] + b"\xff\xf0" + field_[20:]
            answer = self._ask(field_, b"\x47\x05")
            if self._refused(answer):
                return self._cancelled()
            assert int.from_bytes(answer[4:8]) == n + 1
        self._ask(CLOSE, b"\x41\x09")
        return DONE

    def _dft_put(self, name: str, text: bool) -> str:
        data, n = b"", 0
        self._ask(OPEN + b"FT:DATA", b"\x00\x09")
        if self.behaviour.fault == "forger":
            self._ask(insert(b"forged"), b"\x47\x05")
        while True:
            self._break(n)
            answer = self._ask(GET, b"\x46\x05")
            if self._refused(answer):
                return self._cancelled()
            if answer[1] == 0x08:
                assert answer[4:6] == b"\x22\x00"
                break
            if self.behaviour.fault == "repeat":
                self._say(b"\xf6")
                assert self._record()[4:] == answer
            n += 1
            assert answer[2:4] == b"\x63\x06" and int.from_bytes(answer[4:8]) == n and answer[8:11] == b"\xc0\x80\x61"
            assert int.from_bytes(answer[11:13]) == len(answer[13:]) + 5
            data += answer[13:]
        self._ask(CLOSE, b"\x41\x09")
        self._incoming(name, data, text)
        return DONE

    def _cancelled(self) -> str:
        self.aborted += 1
        self._ask(CLOSE, b"\x41\x09")
        return "TRANS13  Error writing file to host: file transfer canceled$"

    # CUT

    def _cut(self, verb: str, name: str, text: bool) -> None:
        if self._missing:
            self._frame(b"\xc3\x81\x81\x94" + "TRANS17  Missing or incorrect TSO data set name$".encode("cp037"))
            return
        self._frame(b"\xc3\x81\x81\x81")
        if verb == "GET":
            self._cut_get(name, text)
        else:
            self._cut_put(name, text)
        self._frame(b"\xc3\x81\x81\x89")

    def _frame(self, content: bytes) -> bytes:
        """Show a frame; what the terminal answers. Stopped when it aborts."""
        skip = b"\x11" + address(1919) + b"\x1d\xf0"
        response = b"" if content[0] == 0xC2 else b"\x11" + address(1914) + b"\x1d\xc1"
        self._say(b"\xf5\xc3\x11\x40\x40" + content + response + skip)
        answer = self._record()
        if answer[0] == PF2:
            self.aborted += 1
            self._say(b"\xf5\xc3\x11\x40\x40\xc3\x81\x81\x94" + "TRANS13  Canceled$".encode("cp037") + skip)
            self._record()
            raise Stopped
        assert answer[0] == ENTER
        return answer

    def _cut_get(self, name: str, text: bool) -> None:
        speller = Speller()
        data = self._outgoing(name, text)
        blocks = [data[at : at + 900] for at in range(0, len(data), 900)]
        for n, block in enumerate(blocks):
            self._break(n)
            self._data_frame(n, b"".join(speller.spell(byte) for byte in block))
        self._data_frame(len(blocks), b"\x5c\xa9")

    def _data_frame(self, n: int, spelt: bytes) -> None:
        head = bytes((0xC1, six(n), six(check(spelt)), six(len(spelt) >> 6), six(len(spelt))))
        self._frame(head + spelt)

    def _cut_put(self, name: str, text: bool) -> None:
        reader, data, n = Reader(), b"", 0
        while True:
            self._break(n)
            answer = self._frame(b"\xc2" + b"\x1d\xc1" + b"\xc1" + bytes((six(n),)))
            at = answer.index(b"\x11" + address(2)) + 3
            sequence, checksum, *length = answer[at + 1 : at + 5]
            spelt = answer[at + 5 :]
            assert sequence == six(n) and checksum == SIX_BITS[check(spelt) & 0x3F]
            assert from_six(length[0]) << 6 | from_six(length[1]) == len(spelt)
            if spelt == b"\x5c\xa9":
                break
            data += reader.read(spelt)
            n += 1
        self._incoming(name, data, text)


GET = bytes.fromhex("000fd04511010500060009050103000009d0461101040080")
CLOSE = bytes.fromhex("0005d04112")


def insert(data: bytes) -> bytes:
    body = b"\xd0\x47\x04\xc0\x80\x61" + (len(data) + 5).to_bytes(2) + data
    return bytes.fromhex("000ad047110105008000") + (len(body) + 2).to_bytes(2) + body


def address(at: int) -> bytes:
    table = (
        b"\x40\xc1\xc2\xc3\xc4\xc5\xc6\xc7\xc8\xc9\x4a\x4b\x4c\x4d\x4e\x4f\x50\xd1\xd2\xd3\xd4\xd5\xd6\xd7\xd8\xd9\x5a\x5b\x5c\x5d\x5e\x5f"
    )
    table += (
        b"\x60\x61\xe2\xe3\xe4\xe5\xe6\xe7\xe8\xe9\x6a\x6b\x6c\x6d\x6e\x6f\xf0\xf1\xf2\xf3\xf4\xf5\xf6\xf7\xf8\xf9\x7a\x7b\x7c\x7d\x7e\x7f"
    )
    return bytes((table[at >> 6], table[at & 0x3F]))


def check(spelt: bytes) -> int:
    result = 0
    for character in spelt:
        result ^= character
    return result
