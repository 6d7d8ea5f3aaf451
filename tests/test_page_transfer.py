"""The file transfer dialog against a host with IND$FILE: to the host and back to this computer; failed, stopped, refused."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.browser import dismiss, unlocked, violations
from tests.conftest import Web
from tests.desk import choose, open_scripted
from tests.indfile_host import Behaviour, IndFileHost

pytest_plugins = ["tests.desk"]
At = Callable[..., IndFileHost]


@pytest.fixture
def at_ready(configured: dict[str, str], desk_web: Web, desk: Page) -> Iterator[At]:
    """Puts the dialog in front of the READY of a host that moves files, and behaves like this."""
    with ExitStack() as ends:

        def at(**behaviour: str | int) -> IndFileHost:
            host = ends.enter_context(IndFileHost(Behaviour(**behaviour)))  # type: ignore[arg-type]
            open_scripted(desk, host.port, "READY")
            choose(desk, "Transfer a file…")
            return host

        yield at


def send(page: Page, file: Path, name: str) -> None:
    page.get_by_label("Direction").select_option("put")
    page.get_by_label("Data set on the host").fill(name)
    page.get_by_label("File on this computer").set_input_files(file)
    page.get_by_label("Records").select_option("variable")
    page.get_by_role("button", name="Send").click()


def fetch(page: Page, name: str) -> None:
    page.get_by_label("Data set on the host").fill(name)
    page.get_by_role("button", name="Fetch").click()


def told(page: Page, text: str) -> None:
    """Waits till the dialog says so of the transfer."""
    expect(page.locator("dialog [role=status]")).to_contain_text(text)


def test_a_file_goes_to_the_host_and_comes_back_the_same(at_ready: At, desk: Page, tmp_path: Path) -> None:
    host = at_ready()
    file = tmp_path / "notes.txt"
    file.write_text("ERSTE ZEILE\nzweite\n")
    assert violations(desk) == []
    send(desk, file, "MY.NOTES")
    told(desk, "is through: 19 of 19 bytes")
    assert host.files["MY.NOTES"] == ["ERSTE ZEILE".encode("cp037"), "zweite".encode("cp037")]

    desk.get_by_role("button", name="Another file").click()
    fetch(desk, "MY.NOTES")
    with desk.expect_download() as download:
        desk.get_by_role("link", name="Save the file").click()
    assert download.value.path().read_text() == file.read_text()


def test_a_file_that_the_host_does_not_have_is_told_in_the_hosts_words(at_ready: At, desk: Page) -> None:
    at_ready()
    fetch(desk, "NO.SUCH")
    told(desk, "did not get through")
    expect(desk.locator("dialog .bad")).to_contain_text("Missing or incorrect TSO data set name")
    expect(desk.get_by_role("link", name="Save the file")).to_have_count(0)
    assert violations(desk) == []
    desk.get_by_role("button", name="Another file").click()
    expect(desk.get_by_label("Data set on the host")).to_be_visible()


def test_a_file_under_way_is_found_again_and_stopped(at_ready: At, desk: Page, tmp_path: Path) -> None:
    host = at_ready(fault="stall", stop_after=2)
    file = tmp_path / "large.txt"
    file.write_text("A line of the file\n" * 5000)
    send(desk, file, "MY.LARGE")
    told(desk, "so far")
    assert violations(desk) == []
    dismiss(desk)
    choose(desk, "Transfer a file…")
    told(desk, "so far")
    desk.get_by_role("button", name="Cancel").click()
    told(desk, "was cancelled")
    assert "MY.LARGE" not in host.files
    dismiss(desk)
    unlocked(desk)


def test_a_host_that_hangs_up_in_the_middle_is_told(at_ready: At, desk: Page) -> None:
    host = at_ready(fault="hang up", stop_after=2)
    host.files["BIG"] = [b"\xc1" * 70] * 1000
    fetch(desk, "BIG")
    told(desk, "did not get through")
    expect(desk.locator("dialog .bad")).not_to_be_empty()
    dismiss(desk)
    expect(desk.locator(".trouble")).to_contain_text("Open it again")


def test_what_the_host_could_not_name_is_refused_in_the_form(at_ready: At, desk: Page) -> None:
    host = at_ready()
    fetch(desk, "ÄÖÜ")
    expect(desk.locator("dialog [role=alert]")).not_to_be_empty()
    assert host.commands == []
