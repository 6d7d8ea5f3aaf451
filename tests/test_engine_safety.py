"""The first session opened is safe from its host: tnz's hole for commands is closed, and a host's nonsense ends one session only."""

import contextlib
import json
import os
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from tnz.tnz import Tnz

from app.errors import HostLost, HostMisbehaved
from app.screen.model import State
from app.tn3270 import Engine, HostAddress, Session3270
from app.tn3270.connection import Connection
from app.up.ports import LOOPBACK
from tests.processes import wait_until
from tests.scripted_host import EOR, HELLO, NEGOTIATION, ScriptedHost


def classic(address: HostAddress | None = None) -> tuple[Connection, bytearray]:
    """A connection in 3270 state without a network, and what it sent."""
    sent = bytearray()
    terminal = Connection(address or HostAddress("host"), sent.extend)
    terminal.connected()
    terminal._data_received(NEGOTIATION)
    assert terminal.state is State.TN3270
    sent.clear()
    return terminal, sent


def attack(marker: Path) -> tuple[bytes, bytes]:
    """JSON in a field with attribute X'7C', then a DDM open: what makes tnz 0.6.8 run a command."""
    order = json.dumps({"command": f"touch {marker}", "filename": str(marker), "encoding": "binary"}).encode("cp037")
    ddm_open = bytes.fromhex("d00012 010601010403 0a0a0001000000000100 50055203f0 0309") + b"FT:DATA"
    return b"\xf5\xc3\x1d\x7c" + order + b"\x1d\x40", b"\xf3" + (len(ddm_open) + 2).to_bytes(2) + ddm_open


def reached(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """What of our machine was called, from now on."""
    calls: list[str] = []

    def call(name: str) -> Callable[..., None]:
        def called(*arguments: object, **named: object) -> None:
            calls.append(name)
            raise OSError("the host reached our machine")

        return called

    monkeypatch.setattr(os, "system", call("system"))
    monkeypatch.setattr(os, "popen", call("popen"))
    monkeypatch.setattr("builtins.open", call("open"))
    return calls


def test_a_host_can_run_no_command_and_open_no_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    terminal, _ = classic()
    calls = reached(monkeypatch)
    for record in attack(tmp_path / "marker"):
        terminal._data_received(record + EOR)
    terminal._Tnz__indstr = '{"command": "touch x", "filename": "x"}'
    terminal._process_ddm_0xd00012(attack(tmp_path)[1][1:], 0, 35)
    assert calls == [] and terminal._Tnz__indstr == ""


def test_the_attack_above_is_one_that_reaches_the_machine_through_plain_tnz(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    plain = Tnz(name="plain")
    monkeypatch.setattr(plain, "send_3270_data", lambda value: None)
    calls = reached(monkeypatch)
    with contextlib.suppress(OSError):
        for record in attack(tmp_path / "marker"):
            plain._proc3270ds(record)
    assert calls == ["system"]


def test_a_file_transfer_that_nobody_asked_for_is_refused(tmp_path: Path) -> None:
    terminal, sent = classic()
    for record in attack(tmp_path / "marker"):
        terminal._data_received(record + EOR)
    assert bytes.fromhex("88 0009 d0 00 08 6904 0100") in sent


@pytest.fixture
def engine() -> Iterator[Engine]:
    started = Engine().start()
    yield started
    started.stop()


def greeted(session: Session3270) -> bool:
    return "HELLO" in session.screen.text()[0]


def test_an_exception_within_a_session_ends_that_session_only(engine: Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    ended: list[tuple[str, str]] = []
    with ScriptedHost(NEGOTIATION + HELLO) as host:
        well = engine.open(HostAddress(LOOPBACK, host.port))
        ill = engine.open(HostAddress(LOOPBACK, host.port), on_end=lambda *how: ended.append(how))
        monkeypatch.setattr(ill._link.terminal, "_on_record", lambda record: 1 // 0)
        for line in host.lines:
            line.sendall(HELLO)
        wait_until(lambda: bool(ended))
        assert ended[0][0] == "lost" and "ZeroDivisionError" in ended[0][1]
        wait_until(lambda: greeted(well))
        with pytest.raises(HostLost):
            ill.submit("Enter", 0)
        well.submit("Enter", 0)


def test_a_record_without_end_ends_the_session(engine: Engine) -> None:
    ended: list[str] = []
    with ScriptedHost(NEGOTIATION + HELLO) as host:
        engine.open(HostAddress(LOOPBACK, host.port), on_end=lambda state, why: ended.append(why))
        try:
            host.lines[0].sendall(b"\xf1\xc3" + b"\x40" * (3 << 20))
        except OSError:
            pass  # it hung up, as it should
        wait_until(lambda: bool(ended))
    assert ended == ["The host sent a record without end."]


def test_a_host_that_asks_and_does_not_read_is_dropped(engine: Engine) -> None:
    ended: list[str] = []
    with ScriptedHost(NEGOTIATION + HELLO) as host:
        engine.open(HostAddress(LOOPBACK, host.port, model="4"), on_end=lambda state, why: ended.append(why))
        try:
            for _ in range(4000):
                host.lines[0].sendall((b"\xf2" + EOR) * 50)
        except OSError:
            pass
        wait_until(lambda: bool(ended))
    assert "does not read" in ended[0]


def test_a_truncated_order_ends_its_record_and_not_the_session() -> None:
    terminal, _ = classic()
    terminal._data_received(HELLO + b"\xf1\xc3\x11\x40" + EOR + b"\xf1\xc3\x11\xc1\x50" + b"\xc1" + EOR)
    assert terminal.state is State.TN3270 and terminal.plane_dc[80] == 0xC1


FIELDS = b"\x1d\x60" * 16000
STORMS = {
    "program tabs among as many fields as there are cells": b"\x7e\xc3" + FIELDS + b"\x05" * 200_000,
    "erasures of the whole screen": b"\x7e\xc3" + b"\x12\x00\x00" * 300_000,
    "repetitions over the whole screen": b"\x7e\xc3" + b"\x3c\x00\x00\xc1" * 250_000,
    "structured fields that erase": b"\xf3" + b"\x00\x04\x03\x80" * 250_000,
    "questions for the whole buffer": b"\x7e\xc3" + b"\xc1" * 16000 + EOR + b"\xf3\x00\x06\x09\x00\x02\x42" + (EOR + b"\xf2") * 5000,
    "writes within structured fields": b"\xf3" + b"\x00\x06\x40\x00\x7e\xc3" * 170_000,
}


@pytest.mark.parametrize("storm", STORMS)
def test_a_record_that_would_keep_the_processor_busy_ends_its_session(storm: str) -> None:
    terminal, _ = classic(HostAddress("host", model="127x128"))
    with pytest.raises(HostMisbehaved, match="takes too long"):
        terminal._data_received(STORMS[storm] + EOR)


def test_text_that_would_keep_the_processor_busy_ends_its_session() -> None:
    terminal = Connection(HostAddress("host", model="127x128"), lambda data: None)
    with pytest.raises(HostMisbehaved, match="takes too long"):
        terminal._data_received(b"\x1b[L\x1b[M\n" * 50_000)
