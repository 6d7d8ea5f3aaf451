"""Every AST of the demo against screens recorded at its host (`iast ast check ... --save`): no host is needed to try a change."""

from pathlib import Path

import pytest

from app import ast_command
from app.asts import registry
from app.asts.base import SignOn
from app.asts.driver import play
from app.asts.recording import RecordedLane, Recording, read
from app.asts.script import Done, Outcome
from app.asts.writer import Marks, write
from tests.host_lane import Notes

FOLDER = Path(__file__).parent / "recordings"
WHO = SignOn(user="DEMO01", password="another")  # type: ignore[arg-type]


def recorded(name: str) -> Recording:
    return read((FOLDER / f"{name}.json").read_bytes())


def worked(name: str) -> tuple[Outcome, list[str]]:
    """The AST's sign-on and its work on the recorded item, and what the journal was told."""
    recording, notes = recorded(name), Notes()
    lane, ast = RecordedLane(recording.shots), registry.get(name)()
    assert play(ast.sign_on(WHO), lane, seconds=60, step_seconds=10) == Done()
    outcome = play(ast.process(ast.validate(recording.item)), lane, seconds=60, step_seconds=10, journal=notes)
    return outcome, notes.told


@pytest.mark.parametrize(
    ("name", "noted"),
    [
        ("policy_inquiry", {"holder": "INGRID BIANCHI", "status": "ACTIVE", "premium": "973.33", "renewals": "0"}),
        ("wave_status", {"status": "RELEASED", "picks": "16", "open": "16", "short_picks": []}),
        ("order_inquiry", {"customer": "C40747", "name": "ADA MARTIN", "total": "403.36", "payment_ref": ""}),
    ],
)
def test_what_reads_notes_what_the_screens_show(name: str, noted: dict[str, object]) -> None:
    outcome, told = worked(name)
    assert isinstance(outcome, Done) and outcome.result | noted == outcome.result
    assert told == []


@pytest.mark.parametrize(
    ("name", "answer", "noted"),
    [
        ("policy_renewal", "RENEWED", {"expiry_date": "2028-01-28", "reference": "R0000001"}),
        ("pick_confirmation", "PICK CONFIRMED", {"picked": "24", "status": "CONFIRMED", "reference": "C0000001"}),
        ("order_payment", "PAYMENT ACCEPTED", {"amount": "2,609.46", "reference": "Y0000001"}),
    ],
)
def test_what_commits_is_journalled_with_the_hosts_answer(name: str, answer: str, noted: dict[str, object]) -> None:
    assert worked(name) == (Done(**noted), ["committing", f"committed {answer}"])


def test_every_ast_that_we_ship_is_recorded() -> None:
    assert {path.stem for path in FOLDER.glob("*.json")} == {ast.name for ast in registry.OURS} - {"login"}


@pytest.mark.parametrize("name", sorted(path.stem for path in FOLDER.glob("*.json")))
def test_an_ast_written_from_a_recording_does_the_same_work(name: str, tmp_path: Path) -> None:
    recording = recorded(name)
    path = tmp_path / f"again_{name}.py"
    columns = {column: str(value) for column, value in recording.item.items()}
    commit = "PF5" if registry.get(name).commits else ""
    path.write_text(write(recording.shots, Marks(f"again_{name}", columns, commit)))
    assert ast_command.main(["check", str(path), "--recording", str(FOLDER / f"{name}.json")]) == 0
