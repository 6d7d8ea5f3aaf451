"""A host gone mad: a million records of nonsense, close to sense, over negotiation and data stream. None may fail a terminal.

What counts as a failure: an exception that is not the host's fault in our words (HostError, InputRefused), a terminal whose
parts no longer fit together, a screen that could steer a terminal or page, a record that takes seconds, memory that grows.
"""

import multiprocessing
import os
import random
import resource
import sys
import time
import traceback
from collections.abc import Callable
from dataclasses import dataclass, field

from app.errors import HostError, InputRefused
from app.screen import keyboard
from app.screen.model import HARMLESS, NULL, SHIFT_IN, SHIFT_OUT, WIDE_TAIL, Screen
from app.tn3270 import HostAddress
from app.tn3270.connection import Connection
from app.tn3270.history import History
from app.tn3270.typed import Typed, lay
from bench._figures import Figure, figure, show

RECORDS = int(os.environ.get("IAST_FUZZ_RECORDS", "1000000"))
SEED = int(os.environ.get("IAST_FUZZ_SEED", "0")) or None
LONGEST_SECONDS = 5.0  # of one record: a hang, whatever the machine
MOST_GROWTH = 64 << 20  # bytes, over a worker's whole share
RECORDS_A_SESSION = 200
MOST_SENT = 1 << 20
STEERING = frozenset((NULL, WIDE_TAIL, SHIFT_OUT, SHIFT_IN, *HARMLESS))  # what cells may hold besides what prints

IAC, SE, SB, EOR = b"\xff", b"\xff\xf0", b"\xff\xfa", b"\xff\xef"
CLASSIC = bytes.fromhex("fffd18 fffa1801fff0 fffd19 fffb19 fffd00 fffb00")
ENHANCED = bytes.fromhex("fffd28 fffa280802fff0 fffa280204") + b"IBM-3278-2-E\x01LU1" + SE + bytes.fromhex("fffa28030700020405fff0")
ORDERS = bytes.fromhex("1d 29 28 2c 11 12 13 3c 05 08 0e 0f 1c 1e 00 0c 0d 15 19 3f 04 1b".replace(" ", ""))
COMMANDS = bytes.fromhex("f1f57ef66ef2f36f0105060d0e0f1102036b")
ATTRIBUTES = bytes.fromhex("0041424345464fc0c1c2c8fe")
FIELDS = bytes.fromhex("010309 0c 40 41 42 d0 0f 06 4a".replace(" ", ""))
MODELS = ("2", "3", "4", "5", "62x160", "24x80", "127x129")
PAGES = ("cp037", "930", "1388", "bracket", "cp1047")


@dataclass
class Found:
    """What one worker's share came to."""

    records: int = 0
    ended: int = 0  # sessions that their host's nonsense ended, politely
    slowest: float = 0.0
    growth: int = 0
    failures: list[str] = field(default_factory=list)


