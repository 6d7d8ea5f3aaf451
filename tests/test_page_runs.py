"""The panel in Chromium, on real parts: a run over a pasted list, followed, steered and read."""

import re

import pytest
from playwright.sync_api import Error as PlaywrightError
from playwright.sync_api import Page, expect

from tests.browser import open_host, sign_on, violations
from tests.panel_parts import finished, panel, policies, rows, start
from tests.processes import wait_until

pytest_plugins = ["tests.desk", "tests.panel_parts"]


def test_a_person_signs_on_runs_an_ast_over_a_pasted_list_and_reads_the_result(beside: Page) -> None:
    open_host(beside)
    sign_on(beside)
    start(beside, policies(1, 30), lanes=3)
    finished(beside)
    expect(panel(beside)).to_contain_text("30 of 30")
    expect(rows(beside).filter(has_text="succeeded")).not_to_have_count(0)
    rows(beside).filter(has_text="succeeded").first.click()
    detail = panel(beside).get_by_role("region", name=re.compile("^Item"))
    expect(detail).to_contain_text("Holder")
    expect(detail).to_contain_text("Expiry date")
    assert violations(beside) == []


def test_a_page_loaded_again_shows_the_same_run(beside: Page) -> None:
    start(beside, policies(1, 5), name="Shown again")
    finished(beside)
    beside.reload()
    expect(panel(beside).get_by_role("heading", name="Shown again")).to_be_visible()
    expect(rows(beside)).to_have_count(5)
    panel(beside).get_by_role("link", name="Runs", exact=True).click()
    expect(panel(beside).get_by_role("link", name="Shown again")).to_contain_text("5 succeeded")


def test_a_run_goes_on_when_the_page_that_started_it_dies(beside: Page) -> None:
    other = beside.context.new_page()
    other.goto(beside.url)
    start(other, policies(1, 200))
    address = other.url
    crashed: list[Page] = []
    other.on("crash", lambda page: crashed.append(page))
    with pytest.raises(PlaywrightError):
        other.context.new_cdp_session(other).send("Page.crash", timeout=2000)  # ms: there is nobody to answer
    wait_until(lambda: beside.evaluate("0") == 0 and bool(crashed), 30, "the end of the page")
    beside.goto(address)
    finished(beside)
    expect(panel(beside)).to_contain_text("200 of 200")


def test_results_are_found_by_status_and_by_text(beside: Page) -> None:
    start(beside, policies(1, 20) + "\nP9999999")
    finished(beside)
    panel(beside).get_by_role("button", name="refused").click()
    expect(rows(beside).filter(has_text="P9999999")).to_contain_text("POLICY NOT FOUND")
    expect(rows(beside).filter(has_text="succeeded")).to_have_count(0)
    panel(beside).get_by_role("button", name="refused").click()
    sought = policies(12, 12)
    panel(beside).get_by_label("Search the items").fill(sought.lower())
    expect(rows(beside)).to_have_count(1)
    expect(rows(beside)).to_contain_text(sought)


def test_a_run_is_paused_resumed_and_cancelled_from_the_page(beside: Page) -> None:
    start(beside, policies(1, 4000), lanes=1)
    panel(beside).get_by_role("button", name="Pause").click()
    finished(beside, "paused")
    panel(beside).get_by_role("button", name="Resume").click()
    finished(beside, "running")
    panel(beside).get_by_role("button", name="Cancel").click()
    beside.get_by_role("dialog").get_by_role("button", name="Cancel the run").click()
    finished(beside, "cancelled")
    expect(panel(beside).get_by_role("button", name="cancelled")).to_be_visible()


def test_a_long_list_is_pasted_without_holding_up_the_browser(beside: Page) -> None:
    beside.evaluate("text => navigator.clipboard.writeText(text)", policies(1, 20_000))
    panel(beside).get_by_label("Items", exact=True).focus()
    beside.keyboard.press("Control+v")
    expect(panel(beside).get_by_role("button", name="Run 20,000 items")).to_be_visible()


def test_the_keyboard_alone_is_enough(beside: Page) -> None:
    panel(beside).get_by_label("Items", exact=True).focus()
    beside.keyboard.insert_text(policies(1, 5))
    beside.keyboard.press("Control+Enter")
    finished(beside)
    expect(rows(beside).filter(has_text="succeeded")).to_have_count(5)
    table = panel(beside).get_by_role("grid", name="Items")
    expect(table).to_be_focused()
    for key in ("ArrowDown", "ArrowDown", "Enter"):
        beside.keyboard.press(key)
    detail = panel(beside).get_by_role("region", name="Item 3", exact=True)
    expect(detail).to_contain_text(policies(3, 3))
    expect(detail).to_be_focused()
    beside.keyboard.press("ArrowRight")
    expect(panel(beside).get_by_role("region", name="Item 4", exact=True)).to_contain_text(policies(4, 4))
    beside.keyboard.press("Escape")
    expect(table).to_be_focused()


def test_a_password_among_the_parameters_is_not_kept_in_the_browser(beside: Page) -> None:
    panel(beside).get_by_label("AST", exact=True).select_option("login")
    password = panel(beside).get_by_label("Password")
    password.fill("demo01")
    assert password.get_attribute("type") == "password"
    start(beside, "DEMO01", lanes=1)
    finished(beside)
    kept = beside.evaluate("JSON.stringify([{...localStorage}, {...sessionStorage}, location.href, document.body.innerText])")
    assert "demo01" not in kept


def test_the_table_of_a_long_run_scrolls_to_its_end(beside: Page) -> None:
    start(beside, policies(1, 20_000), lanes=1)
    panel(beside).get_by_role("button", name="Cancel").click()
    beside.get_by_role("dialog").get_by_role("button", name="Cancel the run").click()
    expect(beside.locator("dialog")).to_have_count(0)  # it gives the focus back
    table = panel(beside).get_by_role("grid", name="Items")
    expect(table).to_have_attribute("aria-rowcount", "20001")
    table.focus()
    beside.keyboard.press("End")
    expect(rows(beside).filter(has_text="P0020000")).to_be_visible()
    assert rows(beside).count() < 100
    finished(beside, "cancelled")
