"""Launchers on the page, on real parts: made of configurations, launched over one list, their runs followed."""

from playwright.sync_api import Page, expect

from tests.browser import violations
from tests.panel_parts import panel, policies

pytest_plugins = ["tests.desk", "tests.panel_parts"]


def keep_configuration(page: Page, name: str) -> None:
    panel(page).get_by_role("button", name="Save as…").click()
    dialog = page.get_by_role("dialog", name="Save as a configuration")
    dialog.get_by_label("Name").fill(name)
    dialog.get_by_role("button", name="Save").click()
    expect(panel(page).get_by_label("Configuration")).not_to_have_value("")


def test_two_configurations_are_launched_one_after_the_other(beside: Page) -> None:
    keep_configuration(beside, "First look")
    panel(beside).get_by_role("link", name="Several in a row").click()
    panel(beside).get_by_role("button", name="New launcher").click()
    editor = panel(beside).get_by_role("form", name="New launcher")
    editor.get_by_label("Name").fill("Look twice")
    for n in range(2):
        editor.get_by_label("Steps").select_option(label="First look: Policy inquiry")
        expect(editor.get_by_role("listitem")).to_have_count(n + 1)
    assert violations(beside) == []
    editor.get_by_role("button", name="Save the launcher").click()
    panel(beside).get_by_label("Items", exact=True).fill(policies(1, 3))
    panel(beside).get_by_role("button", name="Launch over 3 items").click()
    expect(panel(beside).locator(".run-head .pill")).to_have_text("finished", timeout=60_000)
    steps = panel(beside).get_by_role("list", name="Steps")
    expect(steps.get_by_role("link")).to_have_count(2)
    expect(steps.locator(".pill")).to_have_text(["finished", "finished"])
    assert violations(beside) == []
