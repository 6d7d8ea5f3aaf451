"""The mock mainframe's insurance application, over a real TN3270 connection."""

from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest
from mfmock.tn3270.s3270 import S3270
from mfmock.tn3270.testing import connect

from app.demo.policies import make_policies
from app.up.ports import LOOPBACK
from tests.demo_host import Host, policy_panel


@pytest.fixture(scope="module")
def host(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Host]:
    with Host(tmp_path_factory.mktemp("insurance")) as host:
        yield host


def a_policy(**wanted: bool) -> str:
    """The number of the first policy that is locked, lapsed ... as wanted."""
    policies = make_policies(3270).values()
    return next(p.number for p in policies if all(getattr(p, name) == value for name, value in wanted.items()))


def test_a_person_signs_on_looks_up_a_policy_and_signs_off(host: Host) -> None:
    with host.terminal() as terminal:
        terminal.fill("OPTION ===>", "1").enter()
        terminal.fill("POLICY NUMBER ===>", "P1000001").enter()
        terminal.assert_text("POLICY . . . . . . : P1000001", "HOLDER . . . . . . : ", "RENEWALS . . . . . : 0")
        terminal.pf(3).assert_text("POLICY MENU")
        terminal.pf(3).assert_text("IAST DEMO INSURANCE", "SIGNED OFF")
    entry = host.ledger()[-1]
    assert (entry["application"], entry["transaction"], entry["key"], entry["user"]) == ("insurance", "INQUIRY", "P1000001", "DEMO01")
    assert entry["time"].endswith("Z")


def test_a_wrong_password_is_refused_and_the_password_is_not_shown_again(host: Host) -> None:
    with connect(LOOPBACK, host.port) as terminal:
        terminal.fill("USERID ===>", "DEMO01").fill("PASSWORD ===>", "WRONG").enter()
        terminal.assert_text("INVALID USERID OR PASSWORD")
        assert terminal.field("PASSWORD ===>").value == ""
        assert terminal.field("PASSWORD ===>").hidden


def test_an_expired_password_asks_for_a_new_one(host: Host) -> None:
    with connect(LOOPBACK, host.port) as terminal:
        terminal.fill("USERID ===>", "EXPIRED").fill("PASSWORD ===>", "demo").enter()
        terminal.assert_text("PASSWORD EXPIRED", "NEW PASSWORD ===>")
        terminal.fill("           PASSWORD ===>", "demo").fill("NEW PASSWORD ===>", "another").enter()
        terminal.assert_text("POLICY MENU")


def test_pf3_on_the_sign_on_screen_disconnects(host: Host) -> None:
    with connect(LOOPBACK, host.port) as terminal:
        terminal.pf(3)
        assert terminal.closed


@pytest.mark.parametrize(
    ("number", "message"),
    [
        ("", "ENTER A POLICY NUMBER"),
        ("P0000001", "POLICY NOT FOUND"),
        (a_policy(locked=True), "POLICY LOCKED BY ANOTHER USER"),
    ],
)
def test_an_inquiry_that_finds_nothing_says_why_and_is_not_entered_in_the_ledger(host: Host, number: str, message: str) -> None:
    before = len(host.ledger()) if host.path.exists() else 0
    with policy_panel(host, "1") as terminal:
        terminal.fill("POLICY NUMBER ===>", number).enter()
        assert terminal.message == message
        assert "HOLDER" not in terminal
    assert len(host.ledger()) == before


def test_a_renewal_is_confirmed_once_and_shows_on_the_inquiry(host: Host) -> None:
    sold = make_policies(3270)["P1000010"]
    with policy_panel(host, "2") as terminal:
        terminal.fill("POLICY NUMBER ===>", sold.number).enter()
        terminal.assert_text("PF5=CONFIRM RENEWAL", sold.expiry)
        assert terminal.message == ""
        assert terminal.pf(5).message == "RENEWED"
        a_year_later = date.fromisoformat(sold.expiry).year + 1
        terminal.assert_text(f"EXPIRY DATE  . . . : {a_year_later}")
        assert terminal.pf(5).message == "ALREADY RENEWED"
        terminal.pf(3).fill("OPTION ===>", "1").enter().fill("POLICY NUMBER ===>", sold.number).enter()
        terminal.assert_text("RENEWALS . . . . . : 1", "LAST RENEWED BY  . : DEMO01", "LAST RENEWAL REF . : R")
    assert host.done("RENEWAL").count(sold.number) == 1


