"""A real Chromium for the tests of the page; what a person does with it, in a person's words."""

import os
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, FloatRect, Locator, Page, expect, sync_playwright

from tests.processes import ROOT

STATIC = ROOT / "app" / "web" / "static"
AXE = ROOT / "ui" / "node_modules" / "axe-core" / "axe.min.js"
PATIENCE = 30_000  # ms: the machine is shared


@pytest.fixture(scope="module")  # Playwright's event loop would be in the way of the tests of other modules
def chromium() -> Iterator[Browser]:
    """Debian's Chromium, or the one that IAST_CHROMIUM names."""
    path = os.environ.get("IAST_CHROMIUM", "/usr/bin/chromium")
    if not Path(path).exists():
        pytest.skip(f"no Chromium at {path}: install it (apt-get install chromium), or name one in IAST_CHROMIUM")
    if not (STATIC / ".vite" / "manifest.json").exists():
        pytest.skip("the page is not built: npm run build in ui/")
    expect.set_options(timeout=PATIENCE)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path)
        yield browser
        browser.close()


@pytest.fixture
def window(chromium: Browser) -> Iterator[Page]:
    """A fresh browser window, nothing stored; fails the test when the page reports an error or breaks the CSP."""
    context = chromium.new_context(viewport={"width": 1360, "height": 860}, permissions=["clipboard-read", "clipboard-write"])
    page = context.new_page()
    page.set_default_timeout(PATIENCE)
    complaints: list[str] = []
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.on("console", lambda line: complaints.append(line.text) if "Content Security Policy" in line.text else None)
    yield page
    context.close()
    assert not complaints


def open_host(page: Page, host: str = "demo") -> None:
    """Opens a session from the page that has none in front, or from the menu beside the tabs. Its tab is there and in front afterwards:
    what is then looked for can't be found on the screen of another session."""
    expect(page.locator(".hosts").first).to_be_attached()  # what was open before was asked for, and has its tab
    tabs = page.locator(".tab")
    before = tabs.count()
    if not page.locator(".welcome").is_visible():
        page.get_by_title("Open a session").click()
    page.locator(".hosts:visible button").filter(has=page.get_by_text(host, exact=True)).click()
    expect(tabs).to_have_count(before + 1)
    expect(tabs.last).to_have_class(re.compile(r"\bfront\b"))
    expect(page.locator(".terminal.front .stage")).to_have_count(1)


def sees(page: Page, text: str) -> None:
    """Waits till the host's screen in front shows the text."""
    expect(screen_of(page)).to_contain_text(text)


def screen_of(page: Page) -> Locator:
    return page.locator(".terminal.front .lines")


def screen_text(page: Page) -> list[str]:
    """The rows as painted, blanks and all."""
    return [line.replace("\u00a0", " ") for line in screen_of(page).locator(".line").all_text_contents()]


def unlocked(page: Page) -> None:
    """Waits till the keyboard is free, and the keys go to the terminal in front."""
    expect(page.locator(".terminal.front .oia .lock")).to_have_attribute("data-lock", "")
    expect(page.locator("dialog")).to_have_count(0)
    expect(page.locator(".terminal.front textarea.keys")).to_be_focused()


def dismiss(page: Page) -> None:
    """Closes the dialog by Escape."""
    page.keyboard.press("Escape")
    expect(page.locator("dialog")).to_have_count(0)


def still_box(place: Locator) -> FloatRect:
    """Where something is (CSS pixels), once all fonts are there and it has stopped moving: for clicks at a point of the window."""
    place.evaluate(
        """async (element) => {
            const frame = () => new Promise((done) => requestAnimationFrame(done));
            const where = () => JSON.stringify(element.getBoundingClientRect());
            await document.fonts.ready;
            for (let same = 0, before = where(); same < 3; before = where()) {
                await frame();
                same = where() === before && document.fonts.status === "loaded" ? same + 1 : 0;
            }
        }"""
    )
    box = place.bounding_box()
    assert box
    return box


def press(page: Page, *keys: str) -> None:
    """Keys for the host, each when the keyboard is free."""
    for key in keys:
        unlocked(page)
        page.keyboard.press(key)


def sign_on(page: Page, user: str = "DEMO01", password: str = "demo01") -> None:
    """Signs on to the mock mainframe by typing; ends on the menu."""
    sees(page, "USERID")
    unlocked(page)
    page.keyboard.type(user)
    page.keyboard.press("Tab")
    page.keyboard.type(password)
    page.keyboard.press("Enter")
    sees(page, "POLICY MENU")
    unlocked(page)


def violations(page: Page) -> list[str]:
    """What axe finds against WCAG 2.2 A and AA: one line a fault, [] when the page is clean."""
    page.evaluate(AXE.read_text())  # not as a script element: the CSP would refuse it
    found = page.evaluate("axe.run({runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa']})")
    return [f"{v['id']}: {node['target']} {node['failureSummary']}" for v in found["violations"] for node in v["nodes"]]
