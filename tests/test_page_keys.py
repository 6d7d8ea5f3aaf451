"""Which key does what on the page: presets, a person's own map, the keypad, touch; and what is left to the browser."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Locator, Page, expect

from tests.browser import dismiss, open_host, press, screen_of, sees, still_box, unlocked, violations
from tests.conftest import Web
from tests.desk import choose, close_all, forget_settings, type_into

pytest_plugins = ["tests.desk"]
POSITION = ".terminal.front .oia .position"


@pytest.fixture
def keys(desk: Page) -> Page:
    """The sign-on screen."""
    open_host(desk)
    sees(desk, "USERID")
    unlocked(desk)
    return desk


@pytest.fixture
def tablet(chromium: Browser, desk_web: Web) -> Iterator[Page]:
    """The page on a tablet, where the panel is closed at first."""
    forget_settings(desk_web)
    context = chromium.new_context(has_touch=True, is_mobile=True, viewport={"width": 820, "height": 1180})
    page = context.new_page()
    page.goto(desk_web.url)
    yield page
    close_all(page, desk_web.url)
    context.close()


def row_of(page: Page, key: str) -> Locator:
    return page.locator(f".keylist li[data-key={key}]")


def add_key(page: Page, key: str) -> None:
    """Ends where the dialog takes the next keys for its own."""
    row_of(page, key).get_by_role("button", name="Add a key").click()
    expect(page.locator(".capture")).to_be_visible()


def choose_preset(page: Page, name: str) -> None:
    page.keyboard.press("Alt+h")
    page.get_by_role("combobox", name="Preset").select_option(name)
    dismiss(page)


def test_a_person_gives_a_key_of_their_own_to_what_they_like(keys: Page) -> None:
    keys.keyboard.press("Alt+h")
    add_key(keys, "EraseInput")
    keys.keyboard.press("Control+e")
    expect(row_of(keys, "EraseInput")).to_contain_text("Ctrl+E")
    assert violations(keys) == []
    dismiss(keys)
    type_into(keys, "WRONG")
    sees(keys, "WRONG")
    keys.keyboard.press("Control+e")
    expect(screen_of(keys)).not_to_contain_text("WRONG")


def test_a_key_can_be_taken_away(keys: Page) -> None:
    keys.keyboard.press("Alt+h")
    row_of(keys, "PF3").get_by_role("button", name="Remove F3").click()
    expect(row_of(keys, "PF3")).not_to_contain_text("F3Remove")
    dismiss(keys)
    press(keys, "F3")  # would hang up
    type_into(keys, "DEMO01", "Enter")
    sees(keys, "INVALID")


def test_a_keyboard_of_ones_own_is_there_in_another_browser(keys: Page, chromium: Browser, desk_web: Web) -> None:
    keys.keyboard.press("Alt+h")
    add_key(keys, "EraseEOF")
    with keys.expect_response(lambda answer: answer.url.endswith("/settings") and answer.request.method == "PUT"):
        keys.keyboard.press("Control+y")
    other = chromium.new_context().new_page()
    with other.expect_response(lambda answer: answer.url.endswith("/settings")):
        other.goto(desk_web.url)
    other.get_by_role("button", name="More", exact=True).click()
    other.get_by_role("menuitem", name="Keyboard").click()
    expect(row_of(other, "EraseEOF")).to_contain_text("Ctrl+Y")
    other.context.close()


def test_with_the_keyboard_of_personal_communications_the_right_ctrl_is_enter(keys: Page) -> None:
    choose_preset(keys, "pcomm")
    type_into(keys, "DEMO01")
    sees(keys, "DEMO01")
    position = keys.locator(POSITION).inner_text()
    keys.keyboard.press("Enter")  # new line there
    expect(keys.locator(POSITION)).not_to_have_text(position)
    keys.keyboard.press("Tab")
    keys.keyboard.press("ControlRight")
    sees(keys, "INVALID")


def test_a_laptop_has_pf_keys_on_its_number_row(keys: Page) -> None:
    choose_preset(keys, "laptop")
    press(keys, "Alt+3")
    expect(keys.locator(".trouble")).to_contain_text("Open it again")  # PF3 hangs up


def test_keys_that_nobody_mapped_stay_with_the_browser(keys: Page) -> None:
    prevented = keys.evaluate(
        """() => ["f", "l", "p", "r", "t", "w"].filter((key) => {
            const held = { key, code: `Key${key.toUpperCase()}`, ctrlKey: true };
            const event = new KeyboardEvent("keydown", { ...held, cancelable: true, bubbles: true });
            return !document.querySelector("textarea.keys").dispatchEvent(event);
        })"""
    )
    assert prevented == []


def test_dead_keys_and_alt_gr_type_their_character(keys: Page) -> None:
    keys.evaluate(
        """() => {
            const altGr = { key: "@", code: "KeyQ", ctrlKey: true, altKey: true, modifierAltGraph: true, cancelable: true };
            window.swallowed = !document.querySelector("textarea.keys").dispatchEvent(new KeyboardEvent("keydown", altGr));
        }"""
    )
    assert not keys.evaluate("window.swallowed")
    keys.keyboard.insert_text("ü")
    keys.keyboard.insert_text("@")
    sees(keys, "ü@")


def test_the_keypad_presses_keys_and_leaves_the_keyboard_to_the_terminal(keys: Page) -> None:
    keys.get_by_role("button", name="3270 keys").click()
    type_into(keys, "WRONG")
    sees(keys, "WRONG")
    keys.get_by_role("button", name="Erase input").click()
    expect(screen_of(keys)).not_to_contain_text("WRONG")
    type_into(keys, "DEMO")
    sees(keys, "DEMO")
    assert violations(keys) == []


def test_a_tablet_has_the_keypad_and_taps(tablet: Page) -> None:
    page = tablet
    page.get_by_role("button", name="ASTs and runs").tap()
    expect(page.get_by_role("complementary", name="ASTs and runs")).to_be_in_viewport(ratio=1)
    page.get_by_role("button", name="ASTs and runs").tap()
    page.locator(".hosts:visible button").first.tap()
    sees(page, "USERID")
    unlocked(page)
    page.keyboard.type("DEMO01")
    page.get_by_role("group", name="3270 keys").get_by_role("button", name="Tab", exact=True).tap()
    page.keyboard.type("demo01")
    page.get_by_role("group", name="3270 keys").get_by_role("button", name="Enter", exact=True).tap()
    sees(page, "POLICY MENU")
    unlocked(page)
    before = page.locator(POSITION).inner_text()
    box = still_box(screen_of(page))
    page.touchscreen.tap(box["x"] + 10, box["y"] + 10)
    expect(page.locator(POSITION)).not_to_have_text(before)
    assert violations(page) == []
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")


def test_settings_are_chosen_with_the_keyboard_alone(keys: Page) -> None:
    choose(keys, "Settings…")
    assert violations(keys) == []
    dismiss(keys)
    type_into(keys, "BACK")
    sees(keys, "BACK")
