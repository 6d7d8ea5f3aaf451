"""Double-width characters from the host's bytes to the keyboard and back to the host's bytes."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.errors import InputRefused
from app.screen import wide
from app.screen.keyboard import on, press
from app.screen.model import NULL, SHIFT_IN, SHIFT_OUT, WIDE_TAIL
from app.tn3270 import HostAddress
from app.tn3270.codepages import code_page
from app.tn3270.connection import Connection
from app.tn3270.history import History
from app.tn3270.typed import Typed, lay
from bench.fuzz import CLASSIC, EOR

NIHON = bytes.fromhex("45624566")  # 日本 in the double-byte half of 930 and 939


class Seat:
    """A terminal, its screen, and what it sent."""

    def __init__(self, page: str, record: bytes) -> None:
        self.sent = bytearray()
        self.terminal = Connection(HostAddress("host", code_page=page), self.sent.extend)
        self.terminal.connected()
        self.terminal._data_received(CLASSIC + record + EOR)
        self.history = History(self.terminal)
        self.k = on(self.history.look())
        self.sent.clear()

    def type(self, *keys: str) -> "Seat":
        for key in keys:
            self.k = press(self.k, key)
        return self

    def enter(self) -> bytes:
        """The record that Enter sends, without its first six bytes and the end."""
        lay(self.terminal, self.k.screen, self.history.written, Typed("Enter", self.k.cursor, self.k.modified))
        self.terminal.press("Enter")
        return bytes(self.sent[6:]).removesuffix(EOR)


FIELD = b"\xf5\xc3\x11\x40\x40\x1d\x60\x1d\x40\x13\x11\x40\xd6\x1d\x60"  # an open field of 20 cells from address 2
DOUBLE_FIELD = b"\xf5\xc3\x11\x40\x40\x1d\x60\x29\x02\xc0\x40\x43\xf8\x13\x11\x40\xd6\x1d\x60"


@pytest.mark.parametrize("page", ["930", "939", "1390", "1399"])
def test_japanese_is_typed_within_shifts(page: str):
    a = bytes((code_page(page).typed["A"],))
    assert Seat(page, FIELD).type("日", "本", "A").enter() == b"\x0e" + NIHON + b"\x0f" + a


@pytest.mark.parametrize("page", ["933", "1364"])
def test_korean_is_typed(page: str):
    assert Seat(page, FIELD).type("가").enter() == b"\x0e\x88\x61\x0f"


@pytest.mark.parametrize("page", ["935", "1388", "937", "1371"])
def test_chinese_is_typed(page: str):
    codes = code_page(page).double_typed
    assert codes
    assert Seat(page, FIELD).type("中", "文").enter() == b"\x0e" + codes["中"].to_bytes(2) + codes["文"].to_bytes(2) + b"\x0f"


def test_a_double_byte_field_is_known_and_takes_no_shifts():
    seat = Seat("939", DOUBLE_FIELD)
    assert [f.double for f in seat.k.screen.fields] == [False, True, False]
    assert seat.type("日", "本").enter() == NIHON + b"\x40" * 16  # the host's nulls became blanks, as s3270 makes them
    assert Seat("939", DOUBLE_FIELD).type("A").k.oia == "X DBCS"


def test_what_the_host_shows_is_edited_in_place():
    seat = Seat("939", FIELD.removesuffix(b"\x11\x40\xd6\x1d\x60") + b"\x0e" + NIHON + b"\x0f" + b"\x11\x40\xd6\x1d\x60")
    assert seat.k.screen.cells[2:8] == SHIFT_OUT + "日" + WIDE_TAIL + "本" + WIDE_TAIL + SHIFT_IN
    assert seat.type("Right", "Delete").enter() == b"\x0e" + NIHON[2:] + b"\x0f"


def test_a_character_that_the_host_has_not_is_refused_and_nothing_sent():
    seat = Seat("037", FIELD).type("日")
    with pytest.raises(InputRefused):
        seat.enter()
    assert not seat.sent


CELLS = st.lists(st.sampled_from([NULL, "A", "日", WIDE_TAIL, SHIFT_OUT, SHIFT_IN]), min_size=1, max_size=9)


@given(CELLS, st.integers(0, 8), st.sampled_from(["A", "日", "Delete", "BackSpace", "EraseEOF"]), st.booleans(), st.booleans())
def test_no_field_however_broken_grows_or_shrinks_under_a_key(cells: list[str], at: int, key: str, insert: bool, whole: bool):
    done = wide.edit(cells, min(at, len(cells) - 1), key, insert, whole)
    if isinstance(done, tuple):
        assert len(done[0]) == len(cells) and 0 <= done[1] <= len(cells)
    else:
        assert done in (None, wide.DBCS, wide.OVERFLOW, wide.PROTECTED)
