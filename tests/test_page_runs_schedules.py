"""Schedules on the page, on real parts: made in the form of a run, fired, steered, changed, deleted; what came of them."""

from playwright.sync_api import Page, expect

from tests.browser import violations
from tests.panel_parts import finished, panel, policies

pytest_plugins = ["tests.desk", "tests.panel_parts"]


def make(page: Page, name: str) -> None:
    """A schedule at six every working day; ends on its own page."""
    panel(page).get_by_label("Items", exact=True).fill(policies(1, 3))
    panel(page).get_by_label("Start", exact=True).select_option("By cron")
    panel(page).get_by_label("Cron").fill("0 6 * * 1-5")
    panel(page).get_by_label("Time zone").fill("Europe/Zurich")
    expect(panel(page)).to_contain_text("Next:")
    panel(page).get_by_label("Name").fill(name)
    panel(page).get_by_role("button", name="Schedule 3 items").click()
    panel(page).get_by_role("list", name="Schedules").get_by_role("link", name=name).click()


def test_a_schedule_is_made_started_at_once_paused_and_deleted(beside: Page) -> None:
    make(beside, "Every morning")
    expect(panel(beside)).to_contain_text("cron 0 6 * * 1-5 in Europe/Zurich")
    assert violations(beside) == []
    panel(beside).get_by_role("button", name="Start now").click()
    history = panel(beside).get_by_role("region", name="What became of it")
    history.get_by_role("link", name="Its run").click()
    finished(beside)
    beside.go_back()
    panel(beside).get_by_role("button", name="Pause").click()
    expect(panel(beside).locator(".run-head .pill")).to_have_text("paused")
    panel(beside).get_by_role("button", name="Delete").click()
    beside.get_by_role("dialog").get_by_role("button", name="Delete").click()
    expect(panel(beside).get_by_role("link", name="Every morning")).to_have_count(0)


def test_the_time_of_a_schedule_is_changed(beside: Page) -> None:
    make(beside, "By the hour")
    panel(beside).get_by_role("button", name="Change the time").click()
    time = panel(beside).get_by_role("form", name="Time")
    time.get_by_label("Cron").fill("61 6 * * *")
    time.get_by_role("button", name="Apply").click()
    expect(time.locator(".row.refused")).to_be_visible()
    time.get_by_label("Start", exact=True).select_option("At an interval")
    time.get_by_label("Every").fill("2")
    time.get_by_role("button", name="Apply").click()
    expect(panel(beside)).to_contain_text("every 2 h 00 min")


def test_a_time_that_never_comes_is_refused_where_it_was_typed(beside: Page) -> None:
    panel(beside).get_by_label("Items", exact=True).fill(policies(1, 1))
    panel(beside).get_by_label("Start", exact=True).select_option("Once")
    panel(beside).get_by_role("button", name="Schedule 1 item").click()
    expect(panel(beside)).to_contain_text("Choose the day and the time.")
    panel(beside).get_by_label("Time", exact=True).fill("2020-01-01T06:00")
    panel(beside).get_by_role("button", name="Schedule 1 item").click()
    expect(panel(beside).locator(".row.refused")).to_contain_text("past")
