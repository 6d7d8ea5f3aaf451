"""Line mode's corners and telnet's, as s3270 4.6 takes them."""

import pytest

from app.tn3270 import snapshot
from tests.terminals import CLASSIC, Wire


def lines(*pieces: bytes) -> Wire:
    wire = Wire()
    for piece in pieces:
        wire.says(piece)
    return wire


@pytest.mark.parametrize(
    ("said", "row", "cursor"),
    [
        (b"ab\x1b[?47lX", "Xb", 1),  # leaving a screen that was not entered restores the saved cursor
        (b"ab\x1b[?47hcd\x1b[?47le", "abe", 3),
        (b"ab\x1b[?47hcd\x1b[?47hef\x1b[?47l", "ab", 4),  # entered twice: emptied and the cursor saved again
        (b"\x1b(0\x1b7\x1b(B\x1b8q", "─", 1),  # a saved cursor has its character sets
        (b"\x1b(0_o|~\x1b(A#", "█-≠•£", 5),
        (b"x" * 80 + b"\x1b[C\rab", "ab" + "x" * 78, 2),
        (b"ab\x1bD\x1bZc", "abc", 3),  # sequences s3270 does not know
        (b"ab\x1b]0;title\x1b\\c", "abc", 3),
    ],
)
def test_a_control_sequence_does_what_it_does_in_s3270(said: bytes, row: str, cursor: int) -> None:
    screen = lines(said).screen
    assert (screen.text()[0].rstrip(), screen.cursor) == (row, cursor)


def test_a_wrap_with_new_line_mode_goes_down_one_row() -> None:
    assert lines(b"\x1b[20h" + b"x" * 85).screen.cursor == 85


def test_text_behind_the_last_column_goes_on_below_whatever_moved_the_cursor_right() -> None:
    assert lines(b"x" * 80 + b"\x1b[Cy").screen.text()[1].startswith("y ")


@pytest.mark.parametrize(
    "said", [b"ab\x1b[?47h\x1b[?7l\x1b]0;title\x1b\\c\x1b[2;3Hd", b"\xff\xfb\x01\xff\xfd\x18\x1b[?1049hx\x1b[31m\xc3\xa4"]
)
def test_bytes_that_come_one_by_one_show_what_they_show_at_once(said: bytes) -> None:
    at_once, one_by_one = lines(said), lines(*(bytes((byte,)) for byte in said))
    assert snapshot.take(at_once.terminal, 0).cells == snapshot.take(one_by_one.terminal, 0).cells


def test_a_host_that_asks_for_the_environment_unagreed_is_answered() -> None:
    assert lines().says(b"\xff\xfa\x27\x01\x00USER\xff\xf0") == b"\xff\xfa\x27\x00\x00USER\x01UNKNOWN\xff\xf0".hex()


def test_whatever_is_wrong_in_a_structured_field_rejects_the_command() -> None:
    wire = Wire()
    wire.agrees(2)
    assert wire.record(0, "f3 000a 4000 f1 c3 11 ffff c1", response=2, sequence=1) == "020001000100ffef"  # 02 for a write by itself
    assert wire.record(0, "f1 c3 11 ffff", response=2, sequence=2) == "020001000202ffef"


def test_a_file_transfer_field_nobody_knows_is_passed_over() -> None:
    wire = Wire()
    wire.says(CLASSIC)
    assert wire.says("f3 0007 d0 ffff c381 ffef") == ""
