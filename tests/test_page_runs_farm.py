"""The farm from the page, on real parts: preview, canary, limits, film, takeover of a parked item, configurations, exports, usage."""

import json
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
import requests
from openpyxl import Workbook
from playwright.sync_api import Page, expect

from app.broker.connection import client
from app.broker.names import rates_key
from app.store import runs
from tests.browser import sees, violations
from tests.conftest import Web
from tests.panel_parts import finished, panel, policies, rows, start
from tests.processes import ROOT

pytest_plugins = ["tests.desk", "tests.panel_parts"]
LOCKED = "P1001027"  # of examples/policies-mixed.csv: the host says that another user has it


def options(page: Page, **typed: str) -> None:
    """Opens the options of the form and fills these in."""
    if not panel(page).get_by_label("Canary").is_visible():
        panel(page).get_by_text("Limits and options").click()
    for label, text in typed.items():
        panel(page).get_by_label(label.replace("_", " "), exact=False).fill(text)


def test_a_spreadsheet_is_previewed_before_it_runs(beside: Page, tmp_path: Path) -> None:
    book = Workbook()
    for cell in ("policy", *policies(1, 3).split(), "nonsense"):
        book.active.append([cell])
    book.save(tmp_path / "list.xlsx")
    panel(beside).get_by_label("File with items").set_input_files(tmp_path / "list.xlsx")
    preview = panel(beside).get_by_role("region", name="Preview")
    expect(preview).to_contain_text("1 fault in 4 items")
    expect(preview).to_contain_text("policy")
    expect(preview.locator("tr.refused")).to_contain_text("nonsense")
    assert violations(beside) == []


def test_a_canary_waits_for_a_word_and_limits_change_while_it_runs(beside: Page) -> None:
    options(beside, Canary="5")
    start(beside, policies(1, 40), lanes=2)
    finished(beside, "paused")
    expect(panel(beside)).to_contain_text("Look at them, then resume")
    panel(beside).get_by_role("button", name="Limits").click()
    limits = panel(beside).get_by_role("form", name="Limits")
    limits.get_by_label("Lanes").fill("9000")
    limits.get_by_role("button", name="Apply").click()
    expect(limits).to_contain_text("at most")
    limits.get_by_label("Lanes").fill("3")
    limits.get_by_role("button", name="Apply").click()
    expect(limits).to_have_count(0)
    panel(beside).get_by_role("button", name="Resume").click()
    finished(beside)
    expect(panel(beside)).to_contain_text("40 of 40")


def test_the_screens_of_an_item_are_shown_as_a_strip_and_replayed(beside: Page) -> None:
    options(beside)
    panel(beside).get_by_label("Film").select_option("always")
    start(beside, policies(1, 2), lanes=1)
    finished(beside)
    rows(beside).first.click()
    strip = panel(beside).get_by_role("group", name="Film strip")
    expect(strip.locator(".projected")).to_contain_text("HOLDER")
    strip.get_by_role("button", name="Screen 1,").click()
    expect(strip).to_contain_text("1 of")
    strip.get_by_title("Replay").click()
    expect(strip.get_by_title("Screen after")).to_be_disabled()  # it went to its end
    assert violations(beside) == []


def test_a_person_takes_over_the_session_of_a_parked_item_and_decides(beside: Page) -> None:
    options(beside, Park="1")
    start(beside, LOCKED, lanes=1)
    panel(beside).get_by_role("link", name=re.compile("Waiting.*1")).click()
    waiting = panel(beside).get_by_role("list", name="Items that wait")
    expect(waiting).to_contain_text("POLICY LOCKED BY ANOTHER USER")
    assert violations(beside) == []
    waiting.get_by_role("link").first.click()
    panel(beside).get_by_role("button", name="Open its session").click()
    sees(beside, "POLICY LOCKED BY ANOTHER USER")
    deleted: list[str] = []
    beside.on("request", lambda request: deleted.append(request.url) if request.method == "DELETE" else None)
    beside.get_by_role("button", name="Close P1001027").click()  # the tab goes, the run keeps its lane
    expect(beside.locator(".tab").filter(has_text="P1001027")).to_have_count(0)
    panel(beside).get_by_role("button", name="Open its session").click()
    sees(beside, "POLICY LOCKED BY ANOTHER USER")
    assert deleted == []
    panel(beside).get_by_label("Note").fill("Seen by hand")
    panel(beside).get_by_role("button", name="It is done").click()
    detail = panel(beside).get_by_role("region", name="Item 1", exact=True)
    expect(detail).to_contain_text("Seen by hand")
    panel(beside).get_by_role("button", name="Results").click()
    finished(beside)


