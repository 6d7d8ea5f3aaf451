"""What the tests of the panel share: starting a run as a person does, and where things are on the page."""

from playwright.sync_api import Locator, Page, expect


def panel(page: Page) -> Locator:
    return page.get_by_role("complementary", name="ASTs and runs")


def start(page: Page, items: str, lanes: int = 2, name: str = "") -> None:
    """Fills the form in and presses Run; the page of the run follows."""
    panel(page).get_by_label("Lanes").fill(str(lanes))
    panel(page).get_by_label("Items", exact=True).fill(items)
    panel(page).get_by_label("Name").fill(name)
    panel(page).get_by_role("button", name="Run").click()
    expect(panel(page).get_by_role("region", name="Results")).to_be_visible()


def finished(page: Page, status: str = "finished") -> None:
    expect(panel(page).locator(".run-head .pill")).to_have_text(status, timeout=60_000)


def policies(first: int, last: int) -> str:
    return "\n".join(f"P{n:07d}" for n in range(first, last + 1))


def rows(page: Page) -> Locator:
    return panel(page).locator(".tbody [role=row]")
