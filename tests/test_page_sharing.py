"""Two people at one session, each in a browser of their own: watching, taking the keyboard, the end of it."""

from collections.abc import Iterator

import oidc_provider_mock
import pytest
from playwright.sync_api import Browser, Page, expect

from app.up.ports import free_port
from tests.browser import dismiss, open_host, press, sees, sign_on, unlocked, violations
from tests.conftest import WebFactory, WorkerFactory
from tests.desk import choose, close_all

pytest_plugins = ["tests.desk"]


@pytest.fixture(scope="module")
def house(start_worker: WorkerFactory, start_web: WebFactory) -> Iterator[str]:
    """The address of a web process that signs people in at a provider."""
    people = tuple(
        oidc_provider_mock.User(sub=name.lower(), claims={"name": name, "email": f"{name.lower()}@example.com"})
        for name in ("Anna", "Bert")
    )
    start_worker()
    with oidc_provider_mock.run_server_in_thread(user_claims=people) as server:
        port = str(free_port())
        oidc = {"OIDC_ISSUER": f"http://localhost:{server.server_port}", "OIDC_CLIENT_ID": "iast", "OIDC_CLIENT_SECRET": "s" * 20}
        yield start_web(**oidc, IAST_PORT=port, IAST_PUBLIC_URL=f"http://127.0.0.1:{port}").url


def sign_in(browser: Browser, house: str, name: str) -> Page:
    page = browser.new_context(viewport={"width": 1200, "height": 800}).new_page()
    page.goto(house)
    page.get_by_role("button", name=f"Authorize as {name}").click()
    expect(page.locator(".hosts").first).to_be_attached()
    return page


@pytest.fixture
def anna(chromium: Browser, house: str) -> Iterator[Page]:
    page = sign_in(chromium, house, "anna")
    yield page
    close_all(page, house)
    page.context.close()


@pytest.fixture
def bert(chromium: Browser, house: str) -> Iterator[Page]:
    page = sign_in(chromium, house, "bert")
    yield page
    page.context.close()


def share(page: Page, email: str, may: str) -> None:
    page.get_by_role("button", name="More", exact=True).click()
    page.get_by_role("menuitem", name="Share this session").click()
    page.get_by_label("E-mail of a colleague").fill(email)
    page.get_by_role("combobox", name="May").select_option(may)
    page.get_by_role("dialog").get_by_role("button", name="Share", exact=True).click()
    expect(page.locator("dialog .macros li")).to_have_count(1)


def test_a_colleague_watches_takes_the_keyboard_and_is_shown_out(anna: Page, bert: Page) -> None:
    open_host(anna)
    sign_on(anna)
    share(anna, "bert@example.com", "control")
    assert violations(anna) == []
    dismiss(anna)

    bert.reload()
    sees(bert, "POLICY MENU")
    strip = bert.get_by_role("region", name="Shared session")
    expect(strip).to_contain_text("Anna has the keyboard")
    expect(anna.get_by_role("region", name="Shared session")).to_contain_text("Bert is watching")
    bert.keyboard.type("1")
    expect(bert.locator(".oia .notice")).to_contain_text("Somebody else has the keyboard")
    assert violations(bert) == []

    strip.get_by_role("button", name="Take control").click()
    expect(strip).to_contain_text("You have the keyboard")
    expect(anna.locator(".oia .lock")).to_have_text("X Watching")
    unlocked(bert)
    bert.keyboard.type("1")
    press(bert, "Enter")
    sees(anna, "POLICY INQUIRY")

    anna.get_by_role("button", name="Take control").click()
    unlocked(anna)
    anna.get_by_role("button", name="Sharing…").click()
    anna.get_by_role("button", name="Stop sharing", exact=True).click()
    expect(bert.locator(".trouble")).to_be_visible()


def test_who_may_only_watch_is_not_offered_the_keyboard(anna: Page, bert: Page) -> None:
    open_host(anna)
    sign_on(anna)
    share(anna, "bert@example.com", "watch")
    bert.reload()
    sees(bert, "POLICY MENU")
    expect(bert.get_by_role("region", name="Shared session")).to_be_visible()
    expect(bert.get_by_role("button", name="Take control")).to_have_count(0)


def test_signing_out_ends_it_in_every_window_and_the_session_waits(anna: Page, house: str) -> None:
    open_host(anna)
    sign_on(anna)
    other = anna.context.new_page()
    other.goto(house)
    sees(other, "POLICY MENU")
    choose(anna, "Sign out")
    expect(other.get_by_role("button", name="Authorize as anna")).to_be_visible()  # within seconds, by itself
    anna.goto(house)
    anna.get_by_role("button", name="Authorize as anna").click()
    sees(anna, "POLICY MENU")


def test_an_unknown_colleague_is_refused_with_the_reason(anna: Page) -> None:
    open_host(anna)
    sees(anna, "USERID")
    anna.get_by_role("button", name="More", exact=True).click()
    anna.get_by_role("menuitem", name="Share this session").click()
    anna.get_by_label("E-mail of a colleague").fill("nobody@example.com")
    anna.get_by_role("dialog").get_by_role("button", name="Share", exact=True).click()
    expect(anna.locator("dialog [role=alert]")).not_to_be_empty()
