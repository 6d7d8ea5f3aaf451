"""The ASTs and their driver against screens built by hand: no host, no clock, no network."""

import pytest

from app.asts import registry
from app.asts.base import SignOn
from app.asts.driver import play
from app.asts.policy_renewal import PolicyRenewal
from app.asts.script import Commit, Done, Doubtful, Expect, Failed, Fill, NotDone, Press, Refused, Script
from app.asts.view import View
from app.errors import BadInput, Conflict, HostLost, InputRefused, NotFound, WaitTimeout
from tests.screens import MENU, SIGN_ON, Host, panel, screen


class Journal:
    """Notes what it is told, between the keys of `host`."""

    def __init__(self, host: Host, refuses: bool = False) -> None:
        self.host, self.refuses = host, refuses

    def committing(self) -> None:
        if self.refuses:
            raise Conflict
        self.host.sent.append("committing")

    def withdrawn(self) -> None:
        self.host.sent.append("withdrawn")

    def committed(self, answer: str) -> None:
        self.host.sent.append(f"committed {answer}")

    def settle(self) -> None: ...


def run(script: Script, host: Host, journal: object = None) -> object:
    return play(script, host, seconds=60, step_seconds=10, journal=journal)


def renew(host: Host, number: str = "P1000001", **options: object) -> object:
    ast = PolicyRenewal()
    return run(ast.process(ast.validate({"policy": number})), host, Journal(host, **options))


OFFERED = panel("POLICY RENEWAL", policy="P1000001", keys="PF5=CONFIRM RENEWAL")
RENEWED = panel("POLICY RENEWAL", "RENEWED", policy="P1000001", **{"EXPIRY DATE": "2027-05-01"})
EMPTY = panel("POLICY RENEWAL")


def test_signing_on_types_user_and_password_and_ends_on_the_menu():
    host = Host(SIGN_ON, MENU)
    ast = registry.get("policy_inquiry")()
    assert run(ast.sign_on(SignOn(user="DEMO01", password="demo01")), host) == Done()
    assert host.sent == [("Enter", "DEMO01", "demo01")]


def test_a_wrong_password_is_a_refusal_in_the_hosts_words():
    lines = SIGN_ON.text()
    lines[2:4] = ["USERID ===> ________", "PASSWORD ===> ________"]
    lines[22] = " INVALID USERID OR PASSWORD"
    host = Host(SIGN_ON, screen(*lines))
    ast = registry.get("policy_inquiry")()
    outcome = run(ast.sign_on(SignOn(user="DEMO01", password="wrong")), host)
    assert outcome == Refused("INVALID USERID OR PASSWORD")
    assert len(host.sent) == 1


def test_an_inquiry_notes_what_the_panel_shows():
    host = Host(MENU, panel("POLICY INQUIRY"), panel("POLICY INQUIRY", policy="P1000001", STATUS="ACTIVE", RENEWALS="2"))
    ast = registry.get("policy_inquiry")()
    outcome = run(ast.process(ast.validate({"policy": "P1000001"})), host)
    assert host.sent == [("Enter", "1"), ("Enter", "P1000001")]
    assert outcome.result["holder"] == "ADA CHEN" and outcome.result["status"] == "ACTIVE" and outcome.result["renewals"] == "2"


def test_an_unknown_policy_is_a_refusal_not_a_failure():
    host = Host(panel("POLICY INQUIRY"), panel("POLICY INQUIRY", "POLICY NOT FOUND"))
    ast = registry.get("policy_inquiry")()
    assert run(ast.process(ast.validate({"policy": "P9999999"})), host) == Refused("POLICY NOT FOUND")


def test_a_locked_policy_is_a_failure_that_leaves_the_lane_whole():
    host = Host(panel("POLICY INQUIRY"), panel("POLICY INQUIRY", "POLICY LOCKED BY ANOTHER USER"))
    ast = registry.get("policy_inquiry")()
    outcome = run(ast.process(ast.validate({"policy": "P1000001"})), host)
    assert outcome == Failed("POLICY LOCKED BY ANOTHER USER", "locked", intact=True)


