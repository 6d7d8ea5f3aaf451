"""Many sessions on one page: names, copies, panes, macros, recordings, and what becomes of them when they are closed."""

import re

import requests
from playwright.sync_api import Page, Route, expect

from tests.browser import dismiss, open_host, press, screen_of, sees, sign_on, unlocked, violations
from tests.conftest import Web
from tests.desk import choose, type_into
from tests.processes import wait_until

pytest_plugins = ["tests.desk"]


def listed(web: Web, what: str) -> list[dict[str, object]]:
    answer = requests.get(f"{web.url}/api/v1/{what}", headers={"Authorization": f"Bearer {web.token}"}, timeout=10)
    return list(answer.json()["items"])


def tab_menu(page: Page, title: str, entry: str) -> None:
    page.locator(".tab").filter(has_text=title).click(button="right")
    page.get_by_role("menuitem", name=entry).click()


def lay_out(page: Page, panes: str) -> None:
    page.get_by_role("button", name="Layout").click()
    page.get_by_role("menuitemcheckbox", name=panes).click()


def open_two(page: Page) -> None:
    for _ in range(2):
        open_host(page)
        sees(page, "USERID")


def tab_menu_of_front(page: Page, entry: str) -> None:
    page.locator(".tab.front").click(button="right")
    page.get_by_role("menuitem", name=entry).click()


def test_a_session_is_named_when_it_is_opened_and_renamed_later(desk: Page) -> None:
    desk.locator(".welcome summary").click()
    desk.locator(".welcome").get_by_label("Name", exact=True).fill("Renewals")
    desk.locator(".welcome").get_by_label("Size").select_option("4")
    open_host(desk)
    expect(desk.locator(".tab .title")).to_have_text("Renewals")
    sees(desk, "USERID")
    expect(desk.locator(".oia .size")).to_have_text(re.compile("^(24|43)×80$"))
    desk.locator(".tab .name").dblclick()
    desk.get_by_label("Name of the session").fill("Claims")
    with desk.expect_response(lambda answer: "/sessions/" in answer.url and answer.request.method == "PATCH"):
        desk.keyboard.press("Enter")
    expect(desk.locator(".tab .title")).to_have_text("Claims")
    desk.reload()
    expect(desk.locator(".tab .title")).to_have_text("Claims")


def test_a_session_is_duplicated(desk: Page) -> None:
    open_host(desk)
    sign_on(desk)
    tab_menu(desk, "demo", "Duplicate")
    expect(desk.locator(".tab .title")).to_have_text(["demo", "demo 2"])
    sees(desk, "USERID")
    unlocked(desk)


def test_a_closed_session_is_closed_at_the_server(desk: Page, desk_web: Web) -> None:
    open_host(desk)
    sign_on(desk)
    desk.locator(".tab").get_by_label("Close").click()
    expect(desk.get_by_role("heading", name="Open a session")).to_be_visible()
    wait_until(lambda: all(s["state"] in ("closed", "lost") for s in listed(desk_web, "sessions") if s["purpose"] == "terminal"), 30)


def test_two_sessions_side_by_side_are_there_after_a_reload(desk: Page) -> None:
    open_host(desk)
    sign_on(desk)
    open_host(desk)
    sees(desk, "USERID")
    lay_out(desk, "Two side by side")
    expect(desk.locator(".lines")).to_have_count(2)
    assert violations(desk) == []
    desk.reload()
    expect(desk.locator(".lines").filter(has_text="POLICY MENU")).to_have_count(1)
    expect(desk.locator(".lines").filter(has_text="USERID ===>")).to_have_count(1)


def test_typing_goes_to_the_pane_that_was_clicked(desk: Page) -> None:
    open_two(desk)
    lay_out(desk, "Two side by side")
    for n, text in ((1, "RIGHT"), (0, "LEFT")):
        desk.locator(".terminal").nth(n).locator(".lines").click(position={"x": 5, "y": 5})
        expect(desk.locator(".terminal").nth(n)).to_have_class(re.compile(r"\bfront\b"))
        press(desk, "Home")
        desk.keyboard.type(text)
        expect(desk.locator(".terminal").nth(n).locator(".lines")).to_contain_text(f"USERID ===> {text}")


def test_a_phone_shows_one_pane_whole_and_its_tab_gets_the_keys(desk: Page) -> None:
    open_two(desk)
    lay_out(desk, "Four")
    desk.set_viewport_size({"width": 390, "height": 844})
    for tab, text in (("demo", "FIRST"), ("demo 2", "SECOND")):
        desk.locator(".tab").get_by_role("button", name=tab, exact=True).click()
        desk.keyboard.type(text)
        front = desk.locator(".terminal.front")
        expect(front.locator(".lines")).to_contain_text(f"USERID ===> {text}")
        assert front.bounding_box() == desk.locator(".panes").bounding_box()


