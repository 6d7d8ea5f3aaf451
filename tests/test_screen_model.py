"""The screen as people read it."""

from app.screen.model import NULL, WIDE_TAIL, Field, Screen, State, Style


def test_nulls_read_as_blanks_and_double_width_characters_stand_once():
    screen = Screen(1, 8, "A" + NULL + "\x0e漢" + WIDE_TAIL + "\x0fZ ", bytes(8), (Style(),), (), 0, 1, 1, False, State.TN3270)
    assert screen.text() == ["A  漢 Z "]


def test_a_field_both_protected_and_numeric_is_skipped():
    assert Field(1, 5, protected=True, numeric=True).skip and not Field(1, 5, protected=True).skip