def over(run: runs.Run, **counts: int) -> None:
    runs.note_counts(run.id, counts)
    runs.fail(run.id, "Made by a test.")


@pytest.fixture
def old_run(configured: dict[str, str], desk_web: Web) -> Iterator[runs.Run]:
    """A run that is over, with two items that wait, and fifty newer ones."""
    me = requests.get(f"{desk_web.url}/auth/me", headers={"Authorization": f"Bearer {desk_web.token}"}, timeout=30).json()["id"]
    made = [runs.create(owner=me, ast="policy_inquiry", host="demo", rows=[(LOCKED, {"policy": LOCKED})]) for _ in range(51)]
    over(made[0], uncertain=2)
    for newer in made[1:]:
        over(newer, failed=1)
    yield made[0]
    runs.reopen(made[0].id)
    over(made[0], failed=1)


@pytest.mark.usefixtures("old_run")
def test_the_badge_counts_what_waits_in_runs_of_any_age(beside: Page) -> None:
    expect(panel(beside).get_by_role("link", name="Waiting")).to_have_text("Waiting2")


def test_a_page_opened_late_draws_how_quickly_the_run_went_from_its_beginning(configured: dict[str, str], beside: Page) -> None:
    start(beside, policies(1, 2), lanes=1)
    finished(beside)
    run = beside.url.rpartition("/")[2]
    client().delete(rates_key(run))
    for at, ended in ((0, 0), (2, 1), (4, 2)):
        client().rpush(rates_key(run), f"{1_700_000_000 + at}.0 {ended}")
    beside.reload()
    expect(panel(beside).get_by_role("img", name="Items a second over time, 0.5/s now")).to_be_visible()


def test_a_configuration_is_kept_used_and_deleted(beside: Page) -> None:
    options(beside, Canary="7")
    panel(beside).get_by_label("Lanes").fill("3")
    panel(beside).get_by_role("button", name="Save as…").click()
    dialog = beside.get_by_role("dialog", name="Save as a configuration")
    dialog.get_by_label("Name").fill("Three with a canary")
    dialog.get_by_role("button", name="Save").click()
    expect(panel(beside).get_by_label("Configuration")).not_to_have_value("")  # it is kept
    beside.reload()
    panel(beside).get_by_label("Configuration").select_option("Three with a canary")
    expect(panel(beside).get_by_label("Lanes")).to_have_value("3")
    expect(panel(beside)).to_contain_text("canary 7")
    panel(beside).get_by_role("button", name="Delete").click()
    beside.get_by_role("dialog").get_by_role("button", name="Delete").click()
    expect(panel(beside).get_by_label("Configuration")).to_have_value("")
    expect(panel(beside).get_by_role("option", name="Three with a canary")).to_have_count(0)


def test_results_are_exported_from_the_page(beside: Page, tmp_path: Path) -> None:
    start(beside, policies(1, 3), lanes=1)
    finished(beside)
    with beside.expect_download() as download:
        panel(beside).get_by_role("link", name="JSON").click()
    download.value.save_as(tmp_path / "run.json")
    assert [item["key"] for item in json.loads((tmp_path / "run.json").read_text())] == policies(1, 3).split()


def test_an_address_opens_the_panel_and_loading_again_leaves_it_closed(desk_web: Web, beside: Page) -> None:
    beside.get_by_role("button", name="ASTs and runs").click()
    expect(panel(beside)).to_have_count(0)
    beside.reload()
    expect(beside.locator(".welcome .hosts")).to_be_visible()
    expect(panel(beside)).to_have_count(0)
    beside.evaluate("location.hash = '#/usage'")
    expect(panel(beside)).to_contain_text("Over the last")
    beside.get_by_role("button", name="ASTs and runs").click()
    beside.goto("about:blank")
    beside.goto(f"{desk_web.url}/#/usage")
    expect(panel(beside)).to_contain_text("Over the last")


def test_hosts_and_usage_are_told(beside: Page) -> None:
    start(beside, policies(1, 3), lanes=1)
    finished(beside)
    panel(beside).get_by_role("link", name="Hosts").click()
    expect(panel(beside).get_by_role("region", name="Host demo")).to_contain_text("working")
    expect(panel(beside).get_by_role("region", name=re.compile("^Worker")).first).to_contain_text("Sessions")
    assert violations(beside) == []
    panel(beside).get_by_role("link", name="Usage").click()
    expect(panel(beside).get_by_role("region", name="By AST")).to_contain_text("Policy inquiry")
    assert violations(beside) == []


def test_what_the_examples_call_locked_is_in_them() -> None:
    assert LOCKED in (ROOT / "examples" / "policies-mixed.csv").read_text()