def test_tabs_keep_their_order_over_a_reload_and_the_window_is_named_by_the_one_in_front(desk: Page) -> None:
    open_host(desk)
    sign_on(desk)
    open_host(desk)
    sees(desk, "USERID")
    tab_menu_of_front(desk, "Rename")
    desk.get_by_label("Name of the session").fill("Second")
    with desk.expect_response(lambda answer: "/sessions/" in answer.url and answer.request.method == "PATCH"):
        desk.keyboard.press("Enter")
    desk.reload()
    expect(desk.locator(".tab .title")).to_have_text(["demo", "Second"])
    expect(desk).to_have_title("Second · IAST")


def test_a_session_that_opens_while_the_layout_is_changed_takes_the_empty_pane(desk: Page) -> None:
    open_host(desk)
    sign_on(desk)
    held: list[Route] = []
    desk.route("**/api/v1/sessions", lambda route: held.append(route) if route.request.method == "POST" else route.continue_())
    desk.get_by_title("Open a session").click()
    desk.locator(".hosts:visible button").first.click()
    lay_out(desk, "Two side by side")
    expect(desk.locator(".terminal")).to_have_count(2)
    held[0].continue_()
    panes = desk.locator(".terminal")
    expect(panes.nth(1)).to_have_class(re.compile(r"\bfront\b"))
    expect(panes.nth(1).locator(".lines")).to_contain_text("USERID")
    expect(panes.nth(0).locator(".lines")).to_contain_text("POLICY MENU")
    unlocked(desk)


def test_a_tab_is_dragged_into_a_pane(desk: Page) -> None:
    open_host(desk)
    sign_on(desk)
    lay_out(desk, "Four")
    expect(desk.locator(".terminal")).to_have_count(4)
    desk.locator(".tab .name").first.drag_to(desk.locator(".terminal").nth(3))
    expect(desk.locator(".terminal").nth(3).locator(".lines")).to_contain_text("POLICY MENU")
    assert violations(desk) == []


def test_the_time_the_host_took_is_shown(desk: Page) -> None:
    open_host(desk)
    sign_on(desk)
    expect(desk.locator(".terminal.front .oia .latency")).to_have_text(re.compile(r"^\d+ ms$|^[\d.]+ s$"))


def test_a_macro_is_recorded_kept_and_played_but_never_holds_a_password(desk: Page, desk_web: Web) -> None:
    open_host(desk)
    sees(desk, "USERID")
    unlocked(desk)
    desk.get_by_role("button", name="Macros").click()
    expect(desk.get_by_role("dialog")).to_be_visible()
    assert violations(desk) == []
    desk.get_by_role("button", name="Record a macro").click()
    sign_on(desk)
    desk.get_by_role("button", name="Stop and save").click()
    desk.get_by_role("dialog").get_by_label("Name").fill("Sign me on")
    desk.get_by_role("button", name="Save", exact=True).click()
    expect(desk.locator(".terminal.front .oia .notice")).to_contain_text("was saved")
    kept = next(macro for macro in listed(desk_web, "macros") if macro["name"] == "Sign me on")
    assert "demo01" not in str(kept) and {"ask": "PASSWORD"} in kept["steps"]  # type: ignore[operator]

    tab_menu(desk, "demo", "Duplicate")
    sees(desk, "USERID")
    unlocked(desk)
    desk.get_by_role("button", name="Macros").click()
    desk.locator(".macros > li").filter(has_text="Sign me on").get_by_role("button", name="Play").click()
    desk.get_by_label("asks for PASSWORD").fill("demo01")
    desk.keyboard.press("Enter")
    sees(desk, "POLICY MENU")
    expect(desk.locator(".terminal.front .oia .notice")).to_contain_text("done")


def test_a_recorded_session_is_replayed_without_its_password(desk: Page, desk_web: Web) -> None:
    open_host(desk)
    sees(desk, "USERID")
    unlocked(desk)
    choose(desk, "Record this session")
    expect(desk.locator(".oia .filmed")).to_be_visible()
    wait_until(lambda: bool(listed(desk_web, "recordings")[0]["frames"]), 30, "the first screen in the recording")
    sign_on(desk)
    type_into(desk, "1", "Enter")
    sees(desk, "POLICY INQUIRY")
    choose(desk, "Stop the recording")
    expect(desk.locator(".oia .filmed")).to_have_count(0)
    wait_until(lambda: bool(listed(desk_web, "recordings")[0]["ended"]), 30, "the end of the recording")
    choose(desk, "Recordings…")
    desk.locator("dialog .macros > li").first.get_by_role("button", name="Replay").click()
    film = desk.locator("dialog .still .lines")
    expect(film).to_contain_text("USERID")
    assert violations(desk) == []
    while "POLICY MENU" not in film.inner_text().replace("\u00a0", " "):
        assert "demo01" not in film.inner_text()
        desk.get_by_role("button", name="Next screen").click()  # there is none after the last, which it never comes to
    dismiss(desk)
    expect(screen_of(desk)).to_contain_text("POLICY INQUIRY")
