"""A clerk's desk for the tests of the page: web tier, worker and mock mainframe, shared; a fresh window for each test."""

import json
from collections.abc import Iterator

import pytest
import requests
from playwright.sync_api import Page, expect

from app.store import hosts
from tests.browser import chromium, open_host, press, sees, unlocked, window  # noqa: F401 fixtures
from tests.conftest import Web, WebFactory, WorkerFactory


@pytest.fixture(scope="session")
def desk_web(start_worker: WorkerFactory, start_web: WebFactory) -> Web:
    start_worker()
    return start_web()


@pytest.fixture
def desk(window: Page, desk_web: Web) -> Iterator[Page]:  # noqa: F811
    """The page with no session; those that a test opens are closed afterwards."""
    forget_settings(desk_web)
    window.goto(desk_web.url)
    expect(window.locator(".welcome .hosts")).to_be_visible()
    yield window
    close_all(window, desk_web.url)


def forget_settings(web: Web) -> None:
    """What a test before this one chose would come to the page from the server, at any moment."""
    headers = {"Authorization": f"Bearer {web.token}"}
    requests.put(f"{web.url}/api/v1/settings", json={"settings": {}}, headers=headers, timeout=30).raise_for_status()


def close_all(page: Page, url: str) -> None:
    """Closes every session of the person at this page, through the API, and waits till the worker has hung up."""
    page.goto(url)
    page.evaluate(
        """async () => {
            const live = async () => {
                const { items } = await (await fetch("/api/v1/sessions?limit=1000")).json();
                return items.filter((s) => s.purpose === "terminal" && s.may === "own" && ["open", "opening"].includes(s.state));
            };
            const close = (s) => fetch(`/api/v1/sessions/${s.id}`, { method: "DELETE", headers: { "X-IAST": "1" } });
            const ends = Date.now() + 60_000;
            await Promise.all((await live()).map(close));
            while ((await live()).length && Date.now() < ends) await new Promise((done) => setTimeout(done, 50));
        }"""
    )


def choose(page: Page, *titles: str) -> None:
    """Picks entries of the More menu, a menu each time."""
    for title in titles:
        page.get_by_role("button", name="More", exact=True).click()
        page.get_by_role("menu").get_by_text(title).click()


def open_scripted(page: Page, port: int, text: str) -> None:
    """Opens the host that a test plays at a port, until it shows a text and takes keys."""
    name = f"host{port}"
    hosts.load([{"name": name, "address": "127.0.0.1", "port": port}])
    page.reload()
    open_host(page, name)
    sees(page, text)
    unlocked(page)


def type_into(page: Page, text: str, *keys: str) -> None:
    """Types as soon as the keyboard is free, then presses keys."""
    unlocked(page)
    page.keyboard.type(text)
    press(page, *keys)


def sent_keys(desk: Page) -> list[str]:
    """A list that grows with each key the page sends to the host."""
    keys: list[str] = []

    def note(frame: str | bytes) -> None:
        message = json.loads(frame)
        if message["type"] == "aid":
            keys.append(message["aid"])

    desk.on("websocket", lambda socket: socket.on("framesent", note))
    return keys
