"""The file transfer dialog against a host with IND$FILE: a file to the host, and back to this computer."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from app.store import hosts
from tests.browser import open_host, sees, violations
from tests.conftest import Web
from tests.desk import choose
from tests.indfile_host import IndFileHost

pytest_plugins = ["tests.desk"]


@pytest.fixture
def ready(configured: dict[str, str], desk_web: Web, desk: Page) -> Iterator[tuple[Page, IndFileHost]]:
    """The dialog at the READY of a host that moves files."""
    with IndFileHost() as host:
        name = f"files{host.port}"
        hosts.load([{"name": name, "address": "127.0.0.1", "port": host.port}])
        desk.reload()
        open_host(desk, name)
        sees(desk, "READY")
        choose(desk, "Transfer a file…")
        yield desk, host


def test_a_file_goes_to_the_host_and_comes_back_the_same(ready: tuple[Page, IndFileHost], tmp_path: Path) -> None:
    page, host = ready
    file = tmp_path / "notes.txt"
    file.write_text("ERSTE ZEILE\nzweite\n")
    assert violations(page) == []
    page.get_by_label("Direction").select_option("put")
    page.get_by_label("Data set on the host").fill("MY.NOTES")
    page.get_by_label("File on this computer").set_input_files(file)
    page.get_by_label("Records").select_option("variable")
    page.get_by_role("button", name="Send").click()
    expect(page.locator("dialog [role=status]")).to_contain_text("is through: 19 of 19 bytes")
    assert host.files["MY.NOTES"] == ["ERSTE ZEILE".encode("cp037"), "zweite".encode("cp037")]

    page.get_by_role("button", name="Another file").click()
    page.get_by_label("Data set on the host").fill("MY.NOTES")
    page.get_by_role("button", name="Fetch").click()
    with page.expect_download() as download:
        page.get_by_role("link", name="Save the file").click()
    assert download.value.path().read_text() == file.read_text()
