"""What a person does with a screen besides typing: copy and paste, look back, print and save, click what it offers, change its looks."""

import re
import socket
from collections.abc import Callable, Iterator
from functools import partial
from threading import Event

import pytest
from playwright.sync_api import Page, expect

from tests.browser import dismiss, open_host, press, screen_of, screen_text, sees, sign_on, still_box, unlocked, violations
from tests.desk import choose, open_scripted, sent_keys, type_into
from tests.processes import wait_until
from tests.scripted_host import EOR, NEGOTIATION, ScriptedHost, read_until

pytest_plugins = ["tests.desk"]


def point_of(page: Page, row: int, column: int) -> tuple[float, float]:
    """Where a cell of the screen is in the window."""
    box = still_box(screen_of(page))
    return box["x"] + (column + 0.5) * box["width"] / 80, box["y"] + (row + 0.5) * box["height"] / 24


def find(page: Page, text: str) -> tuple[int, int]:
    """Row and column where the screen shows a text, once it does."""
    sees(page, text)
    return next((row, line.index(text)) for row, line in enumerate(screen_text(page)) if text in line)


def drag(page: Page, start: tuple[int, int], end: tuple[int, int]) -> None:
    page.mouse.move(*point_of(page, *start))
    page.mouse.down()
    page.mouse.move(*point_of(page, *end), steps=4)
    page.mouse.up()


NOTHING = "Nothing was copied."


def copied(page: Page, copy: Callable[[], None] | None = None) -> str:
    """What is on the clipboard after this, else after Ctrl+C."""
    page.evaluate("text => navigator.clipboard.writeText(text)", NOTHING)
    (copy or partial(page.keyboard.press, "Control+c"))()
    wait_until(lambda: clipboard(page) != NOTHING, 30, "something on the clipboard")
    return clipboard(page)


def clipboard(page: Page) -> str:
    return str(page.evaluate("navigator.clipboard.readText()"))


def put_on_clipboard(page: Page, text: str) -> None:
    page.evaluate("text => navigator.clipboard.writeText(text)", text)
    wait_until(lambda: clipboard(page) == text.replace("\r\n", "\n") or clipboard(page) == text, 30, "the text on the clipboard")


HELP = (
    b"\xf5\xc3\x11\x40\x40\x1d\x60"
    + "SEE https://help.example/renewals?id=7. OR CALL US".encode("cp037")
    + b"\x11\xc1\x50\x1d\x40\x13"
    + EOR
)


@pytest.fixture
def told(configured: dict[str, str], desk: Page) -> Iterator[Page]:
    """A screen with an address in a sentence, and below it a field to type in."""
    with ScriptedHost(NEGOTIATION + HELP) as host:
        open_scripted(desk, host.port, "https://help.example")
        yield desk


def test_what_was_typed_stands_on_the_screen_while_a_slow_host_works_and_after(configured: dict[str, str], desk: Page) -> None:
    answer = Event()

    def asks(title: str, text: str) -> bytes:
        title_at, field_at, end = b"\x11\x40\x40\x1d\x60", b"\x11\xc1\x50\x1d\x40\x13", b"\x11\xc1\x5a\x1d\x60"
        return b"\xf5\xc3" + title_at + title.encode("cp037") + field_at + text.encode("cp037") + end + EOR

    def talk(line: socket.socket) -> None:
        line.sendall(NEGOTIATION + asks("ASKS", "FIRST"))
        read_until(line, EOR)
        answer.wait(60)
        line.sendall(asks("ANSWERS", "TYPED"))  # as hosts do: what was sent to them, with the rest

    with ScriptedHost(talk) as host:
        open_scripted(desk, host.port, "ASKS")
        other = desk.context.new_page()
        other.goto(desk.url)
        sees(other, "FIRST")
        type_into(desk, "TYPED", "Enter")
        sees(other, "TYPED")
        answer.set()
        for page in (desk, other):
            sees(page, "ANSWERS")
            assert screen_text(page)[1].strip() == "TYPED"


def policy_list(page: Page) -> None:
    open_host(page)
    sign_on(page)
    type_into(page, "3", "Enter")
    sees(page, "POLICY LIST")
    unlocked(page)


def test_a_block_is_copied_column_by_column(desk: Page) -> None:
    open_host(desk)
    unlocked(desk)
    row, column = find(desk, "USERID ===>")
    below, _ = find(desk, "PASSWORD ===>")
    lines = screen_text(desk)
    drag(desk, (row, column), (below, column + 3))
    assert copied(desk).splitlines() == [line[column : column + 4].rstrip() for line in lines[row : below + 1]]


def test_with_alt_whole_lines_are_copied(desk: Page) -> None:
    open_host(desk)
    unlocked(desk)
    row, column = find(desk, "USERID ===>")
    desk.keyboard.down("Alt")
    drag(desk, (row, column), (row + 1, 10))
    desk.keyboard.up("Alt")
    lines = screen_text(desk)
    assert copied(desk) == f"{lines[row][column:].rstrip()}\n{lines[row + 1][:11].rstrip()}"


