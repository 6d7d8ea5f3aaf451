"""What a reader of the documents needs is in them."""

import re
from pathlib import Path

import pytest

from app.cli import COMMANDS
from app.config import Settings

ROOT = Path(__file__).resolve().parents[1]
DOCUMENTS = [ROOT / "README.md", *sorted((ROOT / "docs").glob("*.md"))]


def test_every_setting_is_documented() -> None:
    text = (ROOT / "docs" / "architecture.md").read_text()
    assert not [field.alias for field in Settings.model_fields.values() if f"`{field.alias}`" not in text]


def test_every_command_is_shown_somewhere() -> None:
    text = "".join(document.read_text() for document in DOCUMENTS)
    assert not [word for word in COMMANDS if f"iast {word}" not in text]


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: path.name)
def test_every_link_leads_somewhere(document: Path) -> None:
    links = re.findall(r"\]\((?!https?://|#)([^)#]+)", document.read_text())
    assert not [link for link in links if not (document.parent / link).exists()]
