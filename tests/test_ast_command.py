"""`iast ast`: from a film of a host to an AST that works at that host, and what it says when something is not so."""

import json
from collections.abc import Iterator
from pathlib import Path
from unittest import mock

import pytest

from app import ast_command
from app.asts import registry, writer
from app.errors import BadInput, HostUnreachable, NotFound
from app.up.ports import LOOPBACK, free_port
from tests.demo_host import Host


@pytest.fixture(scope="module")
def host(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Host]:
    with Host(tmp_path_factory.mktemp("ast"), "--also", "orders=0") as host:
        yield host


@pytest.fixture(autouse=True)
def _password(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(ast_command.PASSWORD, "demo01")


def at(host: Host, application: str = "insurance") -> list[str]:
    return ["--host", f"{LOOPBACK}:{host.port_of(application)}", "--user", "DEMO01"]


@pytest.fixture(scope="module")
def filmed(host: Host, tmp_path_factory: pytest.TempPathFactory) -> str:
    """A renewal, as filmed."""
    path, number = tmp_path_factory.mktemp("film") / "film.json", "P1000100"
    with mock.patch.dict("os.environ", {ast_command.PASSWORD: "demo01"}):
        code = ast_command.main(["check", "policy_renewal", *at(host), "--item", f"policy={number}", "--commit", "--save", str(path)])
    assert code == 0 and host.done("RENEWAL")[-1] == number
    return path.read_text()


@pytest.fixture
def film(filmed: str, tmp_path: Path) -> Path:
    path = tmp_path / "film.json"
    path.write_text(filmed)
    return path


def typed(film: Path) -> str:
    """The policy number of a film."""
    texts = [text for frame in json.loads(film.read_text())["frames"] for _, text in frame["fields"]]
    return next(text.strip("\0") for text in texts if text.startswith("P1"))


def test_a_film_becomes_an_ast_that_works_at_the_host(host: Host, film: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    made = tmp_path / "renew_it.py"
    column = f"policy={typed(film)}"
    arguments = ["--recording", str(film), "--column", column, "--commit", "PF5", "--folder", str(tmp_path)]
    assert ast_command.main(["new", "renew_it", *arguments]) == 0
    assert ast_command.main(["check", str(made), "--recording", str(film), "--item", column]) == 0
    assert "done: " in capsys.readouterr().out
    before = len(host.done("RENEWAL"))
    assert ast_command.main(["check", str(made), *at(host), "--item", "policy=P1000900"]) == 0
    assert "stopped there" in capsys.readouterr().out and len(host.done("RENEWAL")) == before
    assert ast_command.main(["check", str(made), *at(host), "--item", "policy=P1000900", "--commit"]) == 0
    assert host.done("RENEWAL")[-1] == "P1000900"
    with pytest.raises(BadInput, match="is there already"):
        ast_command.main(["new", "renew_it", "--folder", str(tmp_path)])


def test_a_film_holds_no_password(film: Path) -> None:
    assert "demo01" not in film.read_text()


def test_another_host_than_the_recorded_one_drifts(host: Host, film: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert ast_command.main(["check", "policy_renewal", *at(host), "--item", "policy=P1000901", "--recording", str(film)]) == 0
    assert "drift" not in capsys.readouterr().out  # another policy on the same screens
    code = ast_command.main(["check", "order_inquiry", *at(host, "orders"), "--item", "order=O3000001", "--recording", str(film)])
    said = capsys.readouterr().out
    assert code == 1 and "drift: screen 1 (IAST DEMO INSURANCE): the text 'IAST DEMO INSURANCE' is gone" in said


def test_an_ast_that_no_longer_fits_its_recording_is_told(film: Path, capsys: pytest.CaptureFixture[str]) -> None:
    frames = json.loads(film.read_text())["frames"]
    frames[1]["key"] = "PF12"
    film.write_text(json.dumps(frames))
    assert ast_command.main(["check", "policy_renewal", "--recording", str(film), "--item", "policy=P1000100"]) == 1
    assert "the script presses Enter, the recording has PF12 (drift)" in capsys.readouterr().out


def test_a_new_ast_is_written_to_be_filled_in(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.setenv(registry.FOLDERS, str(tmp_path))
    assert ast_command.main(["new", "my_ast"]) == 0
    assert ast_command.main(["check", str(tmp_path / "my_ast.py")]) == 0
    assert "my_ast: can be loaded; columns: key; reads only" in capsys.readouterr().out


def test_a_file_is_not_mistaken_for_one_of_its_name_in_another_folder(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    for folder, column in (("one", "key"), ("two", "number")):
        (tmp_path / folder).mkdir()
        (tmp_path / folder / "same.py").write_text(writer.template("same").replace("key", column))
        monkeypatch.setenv(registry.FOLDERS, str(tmp_path / "one"))
        assert ast_command.main(["check", str(tmp_path / folder / "same.py")]) == 0
        assert f"columns: {column};" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("arguments", "error", "said"),
    [
        (["check", "nothing"], NotFound, "no AST 'nothing'"),
        (["check", "/no/such.py"], BadInput, "can't be loaded"),
        (["check", "policy_inquiry", "--recording", "/no/such.json"], BadInput, "can't be read"),
        (["check", "policy_inquiry", "--host", "127.0.0.1:1", "--item", "policy=x"], BadInput, "policy"),
        (["new", "Bad Name"], BadInput, "is no name"),
        (["new", "good_name", "--folder", "/no/such"], BadInput, "can't be written"),
    ],
)
def test_what_can_not_be_used_is_said_in_a_line(arguments: list[str], error: type[Exception], said: str) -> None:
    with pytest.raises(error, match=said) as refusal:
        ast_command.main(arguments)
    assert "\n" not in str(refusal.value)


def test_a_host_that_is_not_there_is_said() -> None:
    with pytest.raises(HostUnreachable):
        ast_command.main(["check", "policy_inquiry", "--host", f"{LOOPBACK}:{free_port()}", "--user", "A", "--item", "policy=P1000001"])
