"""A hostile host can do no more than end its own session: it runs nothing, opens no file, fills no memory, steers no terminal or log."""

import builtins
import json
import logging
import os
import random
import subprocess
import tracemalloc
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.errors import HostError
from app.screen.model import State
from app.tn3270 import HostAddress, show
from app.tn3270.connection import Connection
from app.tn3270.history import History
from bench import fuzz

EOR = fuzz.EOR
STEERING = "\x1b]0;owned\x07\x1b[2J\x9b31m\u202e<script>alert(1)</script>"


def terminal(page: str = "cp037", enhanced: bool = False, model: str = "2") -> Connection:
    made = Connection(HostAddress("host", code_page=page, model=model), lambda data: None)
    made.connected()
    made._data_received(fuzz.ENHANCED if enhanced else fuzz.CLASSIC)
    return made


@pytest.mark.parametrize("seed", range(3))
def test_no_nonsense_fails_a_terminal(seed: int):
    found = fuzz.fuzz(seed, 1500)
    assert found.failures == [] and found.records == 1500


@settings(max_examples=100, deadline=None, derandomize=True)
@given(st.integers(0, 1 << 32))
def test_no_session_of_nonsense_fails_a_terminal(seed: int):
    chance = random.Random(seed)
    session = fuzz.Session(chance)
    try:
        for _ in range(20):
            session.feed(fuzz.wire(chance, session))
            session.look()
        session.type(chance)
    except HostError:
        pass


@settings(max_examples=300, deadline=None, derandomize=True)
@given(st.lists(st.binary(max_size=120), max_size=10), st.booleans())
def test_no_bytes_at_all_fail_a_terminal(chunks: list[bytes], enhanced: bool):
    made = terminal(enhanced=enhanced)
    history = History(made)
    try:
        for chunk in chunks:
            made._data_received(chunk)
            fuzz.check(history.look())
    except HostError:
        pass


def test_nothing_a_host_sends_opens_a_file_or_starts_a_process(monkeypatch: pytest.MonkeyPatch):
    chance = random.Random(7)
    sessions = [fuzz.Session(chance) for _ in range(40)]  # before the doors are shut: code pages are read from a file

    def reached(*arguments: object, **named: object) -> None:
        raise AssertionError("a host reached our machine")

    for owner, name in (
        (os, "system"),
        (os, "popen"),
        (os, "open"),
        (os, "fork"),
        (subprocess, "Popen"),
        (builtins, "open"),
        (builtins, "exec"),
    ):
        monkeypatch.setattr(owner, name, reached)
    for session in sessions:
        for _ in range(50):
            session.feed(fuzz.wire(chance, session))


def test_a_hosts_text_steers_no_terminal_that_shows_it(capsys: pytest.CaptureFixture[str]):
    line_mode = Connection(HostAddress("host"), lambda data: None)
    line_mode.connected()
    line_mode._data_received(fuzz.IAC + b"\xfb\x01" + STEERING.encode() + b"\r\n")
    screen = History(line_mode).look()
    fuzz.check(screen)
    seen = json.dumps(show.described(screen), ensure_ascii=False)
    assert not any(character in seen for character in "\x1b\x9b\x07\u202e")


@pytest.mark.parametrize("page", ["cp037", "1388", "930", "cp424", "cp420"])
def test_no_byte_of_a_record_shows_as_a_control(page: str):
    made = terminal(page)
    every = bytes(byte for byte in range(256) if byte != 0xFF)
    made._data_received(b"\xf5\xc3\x11\x40\x40" + b"".join(b"\x08" + bytes((b,)) for b in every) + EOR)
    fuzz.check(History(made).look())
    made._data_received(b"\xf1\xc3\x11\x40\x40" + every[0x40:] + EOR)
    fuzz.check(History(made).look())


def test_an_lu_name_that_steers_a_terminal_is_not_shown():
    made = terminal()
    device = b"IBM-3278-2-E\x01" + STEERING.encode("latin-1", "replace")[:60]
    made._data_received(fuzz.IAC + b"\xfd\x28" + fuzz.SB + b"\x28\x02\x04" + device + fuzz.SE)
    assert all(character.isprintable() for character in made.lu)
    bind = b"\x03\x00\x00\x00\x00\x31" + bytes(26) + b"\x08" + b"\x27\x1b\x07\x0e\x15\x25\x27\x1b"
    made._data_received(fuzz.SB + bytes.fromhex("280307 00 02 04 05".replace(" ", "")) + fuzz.SE + bind + EOR)
    assert all(character.isprintable() for character in made.lu)


def test_what_a_host_sends_and_a_person_types_is_in_no_log(caplog: pytest.LogCaptureFixture, tmp_path: Path):
    caplog.set_level(logging.DEBUG)
    logging.getLogger("tnz").setLevel(logging.DEBUG)  # as a careless caller might
    try:
        made = terminal()
        secret = "MARKER99"
        made._data_received(b"\xf5\xc3\x11\x40\x40\x1d\x40" + secret.encode("cp037") + b"\x1d\xf0\xf1\xc3\x11" + EOR)
        made._data_received(b"\xf1\xc3\x29\xff" + secret.encode("cp037") + EOR)
        made.press("Enter")
    finally:
        logging.getLogger("tnz").setLevel(logging.CRITICAL + 1)
    assert secret not in caplog.text and secret.encode("cp037").hex() not in caplog.text
    assert not Path("tnz.log").exists()


def test_memory_does_not_grow_with_what_a_host_sends():
    made = terminal(enhanced=True, model="62x160")
    history = History(made)

    def flood() -> None:
        chance = random.Random(3)
        for _ in range(300):
            made._data_received(
                b"\x00" * 5 + fuzz.broken(chance, b"\x7e\xc3" + fuzz.orders(chance, 40)).replace(b"\xff", b"\xff\xff") + EOR
            )
            made._data_received(fuzz.SB + b"\x27\x01" + b"\x03" * 50 + fuzz.SE + fuzz.IAC + b"\xfd\x99")
            history.look()

    flood()
    tracemalloc.start()
    flood()
    flood()
    grown, _ = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert grown < 2 << 20


def test_as_many_fields_as_cells_are_shown_and_soon_over():
    made = terminal(model="127x129")
    made._data_received(b"\x7e\xc3" + b"\x1d\xc8" * 16383 + EOR)
    screen = History(made).look()
    fuzz.check(screen)
    assert len(screen.fields) == 16383 and screen.state is State.TN3270


def test_a_host_that_sends_every_colour_of_cell_shows_a_screen_all_the_same():
    made = terminal()
    cells = b"".join(
        bytes((0x28, 0x42, 0xF0 + n % 16, 0x28, 0x45, 0xF0 + n // 16 % 16, 0x28, 0x41, (0xF0, 0xF1, 0xF2, 0xF4)[n % 4], 0xC1))
        for n in range(1900)
    )
    made._data_received(b"\xf5\xc3" + cells + EOR)
    fuzz.check(History(made).look())
