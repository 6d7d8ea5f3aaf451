"""The terminal page in Chromium, on real parts: signing on by typing, what the screen shows, reload, tabs, a lost line."""

import csv
import re

from playwright.sync_api import Page, WebSocketRoute, expect

from tests.browser import (
    open_host,
    press,
    screen_text,
    sees,
    sign_on,
    still_box,
    unlocked,
    violations,
)
from tests.desk import sent_keys
from tests.processes import ROOT, wait_until

pytest_plugins = ["tests.desk"]
POLICY = next(csv.DictReader((ROOT / "examples" / "policies.csv").open()))["policy"]


def test_the_page_offers_the_hosts(desk: Page) -> None:
    expect(desk.get_by_role("heading", name="Open a session")).to_be_visible()
    expect(desk.locator(".hosts:visible button").first).to_contain_text("demo")
    assert violations(desk) == []


def test_the_page_needs_nothing_inline_and_no_other_site(desk: Page) -> None:
    answer = desk.reload()
    assert answer
    policy = answer.headers["content-security-policy"]
    assert "unsafe" not in policy and "script-src 'self'" in policy and "http" not in policy
    expect(desk.locator(".welcome .hosts")).to_be_visible()


def test_a_person_signs_on_by_typing_and_reads_the_answer(desk: Page) -> None:
    open_host(desk)
    sign_on(desk)
    desk.keyboard.type("1")
    press(desk, "Enter")
    sees(desk, "POLICY INQUIRY")
    unlocked(desk)
    desk.keyboard.type(POLICY)
    press(desk, "Enter")
    sees(desk, "HOLDER")
    assert violations(desk) == []


def test_a_password_is_never_painted(desk: Page) -> None:
    open_host(desk)
    sees(desk, "USERID")
    unlocked(desk)
    desk.keyboard.type("DEMO01")
    desk.keyboard.press("Tab")
    desk.keyboard.type("demo01")
    sees(desk, "DEMO01")
    assert "demo01" not in desk.content()


def test_a_reload_repaints_the_session(desk: Page) -> None:
    open_host(desk)
    sign_on(desk)
    before = screen_text(desk)
    desk.reload()
    sees(desk, "POLICY MENU")
    assert screen_text(desk) == before


def test_two_tabs_are_two_sessions(desk: Page) -> None:
    open_host(desk)
    sign_on(desk, "DEMO02", "demo02")
    open_host(desk)
    sees(desk, "USERID")
    desk.locator(".tab .name").first.click()
    sees(desk, "POLICY MENU")


def test_in_a_narrow_window_the_panel_lies_over_the_terminal_until_a_session_opens(desk: Page) -> None:
    desk.set_viewport_size({"width": 390, "height": 844})
    side = desk.get_by_role("complementary", name="ASTs and runs")
    expect(side).to_be_in_viewport(ratio=1)
    desk.get_by_role("button", name="ASTs and runs").click()
    expect(side).to_have_count(0)
    open_host(desk)
    sign_on(desk)
    desk.get_by_role("button", name="ASTs and runs").click()
    expect(side.get_by_label("AST", exact=True)).to_be_visible()
    assert violations(desk) == []
    open_host(desk)
    sees(desk, "USERID")
    expect(side).to_have_count(0)
    unlocked(desk)
    assert desk.evaluate(
        "[...document.querySelectorAll('.app, .bar, .lines')].every((part) => part.getBoundingClientRect().right <= innerWidth)"
    )


def test_shift_makes_pf_keys_above_twelve(desk: Page) -> None:
    keys = sent_keys(desk)
    open_host(desk)
    sign_on(desk)
    press(desk, "Shift+F3", "F1", "Alt+1")
    unlocked(desk)
    assert keys == ["Enter", "PF15", "PF1", "PA1"]


def test_a_click_moves_the_cursor_that_the_host_is_told_of(desk: Page) -> None:
    open_host(desk)
    sees(desk, "PASSWORD ===>")
    unlocked(desk)
    row = next(n for n, text in enumerate(screen_text(desk)) if "PASSWORD ===>" in text)
    box = still_box(desk.locator(".terminal.front .lines"))
    column = screen_text(desk)[row].index("===>") + 6
    desk.mouse.click(box["x"] + (column + 0.5) * box["width"] / 80, box["y"] + (row + 0.5) * box["height"] / 24)
    expect(desk.locator(".oia .position")).to_have_text(f"{row + 1:02}/{column + 1:03}")


def test_typing_into_a_protected_field_locks_until_reset(desk: Page) -> None:
    open_host(desk)
    sees(desk, "USERID")
    unlocked(desk)
    desk.keyboard.press("ArrowUp")
    desk.keyboard.type("x")
    expect(desk.locator(".oia .lock")).to_have_text("X Protected")
    desk.keyboard.press("Escape")
    unlocked(desk)


def test_what_is_typed_ahead_is_typed_when_the_host_is_done(desk: Page) -> None:
    open_host(desk)
    sign_on(desk)
    for option in "98":  # there are no such options: the same screen again
        desk.keyboard.type(option)
        press(desk, "Enter")
        unlocked(desk)
        sees(desk, "INVALID OPTION")
    desk.keyboard.type("7")
    desk.keyboard.press("Enter")
    desk.keyboard.type("6")
    sees(desk, "OPTION ===> 6")


def test_a_line_that_breaks_comes_back_by_itself(desk: Page) -> None:
    lines: list[WebSocketRoute] = []

    def through(line: WebSocketRoute) -> None:
        line.connect_to_server()
        lines.append(line)

    desk.route_web_socket(re.compile("/terminal/"), through)
    desk.reload()
    open_host(desk)
    sign_on(desk)
    desk.keyboard.type("1")
    lines[-1].close(code=1012)
    wait_until(lambda: desk.evaluate("0") == 0 and len(lines) >= 2, 30, "another line")
    press(desk, "Enter")  # what was typed before is still there
    sees(desk, "POLICY INQUIRY")


def test_a_session_the_host_ended_says_so_and_offers_another(desk: Page) -> None:
    open_host(desk)
    sees(desk, "USERID")
    press(desk, "F3")  # the sign-on screen's PF3 hangs up
    expect(desk.locator(".trouble")).to_contain_text("Open it again")
    assert violations(desk) == []
    desk.get_by_role("button", name="Open it again").click()
    sees(desk, "USERID")
    unlocked(desk)
