"""The terminal page in Chromium, on real parts: signing on by typing, what the screen shows, reload, tabs, a lost line."""

import csv
import json
import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Page, WebSocketRoute, expect

from tests.browser import (  # noqa: F401 fixtures
    chromium,
    open_host,
    press,
    screen_text,
    sees,
    sign_on,
    unlocked,
    violations,
    window,
)
from tests.conftest import Web, WebFactory, WorkerFactory
from tests.processes import ROOT, wait_until

POLICY = next(csv.DictReader((ROOT / "examples" / "policies.csv").open()))["policy"]


@pytest.fixture(scope="module")
def web(start_worker: WorkerFactory, start_web: WebFactory) -> Web:
    start_worker()
    return start_web()


@pytest.fixture
def page(window: Page, web: Web) -> Iterator[Page]:  # noqa: F811
    """The page, opened; its sessions are closed afterwards."""
    window.goto(web.url)
    expect(window.locator(".welcome .hosts")).to_be_visible()
    yield window
    window.goto(web.url)
    expect(window.locator(".hosts").first).to_be_attached()
    while window.locator(".tab").count():
        window.locator(".tab").first.get_by_label("Close").click()


def sent_keys(page: Page) -> list[str]:
    """A list that grows with each key the page sends to the host."""
    keys: list[str] = []

    def note(frame: str | bytes) -> None:
        message = json.loads(frame)
        if message["type"] == "aid":
            keys.append(message["aid"])

    page.on("websocket", lambda socket: socket.on("framesent", note))
    return keys


def test_the_page_offers_the_hosts(page: Page) -> None:
    expect(page.get_by_role("heading", name="Open a session")).to_be_visible()
    expect(page.locator(".hosts:visible button").first).to_contain_text("demo")
    assert violations(page) == []


def test_a_person_signs_on_by_typing_and_reads_the_answer(page: Page) -> None:
    open_host(page)
    sign_on(page)
    page.keyboard.type("1")
    press(page, "Enter")
    sees(page, "POLICY INQUIRY")
    unlocked(page)
    page.keyboard.type(POLICY)
    press(page, "Enter")
    sees(page, "HOLDER")
    assert violations(page) == []


def test_a_password_is_never_painted(page: Page) -> None:
    open_host(page)
    sees(page, "USERID")
    unlocked(page)
    page.keyboard.type("DEMO01")
    page.keyboard.press("Tab")
    page.keyboard.type("demo01")
    assert any("DEMO01" in row for row in screen_text(page))
    assert "demo01" not in page.content()


def test_a_reload_repaints_the_session(page: Page) -> None:
    open_host(page)
    sign_on(page)
    before = screen_text(page)
    page.reload()
    sees(page, "POLICY MENU")
    assert screen_text(page) == before


def test_two_tabs_are_two_sessions(page: Page) -> None:
    open_host(page)
    sign_on(page, "DEMO02", "demo02")
    open_host(page)
    sees(page, "USERID")
    page.locator(".tab .name").first.click()
    sees(page, "POLICY MENU")


def test_shift_makes_pf_keys_above_twelve(page: Page) -> None:
    keys = sent_keys(page)
    open_host(page)
    sign_on(page)
    press(page, "Shift+F3", "F1", "Alt+1")
    unlocked(page)
    assert keys == ["Enter", "PF15", "PF1", "PA1"]


def test_a_click_moves_the_cursor_that_the_host_is_told_of(page: Page) -> None:
    open_host(page)
    sees(page, "PASSWORD")
    unlocked(page)
    row = next(n for n, text in enumerate(screen_text(page)) if "PASSWORD ===>" in text)
    box = page.locator(".terminal.front .lines").bounding_box()
    assert box
    column = screen_text(page)[row].index("===>") + 6
    page.mouse.click(box["x"] + (column + 0.5) * box["width"] / 80, box["y"] + (row + 0.5) * box["height"] / 24)
    expect(page.locator(".oia .position")).to_have_text(f"{row + 1:02}/{column + 1:03}")


def test_typing_into_a_protected_field_locks_until_reset(page: Page) -> None:
    open_host(page)
    sees(page, "USERID")
    unlocked(page)
    page.keyboard.press("ArrowUp")
    page.keyboard.type("x")
    expect(page.locator(".oia .lock")).to_have_text("X Protected")
    page.keyboard.press("Escape")
    unlocked(page)


def test_what_is_typed_ahead_is_typed_when_the_host_is_done(page: Page) -> None:
    open_host(page)
    sign_on(page)
    page.keyboard.type("9")
    page.keyboard.press("Enter")  # an option that there is not: the menu again
    page.keyboard.type("7")
    unlocked(page)
    sees(page, "OPTION ===> 7")


def test_a_line_that_breaks_comes_back_by_itself(page: Page) -> None:
    lines: list[WebSocketRoute] = []

    def through(line: WebSocketRoute) -> None:
        line.connect_to_server()
        lines.append(line)

    page.route_web_socket(re.compile("/terminal/"), through)
    page.reload()
    open_host(page)
    sign_on(page)
    page.keyboard.type("1")
    lines[-1].close(code=1012)
    wait_until(lambda: page.evaluate("0") == 0 and len(lines) == 2)
    press(page, "Enter")  # what was typed before is still there
    sees(page, "POLICY INQUIRY")


def test_a_session_the_host_ended_says_so_and_offers_another(page: Page) -> None:
    open_host(page)
    sees(page, "USERID")
    press(page, "F3")  # the sign-on screen's PF3 hangs up
    expect(page.locator(".trouble")).to_contain_text("Open it again")
    assert violations(page) == []
    page.get_by_role("button", name="Open it again").click()
    sees(page, "USERID")
    unlocked(page)
