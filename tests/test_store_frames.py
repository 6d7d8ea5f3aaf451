"""Frames of an item in the store: whole, sealed, one attempt apart from another."""

import random

from app.store import frames, keys, table
from tests.own_table import own_table  # noqa: F401


def test_frames_come_back_as_they_were_kept_for_each_attempt_apart() -> None:
    first, second = [{"at": 0.0, "rows": ["A"]}], [{"at": 0.0, "rows": ["B"]}, {"at": 0.5, "aid": "Enter"}]
    frames.put("r-1", 7, 1, first)
    frames.put("r-1", 7, 2, second)
    assert frames.get("r-1", 7, 1) == first
    assert frames.get("r-1", 7, 2) == second
    assert frames.get("r-1", 8, 1) == frames.get("r-2", 7, 1) == []


def test_frames_larger_than_a_row_are_kept_in_parts() -> None:
    noise = random.Random(1)
    long = [{"rows": [f"{noise.getrandbits(4000):x}" for _ in range(24)]} for _ in range(80)]
    frames.put("r-long", 0, 1, long)
    assert frames.get("r-long", 0, 1) == long


def test_what_was_on_a_screen_lies_sealed_in_the_table() -> None:
    frames.put("r-sealed", 0, 1, [{"rows": ["BALANCE MARKERTEXT"]}])
    written = list(table.rows(table.TABLE, keys.frames("r-sealed", 0, 1, 0)[0]))
    assert written and "MARKERTEXT" not in repr(written)
