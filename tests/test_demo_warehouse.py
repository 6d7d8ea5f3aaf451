"""The mock mainframe's warehouse application, over a real TN3270 connection."""

from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from mfmock.core.testing import VirtualTerminal

from app.demo.stock import Pick, make_stock
from tests.demo_host import Host

WAVES, PICKS = make_stock(3270)
FREE = iter([pick for wave in list(WAVES.values())[:60] for pick in map(PICKS.__getitem__, wave.picks) if pick.quantity > 1])


@pytest.fixture(scope="module")
def host(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Host]:
    with Host(tmp_path_factory.mktemp("warehouse"), "--also", "warehouse=0") as host:
        yield host


@contextmanager
def panel(host: Host, option: str) -> Iterator[VirtualTerminal]:
    with host.terminal(application="warehouse") as terminal:
        terminal.fill("OPTION ===>", option).enter()
        yield terminal


def confirm(terminal: VirtualTerminal, pick: Pick, quantity: int | str, check: str = "") -> VirtualTerminal:
    terminal.fill("PICK NUMBER ===>", pick.number).enter()
    return terminal.fill("QUANTITY PICKED ===>", str(quantity)).fill("CHECK DIGITS ===>", check or pick.check).pf(5)


def test_a_wave_shows_its_picks_page_by_page(host: Host) -> None:
    wave = next(w for w in WAVES.values() if 20 < len(w.picks) < 30)
    with panel(host, "1") as terminal:
        terminal.fill("WAVE NUMBER ===>", wave.number).enter()
        terminal.assert_text(f"ROW 1 TO 10 OF {len(wave.picks)}", wave.picks[0], "RELEASED")
        terminal.pf(8).assert_text("ROW 11 TO 20", wave.picks[10])
        terminal.pf(8).assert_text(f"TO {len(wave.picks)} OF {len(wave.picks)}", wave.picks[-1])
        terminal.pf(8).assert_text("BOTTOM OF LIST")
        terminal.pf(7).assert_text("ROW 11 TO 20")
    entry = host.ledger()[-1]
    assert (entry["application"], entry["transaction"], entry["key"]) == ("warehouse", "WAVE", wave.number)


def test_a_pick_is_confirmed_once_with_the_digits_of_its_location(host: Host) -> None:
    pick = next(FREE)
    with panel(host, "2") as terminal:
        confirm(terminal, pick, pick.quantity).assert_text("PICK CONFIRMED", "STATUS . . . . . . : CONFIRMED")
        terminal.enter().assert_text("ALREADY CONFIRMED")
        terminal.pf(5).assert_text("ALREADY CONFIRMED")
    entry = host.ledger()[-1]
    assert (entry["transaction"], entry["key"], entry["quantity"], entry["user"]) == ("PICK", pick.number, pick.quantity, "DEMO01")
    assert host.done("PICK").count(pick.number) == 1


def test_less_than_ordered_is_a_short_pick_and_the_wave_counts_it(host: Host) -> None:
    pick = next(FREE)
    with panel(host, "2") as terminal:
        confirm(terminal, pick, pick.quantity - 1).assert_text("PICK CONFIRMED SHORT", ": SHORT")
        terminal.pf(3).fill("OPTION ===>", "1").enter().fill("WAVE NUMBER ===>", pick.wave).enter()
        terminal.assert_text("SHORT  . . . . . . : 1")


@pytest.mark.parametrize(
    ("quantity", "check", "message"),
    [("", "", "TYPE THE QUANTITY PICKED"), ("9999", "", "MORE THAN ORDERED"), ("1", "00", "WRONG CHECK DIGITS")],
)
def test_a_mistake_is_told_and_nothing_is_done(host: Host, quantity: str, check: str, message: str) -> None:
    pick = next(FREE)
    with panel(host, "2") as terminal:
        confirm(terminal, pick, quantity, check).assert_text(message)
    assert pick.number not in host.done("PICK")


def test_a_wave_on_hold_and_numbers_that_are_not_there_are_refused(host: Host) -> None:
    held = next(w for w in WAVES.values() if w.held)
    with panel(host, "2") as terminal:
        terminal.fill("PICK NUMBER ===>", held.picks[0]).enter().assert_text("WAVE ON HOLD")
        terminal.fill("PICK NUMBER ===>", "K9999999").enter().assert_text("PICK NOT FOUND")
        terminal.fill("PICK NUMBER ===>", "").enter().assert_text("ENTER A PICK NUMBER")
        terminal.pf(3).fill("OPTION ===>", "1").enter()
        terminal.fill("WAVE NUMBER ===>", held.number).enter().assert_text("ON HOLD")
        terminal.fill("WAVE NUMBER ===>", "W99999").enter().assert_text("WAVE NOT FOUND")


def test_a_host_that_restarts_knows_what_was_confirmed(host: Host, tmp_path_factory: pytest.TempPathFactory) -> None:
    folder, pick = tmp_path_factory.mktemp("restart"), next(FREE)
    for expected in ("PICK CONFIRMED", "ALREADY CONFIRMED"):
        with Host(folder, "--also", "warehouse=0") as again, panel(again, "2") as terminal:
            if expected == "PICK CONFIRMED":
                confirm(terminal, pick, 1).assert_text(expected)
            else:
                terminal.fill("PICK NUMBER ===>", pick.number).enter().assert_text(expected, ": DEMO01")
