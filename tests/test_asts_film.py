"""Film strips and recordings: what was seen and pressed, small, masked, and good enough to play a script against."""

import dataclasses
import json

import pytest

from app.asts.driver import play
from app.asts.film import MOST_FRAMES, Shot, Strip, frames, masked, wanted
from app.asts.policy_inquiry import PolicyInquiry
from app.asts.recording import RecordedLane, read, shots
from app.asts.script import Done, Failed
from app.errors import BadInput
from app.screen.model import NULL, Screen, State, Style
from tests.screens import MENU, SIGN_ON, Host, panel

NUMBER = "P1000001".ljust(8, NULL)


def inquiry(number: str = "P1000001") -> tuple[object, Strip, Host]:
    """A played inquiry: its outcome, its film, its host."""
    ticks = iter(range(100))
    strip = Strip(lambda: next(ticks) / 10)
    host = Host(MENU, panel("POLICY INQUIRY"), panel("POLICY INQUIRY", policy=number, STATUS="ACTIVE"))
    ast = PolicyInquiry()
    outcome = play(ast.process(ast.validate({"policy": number})), host, seconds=60, step_seconds=10, film=strip)
    return outcome, strip, host


def test_a_strip_has_each_screen_with_the_key_that_was_pressed_on_it_and_when() -> None:
    _, strip, _ = inquiry()
    made = strip.frames()
    assert [(frame["at"], frame["key"]) for frame in made] == [(100, "Enter"), (200, "Enter"), (300, "")]
    assert [text.rstrip(NULL) for frame in made for _, text in frame["fields"]] == ["1", "P1000001"]
    assert shots(json.loads(json.dumps(made))) == shots(made)


def test_a_frame_is_the_change_of_the_one_before_and_leads_back_to_the_whole_screen() -> None:
    _, strip, host = inquiry()
    made = strip.frames()
    assert [frame["screen"] is None for frame in made] == [False, True, True]
    assert len(json.dumps(made[2])) < len(json.dumps(made[0]))
    assert shots(made)[-1].screen == host.now
    assert [shot.screen.text()[0].strip() for shot in shots(made)] == ["POLICY MENU", "POLICY INQUIRY", "POLICY INQUIRY"]


def test_what_was_typed_into_a_hidden_field_is_in_no_frame() -> None:
    user, password = SIGN_ON.fields
    strip = Strip()
    strip.shot(SIGN_ON, "Enter", [(user.start, "DEMO01"), (password.start, "MARKERPASS")])
    assert strip.frames()[0]["fields"] == [[user.start, "DEMO01"], [password.start, ""]]
    assert "MARKERPASS" not in json.dumps(strip.frames()) + repr(vars(strip))


def test_what_was_typed_where_nobody_can_tell_whether_it_is_hidden_is_in_no_frame() -> None:
    lines = Screen(1, 9, "Password:", bytes(9), (Style(),), (), 0, 1, 0, False, State.NVT)
    assert masked(lines, [(0, "Password:secret")]) == ((0, ""),)
    plain = dataclasses.replace(lines, state=State.TN3270)
    assert masked(plain, [(0, "LOGON APPLID(TSO)")]) == ((0, "LOGON APPLID(TSO)"),)
    assert masked(plain, [(7, "of a field that is gone")]) == ((7, ""),)


def test_of_a_script_that_never_ends_the_newest_frames_are_kept() -> None:
    strip = Strip()
    for n in range(MOST_FRAMES + 50):
        strip.shot(dataclasses.replace(MENU, serial=n), "Enter")
    assert len(strip.frames()) == MOST_FRAMES
    assert shots(strip.frames())[-1].screen.serial == MOST_FRAMES + 49


@pytest.mark.parametrize(
    ("policy", "kept"),
    [
        ("always", {"succeeded", "refused", "failed", "uncertain", "parked"}),
        ("failures", {"failed", "uncertain", "parked"}),
        ("never", set()),
    ],
)
def test_the_policy_says_whose_strip_is_kept(policy: str, kept: set[str]) -> None:
    assert {s for s in ("succeeded", "refused", "failed", "uncertain", "parked") if wanted(policy, s)} == kept


def test_a_strip_can_be_read_as_a_recording_from_an_item_of_the_api_or_as_a_bare_list() -> None:
    made = inquiry()[1].frames()
    assert read(json.dumps({"n": 0, "input": {"policy": "P1"}, "frames": made})) == (shots(made), {"policy": "P1"})
    assert read(json.dumps(made)) == (shots(made), {})


@pytest.mark.parametrize(
    "text", ["", "x", "null", "7", "[]", "{}", '{"frames":[]}', '[{"at":1}]', '[{"at":0,"delta":{"type":"reset","seq":1}}]', "[[]]"]
)
def test_what_is_no_recording_is_refused(text: str) -> None:
    with pytest.raises(BadInput, match="recording"):
        read(text)


def test_a_delta_that_does_not_follow_is_refused_by_its_number() -> None:
    made = inquiry()[1].frames()
    with pytest.raises(BadInput, match="Frame 1 "):
        shots([made[0], made[2]])


def test_a_script_plays_against_a_recording_without_a_host_with_another_item_too() -> None:
    recorded = shots(inquiry()[1].frames())
    ast = PolicyInquiry()
    lane = RecordedLane(recorded)
    outcome = play(ast.process(ast.validate({"policy": "P1000001"})), lane, seconds=60, step_seconds=10)
    assert isinstance(outcome, Done) and outcome.result["status"] == "ACTIVE" and lane.place == 2


def test_a_script_that_presses_another_key_or_waits_for_another_text_drifts() -> None:
    recorded = [Shot(0, "PF3", (), MENU), Shot(1, "", (), panel("POLICY INQUIRY"))]
    ast = PolicyInquiry()

    def played() -> object:
        return play(ast.process(ast.validate({"policy": "P1000001"})), RecordedLane(recorded), seconds=60, step_seconds=10)

    assert played() == Failed("the script presses Enter, the recording has PF3", "drift", intact=False)
    recorded[0] = recorded[0]._replace(key="Enter")
    assert "types into" in played().reason  # type: ignore[attr-defined]
    recorded[0] = recorded[0]._replace(fields=((MENU.fields[0].start, "1"),))
    recorded[1] = recorded[1]._replace(screen=panel("POLICY ENQUIRY"))
    assert played().code == "wait-timeout"  # type: ignore[attr-defined]


def test_frames_of_one_screen_looked_at_twice_are_small() -> None:
    made = frames([Shot(0, "", (), MENU), Shot(5, "", (), MENU)])
    assert made[1]["delta"]["spans"] == () or made[1]["delta"]["spans"] == []
