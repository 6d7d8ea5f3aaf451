"""A table of the store tests' own: workers that other tests have left running would take up what these tests write."""

import pytest

from app.config import settings
from app.store import make_table


@pytest.fixture(autouse=True)
def own_table(configured: dict[str, str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("IAST_TABLE", "iast-store-tests")
    settings.cache_clear()
    make_table()
