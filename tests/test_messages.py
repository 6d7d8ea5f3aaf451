"""What crosses a process: every message survives the way, and what is no message is refused without being quoted."""

import io
import json
from pathlib import Path

import pytest

from app.errors import BadInput
from app.messages import (
    MESSAGES,
    AidPressed,
    Attached,
    ControlGiven,
    ControlState,
    ControlTaken,
    Detached,
    Envelope,
    KeyRefused,
    KeyTaken,
    Message,
    PrinterState,
    Problem,
    Repaint,
    ResetPressed,
    RunProgress,
    ScreenChanged,
    SessionState,
    decode,
    decode_json,
    decode_screen,
    encode_screen,
    from_page,
    shown,
)
from app.messages import schema as schemas
from app.screen.model import NULL, WIDE_TAIL, Field, Screen, State, Style

SCREEN = Screen(
    2, 10, "NAME  " + NULL * 4 + "漢" + WIDE_TAIL + "       \x00", bytes([0] * 6 + [1] * 14),
    (Style(), Style(2, 3, True, True, True, True)),
    (Field(6, 4, numeric=True, modified=True, colour=0xF2, highlight=0xF4),
     Field(10, 10, True, hidden=True, intensified=True, detectable=True)),
    6, 9, 4, True, State.TN3270E, "LU1", True, "X SYSTEM",
)  # fmt: skip

EXAMPLES: list[Message] = [
    AidPressed(3, 9, 4, "PF24", 6, ((6, "AB" + NULL * 2),)),
    ResetPressed(4),
    ControlTaken(5),
    ControlGiven(6, "u-2"),
    Repaint(),
    Attached("u-1", "c-1", "Ada"),
    Detached("u-1", "c-1"),
    shown("s-1", SCREEN),
    ScreenChanged("s-1", 8, 9, 4, 6, True, "X SYSTEM", False, "tn3270e", ((6, "AB", ((1, 2),)),), None, ((6, 4, 18, 0, 0),)),
    KeyTaken(3, "s-1", "c-1"),
    KeyRefused(3, "s-1", "stale-screen", "The host drew another screen.", "c-1"),
    SessionState("s-1", "open", "", "demo", "LU1", "w1"),
    ControlState("s-1", None, ({"user": "u-1", "name": "Ada"},)),
    PrinterState("s-1", "printing", "PRT1", "", 2),
    RunProgress("r-1", "running", 10, {"succeeded": 3}, 2, 1.5, ""),
    Problem("not-found", "There is no such session."),
]


def aid(**changes: object) -> str:
    return json.dumps({**EXAMPLES[0].to_json(), **changes})


@pytest.mark.parametrize("message", EXAMPLES, ids=lambda m: m.type)
def test_a_message_comes_out_as_it_went_in(message: Message) -> None:
    wire = json.loads(json.dumps(message.to_json()))
    assert wire["type"] == message.type and wire["v"] == 1
    assert decode(wire) == message


def test_every_message_has_an_example_here() -> None:
    assert {type(example) for example in EXAMPLES} == set(MESSAGES)


def test_a_screen_comes_out_as_it_went_in() -> None:
    assert decode_screen(json.loads(json.dumps(encode_screen(SCREEN)))) == SCREEN


def test_an_envelope_keeps_who_sent_what_and_when() -> None:
    sent = Envelope("s-1", "u-1", "c-1", EXAMPLES[0], 1234.5)
    assert Envelope.decode(sent.encode()) == sent
    for wrong in (b"", b"{}", b"[]", b"\xff", b'{"session":"s","user":"u","connection":"c","sent":"x","message":{}}'):
        with pytest.raises(BadInput):
            Envelope.decode(wrong)


@pytest.mark.parametrize(
    "text",
    [
        "", "null", "[]", "7", '"aid"', "{", "{}", '{"type":"nothing"}', '{"type":["aid"]}', '{"type":"reset"}', "NaN",
        aid(seq=-1), aid(seq=True), aid(seq="3"), aid(seq=2**60), aid(aid="F13"), aid(aid=None),
        aid(cursor=16_384), aid(fields=[[0]]), aid(fields=[[0, 5]]), aid(fields=[[-1, "x"]]), aid(fields=[[0, "x" * 17_000]]),
        aid(more=1), aid(v=2),
    ],
)  # fmt: skip
def test_what_is_no_message_is_refused(text: str) -> None:
    with pytest.raises(BadInput):
        decode_json(text)


def test_deep_nesting_is_refused_like_any_other_nonsense() -> None:
    with pytest.raises(BadInput):
        decode_json("[" * 100_000)


def test_a_refusal_names_the_part_and_never_what_was_typed() -> None:
    with pytest.raises(BadInput, match="aid: fields") as refusal:
        decode_json(aid(fields=[[-1, "MARKERPASS"]]))
    assert "MARKERPASS" not in refusal.value.message
    assert refusal.value.__cause__ is None


def test_a_page_can_say_only_what_is_a_pages_to_say() -> None:
    assert from_page(aid()) == EXAMPLES[0]
    for message in (EXAMPLES[5], EXAMPLES[7], EXAMPLES[11]):
        with pytest.raises(BadInput, match="can't send"):
            from_page(json.dumps(message.to_json()))


def test_what_was_typed_or_seen_is_in_no_repr() -> None:
    typed = AidPressed(1, 1, 1, "Enter", 0, ((5, "MARKERPASS"),))
    assert "MARKERPASS" not in repr(typed) + repr(Envelope("s", "u", "c", typed))
    assert "NAME" not in repr(shown("s-1", SCREEN))


@pytest.mark.parametrize(
    "change",
    [
        {"rows": 3}, {"cursor": 20}, {"cells": "short"}, {"styles": [[0, 5]]}, {"styles": [[7, 20]]}, {"styles": [[256, 20]]},
        {"styles": [[0, 16_384], [0, 16_384]]}, {"palette": [{"color": 1}]}, {"state": "asleep"}, {"fields": [[0, 1, 0]]},
        {"rows": 0, "columns": 0, "cells": "", "styles": []},
    ],
)  # fmt: skip
def test_a_screen_whose_parts_do_not_fit_together_is_refused(change: dict[str, object]) -> None:
    with pytest.raises(BadInput):
        decode_screen(encode_screen(SCREEN) | change)


def test_the_schema_that_the_pages_types_are_held_against_is_the_newest() -> None:
    fresh = io.StringIO()
    schemas.write(fresh)
    kept = Path(__file__).parent / "vectors" / "messages.json"
    assert kept.read_text() == fresh.getvalue(), "run: python -m app.messages.schema > tests/vectors/messages.json"