def test_a_list_is_copied_as_a_table(desk: Page) -> None:
    policy_list(desk)
    row, column = find(desk, "P1")
    drag(desk, (row, column), (row + 5, 79))
    screen_of(desk).click(button="right", position={"x": 300, "y": 200})
    rows = [line.split("\t") for line in copied(desk, desk.get_by_role("menuitem", name="Copy as table").click).splitlines()]
    policies = [row for row in rows if any(re.fullmatch(r"P\d{7}", cell) for cell in row)]
    assert len(policies) == 6 and len(policies[0]) > 2 and len({len(row) for row in policies}) == 1
    html = desk.evaluate(
        """async () => {
            const [item] = await navigator.clipboard.read();
            return (await item.getType("text/html")).text();
        }"""
    )
    assert "<td>" in html


def test_what_is_typed_into_a_hidden_field_is_never_copied(desk: Page) -> None:
    open_host(desk)
    sees(desk, "USERID")
    type_into(desk, "DEMO01", "Tab")
    desk.keyboard.type("demo01")
    desk.keyboard.press("Control+a")
    expect(desk.locator(".marks .selected").first).to_be_attached()
    text = copied(desk)
    assert "DEMO01" in text and "demo01" not in text


def test_pasted_text_goes_field_by_field(desk: Page) -> None:
    open_host(desk)
    sees(desk, "USERID")
    unlocked(desk)
    put_on_clipboard(desk, "DEMO01\tdemo01")
    desk.keyboard.press("Control+v")
    sees(desk, "USERID ===> DEMO01")
    assert "demo01" not in desk.content()
    press(desk, "Enter")
    sees(desk, "POLICY MENU")


def test_pasted_lines_go_down_the_fields(desk: Page) -> None:
    policy_list(desk)
    row, _ = find(desk, "P1")
    position = desk.locator(".oia .position")
    while int(position.inner_text().split("/")[0]) - 1 < row:
        before = position.inner_text()
        desk.keyboard.press("Tab")
        expect(position).not_to_have_text(before)
    column = int(position.inner_text().split("/")[1]) - 1
    put_on_clipboard(desk, "A\nB\r\nC\n")
    desk.keyboard.press("Control+v")
    expect(screen_of(desk).locator(".line").nth(row + 2)).to_contain_text("C")
    assert [line[column] for line in screen_text(desk)[row : row + 3]] == ["A", "B", "C"]


def test_past_screens_can_be_paged_back_through_and_searched(desk: Page) -> None:
    open_host(desk)
    sign_on(desk)
    desk.keyboard.press("Alt+ArrowLeft")
    sees(desk, "USERID ===> DEMO01")
    past = desk.get_by_role("region", name="Past screens")
    expect(past).to_contain_text("left by Enter")
    assert violations(desk) == []
    past.get_by_role("searchbox").fill("no such text")
    past.get_by_role("searchbox").press("Enter")
    expect(desk.locator(".oia .notice")).to_contain_text("No older screen")
    past.get_by_role("button", name="Back to the live screen").click()
    sees(desk, "POLICY MENU")


def test_a_key_pressed_at_a_past_screen_is_not_sent(desk: Page) -> None:
    open_host(desk)
    sign_on(desk)
    desk.keyboard.press("Alt+ArrowLeft")
    sees(desk, "USERID")
    desk.keyboard.press("F3")  # would sign off
    sees(desk, "POLICY MENU")
    unlocked(desk)
    sees(desk, "POLICY MENU")


def test_a_pf_key_on_the_screen_can_be_clicked(desk: Page) -> None:
    policy_list(desk)
    row, column = find(desk, "PF3=")
    desk.mouse.move(*point_of(desk, row, column + 1))
    expect(desk.locator(".marks .hot")).to_have_count(1)
    desk.mouse.click(*point_of(desk, row, column + 1))
    sees(desk, "POLICY MENU")


def test_an_address_on_the_screen_opens_in_a_window_that_knows_nothing_of_ours(told: Page) -> None:
    keys = sent_keys(told)
    told.context.route("https://help.example/**", lambda route: route.fulfill(body="<title>Help</title>", content_type="text/html"))
    row, column = find(told, "https://")
    told.mouse.move(*point_of(told, row, column + 3))
    expect(told.locator(".marks .hot")).to_have_count(1)
    with told.context.expect_page() as opened:
        told.mouse.click(*point_of(told, row, column + 3))
    other = opened.value
    expect(other).to_have_title("Help")
    assert other.url == "https://help.example/renewals?id=7"  # the full stop behind it ends the sentence
    assert other.evaluate("[window.opener, document.referrer]") == [None, ""]
    assert keys == []


def test_with_hot_spots_off_a_click_on_an_address_only_moves_the_cursor(told: Page) -> None:
    choose(told, "Settings…")
    told.get_by_label("can be clicked").uncheck()
    dismiss(told)
    row, column = find(told, "https://")
    told.mouse.click(*point_of(told, row, column + 3))
    expect(told.locator(".oia .position")).to_have_text(f"{row + 1:02}/{column + 4:03}")
    expect(told.locator(".marks .hot")).to_have_count(0)
    assert len(told.context.pages) == 1


