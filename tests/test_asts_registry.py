"""Where ASTs come from: ours, folders, installed packages; a bad one takes no other down."""

import logging
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from app.asts import registry
from app.errors import NotFound

GOOD = '''
from app.asts.base import Ast, Columns
from app.asts.script import Done

class Row(Columns):
    key: str

class Mine(Ast):
    name, title, description, Item = "{name}", "Mine", "Does nothing.", Row

    def process(self, item):
        return Done()
        yield
'''


@pytest.fixture(autouse=True)
def _looked_for_anew() -> Iterator[None]:
    registry.known.cache_clear()
    before = set(sys.modules)
    yield
    registry.known.cache_clear()
    for name in set(sys.modules) - before:
        if name.startswith(registry.PACKAGE):
            del sys.modules[name]


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv(registry.FOLDERS, str(tmp_path))
    return tmp_path


def test_a_file_of_a_folder_is_an_ast_beside_ours(folder: Path) -> None:
    (folder / "mine.py").write_text(GOOD.format(name="mine"))
    assert registry.get("mine").title == "Mine"
    assert {"mine", "login", "policy_renewal"} <= {ast.name for ast in registry.all()}


def test_files_of_a_folder_may_share_a_module_that_begins_with_an_underscore(folder: Path) -> None:
    (folder / "_common.py").write_text(GOOD.format(name="base"))
    (folder / "mine.py").write_text('from ._common import Mine\nclass Other(Mine):\n    name = "other"\n')
    assert registry.get("other").title == "Mine"
    with pytest.raises(NotFound):
        registry.get("base")


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("this is no Python", "SyntaxError"),
        ("raise RuntimeError('boom')", "boom"),
        (GOOD.format(name="Bad Name"), "name must be"),
        (GOOD.format(name="login"), "another AST 'login' already"),
        (GOOD.format(name="mine").replace("process", "proces"), "process must be written"),
        (GOOD.format(name="mine").replace('"Mine"', '""'), "title and description"),
    ],
)
def test_an_ast_that_can_not_be_used_is_left_out_and_the_log_says_why(
    folder: Path, text: str, said: str, caplog: pytest.LogCaptureFixture
) -> None:
    (folder / "a_bad.py").write_text(text)
    (folder / "b_good.py").write_text(GOOD.format(name="good"))
    with caplog.at_level(logging.ERROR):
        assert registry.get("good")
    assert said in caplog.text and "a_bad.py" in caplog.text
    assert registry.get("login") is registry.OURS[0]


def test_an_installed_package_offers_asts_by_entry_point(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "acme_asts.py").write_text(GOOD.format(name="acme"))
    info = tmp_path / "acme_asts-1.0.dist-info"
    info.mkdir()
    (info / "METADATA").write_text("Metadata-Version: 2.1\nName: acme-asts\nVersion: 1.0\n")
    (info / "entry_points.txt").write_text("[iast.asts]\nacme = acme_asts:Mine\ngone = acme_asts:Gone\n")
    monkeypatch.syspath_prepend(str(tmp_path))
    assert registry.get("acme").name == "acme"


def test_a_folder_that_is_not_there_is_no_error(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(registry.FOLDERS, "/no/such/folder")
    assert len(registry.all()) == len(registry.OURS)