def test_a_keyboard_unlocked_before_the_screen_is_drawn_does_not_give_the_policy_before():
    before = panel("POLICY INQUIRY", policy="P1000001", STATUS="ACTIVE")
    host = Host(before, before, panel("POLICY INQUIRY", policy="P1000002", STATUS="LAPSED"))
    ast = registry.get("policy_inquiry")()
    assert run(ast.process(ast.validate({"policy": "P1000002"})), host).result["status"] == "LAPSED"


def test_an_old_message_is_cleared_before_the_next_policy_is_asked_for():
    old = panel("POLICY INQUIRY", "POLICY NOT FOUND")
    host = Host(old, MENU, panel("POLICY INQUIRY"), panel("POLICY INQUIRY", policy="P1000002"))
    ast = registry.get("policy_inquiry")()
    assert isinstance(run(ast.process(ast.validate({"policy": "P1000002"})), host), Done)
    assert host.sent == [("PF3",), ("Enter", "1"), ("Enter", "P1000002")]


def test_a_commit_is_journalled_before_it_is_pressed_and_after_it_is_answered():
    host = Host(EMPTY, OFFERED, RENEWED)
    assert renew(host).result["expiry_date"] == "2027-05-01"
    assert host.sent == [("Enter", "P1000001"), "committing", ("PF5",), "committed RENEWED"]


def test_a_commit_that_can_not_be_journalled_is_not_pressed():
    host = Host(EMPTY, OFFERED, RENEWED)
    with pytest.raises(Conflict):
        renew(host, refuses=True)
    assert ("PF5",) not in host.sent


def test_a_commit_that_the_keyboard_refused_is_withdrawn_from_the_journal():
    host = Host(EMPTY, OFFERED, InputRefused("the screen is older", code="stale-screen"))
    assert renew(host) == Failed("the screen is older", "stale-screen", intact=False)
    assert host.sent[-1] == "withdrawn"


@pytest.mark.parametrize("lost", [HostLost(), WaitTimeout()])
def test_a_commit_whose_answer_is_lost_is_doubtful_not_failed(lost):
    host = Host(EMPTY, OFFERED, lost)
    assert isinstance(renew(host), Doubtful)


def test_a_strange_screen_after_a_commit_is_doubtful():
    host = Host(EMPTY, OFFERED, screen("", "BROADCAST MESSAGE FROM THE SYSTEM OPERATOR"))
    assert isinstance(renew(host), Doubtful)


def test_a_commit_that_the_host_backed_out_is_withdrawn_and_may_be_tried_again():
    abend = screen(*[""] * 22, " DFHAC2206 12:00:00 CICSINS1 TRANSACTION ABENDED WITH CODE ASRA.")
    host = Host(EMPTY, OFFERED, abend)
    outcome = renew(host)
    assert (outcome.code, outcome.intact) == ("abend", True)
    assert host.sent[-2:] == ["committed DFHAC2206 12:00:00 CICSINS1 TRANSACTION ABENDED WITH CODE ASRA.", "withdrawn"]


@pytest.mark.parametrize("after", [HostLost(), InputRefused("locked", code="locked"), KeyError("P1")])
def test_a_script_that_breaks_off_after_its_commit_leaves_doubt_not_failure(after):
    def script() -> Script:
        yield Commit("PF5", until="RENEWED")
        if isinstance(after, KeyError):
            raise after
        yield Press("Enter")
        return Done()

    host = Host(OFFERED, RENEWED, after)
    if isinstance(after, InputRefused):
        host.submit = lambda aid, *rest, submit=host.submit: submit(aid, *rest) if aid == "PF5" else _raise(after)
    assert isinstance(run(script(), host, Journal(host)), Doubtful)


def _raise(error: Exception) -> None:
    raise error


def test_a_host_lost_before_the_commit_is_a_failure_that_may_be_tried_again():
    host = Host(EMPTY, HostLost())
    outcome = renew(host)
    assert (outcome.code, outcome.intact) == ("host-lost", False)


