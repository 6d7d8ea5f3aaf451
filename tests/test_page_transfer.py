"""Files to and from a host in a real browser: asked for in a dialog, followed, saved."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.browser import open_host, sees, violations
from tests.conftest import WebFactory, WorkerFactory
from tests.desk import choose, close_all
from tests.indfile_host import IndFileHost

pytest_plugins = ["tests.desk"]


@pytest.fixture
def at_ready(window: Page, start_worker: WorkerFactory, start_web: WebFactory) -> Iterator[tuple[Page, IndFileHost]]:
    """A session at a host with IND$FILE."""
    with IndFileHost() as host:
        start_worker()
        url = start_web(IAST_HOSTS=json.dumps([{"name": "files", "address": "127.0.0.1", "port": host.port}])).url
        window.goto(url)
        open_host(window, "files")
        sees(window, "READY")
        yield window, host
        close_all(window, url)


def test_a_text_is_sent_and_fetched_again(at_ready: tuple[Page, IndFileHost], tmp_path: Path):
    page, host = at_ready
    (tmp_path / "notes.txt").write_text("ERSTE ZEILE\nzweite\n")
    choose(page, "Transfer a file")
    dialog = page.get_by_role("dialog")
    dialog.get_by_label("Direction").select_option("put")
    dialog.get_by_label("File on the host").fill("MY.NOTES")
    dialog.get_by_label("File here").set_input_files(tmp_path / "notes.txt")
    dialog.get_by_label("Record format").select_option("variable")
    dialog.get_by_role("button", name="Transfer", exact=True).click()
    expect(dialog.get_by_role("status")).to_contain_text("Done: 19 of 19 bytes", timeout=20_000)
    assert host.files["MY.NOTES"] == ["ERSTE ZEILE".encode("cp037"), "zweite".encode("cp037")]
    assert host.commands == ["IND$FILE PUT MY.NOTES ASCII CRLF RECFM(V)"]

    dialog.get_by_role("button", name="Another file").click()
    dialog.get_by_label("File on the host").fill("MY.NOTES")
    dialog.get_by_role("button", name="Transfer", exact=True).click()
    with page.expect_download() as fetched:
        dialog.get_by_role("link", name="Save the file").click(timeout=20_000)
    assert fetched.value.path().read_text() == "ERSTE ZEILE\nzweite\n"
    assert violations(page) == []


def test_what_cannot_be_transferred_is_said_in_the_dialog(at_ready: tuple[Page, IndFileHost]):
    page, _ = at_ready
    choose(page, "Transfer a file")
    dialog = page.get_by_role("dialog")
    dialog.get_by_label("File on the host").fill("A" * 300)
    dialog.get_by_role("button", name="Transfer", exact=True).click()
    expect(dialog.get_by_role("alert").first).to_be_visible()
