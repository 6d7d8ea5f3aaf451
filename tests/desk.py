"""A clerk's desk for the tests of the page: web tier, worker and mock mainframe, shared; a fresh window for each test."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Page, expect

from tests.browser import chromium, window  # noqa: F401 fixtures
from tests.conftest import Web, WebFactory, WorkerFactory


@pytest.fixture(scope="session")
def desk_web(start_worker: WorkerFactory, start_web: WebFactory) -> Web:
    start_worker()
    return start_web()


@pytest.fixture
def desk(window: Page, desk_web: Web) -> Iterator[Page]:  # noqa: F811
    """The page with no session; those that a test opens are closed afterwards."""
    window.goto(desk_web.url)
    expect(window.locator(".welcome .hosts")).to_be_visible()
    yield window
    close_all(window, desk_web.url)


def close_all(page: Page, url: str) -> None:
    """Closes every session of the person at this page, through the API."""
    page.goto(url)
    page.evaluate(
        """async () => {
            const { items } = await (await fetch("/api/v1/sessions?limit=1000")).json();
            const live = items.filter((s) => s.purpose === "terminal" && ["open", "opening"].includes(s.state));
            await Promise.all(live.map((s) => fetch(`/api/v1/sessions/${s.id}`, { method: "DELETE", headers: { "X-IAST": "1" } })));
        }"""
    )


def choose(page: Page, *titles: str) -> None:
    """Picks entries of the More menu, a menu each time."""
    for title in titles:
        page.get_by_role("button", name="More", exact=True).click()
        page.get_by_role("menu").get_by_text(title).click()


def type_into(page: Page, text: str, *keys: str) -> None:
    """Types as soon as the keyboard is free, then presses keys."""
    expect(page.locator(".terminal.front .oia .lock")).to_have_attribute("data-lock", "")
    page.keyboard.type(text)
    for key in keys:
        expect(page.locator(".terminal.front .oia .lock")).to_have_attribute("data-lock", "")
        page.keyboard.press(key)
