"""Schedules in the store: whose they are, what is due, and that an occurrence is one worker's."""

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from app.clock import text_of
from app.errors import Conflict, NotFound
from app.occurrences import When
from app.store import keys, make_table, schedules, table
from app.store.schedules import Schedule

YEARLY = When(cron="0 0 1 1 *")
ROWS = [("P1", {"policy": "P1"}), ("P2", {"policy": "P2"})]


@pytest.fixture(autouse=True)
def _table(configured: dict[str, str]) -> None:
    make_table()


def a_schedule(owner: str = "u-1", when: When = YEARLY, **more: Any) -> Schedule:
    return schedules.create(owner=owner, ast="policy_inquiry", host="demo", when=when, rows=more.pop("rows", ROWS), **more)


def in_the_past(schedule: Schedule, seconds: float = 1, **more: Any) -> Schedule:
    """The same, due so many seconds ago."""
    at = text_of(datetime.now(UTC) - timedelta(seconds=seconds))
    table.update(keys.schedule(schedule.id), {"next": at, **schedules._woken(schedule.id, at), **more}, schedules._unchanged(schedule))
    return schedules.get(schedule.id)


def is_due(schedule: Schedule) -> bool:
    return schedule.id in {id for id, _ in schedules.due()}


def claimed(schedule: Schedule) -> Schedule:
    taken = schedules.claim(schedule, schedule.next, schedules.upcoming(schedule.when), "clock")
    assert taken is not None
    return taken


def test_a_schedule_is_its_owners_and_for_others_there_is_none() -> None:
    schedule = a_schedule("u-ada")
    assert schedules.get_owned(schedule.id, "u-ada") == schedules.get(schedule.id)
    with pytest.raises(NotFound):
        schedules.get_owned(schedule.id, "u-eve")
    assert schedule.id in {each.id for each in schedules.of_owner("u-ada")[0]}


def test_its_list_and_its_secrets_come_back_and_no_secret_is_stored_in_the_clear() -> None:
    schedule = a_schedule(parameters={"user": "DEMO01", "password": "marker-4711"}, secret=("password",))
    assert schedules.rows_of(schedule) == ROWS
    assert schedules.parameters(schedules.get(schedule.id)) == {"user": "DEMO01", "password": "marker-4711"}
    assert "marker-4711" not in str(table.get(keys.schedule(schedule.id)))


def test_a_list_of_several_chunks_keeps_its_order() -> None:
    rows = [(f"P{n}", {"policy": f"P{n}"}) for n in range(450)]
    assert schedules.rows_of(a_schedule(rows=rows)) == rows


def test_it_is_due_at_its_time_and_not_before() -> None:
    schedule = a_schedule()
    assert not is_due(schedule)
    assert is_due(in_the_past(schedule))


def test_an_occurrence_is_claimed_by_one_of_many_who_try() -> None:
    schedule = in_the_past(a_schedule())
    with ThreadPoolExecutor(8) as pool:
        taken = list(pool.map(lambda _: schedules.claim(schedule, schedule.next, "2099-01-01T00:00:00.000Z", "clock"), range(16)))
    assert sum(each is not None for each in taken) == 1
    assert not is_due(schedule)


def test_what_was_fired_is_written_down_and_it_sleeps_until_the_next_occurrence() -> None:
    schedule = in_the_past(a_schedule())
    firing = claimed(schedule)
    schedules.fired(firing, "started", firing.firing_run)
    after = schedules.get(schedule.id)
    assert (after.firing, after.last, after.last_run, after.wake) == ("", schedule.next, firing.firing_run, after.next)
    (entry,), _ = schedules.history(schedule.id)
    assert (entry.at, entry.outcome, entry.run) == (schedule.next, "started", firing.firing_run)


def test_a_firing_whose_worker_died_comes_up_again_for_one_other() -> None:
    dead = claimed(in_the_past(a_schedule()))
    past = text_of(datetime.now(UTC) - timedelta(seconds=1))
    table.update(keys.schedule(dead.id), schedules._woken(dead.id, past), schedules._unchanged(dead))
    found = schedules.get(dead.id)
    assert is_due(found)
    first, second = schedules.take_over(found), schedules.take_over(found)
    assert first is not None and second is None
    assert (first.firing, first.firing_run) == (dead.firing, dead.firing_run)


def test_paused_it_is_not_due_and_resumed_it_goes_on_with_what_is_to_come() -> None:
    schedule = in_the_past(a_schedule())
    schedules.pause(schedule.id)
    assert not is_due(schedule)
    with pytest.raises(Conflict, match="paused"):
        schedules.pause(schedule.id)
    resumed = schedules.resume(schedule.id)
    assert resumed.next > schedule.next and not is_due(schedule)
    with pytest.raises(Conflict, match="not paused"):
        schedules.resume(schedule.id)


def test_paused_while_it_fires_the_firing_ends_in_order_and_nothing_follows() -> None:
    firing = claimed(in_the_past(a_schedule()))
    schedules.pause(firing.id)
    schedules.fired(firing, "started", firing.firing_run)
    after = schedules.get(firing.id)
    assert (after.firing, after.last_run, after.wake, after.paused) == ("", firing.firing_run, "", True)


def test_a_past_moment_can_not_be_resumed() -> None:
    soon = When(once=text_of(datetime.now(UTC) + timedelta(milliseconds=300)))
    schedule = schedules.pause(a_schedule(when=soon).id)
    while schedules.upcoming(schedule.when):
        pass
    with pytest.raises(Conflict, match="no occurrence left"):
        schedules.resume(schedule.id)


def test_changes_made_at_the_same_time_do_not_overwrite_each_other() -> None:
    schedule = a_schedule()
    assert schedules.change(schedule, name="first").name == "first"
    with pytest.raises(Conflict):
        schedules.change(schedule, name="second")
    assert schedules.get(schedule.id).name == "first"


def test_a_new_list_replaces_the_old_one_and_a_deleted_schedule_leaves_nothing() -> None:
    schedule = a_schedule()
    changed = schedules.change(schedule, rows=ROWS[:1])
    assert schedules.rows_of(changed) == ROWS[:1]
    assert not list(table.rows(table.TABLE, keys.run(schedule.items)[0]))
    firing = claimed(in_the_past(changed))
    schedules.fired(firing, "failed", reason="for the history")
    schedules.delete(schedules.get(schedule.id))
    assert not list(table.rows(table.TABLE, keys.schedule(schedule.id)[0]))
    assert not list(table.rows(table.TABLE, keys.run(changed.items)[0]))


def test_the_history_is_paged_newest_first_and_keeps_the_last_thousand() -> None:
    schedule = a_schedule()
    table.put_all((keys.firing(schedule.id, n), {"n": n, "at": "", "fired": "", "outcome": "missed"}) for n in range(1, 1001))
    schedules.record(schedule, schedules.Fired(1001, "", "", "started"))
    first, cursor = schedules.history(schedule.id, limit=600)
    rest, end = schedules.history(schedule.id, cursor, limit=600)
    assert [entry.n for entry in first + rest] == list(range(1001, 1, -1)) and end is None


def test_asked_for_now_it_queues_an_occurrence_and_is_due() -> None:
    schedule = schedules.ask(a_schedule().id)
    assert len(schedule.queued) == 1 and is_due(schedule)
    schedules.pause(schedule.id)
    with pytest.raises(Conflict, match="paused"):
        schedules.ask(schedule.id)
