"""A host that is none of ours: QEMU's x-terminal3270 under a guest of thirty instructions, where the machine has QEMU for s390x
(Debian package qemu-system-misc)."""

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from app.screen.conditions import text
from app.screen.model import State
from app.tn3270 import Engine, HostAddress, Session3270
from app.up.ports import LOOPBACK, free_port
from tests.processes import Child, listens

QEMU = shutil.which("qemu-system-s390x")
pytestmark = pytest.mark.skipif(QEMU is None, reason="QEMU for s390x is not installed")

# Assembled by hand (z/Architecture Principles of Operation; GA23-0059 for the records): write a screen as soon as the terminal takes
# one, then answer each key with its AID and the first four characters typed. Looks twenty times a second and sleeps in between.
GUEST = """
0000 0008000080000200                   the PSW to start with: 31-bit addresses, at START
01B0 00000000800000000000000000000286   external new PSW: at WOKEN
0200 58100400                    START  L     1,TERMINAL
0204 B7000404                           LCTL  0,0,CONTROL       clock comparator interruptions
0208 B2340500                           STSCH SCHIB
020C 96800505                           OI    SCHIB+5,X'80'     enable the subchannel
0210 B2320500                           MSCH  SCHIB
0214 B2350540                    GREET  TSCH  IRB               take what is pending
0218 B2330410                           SSCH  GREETING
021C B2350540                           TSCH  IRB
0220 91080548                           TM    IRB+8,X'08'       channel end? else nobody has come yet
0224 47100230                           BO    LISTEN
0228 45E00268                           BAL   14,NAP
022C 47F00214                           B     GREET
0230 45E00268                    LISTEN BAL   14,NAP
0234 B2350540                           TSCH  IRB
0238 47400230                           BC    4,LISTEN          nothing has happened
023C 91800548                           TM    IRB+8,X'80'       attention: a key
0240 47800230                           BZ    LISTEN
0244 B2330420                           SSCH  READ
0248 B2350540                           TSCH  IRB
024C D200062A0800                       MVC   KEY(1),INPUT      the AID
0252 D20306320806                       MVC   TYPED(4),INPUT+6  behind AID, cursor, SBA and address
0258 B2330430                           SSCH  ANSWER
025C B2350540                           TSCH  IRB
0260 47F00230                           B     LISTEN
0268 B2050450                    NAP    STCK  NOW
026C E30004500004                       LG    0,NOW
0272 E30004580008                       AG    0,NAPPING
0278 E30004500024                       STG   0,NOW
027E B2060450                           SCKC  NOW
0282 B2B20440                           LPSWE WAIT
0286 07FE                        WOKEN  BR    14
0400 00010000                    TERMINAL: the only subchannel
0404 00000800                    CONTROL
0410 000000000080800000000460    GREETING, an ORB
0420 000000000080800000000468    READ
0430 000000000080800000000470    ANSWER
0440 01020000800000000000000000000000   WAIT: enabled for external interruptions
0450 0000000000000000            NOW
0458 000000000C350000            NAPPING: 50 ms
0460 0520001E00000600            Erase/Write
0468 0620010000000800            Read Modified, of any length, to INPUT
0470 0520001F00000620            Erase/Write
0600 C31140401D60C8C5D3D3D640C6D9D6D440D8C5D4E41D4013000000001D60
0620 C31140401D60D2C5E8400040E3E8D7C5C440000000001D4013000000001D60
"""


def image() -> bytes:
    lines = [line.split()[:2] for line in GUEST.strip().splitlines()]
    memory = bytearray(0x800)
    for address, code in lines:
        at, data = int(address, 16), bytes.fromhex(code)
        memory[at : at + len(data)] = data
    return bytes(memory)


@pytest.fixture
def machine(tmp_path: Path) -> Iterator[int]:
    """The port of a terminal of a running machine."""
    port = free_port()
    (tmp_path / "guest").write_bytes(image())
    terminal = f"socket,id=terminal,host={LOOPBACK},port={port},server=on,wait=off,tn3270=on"
    command = [str(QEMU), "-nodefaults", "-nographic", "-m", "128M", "-chardev", terminal, "-device", "x-terminal3270,chardev=terminal"]
    child = Child([*command, "-kernel", str(tmp_path / "guest")], tmp_path / "qemu.log")
    yield child.wait_until(lambda: listens(port)) and port
    child.kill()


@pytest.fixture
def session(machine: int) -> Iterator[Session3270]:
    engine = Engine().start()
    yield engine.open(HostAddress(LOOPBACK, machine, model="4"))
    engine.stop()


def test_the_terminal_of_qemu_speaks_3270_and_shows_the_screen_of_its_guest(session: Session3270) -> None:
    screen = session.wait(text("HELLO FROM QEMU"), 0, 60)
    assert (screen.state, screen.rows, screen.columns, screen.cursor) == (State.TN3270, 24, 80, 17)
    assert [(field.start, field.length, field.protected) for field in screen.fields] == [(1, 15, True), (17, 4, False), (22, 1898, True)]


def test_what_is_typed_reaches_the_guest_of_qemu_key_by_key(session: Session3270) -> None:
    session.wait(text("HELLO FROM QEMU"), 0, 60)
    before = session.submit("PF1", 17, [(17, "FOUR")])
    assert session.wait(text("KEY 1 TYPED FOUR"), before, 60).state is State.TN3270
    field = next(field.start for field in session.screen.fields if not field.protected)
    before = session.submit("Enter", field, [(field, "MORE")])
    assert not session.wait(text("KEY ' TYPED MORE"), before, 60).locked
