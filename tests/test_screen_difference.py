"""What travels when a screen changes: no more than changed, and always enough."""

import string

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.errors import BadInput
from app.messages.output import ScreenChanged, ScreenShown
from app.messages.screens import update
from app.screen.difference import Span, apply, difference
from app.screen.model import NULL, WIDE_TAIL, Field, Screen, State, Style

ROWS, COLUMNS = 3, 8
SIZE = ROWS * COLUMNS
PALETTE = (Style(), Style(colour=2), Style(reverse=True))


def blank(cells: str = " " * SIZE, **changes: object) -> Screen:
    parts: dict[str, object] = {
        "rows": ROWS, "columns": COLUMNS, "cells": cells, "styles": bytes(SIZE), "palette": PALETTE, "fields": (), "cursor": 0,
        "serial": 1, "layout": 1, "locked": False, "state": State.TN3270,
    }  # fmt: skip
    return Screen(**parts | changes)  # type: ignore[arg-type]


extended = st.sampled_from([0, 0xF1, 0xF4])
fields = st.builds(Field, st.integers(0, SIZE - 1), st.integers(1, SIZE), *[st.booleans()] * 6, extended, extended)
screens = st.builds(
    Screen,
    rows=st.just(ROWS),
    columns=st.just(COLUMNS),
    cells=st.text(st.sampled_from("AB 漢" + NULL + WIDE_TAIL + "\U0001f600"), min_size=SIZE, max_size=SIZE),
    styles=st.binary(min_size=SIZE, max_size=SIZE).map(lambda b: bytes(n % len(PALETTE) for n in b)),
    palette=st.sampled_from([PALETTE, (*PALETTE, Style(blink=True))]),
    fields=st.lists(fields, max_size=2).map(tuple),
    cursor=st.integers(0, SIZE - 1),
    serial=st.integers(0, 9),
    layout=st.integers(0, 9),
    locked=st.booleans(),
    state=st.sampled_from(State),
    lu=st.sampled_from(["", "LU1"]),
    alarm=st.booleans(),
    oia=st.sampled_from(["", "X SYSTEM"]),
)


@given(screens, screens)
def test_the_difference_of_two_screens_makes_one_of_the_other(old: Screen, new: Screen):
    delta = difference(old, new)
    assert delta is None or apply(old, delta) == new


@given(screens, st.dictionaries(st.integers(0, SIZE - 1), st.sampled_from(string.ascii_uppercase), max_size=3))
def test_a_few_cells_typed_make_no_more_than_a_span_a_row(old: Screen, typed: dict[int, str]):
    cells = "".join(typed.get(at, c) for at, c in enumerate(old.cells))
    new = blank(cells, styles=old.styles, lu=old.lu, serial=old.serial + 1)
    delta = difference(old, new)
    if delta is not None:
        assert apply(old, delta) == new and len(delta.spans) <= ROWS


def test_only_the_changed_cells_are_told():
    delta = difference(blank(), blank(" " * 9 + "AB" + " " * (SIZE - 11), serial=2))
    assert delta is not None and delta.spans == (Span(9, "AB", b"\0\0"),)
    assert delta.palette is None and delta.fields is None


def test_a_change_of_style_alone_is_told():
    delta = difference(blank(), blank(styles=bytes(4) + b"\x01" + bytes(SIZE - 5)))
    assert delta is not None and delta.spans == (Span(4, " ", b"\x01"),)


@pytest.mark.parametrize("new", [blank("X" * SIZE), blank(lu="LU2"), blank(rows=1, columns=24)])
def test_another_screen_altogether_is_shown_whole(new: Screen):
    assert difference(blank(), new) is None
    assert isinstance(update("s-1", blank(), new), ScreenShown)


def test_a_delta_to_another_screen_is_not_applied():
    delta = difference(blank(), blank(serial=2))
    assert delta is not None
    with pytest.raises(BadInput, match="ask for the whole screen"):
        apply(blank(serial=7), delta)


def test_the_message_of_a_change_carries_styles_run_length():
    new = blank("ABCD" + " " * (SIZE - 4), styles=b"\1\1\2\2" + bytes(SIZE - 4), serial=2, fields=(Field(1, 3, protected=True),))
    message = update("s-1", blank(), new)
    assert isinstance(message, ScreenChanged)
    assert (message.base, message.serial) == (1, 2)
    assert message.spans == ((0, "ABCD", ((1, 2), (2, 2))),)
    assert message.fields == ((1, 3, 1, 0, 0),) and message.palette is None


def test_without_a_screen_before_the_whole_one_is_shown():
    assert isinstance(update("s-1", None, blank()), ScreenShown)
