"""Double-byte text: two cells a character, between SO and SI or in a field of its own, shown and typed."""

import pytest

from app.errors import InputRefused
from app.screen.model import NULL, WIDE_TAIL
from tests.terminals import CLASSIC, Wire

SO, SI = "\x0e", "\x0f"
NIHON = "4562 4566"  # 日本 in code page 300, the double-byte half of 939


def host(orders: str, code_page: str = "939") -> Wire:
    wire = Wire(code_page=code_page)
    wire.says(CLASSIC + "f5c3" + orders + "ffef")
    return wire


def wide(text: str) -> str:
    return "".join(character + WIDE_TAIL for character in text)


def test_a_pair_between_shifts_is_one_wide_character() -> None:
    screen = host(f"11 4040 1d60 c1 0e {NIHON} 0f c2 1d60").screen
    assert screen.cells[1:8] == "A" + SO + wide("日本") + SI
    assert screen.text()[0].startswith(" A 日本 B")


def test_a_field_of_the_double_byte_set_needs_no_shifts() -> None:
    assert host(f"11 4040 2902 c060 43f8 {NIHON} 1d60").screen.text()[0].startswith(" 日本 ")


def test_the_same_bytes_are_single_characters_on_a_host_of_single_bytes() -> None:
    assert WIDE_TAIL not in host(f"11 4040 1d60 0e {NIHON} 0f", "cp037").screen.cells


def test_half_a_character_at_the_end_of_a_field_is_not_shown() -> None:
    assert host("11 4040 1d60 0e 4562 45 1d60").screen.cells[1:4] == SO + wide("日")


def test_wide_characters_are_typed_with_their_shifts() -> None:
    wire = host("11 4040 1d40 00000000000000 1d60")
    assert wire.types("Enter", (1, SO + wide("日本") + SI + NULL)) == "7d4040 1140c1 0e456245660f ffef".replace(" ", "")


@pytest.mark.parametrize("text", [wide("日本"), SO + wide("日"), SO + "A" + SI, wide("日") + SO + SI])
def test_wide_characters_out_of_their_shifts_are_refused(text: str) -> None:
    wire = host("11 4040 1d40 00000000000000 1d60")
    with pytest.raises(InputRefused) as refused:
        wire.types("Enter", (1, text))
    assert refused.value.facts["code"] == "dbcs"


# What a host may not write (GA23-0059, "Double-Byte Character Sets"): each record as s3270 4.6 takes it, in code page 937.
PAIR = "4566"  # ㄕ in 937


def answered(orders: str) -> tuple[str, str]:
    """The first row after a record, and whether the host that asks for a response hears yes or no."""
    wire = Wire(code_page="937")
    wire.agrees(2)
    response = bytes.fromhex(wire.record(0, "f5c3 114040" + orders, response=2))
    return wire.screen.text()[0].rstrip(), "no" if response[2] else "ok"


@pytest.mark.parametrize(
    ("orders", "row", "response"),
    [
        (f"0e {PAIR} {PAIR} 0f c1", " ㄕㄕ A", "ok"),
        (f"0e {PAIR} 45 0f c1", " ㄕ", "no"),  # a second byte that is none
        (f"0e {PAIR} c1 1d 60", " ㄕ", "no"),
        (f"0e {PAIR} 00 1d 60 c1", " ㄕ  A", "ok"),  # a null before an attribute: a dead position
        (f"0e {PAIR} 001c 0f", " ㄕ", "ok"),  # a control of two bytes stands as a blank
        (f"0e 0e {PAIR} 0f", "", "no"),
        (f"0e {PAIR} 0f 0f c1", " ㄕ", "no"),
        (f"0e {PAIR} 11 40c3 c1", " ㄕ", "no"),  # over the right half
        (f"0e {PAIR} {PAIR} 0f 11 40c1 {PAIR}", " ㄕㄕ", "ok"),  # over the whole of one
        (f"0e {PAIR} 1c", " ㄕ", "no"),  # Dup is a single byte
        (f"0e 3c 40c5 {PAIR} 0f", " ㄕㄕ", "ok"),
        (f"0e 3c 40c4 {PAIR} 0f", "", "no"),  # RA over half of one
        (f"0e {PAIR} {PAIR} 0f 11 40c2 12 40c5", " ㄕㄕ", "no"),  # EUA from a right half
        (f"28 43 f8 {PAIR} {PAIR} 28 43 00 c1", "ㄕㄕA", "ok"),
        (f"28 43 f8 {PAIR} c1", "ㄕ", "no"),
        ("0e c640 0f", "", "ok"),  # a code there is no character for
    ],
)
def test_what_would_leave_half_a_character_is_rejected_where_it_stands(orders: str, row: str, response: str) -> None:
    assert answered(orders) == (row, response)


def test_a_set_of_two_bytes_in_a_field_or_by_sa_needs_them_on_a_host_of_single_bytes_too() -> None:
    assert host("28 43f8 c1c2 c3c4", "cp037").screen.cells[:4] == "    "