def test_a_renewal_the_host_refuses_is_not_committed():
    host = Host(EMPTY, panel("POLICY RENEWAL", "POLICY NOT RENEWABLE", policy="P1000001"))
    assert renew(host) == Refused("POLICY NOT RENEWABLE")
    assert "committing" not in host.sent


@pytest.mark.parametrize(
    ("shown", "expected"),
    [
        (panel("POLICY RENEWAL", "ALREADY RENEWED", policy="P1000001", keys="PF5=CONFIRM RENEWAL"), Done),
        (OFFERED, NotDone),
        (panel("POLICY RENEWAL", "POLICY LOCKED BY ANOTHER USER"), Failed),
    ],
)
def test_verify_tells_a_commit_that_went_through_from_one_that_did_not(shown, expected):
    ast = PolicyRenewal()
    host = Host(EMPTY, shown)
    assert isinstance(run(ast.verify(ast.validate({"policy": "P1000001"})), host), expected)
    assert ("PF5",) not in host.sent


def test_verify_may_not_commit():
    def script() -> Script:
        yield Commit("PF5", until="RENEWED")
        return Done()

    host = Host(OFFERED, RENEWED)
    assert run(script(), host) == Failed("This script may not commit: only `process` may.", "no-journal", intact=False)
    assert host.sent == []


def test_a_text_too_long_for_its_field_is_not_sent():
    def script() -> Script:
        yield Fill("OPTION ===>", "22")
        yield Press("Enter")
        return Done()

    host = Host(MENU, MENU)
    assert run(script(), host).code == "too-long"
    assert host.sent == []


def test_a_script_with_a_bug_fails_its_item_and_quotes_nothing_of_it():
    def script() -> Script:
        yield Expect("POLICY MENU")
        raise KeyError("P1000001")

    outcome = run(script(), Host(MENU))
    assert outcome.code == "script-error" and "P1000001" not in outcome.reason and "KeyError" in outcome.reason


def test_a_script_has_one_deadline_for_all_its_steps():
    waited = []

    class Slow(Host):
        def wait(self, until, after, seconds):
            waited.append(seconds)
            return self.now

    def script() -> Script:
        for _ in range(3):
            yield Expect("POLICY MENU")
        return Done()

    ticks = iter((0.0, 0.0, 4.0, 55.0))
    play(script(), Slow(MENU), seconds=60, step_seconds=10, clock=lambda: next(ticks))
    assert waited == [10, 10, 5]


def test_a_value_is_read_behind_its_label_up_to_the_next_column():
    view = View(screen("HOLDER ABOUT", "HOLDER . . . : ADA  CHEN", "STATUS ===> ACTIVE   X"))
    assert (view.after("HOLDER"), view.after("STATUS"), view.after("PREMIUM")) == ("ADA", "ACTIVE", "")


def test_a_step_does_not_show_what_it_types():
    assert "geheim" not in repr(Fill("PASSWORD ===>", "geheim"))


def test_a_form_is_told_which_parameters_are_secret():
    described = registry.get("login").describe()
    assert described["parameters"]["properties"]["password"]["x-secret"] is True
    assert registry.get("login").secrets() == {"password"}
    assert registry.get("policy_renewal").describe()["commits"] is True


@pytest.mark.parametrize("row", [{"number": "P1000001"}, {"policy": ""}, {"policy": "1000001"}, {"policy": "P1000001", "x": "1"}, {}])
def test_a_row_that_does_not_fit_is_refused_with_the_column_named(row):
    with pytest.raises(BadInput, match="policy|x"):
        registry.get("policy_inquiry").validate(row)


def test_a_wrong_parameter_is_refused_without_its_value():
    with pytest.raises(BadInput) as refused:
        registry.get("login").validate_parameters({"password": "geheim", "pin": "4711"})
    assert "pin" in refused.value.message and "geheim" not in refused.value.message and "4711" not in refused.value.message


def test_an_unknown_ast_is_not_found_and_the_known_ones_are_named():
    with pytest.raises(NotFound, match="login, .*policy_inquiry, policy_renewal"):
        registry.get("polcy_inquiry")
