"""The form of a run in Chromium: what is wrong is said before anything is sent, at the line or field it is about."""

from pathlib import Path

from playwright.sync_api import Page, expect

from tests.browser import violations
from tests.panel_parts import panel

pytest_plugins = ["tests.desk", "tests.panel_parts"]


def test_bad_lines_are_named_before_anything_is_sent(beside: Page) -> None:
    items = panel(beside).get_by_label("Items", exact=True)
    items.fill("policy\nP0000001\nXYZ\n\nP12")
    faults = panel(beside).get_by_role("alert")
    expect(faults).to_contain_text("2 lines can't be used")
    expect(faults).to_contain_text("XYZ is no policy number (P and seven digits)")
    faults.get_by_role("button", name="Line 5").click()
    assert items.evaluate("area => area.value.slice(area.selectionStart, area.selectionEnd)") == "P12"
    panel(beside).get_by_role("button", name="Run").click()
    expect(items).to_be_visible()  # nothing was started
    assert violations(beside) == []


def test_a_csv_file_is_taken_and_one_that_is_not_utf8_is_refused(beside: Page, tmp_path: Path) -> None:
    latin = tmp_path / "latin.csv"
    latin.write_bytes("policy\nMüller".encode("latin-1"))
    panel(beside).get_by_label("File with items").set_input_files(latin)
    expect(panel(beside)).to_contain_text("not UTF-8")
    panel(beside).get_by_label("File with items").set_input_files("examples/policies.csv")
    expect(panel(beside).get_by_role("button", name="Run 1,000 items")).to_be_visible()


def test_what_is_missing_is_said_at_its_field(beside: Page) -> None:
    panel(beside).get_by_label("AST", exact=True).select_option("login")
    panel(beside).get_by_label("Lanes").fill("0")
    panel(beside).get_by_role("button", name="Run").click()
    expect(panel(beside)).to_contain_text("Password is needed.")
    expect(panel(beside)).to_contain_text("Paste the items, or choose a file.")
    expect(panel(beside).get_by_label("Lanes")).to_be_focused()


def test_a_run_that_is_not_there_says_so(beside: Page) -> None:
    beside.evaluate("location.hash = '#/runs/r-000000000000000000'")
    expect(panel(beside).get_by_role("alert")).to_contain_text("There is no such run")
