"""From a recording to an AST in readable Python, and what is told when the host's screens have changed since."""

import dataclasses
from collections.abc import Sequence
from pathlib import Path

import pytest

from app.asts import registry
from app.asts.base import Ast, SignOn
from app.asts.drift import differences, report
from app.asts.driver import play
from app.asts.film import Shot
from app.asts.labels import label_of, telltale
from app.asts.recording import RecordedLane
from app.asts.script import Done
from app.asts.view import View
from app.asts.writer import Marks, template, typed_fields, write
from app.errors import BadInput
from app.screen.model import NULL, Screen
from tests.host_lane import Notes
from tests.screens import MENU, SIGN_ON, panel, screen

OFFER = panel("POLICY RENEWAL", policy="P1000001", keys="PF5=CONFIRM RENEWAL", **{"EXPIRY DATE": "2026-05-01"})
RENEWED = panel("POLICY RENEWAL", "RENEWED", policy="P1000001", **{"EXPIRY DATE": "2027-05-01"})


def shot(on: Screen, key: str = "", **typed: str) -> Shot:
    """`typed`: label (_ for a blank, without its arrow) -> text."""
    fields = []
    for label, text in typed.items():
        field = View(on).field(f"{label.replace('_', ' ')} ===>")
        assert field is not None
        fields.append((field.start, "" if field.hidden else text.ljust(field.length, NULL)))
    return Shot(0, key, tuple(fields), on)


RECORDING = [
    shot(SIGN_ON, "Enter", USERID="DEMO01", PASSWORD="demo01"),
    shot(MENU, "Enter", OPTION="2"),
    shot(panel("POLICY RENEWAL"), "Enter", POLICY_NUMBER="P1000001"),
    shot(OFFER, "PF5"),
    shot(RENEWED, "PF3"),
    shot(MENU, "PF3"),
    shot(SIGN_ON),
]
MARKS = Marks("renew_it", {"policy": "P1000001"}, "PF5")


def form(*lines: str, keys: str = "PF3=MENU") -> Screen:
    """POLICY RENEWAL with these lines from the fifth row on."""
    return screen(" POLICY RENEWAL", "", "", "", *lines, *[""] * (19 - len(lines)), f" {keys}")


@pytest.fixture
def written(tmp_path: Path) -> type[Ast]:
    return loaded(tmp_path, write(RECORDING, MARKS))


def loaded(folder: Path, source: str, name: str = "renew_it") -> type[Ast]:
    path = folder / f"{name}.py"
    path.write_text(source)
    registry.use_folders([folder])
    (ast,) = registry.asts_in(registry.load(path))
    assert registry.faults(ast) == []
    return ast


def played(ast: type[Ast], recording: Sequence[Shot]) -> tuple[object, list[str]]:
    """Sign-on and work against a recording: the outcome and the journal."""
    lane, notes = RecordedLane(recording), Notes()
    made = ast()
    scripts = (made.sign_on(SignOn(user="DEMO01", password="x")), made.process(ast.validate({"policy": "P1000001"})))  # type: ignore[arg-type]
    for script in scripts:
        outcome = play(script, lane, seconds=9, step_seconds=9, journal=notes)
    return outcome, notes.told


def test_an_ast_from_a_recording_does_what_was_recorded(written: type[Ast]) -> None:
    outcome, told = played(written, RECORDING)
    assert isinstance(outcome, Done) and outcome.result["expiry_date"] == "2027-05-01"
    assert told == ["committing", "committed RENEWED"]


def test_it_reads_like_an_operators_instructions() -> None:
    source = write(RECORDING, MARKS)
    for line in (
        'yield Fill("USERID ===>", who.user)',
        'yield Fill("PASSWORD ===>", who.password.get_secret_value())',
        'yield Press("Enter", until="POLICY MENU")',
        'yield Fill("OPTION ===>", "2")',
        'yield Fill("POLICY NUMBER ===>", item.policy)',
        'yield Press("Enter", until="HOLDER")',
        'shown = yield Commit("PF5", until="RENEWED")',
        'expiry_date=shown.after("EXPIRY DATE"),',
        "def sign_off(self) -> Script:",
        "write verify()",
    ):
        assert line in source
    assert "P1000001" not in source and "DEMO01" not in source and "demo01" not in source


def test_a_recording_without_sign_on_gives_the_work_alone(tmp_path: Path) -> None:
    source = write(RECORDING[1:4], Marks("look", {"policy": "P1000001"}))
    assert "sign_on" not in source and "Commit" not in source and "commits" not in source
    assert "The next item starts there" in source
    assert loaded(tmp_path, source, "look").commits is False


