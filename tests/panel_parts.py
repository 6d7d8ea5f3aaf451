"""What the tests of the panel share: a window with the form of a run in it, starting a run as a person does, where things are."""

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.conftest import Web
from tests.desk import close_all, forget_settings
from tests.processes import ROOT


@pytest.fixture
def beside(window: Page, desk_web: Web) -> Iterator[Page]:
    """The page, its panel at the form of policy_inquiry; sessions that a test opens are closed afterwards."""
    forget_settings(desk_web)
    window.goto(f"{desk_web.url}/#/new/policy_inquiry")
    expect(panel(window).get_by_label("AST", exact=True)).to_be_visible()
    expect(panel(window).get_by_label("Host", exact=True)).not_to_have_value("")
    yield window
    close_all(window, desk_web.url)


def panel(page: Page) -> Locator:
    return page.get_by_role("complementary", name="ASTs and runs")


def start(page: Page, items: str, lanes: int = 2, name: str = "") -> None:
    """Fills the form in and presses Run; the page of the run follows."""
    panel(page).get_by_label("Lanes").fill(str(lanes))
    if len(items) < 1000:
        panel(page).get_by_label("Items", exact=True).fill(items)
    else:
        list_of = {"name": "list.csv", "mimeType": "text/csv", "buffer": items.encode()}
        panel(page).get_by_label("File with items").set_input_files(list_of)
    panel(page).get_by_label("Name").fill(name)
    panel(page).get_by_role("button", name=re.compile(r"^Run [\d,]+ items?$")).click()  # the list was read
    expect(panel(page).get_by_role("region", name="Results")).to_be_visible()


def finished(page: Page, status: str = "finished") -> None:
    expect(panel(page).locator(".run-head .pill")).to_have_text(status, timeout=60_000)


def policies(first: int, last: int) -> str:
    """These of the mock host's policies, the first being 1; from its thousandth on, numbers that it does not know."""
    known = (ROOT / "examples" / "policies.csv").read_text().split()[1:]
    return "\n".join(known[n - 1] if n <= len(known) else f"P{n:07d}" for n in range(first, last + 1))


def rows(page: Page) -> Locator:
    return panel(page).locator(".tbody [role=row]")
