"""The mock mainframe's faults: what the terminal sees of each, and what the ledger says was done."""

import socket
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from mfmock.core.testing import VirtualTerminal

from app.demo.faults import Fault, Faults, Kind
from app.up.ports import LOOPBACK
from tests.demo_host import Host, policy_panel


@pytest.fixture(scope="module")
def host(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Host]:
    with Host(tmp_path_factory.mktemp("faults")) as host:
        yield host


@pytest.fixture
def renewal(host: Host) -> Iterator[VirtualTerminal]:
    host.control(clear=True)
    with policy_panel(host, "2") as terminal:
        terminal.timeout = 10
        yield terminal


def confirm(terminal: VirtualTerminal, number: str) -> VirtualTerminal:
    terminal.fill("POLICY NUMBER ===>", number).enter()
    return terminal.pf(5)


@pytest.mark.parametrize(("kind", "done"), [("drop-before-commit", False), ("drop-after-commit", True)])
def test_a_dropped_connection_leaves_the_renewal_done_or_not_as_asked(host: Host, renewal: VirtualTerminal, kind: str, done: bool) -> None:
    number = f"P100010{int(done)}"
    assert host.control(fault=kind, next=1, transaction="RENEWAL", key=number)["ok"]
    confirm(renewal, number)
    assert renewal.closed
    assert (number in host.done("RENEWAL")) is done


@pytest.mark.parametrize(("kind", "done"), [("silent", False), ("silent-after-commit", True)])
def test_a_silent_host_keeps_the_connection_and_never_answers(host: Host, renewal: VirtualTerminal, kind: str, done: bool) -> None:
    number = f"P100011{int(done)}"
    host.control(fault=kind, next=1, key=number)
    renewal.fill("POLICY NUMBER ===>", number).enter()
    renewal.timeout = 0.5
    with pytest.raises(TimeoutError):
        renewal.pf(5)
    assert not renewal.closed
    assert (number in host.done("RENEWAL")) is done


def test_a_locked_keyboard_comes_with_the_answer(host: Host, renewal: VirtualTerminal) -> None:
    host.control(fault="lock", next=1)
    confirm(renewal, "P1000120").assert_text("RENEWED")
    restores_keyboard = renewal.records[-1][1] & 0x02
    assert not restores_keyboard
    assert renewal.pf(3).records[-1][1] & 0x02


def test_an_unexpected_screen_does_nothing_and_enter_leads_back(host: Host, renewal: VirtualTerminal) -> None:
    host.control(fault="unexpected", next=1)
    confirm(renewal, "P1000130").assert_text("BROADCAST MESSAGE")
    renewal.enter().assert_text("POLICY RENEWAL", "P1000130")
    assert "P1000130" not in host.done("RENEWAL")


def test_an_abend_does_nothing_and_clear_leads_to_the_menu(host: Host, renewal: VirtualTerminal) -> None:
    host.control(fault="abend", next=1)
    confirm(renewal, "P1000140").assert_text("DFHAC2206", "TRANSACTION ABENDED")
    renewal.enter().assert_text("DFHAC2206")
    renewal.clear().assert_text("POLICY MENU")
    assert "P1000140" not in host.done("RENEWAL")


def test_a_slow_answer_holds_up_nobody_else(host: Host, renewal: VirtualTerminal) -> None:
    host.control(fault="slow", ms=600_000, next=1, key="P1000150")
    renewal.fill("POLICY NUMBER ===>", "P1000150").enter()
    renewal._run(renewal.transport.send(renewal.emulator.key_record("PF5")))  # not waiting for its answer
    with policy_panel(host, "1") as other:
        while "P1000150" not in host.done("RENEWAL"):
            other.fill("POLICY NUMBER ===>", "P1000151").enter().assert_text("HOLDER")
        other.fill("POLICY NUMBER ===>", "P1000150").enter().assert_text("RENEWALS . . . . . : 1")


def test_a_split_answer_unlocks_the_keyboard_before_the_screen_comes(host: Host, renewal: VirtualTerminal) -> None:
    host.control(fault="split", ms=50, next=1)
    confirm(renewal, "P1000160")
    assert "RENEWED" not in renewal.message
    assert renewal.wait_for_screen().message == "RENEWED"


def test_every_answer_waits_for_the_response_time(tmp_path: Path) -> None:
    with Host(tmp_path, "--delay", "150") as host, host.terminal() as terminal:
        asked = time.monotonic()
        terminal.fill("OPTION ===>", "1").enter()
        assert time.monotonic() - asked >= 0.15
        assert host.control(delay=0)["delay"] == 0


def test_the_control_port_says_what_is_wrong_with_an_order(host: Host) -> None:
    assert "fault must be one of drop-before-commit" in host.control(fault="explode")["why"]
    assert "unknown: times" in host.control(fault="abend", times=3)["why"]
    assert "next must be" in host.control(fault="abend", next=0)["why"]
    assert "an order is" in host.control(please=True)["why"]
    assert host.control(status=True)["ok"]


def test_a_web_page_can_not_give_orders_in_http(host: Host) -> None:
    host.control(clear=True)
    with socket.create_connection((LOOPBACK, host.announced("control")), 10) as line:
        line.sendall(b'POST / HTTP/1.1\r\nHost: x\r\n\r\n{"fault": "abend"}\n')
        assert line.makefile("rb").read() == b""
    assert host.control(status=True)["faults"] == []


def test_a_fault_strikes_only_what_it_fits_and_only_so_often() -> None:
    faults = Faults()
    faults.add(Fault.of({"fault": "abend", "next": 2, "transaction": "RENEWAL"}))
    assert faults.strike("INQUIRY", "P1") is None
    struck = [faults.strike("RENEWAL", "P1") for _ in range(3)]
    assert [fault and fault.fault for fault in struck] == [Kind.ABEND, Kind.ABEND, None]


def test_a_fault_with_a_probability_strikes_the_same_transactions_again_from_the_same_seed() -> None:
    def struck() -> list[int]:
        faults = Faults(seed=7)
        faults.add(Fault.of({"fault": "slow", "probability": 0.1}))
        return [n for n in range(1000) if faults.strike("INQUIRY", str(n))]

    assert struck() == struck()
    assert 50 < len(struck()) < 200