def main(as_json: bool) -> int:
    """Fuzz on every core; 0 when nothing failed."""
    seed = SEED or random.SystemRandom().randrange(1 << 32)
    workers = os.cpu_count() or 1
    began = time.monotonic()
    with multiprocessing.get_context("spawn").Pool(workers) as pool:
        shares = pool.starmap(fuzz, [(seed + n, RECORDS // workers + (n < RECORDS % workers)) for n in range(workers)])
    figures = report(shares, time.monotonic() - began)
    code = show("fuzz", figures, as_json, seed=seed)
    for failure in [failure for share in shares for failure in share.failures][:5]:
        print(f"seed {seed}: {failure}", file=sys.stderr)
    return code


def report(shares: list[Found], seconds: float) -> list[Figure]:
    records, failures = sum(s.records for s in shares), sum(len(s.failures) for s in shares)
    slowest, growth = max(s.slowest for s in shares), max(s.growth for s in shares)
    return [
        figure("records", records, "records", RECORDS, least=True),
        figure("failures", failures, "records", 0),
        figure("slowest record", slowest, "s", LONGEST_SECONDS),
        figure("growth", growth, "bytes", MOST_GROWTH),
        figure("sessions ended", sum(s.ended for s in shares), "sessions"),
        figure("rate", records / seconds, "records/s"),
    ]


def fuzz(seed: int, records: int) -> Found:
    """Feed that many records to one session after another. Stops a session, not the share, at a failure."""
    chance, found = random.Random(seed), Found()
    settled = 0  # the process's memory once a tenth is done: by then all that is kept for good is there
    while found.records < records:
        session = Session(chance)
        for _ in range(min(RECORDS_A_SESSION, records - found.records)):
            found.records += 1
            if not _one(session, chance, found):
                break
        if not settled and found.records > records // 10:
            settled = memory()
    found.growth = memory() - settled
    return found


def memory() -> int:
    """The most bytes this process ever had."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * (1 if sys.platform == "darwin" else 1024)


def _one(session: "Session", chance: random.Random, found: Found) -> bool:
    """One record, and now and then a look and a key; False when the session is over."""
    began = time.perf_counter()
    data = wire(chance, session)
    try:
        session.feed(data)
        if chance.random() < 0.1:
            session.look()
        if chance.random() < 0.02:
            session.type(chance)
    except HostError:
        found.ended += 1
        return False
    except Exception:  # noqa: BLE001  this is what we look for
        found.failures.append(f"record {found.records}: {data.hex()[:400]}\n{traceback.format_exc(limit=-4)}")
        return False
    finally:
        found.slowest = max(found.slowest, time.perf_counter() - began)
    return True


class Session:
    """A terminal without a network, and checks that it is still whole."""

    def __init__(self, chance: random.Random) -> None:
        model, page = chance.choice(MODELS), chance.choice(PAGES)
        self.sent = 0
        self.terminal = Connection(HostAddress("host", model=model, code_page=page), self._count)
        self.history = History(self.terminal)
        self.terminal.connected()
        self.enhanced = chance.random() < 0.5
        if chance.random() < 0.95:
            self.terminal._data_received(ENHANCED if self.enhanced else CLASSIC)

    def _count(self, data: bytes) -> None:
        self.sent += len(data)

    def feed(self, data: bytes) -> None:
        self.sent = 0
        self.terminal._data_received(data)
        terminal, size = self.terminal, self.terminal.buffer_size
        assert size == terminal.maxrow * terminal.maxcol <= 16383 + 160 * 62
        planes = (terminal.plane_dc, terminal.plane_fa, terminal.plane_eh, terminal.plane_cs, terminal.plane_fg, terminal.plane_bg)
        assert all(len(plane) == size for plane in planes)
        assert 0 <= terminal.curadd < size and self.sent < MOST_SENT

    def look(self) -> Screen:
        screen = self.history.look()
        check(screen)
        return screen

    def type(self, chance: random.Random) -> None:
        """Some keys of a person, and Enter."""
        k = keyboard.on(self.look())
        for key in chance.choices(("a", "7", "Tab", "EraseEOF", "Insert", "Delete", "Dup", "CursorSelect", "EraseInput"), k=6):
            k = keyboard.press(k, key)
        aid = chance.choice(("Enter", "PF3", "Clear", "PA1", "SysReq", "Attn"))
        try:
            lay(self.terminal, k.screen, self.history.written, Typed(k.aid or aid, k.cursor, k.modified, k.screen.serial, k.screen.layout))
            self.terminal.press(k.aid or aid)
        except InputRefused:
            self.terminal.reset()
        self.history.typed()
        check(k.seen)


def check(screen: Screen) -> None:
    """Raise AssertionError when a screen's parts don't fit together or could do harm where they are shown."""
    size = screen.rows * screen.columns
    assert len(screen.cells) == len(screen.styles) == size and max(screen.styles) < len(screen.palette) <= 256
    assert 0 <= screen.cursor < size
    assert all(c.isprintable() or c in STEERING or "\ue000" <= c <= "\uf8ff" for c in set(screen.cells))
    assert all(0 <= f.start < size and 0 <= f.length < size for f in screen.fields)
    assert sum(f.length + 1 for f in screen.fields) in (0, size)
    for text in (screen.lu, screen.oia):
        assert len(text) < 200 and all(c.isprintable() for c in text)


# Nonsense


def wire(chance: random.Random, session: Session) -> bytes:
    """The bytes of one record or telnet exchange, whole or broken."""
    kind = chance.random()
    if kind < 0.05:
        return telnet(chance)
    if kind < 0.07:
        return chance.randbytes(chance.randrange(60))
    body = broken(chance, record(chance))
    if session.enhanced and chance.random() < 0.98:
        body = (
            bytes((chance.choices((0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 255), (60, 2, 2, 4, 1, 3, 2, 3, 3, 3, 1))[0],))
            + chance.randbytes(4)
            + body
        )
    return body.replace(IAC, IAC + IAC) + (EOR if chance.random() < 0.99 else b"")


def record(chance: random.Random) -> bytes:
    """A 3270 record: a command and what follows it."""
    command = COMMANDS[chance.randrange(len(COMMANDS))] if chance.random() < 0.6 else 0xF1
    if command in (0xF3, 0x11):
        return bytes((command,)) + b"".join(structured(chance) for _ in range(chance.randrange(1, 4)))
    return bytes((command, chance.randrange(256))) + orders(chance, chance.randrange(30))


def orders(chance: random.Random, count: int) -> bytes:
    return b"".join(order(chance) for _ in range(count))


def order(chance: random.Random) -> bytes:
    if chance.random() < 0.35:
        return text(chance)
    code = ORDERS[chance.randrange(len(ORDERS))]
    head = bytes((code,))
    if code in (0x11, 0x12):
        return head + address(chance)
    if code == 0x3C:
        return head + address(chance) + chance.choice((b"\x40", b"\x00", b"\xc1", b"\x08\xad", b"\x0e"))
    if code in (0x1D, 0x08):
        return head + bytes((chance.randrange(256),))
    if code in (0x29, 0x2C):
        count = chance.choice((0, 1, 2, 3, 8, 255))
        return head + bytes((count,)) + pairs(chance, min(count, 8))
    return head + pairs(chance, 1) if code == 0x28 else head


def pairs(chance: random.Random, count: int) -> bytes:
    return b"".join(
        bytes((chance.choice(ATTRIBUTES), chance.choice((0, 0x60, 0xC1, 0xF1, 0xF2, 0xF4, 0xF8, chance.randrange(256)))))
        for _ in range(count)
    )


def text(chance: random.Random) -> bytes:
    plain = bytes(chance.choices(b"\x40\xc1\x7d\xf0\x41\xfe\x45\x42", k=chance.randrange(1, 40)))
    return b"\x0e" + plain + b"\x0f" if chance.random() < 0.1 else plain


def address(chance: random.Random) -> bytes:
    if chance.random() < 0.1:
        return chance.randbytes(2)
    at = chance.randrange(2200) if chance.random() < 0.8 else chance.randrange(16384)
    return bytes((at >> 6 & 0x3F | 0x40, at & 0x3F | 0x40)) if at < 4096 and chance.random() < 0.7 else at.to_bytes(2)


def structured(chance: random.Random) -> bytes:
    """A structured field, its length mostly right."""
    kind = chance.choice(FIELDS)
    if kind == 0x01:
        body = bytes((chance.choice((0, 0xFF)), chance.choice((2, 3, 0x6E, 0xF2, 0xF6, 9)))) + chance.randbytes(chance.randrange(5))
    elif kind == 0x40:
        body = bytes((0, chance.choice((0xF1, 0xF5, 0x7E, 0x6F, 0xF3)), chance.randrange(256))) + orders(chance, chance.randrange(10))
    elif kind == 0xD0:
        body = chance.choice((b"\x00\x12", b"\x41\x12", b"\x45\x11", b"\x46\x11", b"\x47\x04", b"\x47\x11", b"\x47\x12"))
        body += chance.choice((b"FT:DATA", b"FT:MSG ", chance.randbytes(12), b"\x01\x06\x01\x01\x04\x03" + chance.randbytes(30)))
    else:
        body = chance.randbytes(chance.randrange(8))
    length = len(body) + 3 if chance.random() < 0.9 else chance.choice((0, 1, 2, 3, 4, 65535, chance.randrange(65536)))
    return length.to_bytes(2) + bytes((kind,)) + body


def telnet(chance: random.Random) -> bytes:
    """Options asked for in no order, and what belongs to them."""
    makers: tuple[Callable[[], bytes], ...] = (
        lambda: IAC + bytes((chance.randrange(0xFB, 0xFF), chance.choice((0, 1, 3, 6, 24, 25, 31, 39, 40, 46, chance.randrange(256))))),
        lambda: SB + bytes((40,)) + bytes((chance.randrange(9), chance.randrange(9))) + chance.randbytes(chance.randrange(20)) + SE,
        lambda: SB + b"\x28\x02\x04" + chance.choice((b"IBM-3278-4-E", b"\x1b]0;x\x07")) + b"\x01" + chance.choice((b"L", b"\x1b[2J")) + SE,
        lambda: SB + bytes((40, 2, 6, 5, chance.randrange(9))) + SE,
        lambda: SB + bytes((chance.choice((24, 39, 31, 46)), 1)) + chance.randbytes(chance.randrange(20)) + SE,
        lambda: IAC + bytes((chance.randrange(0xF1, 0xFA),)),
        lambda: b"\x1b[" + chance.randbytes(3) + b"H\x1b]0;title\x07\r\n\x9b31m" + chance.randbytes(6),
        lambda: CLASSIC,
        lambda: ENHANCED,
    )  # fmt: skip
    return b"".join(chance.choice(makers)() for _ in range(chance.randrange(1, 4)))


def broken(chance: random.Random, data: bytes) -> bytes:
    """The record as it is, or cut, or with a few bytes changed, doubled or taken out."""
    kind = chance.random()
    if kind < 0.6 or not data:
        return data
    at = chance.randrange(len(data))
    if kind < 0.75:
        return data[:at]
    if kind < 0.9:
        return data[:at] + chance.randbytes(chance.randrange(1, 4)) + data[at + 1 :]
    return data[:at] + data[at:] * 2 if kind < 0.95 else data[:at] + data[at + 1 :]
