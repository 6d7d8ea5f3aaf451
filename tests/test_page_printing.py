"""The printer in the browser: seen in the status line, its jobs told of, read, saved and thrown away."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Page, expect

from app.store import hosts
from tests.browser import open_host, sees, violations
from tests.conftest import Web
from tests.desk import choose
from tests.printer_host import PrinterHost

pytest_plugins = ["tests.desk"]
JOB = "POLICY P0000001   <b>ADA CHEN</b>\n\fPAGE TWO\n"


@pytest.fixture
def host(configured: dict[str, str], desk_web: Web) -> Iterator[tuple[str, PrinterHost]]:
    with PrinterHost() as host:
        name = f"prints{host.port}"
        hosts.load([{"name": name, "address": "127.0.0.1", "port": host.port}])
        yield name, host


def test_what_the_host_prints_is_told_of_read_saved_and_thrown_away(host: tuple[str, PrinterHost], desk: Page) -> None:
    name, mainframe = host
    desk.reload()
    welcome = desk.locator(".welcome")
    welcome.get_by_text("Name, size, LU and printer").click()
    welcome.get_by_label("Printer").select_option("associate")
    open_host(desk, name)
    sees(desk, "READY")
    status = desk.locator(".terminal.front .oia")
    expect(status.locator(".printer")).to_contain_text("P PRT1")
    assert mainframe.wished == ["ASSOCIATE T001"]
    mainframe.job(JOB)
    expect(status.locator(".notice")).to_have_text("Something was printed: look under More, Printed.")

    choose(desk, "Printed…")
    dialog = desk.locator("dialog")
    expect(dialog).to_contain_text(f"2 pages, {len(JOB)} characters")
    expect(dialog.get_by_role("status")).to_have_text("Printer PRT1 is ready.")
    assert violations(desk) == []
    desk.get_by_role("button", name="View the job").focus()
    desk.keyboard.press("Enter")
    expect(dialog.locator("pre")).to_have_text("POLICY P0000001   <b>ADA CHEN</b>")
    assert violations(desk) == []
    desk.get_by_role("button", name="Next page").click()
    expect(dialog.locator("pre")).to_have_text("PAGE TWO")
    with desk.expect_download() as download:
        desk.get_by_role("link", name="Save as text").click()
    assert download.value.path().read_bytes() == JOB.encode()

    desk.get_by_role("button", name="All jobs").click()
    mainframe.job("SECOND\n", sequence=1)
    expect(dialog.locator("li")).to_have_count(2)
    desk.get_by_role("button", name="Delete the job").first.click()
    expect(dialog.locator("li")).to_have_count(1)
    expect(dialog).to_contain_text("2 pages")


def test_a_printer_that_is_refused_is_told_and_the_terminal_goes_on(host: tuple[str, PrinterHost], desk: Page) -> None:
    name, mainframe = host
    mainframe.reject = 1
    hosts.load([{"name": name, "address": "127.0.0.1", "port": mainframe.port, "printer": "associate"}])
    desk.reload()
    open_host(desk, name)
    sees(desk, "READY 0")
    expect(desk.locator(".terminal.front .oia .printer")).to_have_text("P lost")
    expect(desk.locator(".terminal.front .oia .notice")).to_have_text("No printer: The host refuses a printer for T001: device in use.")
    desk.keyboard.press("Enter")
    sees(desk, "READY 1")
