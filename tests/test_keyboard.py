"""What each key does before the host hears of it: the vectors that this keyboard and the page's are both held to."""

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.errors import BadInput
from app.screen.keyboard import EDITS, Keyboard, on, point, press
from app.screen.model import NULL, SHIFT_IN, SHIFT_OUT, WIDE_TAIL, Field, Screen, State, Style
from app.screen.script import move_to, parse

VECTORS = json.loads((Path(__file__).parent / "vectors" / "keyboard.json").read_text(encoding="utf-8"))
STANDS_FOR = str.maketrans({"·": NULL, "⟨": SHIFT_OUT, "⟩": SHIFT_IN, "»": WIDE_TAIL})
FLAGS = {"protected": 1, "numeric": 2, "hidden": 4, "detectable": 32, "double": 64}


def drawn(seen: dict[str, Any]) -> Screen:
    """The screen of a vector."""
    fields = tuple(
        Field(start, length, **{name: bool(bits & bit) for name, bit in FLAGS.items()}) for start, length, bits in seen["fields"]
    )
    cells = buffer(seen["cells"])
    return Screen(
        seen["rows"], seen["columns"], cells, bytes(len(cells)), (Style(),), fields, seen["cursor"], 1, 1,
        seen["locked"], State.TN3270E, oia=seen["oia"],
    )  # fmt: skip


def buffer(rows: list[str]) -> str:
    return "".join(rows).translate(STANDS_FOR)


def pressed(k: Keyboard, keys: list[str]) -> Keyboard:
    for key in keys:
        k = press(k, key)
    return k


@pytest.mark.parametrize("vector", VECTORS, ids=[v["name"] for v in VECTORS])
def test_vector(vector: dict[str, Any]):
    k, expected = pressed(on(drawn(vector["screen"])), vector["keys"]), vector["expect"]
    assert k.cells == buffer(expected["cells"])
    assert (k.cursor, k.insert, str(k.oia), bool(k.oia), k.aid) == (
        expected["cursor"], expected["insert"], expected["oia"], expected["locked"], expected["aid"]
    )  # fmt: skip
    assert list(k.modified) == [(start, text.translate(STANDS_FOR)) for start, text in expected["modified"]]


def test_the_vectors_reach_every_editing_key():
    assert set(EDITS) <= {key for vector in VECTORS for key in vector["keys"]}


def test_a_click_puts_the_cursor_anywhere_and_ends_an_operator_error():
    k = pressed(on(drawn(VECTORS[0]["screen"])), ["Home", "Left", "x"])
    assert k.oia == "X Protected" and (point(k, 3).cursor, point(k, 3).oia) == (3, "")


def test_what_is_typed_into_a_hidden_field_is_not_seen():
    vector = next(v for v in VECTORS if v["name"] == "a hidden field takes what is typed")
    k = pressed(on(drawn(vector["screen"])), vector["keys"])
    assert "pw" in k.cells and k.seen.cells == drawn(vector["screen"]).cells
    assert [f.modified for f in k.seen.fields] == [False, True, False]


@given(st.sampled_from(VECTORS), st.lists(st.sampled_from([*EDITS, "a", "7", " ", "日", "Reset", "Enter"]), max_size=30))
def test_no_keys_write_where_nothing_may_be_typed(vector: dict[str, Any], keys: list[str]):
    screen = drawn(vector["screen"])
    k = pressed(on(screen), keys)
    assert len(k.cells) == len(screen.cells) and 0 <= k.cursor < len(k.cells)
    protected = {at % len(k.cells) for f in screen.fields if f.protected and not f.detectable for at in range(f.start, f.start + f.length)}
    assert all(k.cells[at] == screen.cells[at] for at in protected)


@pytest.mark.parametrize(
    ("script", "keys"),
    [
        ("String(abc) Tab Enter", ["a", "b", "c", "Tab", "Enter"]),
        ("PF(3) pf12 PA(1) PA2", ["PF3", "PF12", "PA1", "PA2"]),
        ('String("a b)") Enter', ["a", " ", "b", ")", "Enter"]),
        (r'String("x\ty\n")', ["x", "Tab", "y", "Enter"]),
        ("String(a b)", ["a", " ", "b"]),
        ("String('it''s')", None),
        ("MoveCursor(5, 10) Clear", ["MoveCursor(5,10)", "Clear"]),
        ("eraseeof ERASE nextword Newline ToggleInsert", ["EraseEOF", "BackSpace", "WordRight", "NewLine", "Insert"]),
        ("  ", []),
        ("String()", []),
        ("Fly", None),
        ("PF(25)", None),
        ("Tab(3)", None),
        ("String(abc", None),
        ("Enter; rm -rf", None),
    ],
)
def test_a_key_script_is_read_or_refused(script: str, keys: list[str] | None):
    if keys is None:
        with pytest.raises(BadInput):
            parse(script)
    else:
        assert parse(script) == keys


def test_what_a_script_types_is_in_no_message():
    with pytest.raises(BadInput) as refused:
        parse("String(secret) Fly")
    assert "secret" not in str(refused.value)


def test_a_cursor_move_names_row_and_column():
    assert (move_to("MoveCursor(5,10)"), move_to("Tab")) == ((5, 10), None)
