"""The launcher: which Python and which Node it takes, and what it says when there is none."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from app import launch

ROOT = Path(__file__).resolve().parents[1]
OLD = "#!/bin/sh\nexit 1\n"  # it fails the launcher's question for the version
SUITS = '#!/bin/sh\n[ "$1" = -I ] && exit 0\necho "$0 $@"\n'  # it passes, and as the launcher's last act says who was called


class Clone:
    """A clone with the launcher alone, on a machine with no Python but those a test puts there."""

    def __init__(self, folder: Path) -> None:
        self.root, self.home, self.bin = folder / "clone", folder / "home", folder / "bin"
        for made in (self.root, self.home, self.bin):
            made.mkdir()
        shutil.copy(ROOT / "iast", self.root / "iast")
        for tool in ("sh", "dirname", "readlink"):
            (self.bin / tool).symlink_to(shutil.which(tool) or tool)

    def python(self, path: Path, script: str) -> Path:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(script)
        path.chmod(0o755)
        return path

    def start(self, *arguments: str, iast: Path | None = None, **env: str) -> subprocess.CompletedProcess[str]:
        command = [str(iast or self.root / "iast"), *arguments]
        machine = {"PATH": str(self.bin), "HOME": str(self.home), **env}
        return subprocess.run(command, env=machine, cwd=self.home, capture_output=True, text=True, timeout=30)


@pytest.fixture
def clone(tmp_path: Path) -> Clone:
    return Clone(tmp_path)


def called(result: subprocess.CompletedProcess[str]) -> str:
    assert result.returncode == 0, result.stderr
    return result.stdout.split()[0]


@pytest.mark.parametrize(
    "place",
    [
        ".pyenv/versions/3.12.1/bin/python3.12",
        ".asdf/installs/python/3.13.0/bin/python3.13",
        ".local/share/mise/installs/python/3.14.2/bin/python3.14",
        ".local/share/uv/python/cpython-3.12.5-linux-x86_64-gnu/bin/python3.12",
    ],
)
def test_a_newer_python_in_a_version_managers_folder_is_found_behind_an_old_one_on_the_path(clone: Clone, place: str) -> None:
    clone.python(clone.bin / "python3", OLD)
    newer = clone.python(clone.home / place, SUITS)
    assert called(clone.start("up")) == str(newer)


def test_a_version_manager_may_keep_its_folder_elsewhere(clone: Clone) -> None:
    newer = clone.python(clone.home / "elsewhere/versions/3.12.9/bin/python3.12", SUITS)
    assert called(clone.start("up", PYENV_ROOT=str(clone.home / "elsewhere"))) == str(newer)


def test_the_environment_already_made_is_used_before_any_other_python(clone: Clone) -> None:
    clone.python(clone.bin / "python3.13", SUITS)
    made = clone.python(clone.root / ".venv/bin/python", SUITS)
    assert called(clone.start("up")) == str(made)


def test_an_environment_whose_python_went_away_is_not_used(clone: Clone) -> None:
    (clone.root / ".venv/bin").mkdir(parents=True)
    (clone.root / ".venv/bin/python").symlink_to("/nowhere/python3.12")
    there = clone.python(clone.bin / "python3.12", SUITS)
    assert called(clone.start("up")) == str(there)


def test_without_a_python_one_line_says_what_to_do(clone: Clone) -> None:
    clone.python(clone.bin / "python3", OLD)
    nothing = clone.start("up")
    assert (nothing.returncode, nothing.stdout) == (3, "")
    assert len(nothing.stderr.splitlines()) == 1
    assert "Python 3.12 or newer" in nothing.stderr


def test_a_named_python_that_is_too_old_is_refused_in_one_line(clone: Clone) -> None:
    clone.python(clone.bin / "python3.12", SUITS)
    old = clone.python(clone.home / "old", OLD)
    refused = clone.start("up", IAST_PYTHON=str(old))
    assert refused.returncode == 3
    assert len(refused.stderr.splitlines()) == 1 and "IAST_PYTHON" in refused.stderr


def test_it_works_from_any_folder_and_through_a_link(clone: Clone) -> None:
    clone.python(clone.root / ".venv/bin/python", SUITS)
    link = clone.home / "iast"
    link.symlink_to("../clone/iast")
    assert called(clone.start("up", "a b", iast=link)) == str(clone.root / ".venv/bin/python")


def test_arguments_reach_the_command_as_they_were_typed(clone: Clone) -> None:
    clone.python(clone.bin / "python3.12", '#!/bin/sh\n[ "$1" = -I ] && exit 0\nfor word; do echo "<$word>"; done\n')
    assert clone.start("run", "a b", "*", "").stdout.splitlines()[-4:] == ["<run>", "<a b>", "<*>", "<>"]


def test_a_second_start_installs_nothing() -> None:
    again = subprocess.run([ROOT / "iast", "--help"], capture_output=True, text=True, timeout=60, check=True)
    assert again.stderr == ""
    assert again.stdout.startswith("usage: iast COMMAND")


def test_a_file_in_the_callers_folder_can_not_pose_as_one_of_ours(tmp_path: Path) -> None:
    (tmp_path / "app").mkdir()
    for name in ("app/__init__.py", "app/launch.py", "app/cli.py", "requests.py", "json.py"):
        (tmp_path / name).write_text("raise SystemExit('taken over')\n")
    ours = subprocess.run([ROOT / "iast", "--help"], cwd=tmp_path, capture_output=True, text=True, timeout=60)
    assert ours.stdout.startswith("usage: iast COMMAND")


@pytest.mark.parametrize(
    ("version", "suits"),
    [("v20.19.0", True), ("v22.12.0", True), ("v24.1.0", True), ("v18.20.4", False), ("v20.18.3", False), ("v21.7.0", False), ("?", False)],
)
def test_only_a_node_that_can_build_the_page_is_taken(tmp_path: Path, version: str, suits: bool) -> None:
    node = tmp_path / "node"
    node.write_text(f"#!/bin/sh\necho {version}\n")
    node.chmod(0o755)
    assert launch.node_suits(str(node)) is suits


def test_a_changed_source_changes_the_stamp(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(launch, "ROOT", tmp_path)
    source = tmp_path / "main.tsx"
    source.write_text("one")
    before = launch.digest([source])
    source.write_text("two")
    assert launch.digest([source]) != before


def test_what_could_not_be_installed_is_said_in_one_line(monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(launch.Missing, match="could not install the page's packages") as said:
        launch._run([sys.executable, "-c", "raise SystemExit(1)"], "install the page's packages")
    assert len(str(said.value).splitlines()) == 1


@pytest.mark.parametrize(
    "arguments",
    [
        ["nonsense"],
        ["up", "--port", "eighty"],
        ["up", "--port", "70000"],
        ["up", "--workers", "0"],
        ["up", "--host", "payroll"],
        ["up", "--host", "payroll=mvs:99999"],
        ["up", "--demo-delay", "-1"],
        ["up", "--nonsense"],
        ["bench", "nonsense"],
    ],
)
def test_bad_input_is_said_in_one_line_and_ends_with_2(arguments: list[str]) -> None:
    command = [sys.executable, "-P", "-m", "app.cli", *arguments]
    env = {**os.environ, "PYTHONPATH": str(ROOT)}
    refused = subprocess.run(command, env=env, cwd=ROOT, capture_output=True, text=True, timeout=60)
    assert refused.returncode == 2
    assert len(refused.stderr.splitlines()) == 1 and refused.stdout == ""


def test_the_celery_command_says_in_one_line_when_nothing_runs(tmp_path: Path) -> None:
    env = {**os.environ, "PYTHONPATH": str(ROOT), "IAST_DATA": str(tmp_path)}
    refused = subprocess.run([sys.executable, "-m", "app.cli", "celery", "status"], env=env, capture_output=True, text=True, timeout=60)
    assert refused.returncode == 3
    assert len(refused.stderr.splitlines()) == 1 and "no `iast up` is running" in refused.stderr
