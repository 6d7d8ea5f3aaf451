"""The panel in Chromium, on real parts: a run over a pasted list, followed, steered and read."""

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Page, expect

from tests.browser import chromium, open_host, sign_on, violations, window  # noqa: F401 fixtures
from tests.conftest import Web, WebFactory, WorkerFactory
from tests.panel_parts import finished, panel, policies, rows, start


@pytest.fixture(scope="module")
def web(start_worker: WorkerFactory, start_web: WebFactory) -> Web:
    start_worker()
    return start_web()


@pytest.fixture
def page(window: Page, web: Web) -> Iterator[Page]:  # noqa: F811
    window.goto(f"{web.url}/#/new/policy_inquiry")
    expect(panel(window).get_by_label("AST", exact=True)).to_be_visible()
    yield window
    for name in window.locator(".tab .close").all():
        name.click()


def test_a_person_signs_on_runs_an_ast_over_a_pasted_list_and_reads_the_result(page: Page) -> None:
    open_host(page)
    sign_on(page)
    start(page, policies(1, 30), lanes=3)
    finished(page)
    expect(panel(page)).to_contain_text("30 of 30")
    expect(rows(page).filter(has_text="succeeded")).not_to_have_count(0)
    rows(page).filter(has_text="succeeded").first.click()
    detail = panel(page).get_by_role("region", name=re.compile("^Item"))
    expect(detail).to_contain_text("Holder")
    expect(detail).to_contain_text("Expiry date")
    assert violations(page) == []


def test_a_page_loaded_again_shows_the_same_run(page: Page) -> None:
    start(page, policies(1, 5), name="Shown again")
    finished(page)
    page.reload()
    expect(panel(page).get_by_role("heading", name="Shown again")).to_be_visible()
    expect(rows(page)).to_have_count(5)
    panel(page).get_by_role("link", name="Runs", exact=True).click()
    expect(panel(page).get_by_role("link", name="Shown again")).to_contain_text("5 succeeded")


def test_results_are_found_by_status_and_by_text(page: Page) -> None:
    start(page, policies(1, 20) + "\nP9999999")
    finished(page)
    panel(page).get_by_role("button", name="refused").click()
    expect(rows(page).filter(has_text="P9999999")).to_contain_text("POLICY NOT FOUND")
    expect(rows(page).filter(has_text="succeeded")).to_have_count(0)
    panel(page).get_by_role("button", name="refused").click()
    sought = policies(12, 12)
    panel(page).get_by_label("Search the items").fill(sought.lower())
    expect(rows(page)).to_have_count(1)
    expect(rows(page)).to_contain_text(sought)


def test_a_run_is_paused_resumed_and_cancelled_from_the_page(page: Page) -> None:
    start(page, policies(1, 4000), lanes=1)
    panel(page).get_by_role("button", name="Pause").click()
    finished(page, "paused")
    panel(page).get_by_role("button", name="Resume").click()
    finished(page, "running")
    panel(page).get_by_role("button", name="Cancel").click()
    page.get_by_role("dialog").get_by_role("button", name="Cancel the run").click()
    finished(page, "cancelled")
    expect(panel(page).get_by_role("button", name="cancelled")).to_be_visible()


def test_a_long_list_is_pasted_without_holding_up_the_browser(page: Page) -> None:
    page.evaluate("text => navigator.clipboard.writeText(text)", policies(1, 20_000))
    panel(page).get_by_label("Items", exact=True).focus()
    page.keyboard.press("Control+v")
    expect(panel(page).get_by_role("button", name="Run 20,000 items")).to_be_visible()


def test_the_keyboard_alone_is_enough(page: Page) -> None:
    panel(page).get_by_label("Items", exact=True).focus()
    page.keyboard.insert_text(policies(1, 5))
    page.keyboard.press("Control+Enter")
    finished(page)
    table = panel(page).get_by_role("grid", name="Items")
    expect(table).to_be_focused()
    for key in ("ArrowDown", "ArrowDown", "Enter"):
        page.keyboard.press(key)
    expect(panel(page).get_by_role("region", name="Item 3", exact=True)).to_contain_text(policies(3, 3))
    page.keyboard.press("ArrowRight")
    expect(panel(page).get_by_role("region", name="Item 4", exact=True)).to_contain_text(policies(4, 4))
    page.keyboard.press("Escape")
    expect(table).to_be_focused()


def test_a_password_among_the_parameters_is_not_kept_in_the_browser(page: Page) -> None:
    panel(page).get_by_label("AST", exact=True).select_option("login")
    password = panel(page).get_by_label("Password")
    password.fill("demo01")
    assert password.get_attribute("type") == "password"
    start(page, "DEMO01", lanes=1)
    finished(page)
    kept = page.evaluate("JSON.stringify([{...localStorage}, {...sessionStorage}, location.href, document.body.innerText])")
    assert "demo01" not in kept


def test_the_table_of_a_long_run_scrolls_to_its_end(page: Page) -> None:
    start(page, policies(1, 100_000), lanes=1)
    panel(page).get_by_role("button", name="Cancel").click()
    page.get_by_role("dialog").get_by_role("button", name="Cancel the run").click()
    panel(page).get_by_role("grid", name="Items").focus()
    page.keyboard.press("End")
    expect(rows(page).filter(has_text="P0100000")).to_be_visible()
    assert rows(page).count() < 100
    finished(page, "cancelled")