def test_an_address_in_a_field_that_is_typed_in_is_text(told: Page) -> None:
    told.keyboard.type("www.example")
    row, column = find(told, "www.example")
    told.mouse.click(*point_of(told, row, column + 2))
    expect(told.locator(".oia .position")).to_have_text(f"{row + 1:02}/{column + 3:03}")
    assert len(told.context.pages) == 1


def test_a_screen_is_saved_as_text_and_as_html(desk: Page) -> None:
    open_host(desk)
    sign_on(desk)
    for title, ending, part in (
        ("Save as text", ".txt", "POLICY MENU"),
        ("Save as HTML", ".html", "<pre"),
        ("Save all past screens", ".log.txt", "left by Enter"),
    ):
        with desk.expect_download() as download:
            choose(desk, title)
        assert download.value.suggested_filename.endswith(ending)
        text = download.value.path().read_text(encoding="utf-8")
        assert part in text and "demo01" not in text


def test_a_screen_prints_alone_and_on_white(desk: Page) -> None:
    open_host(desk)
    sign_on(desk)
    desk.emulate_media(media="print")
    expect(desk.locator(".bar")).to_be_hidden()
    expect(desk.locator(".oia")).to_be_hidden()
    expect(screen_of(desk)).to_be_visible()
    expect(desk.locator("body")).to_have_css("background-color", "rgb(255, 255, 255)")
    assert desk.pdf().startswith(b"%PDF")


def test_themes_change_the_screen_and_stay(desk: Page) -> None:
    open_host(desk)
    sees(desk, "USERID")
    seen = set()
    choose(desk, "Settings…")
    for colours in ("3279", "green", "contrast", "paper"):
        desk.get_by_label("Colours of the screen").select_option(colours)
        expect(desk.locator("html")).to_have_attribute("data-colours", colours)
        seen.add(desk.evaluate("getComputedStyle(document.querySelector('.lines span')).color"))
        assert violations(desk) == []
    assert len(seen) == 4
    dismiss(desk)
    desk.reload()
    sees(desk, "USERID")
    expect(desk.locator("html")).to_have_attribute("data-colours", "paper")


def test_cursor_crosshair_and_typeface_are_a_matter_of_taste(desk: Page) -> None:
    open_host(desk)
    sees(desk, "USERID")
    expect(desk.locator(".cross.across")).to_be_hidden()
    choose(desk, "Settings…")
    block = still_box(desk.locator(".cursor"))
    desk.get_by_label("Crosshair at the cursor").check()
    expect(desk.locator(".cross.across")).to_be_visible()
    desk.get_by_role("combobox", name="Cursor", exact=True).select_option("underline")
    expect(desk.locator(".cursor")).to_have_css("height", "3px")
    assert block["height"] > 6
    desk.get_by_label("Typeface").select_option("system")
    expect(desk.locator(".screen")).to_have_css("font-family", re.compile(r"^(?!.*Plex)"))


def test_the_text_is_as_large_as_the_window_allows(desk: Page) -> None:
    open_host(desk)
    sees(desk, "USERID")
    sizes = [0.0]
    for width, height in ((1000, 600), (1360, 860), (1900, 1100)):
        desk.set_viewport_size({"width": width, "height": height})
        wait_until(lambda least=sizes[-1] * 1.1: width_of(desk) > least, 30, f"larger text in {width}x{height}")
        expect(screen_of(desk)).to_be_in_viewport(ratio=1)
        sizes.append(width_of(desk))


def width_of(page: Page) -> float:
    box = screen_of(page).bounding_box()
    return box["width"] if box else 0.0


def test_less_motion_means_nothing_blinks(desk: Page) -> None:
    open_host(desk)
    sees(desk, "USERID")
    choose(desk, "Settings…")
    desk.get_by_label("The cursor blinks").check()
    expect(desk.locator(".cursor")).to_have_css("animation-name", "blink")
    desk.emulate_media(reduced_motion="reduce")
    expect(desk.locator(".cursor")).to_have_css("animation-name", "none")


def test_a_screen_reader_hears_screens_fields_and_the_lock(desk: Page) -> None:
    open_host(desk)
    sees(desk, "USERID")
    unlocked(desk)
    said = desk.locator(".terminal.front [data-speech]")
    expect(said).to_contain_text("USERID")
    desk.keyboard.press("Tab")
    expect(said).to_contain_text("PASSWORD, hidden")
    desk.keyboard.press("ArrowUp")
    desk.keyboard.type("x")
    expect(desk.locator(".oia [role=status]").first).to_have_text("X Protected")


def test_a_screen_reader_hears_each_answer_though_its_title_is_the_same(desk: Page) -> None:
    open_host(desk)
    sign_on(desk)
    type_into(desk, "1", "Enter")
    said = desk.locator(".terminal.front [data-speech]")
    for policy in ("P1000001", "P1000003"):
        sees(desk, "POLICY NUMBER")
        type_into(desk, policy, "Enter")
        expect(said).to_contain_text(re.compile(f"POLICY INQUIRY.*POLICY NUMBER, 8 characters, {policy}"))