def test_a_lapsed_policy_can_not_be_renewed(host: Host) -> None:
    lapsed = a_policy(lapsed=True)
    with policy_panel(host, "2") as terminal:
        terminal.fill("POLICY NUMBER ===>", lapsed).enter()
        assert terminal.message == "POLICY NOT RENEWABLE"
        assert terminal.pf(5).message == "POLICY NOT RENEWABLE"
    assert lapsed not in host.done("RENEWAL")


def test_pf5_renews_the_policy_that_is_shown_and_never_one_typed_since(host: Host) -> None:
    with policy_panel(host, "2") as terminal:
        terminal.fill("POLICY NUMBER ===>", "P1000020").enter()
        terminal.fill("POLICY NUMBER ===>", "P1000021").pf(5)
        assert terminal.message == "POLICY NUMBER CHANGED, PRESS ENTER FIRST"
    assert not {"P1000020", "P1000021"} & set(host.done("RENEWAL"))


def test_the_list_pages_down_and_up_and_starts_where_told(host: Host) -> None:
    with host.terminal() as terminal:
        terminal.fill("OPTION ===>", "3").enter().assert_text("P1000001", "ROW 1 TO 15 OF 10000")
        assert terminal.pf(7).message == "TOP OF LIST"
        terminal.pf(8).assert_text("P1000016", "ROW 16 TO 30")
        terminal.fill("START AT ===>", "P1009999").enter().assert_text("P1009999", "P1010000")
        assert terminal.pf(8).message == "BOTTOM OF LIST"
        terminal.fill((8, 2), "S").enter().assert_text("POLICY INQUIRY")
        assert terminal.field("POLICY NUMBER ===>").value == "P1009999"


def test_the_list_uses_the_larger_screen_of_a_model_4_and_the_panels_do_not(host: Host) -> None:
    with host.terminal(model="IBM-3279-4-E") as terminal:
        assert terminal.rows == 24
        terminal.fill("OPTION ===>", "3").enter()
        assert terminal.rows == 43
        terminal.assert_text("ROW 1 TO 34 OF 10000")
        terminal.pf(3)
        assert terminal.rows == 24


def test_one_user_may_sign_on_many_times_unless_the_host_forbids_it(tmp_path: Path) -> None:
    with Host(tmp_path, "--single-sign-on") as strict, strict.terminal(), connect(LOOPBACK, strict.port) as second:
        second.fill("USERID ===>", "DEMO01").fill("PASSWORD ===>", "demo01").enter()
        assert second.message == "USERID IN USE"


def test_two_terminals_of_one_user_work_side_by_side(host: Host) -> None:
    with host.terminal() as one, host.terminal() as other:
        for terminal in (one, other):
            terminal.fill("OPTION ===>", "1").enter().assert_text("POLICY INQUIRY")


def test_a_restarted_host_remembers_what_was_renewed(tmp_path: Path) -> None:
    with Host(tmp_path) as host, policy_panel(host, "2") as terminal:
        terminal.fill("POLICY NUMBER ===>", "P1000003").enter()
        assert terminal.pf(5).message == "RENEWED"
        host.child.kill()
    with host.path.open("a") as ledger:
        ledger.write('{"time": "torn in the mid')
    with Host(tmp_path) as host, policy_panel(host, "2") as terminal:
        terminal.fill("POLICY NUMBER ===>", "P1000003").enter()
        assert terminal.message == "ALREADY RENEWED"


def test_the_screens_have_the_colours_of_a_3279(host: Host) -> None:
    with policy_panel(host, "1") as terminal:
        terminal.fill("POLICY NUMBER ===>", "P0000001").enter()
        colour = {field.value.strip(): field.color for field in terminal.all_fields}
        assert colour["POLICY NUMBER ===>"] == "blue"
        assert colour["P0000001"] == "green"
        assert colour["POLICY INQUIRY"] == "white"
        assert colour["POLICY NOT FOUND"] == "red"
        assert terminal.cursor == (5, 23)
        assert terminal.alarm


@pytest.mark.skipif(not S3270.available(), reason="s3270 (Debian package) is not installed")
@pytest.mark.parametrize("tn3270e", [True, False], ids=["TN3270E", "TN3270"])
def test_s3270_agrees(host: Host, tn3270e: bool) -> None:
    terminal = S3270("3279-2-E")
    try:
        terminal.connect(LOOPBACK, host.port, tn3270e=tn3270e)
        terminal.type("demo02")
        terminal.cmd("Tab()")
        terminal.type("demo02")
        assert "POLICY MENU" in terminal.enter()
        terminal.type("1")
        terminal.enter()
        terminal.type("P1000004")
        assert "POLICY . . . . . . : P1000004" in terminal.enter()
        assert terminal.cursor() == (5, 23)
    finally:
        terminal.close()
