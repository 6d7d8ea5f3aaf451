"""What becomes of an item and its lane; how large a task is; who gets a host's lanes; a host's hours; what a failure budget is."""

from datetime import UTC, datetime

import pytest

from app import windows
from app.asts.script import Done, Doubtful, Failed, Parked, Refused
from app.errors import BadInput
from app.tasks.fate import Fate, fate
from app.tasks.feeding import a_task
from app.tasks.progress import over_budget
from app.tasks.shares import Wish, shares

LOST = Failed("gone", "host-lost", intact=False)


def test_what_the_business_refuses_is_never_tried_again() -> None:
    assert fate(Refused("no"), "none", 1, True, True) == Fate("end", "refused")


def test_an_item_whose_lane_broke_before_it_committed_goes_on_elsewhere() -> None:
    assert fate(LOST, "none", 1, True, False) == Fate("again", seconds=1, lane="drop")


def test_the_pause_doubles_and_ends_after_the_last_attempt() -> None:
    assert fate(LOST, "none", 3, True, False).seconds == 4
    assert fate(LOST, "none", 4, True, False) == Fate("end", "failed", lane="drop")


@pytest.mark.parametrize("journal", ["committing", "committed"])
def test_what_broke_off_after_a_commit_is_asked_of_the_host(journal: str) -> None:
    assert fate(Doubtful("gone"), journal, 1, True, True) == Fate("doubt", lane="drop")
    assert fate(LOST, journal, 1, True, True) == Fate("doubt", lane="drop")


def test_without_verify_a_person_decides() -> None:
    assert fate(Doubtful("gone"), "committing", 1, False, False) == Fate("end", "uncertain", lane="drop")


def test_a_lock_is_tried_again_on_the_same_lane() -> None:
    assert fate(Failed("LOCKED", "locked"), "none", 1, False, False) == Fate("again", seconds=2)


def test_a_failing_item_waits_for_a_person_where_the_run_allows_it() -> None:
    stuck = Failed("odd", "unexpected-screen", intact=False)
    assert fate(stuck, "none", 2, True, True) == Fate("end", "parked", lane="park")
    assert fate(stuck, "none", 2, True, False) == Fate("end", "failed", lane="drop")
    assert fate(Parked("look"), "none", 1, True, False).lane == "park"


def test_a_bug_in_a_script_is_not_tried_again() -> None:
    assert fate(Failed("bug", "script-error", intact=False), "none", 1, True, False) == Fate("end", "failed", lane="drop")
    assert fate(Done(), "committed", 1, True, True) == Fate("end", "succeeded")


def test_a_task_is_one_slow_item_or_many_quick_ones() -> None:
    assert a_task(seconds=30, left=10_000, lanes=50) == 1
    assert a_task(seconds=1, left=10_000, lanes=50) == 5
    assert a_task(seconds=0.1, left=10_000, lanes=50) == 32


def test_towards_the_end_of_a_list_tasks_get_smaller() -> None:
    assert [a_task(seconds=0.25, left=left, lanes=50) for left in (5000, 500, 200, 0)] == [20, 10, 4, 1]


def test_equal_runs_share_a_hosts_lanes_alike() -> None:
    assert shares([Wish("a", 5, 50), Wish("b", 5, 50)], 50) == {"a": 25, "b": 25}


def test_what_one_run_leaves_goes_to_the_others() -> None:
    assert shares([Wish("a", 5, 3), Wish("b", 5, 50), Wish("c", 5, 50)], 43) == {"a": 3, "b": 20, "c": 20}


def test_an_urgent_run_comes_first_and_the_rest_get_what_it_leaves() -> None:
    assert shares([Wish("slow", 1, 50), Wish("urgent", 9, 40)], 50) == {"urgent": 40, "slow": 10}
    assert sum(shares([Wish(str(n), 5, 10) for n in range(9)], 4).values()) == 4


MONDAY = datetime(2026, 11, 23, 6, 30, tzinfo=UTC)  # 07:30 in Zurich


def test_a_window_is_in_the_hosts_own_time_zone() -> None:
    assert windows.is_open(["Mon-Fri 07:00-19:00"], "Europe/Zurich", MONDAY)
    assert not windows.is_open(["Mon-Fri 07:00-19:00"], "UTC", MONDAY)
    assert windows.opens(["Mon-Fri 07:00-19:00"], "UTC", MONDAY) == MONDAY.replace(hour=7, minute=0)


def test_a_window_may_go_on_past_midnight() -> None:
    assert windows.is_open(["Sun 22:00-07:00"], "UTC", MONDAY)
    assert not windows.is_open(["Mon 22:00-07:00"], "UTC", MONDAY)


@pytest.mark.parametrize("text", ["Mon-Fri", "Monday 07:00-19:00", "07:00-07:00", "25:00-26:00", ""])
def test_a_window_that_makes_no_sense_is_refused(text: str) -> None:
    with pytest.raises(BadInput):
        windows.parse(text)


def test_a_failure_budget_is_a_number_or_a_share() -> None:
    assert over_budget("3", 3, 1000) and not over_budget("3", 2, 1000) and not over_budget("", 99, 99)
    assert over_budget("5%", 5, 100) and not over_budget("5%", 4, 100)
    assert not over_budget("5%", 1, 2)  # the first failure is not the whole list