@pytest.mark.parametrize(
    ("recording", "marks", "said"),
    [
        (RECORDING, Marks("renew_it", {"policy": "P9"}), "Nowhere in that recording was 'P9' typed"),
        (RECORDING, Marks("renew_it", {}, "PF9"), "PF9 was not pressed"),
        (RECORDING, Marks("Renew It"), "is no name"),
        (RECORDING, Marks("class"), "is no name"),
        (RECORDING, Marks("renew_it", {"a b": "P1000001"}), "is no name"),
        ([shot(MENU)], Marks("renew_it"), "Nothing was pressed"),
        (RECORDING[:2], Marks("renew_it"), "signs on and then ends"),
    ],
)
def test_a_mark_that_fits_nothing_is_refused(recording: list[Shot], marks: Marks, said: str) -> None:
    with pytest.raises(BadInput, match=said):
        write(recording, marks)


def test_text_from_a_host_can_not_become_code(tmp_path: Path) -> None:
    evil = screen(' EVIL""" + str(1/0) + """\\', "", '"); raise SystemExit(7) #   ===> ________', '  """+str(1/0)+""" . . : X')
    (field,) = evil.fields
    recording = [Shot(0, "Enter", ((field.start, '"""\\");1'),), evil), Shot(2, "PF3", (), evil), Shot(3, "", (), evil)]
    ast = loaded(tmp_path, write(recording, Marks("evil")), "evil")
    assert isinstance(play(ast().process(ast.validate({})), RecordedLane(recording), seconds=9, step_seconds=9), Done)


def test_what_was_typed_is_offered_for_marking_and_hidden_text_is_not() -> None:
    assert typed_fields(RECORDING) == [("USERID ===>", "DEMO01"), ("OPTION ===>", "2"), ("POLICY NUMBER ===>", "P1000001")]


def test_a_new_ast_can_be_loaded_as_it_is(tmp_path: Path) -> None:
    assert loaded(tmp_path, template("my_first"), "my_first").title == "My first"


def test_a_field_is_named_by_what_stands_before_it_or_above_it() -> None:
    form = screen("ORDER", "  FROM ===> ____  TO ===> ____", "", "  REMARK", "  ________")
    assert [label_of(form, field.start) for field in form.fields] == [("FROM ===>", 0), ("TO ===>", 0), ("REMARK", 0)]
    bare = screen("____", "____")
    assert [label_of(bare, field.start) for field in bare.fields] == [("", 0), ("", 0)]


def test_two_fields_behind_one_label_are_told_apart_by_number() -> None:
    form = screen("DATE ===> __  __")
    found = [label_of(form, field.start) for field in form.fields]
    assert [View(form).field(label, nth) for label, nth in found] == list(form.fields)


def test_a_screen_is_told_by_a_text_that_does_not_change() -> None:
    assert telltale(MENU, panel("POLICY INQUIRY"), frozenset()) == "POLICY NUMBER ===>"  # the title stands on the menu too
    assert telltale(SIGN_ON, MENU, frozenset()) == "POLICY MENU"
    assert telltale(panel("X PANEL"), panel("X PANEL", policy="P1000001"), frozenset({"P1000001"})) == "HOLDER"
    assert telltale(MENU, MENU, frozenset()) == ""


def test_a_screen_that_is_the_same_has_not_drifted() -> None:
    assert report(RECORDING, RECORDING) == []
    other = panel("POLICY RENEWAL", policy="P1000077", keys="PF5=CONFIRM RENEWAL", **{"EXPIRY DATE": "2029-01-01"})
    assert list(differences(OFFER, other)) == []


@pytest.mark.parametrize(
    ("now", "said"),
    [
        (panel("POLICY EXTENSION"), "'POLICY RENEWAL' is gone; the title is 'POLICY EXTENSION'"),
        (form("   POLICY NO ===> ________"), "behind 'POLICY NUMBER ===>' is gone"),
        (form("   POLICY NUMBER ===> ______"), "was 8 long and takes 6"),
        (form("", "   POLICY NUMBER ===> ________"), "moved to row 6, column 23"),
        (form("   POLICY NUMBER ===> ________", keys="PF12=MENU"), "'PF3=MENU' of the last row is gone"),
    ],
)
def test_drift_is_told_by_screen_and_label(now: Screen, said: str) -> None:
    seen = [RECORDING[1], RECORDING[2]._replace(screen=now)]
    lines = report(RECORDING[1:], seen)
    assert any(said in line for line in lines), lines
    assert all(line.startswith("screen 2 (POLICY RENEWAL)") for line in lines)


def test_a_label_that_leads_nowhere_and_a_field_that_became_hidden_are_told() -> None:
    gone = panel("POLICY RENEWAL", policy="P1000001", keys="PF5=CONFIRM RENEWAL")
    assert list(differences(OFFER, gone)) == ["the label 'EXPIRY DATE' leads to no value any more"]
    hidden = dataclasses.replace(MENU, fields=tuple(dataclasses.replace(f, hidden=True) for f in MENU.fields))
    assert "hidden now" in next(differences(MENU, hidden))
