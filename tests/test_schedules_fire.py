"""Schedules fired by real workers, told by real beats, over a real store."""

from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from app.clock import now, text_of
from app.occurrences import When
from app.store import keys, runs, schedules, table
from app.store.schedules import Fired, Schedule
from app.up import commands
from tests.processes import Child, wait_until
from tests.web_parts import seeing

YEARLY = When(cron="0 0 1 1 *")


@pytest.fixture(scope="module")
def own(platform: dict[str, str]) -> dict[str, str]:
    """A Valkey database and a table that no other test's workers look at."""
    return {"REDIS_URL": platform["REDIS_URL"].removesuffix("/0") + "/9", "IAST_TABLE": "iast-schedules"}


@pytest.fixture(scope="module")
def farm(start_worker: Callable[..., Child], own: dict[str, str]) -> Iterator[Child]:
    worker = start_worker(**own)
    yield worker
    worker.kill()


@pytest.fixture
def here(configured: dict[str, str], own: dict[str, str], monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    yield from seeing(own, monkeypatch)


@pytest.fixture
def beats(folder: Path, platform: dict[str, str], own: dict[str, str], farm: Child, here: None) -> Iterator[None]:
    """Two beats at once, as when one is being replaced."""
    both = [Child(commands.beat(), folder / f"beat{n}.log", {**platform, **own}) for n in (1, 2)]
    yield
    for beat in both:
        assert beat.alive, beat.output()[-2000:]
        beat.kill()


def a_schedule(when: When, **more: Any) -> Schedule:
    rows = [("P0000001", {"policy": "P1000001"})]
    return schedules.create(owner="u-1", ast="policy_inquiry", host=more.pop("host", "demo"), when=when, rows=rows, **more)


def due(schedule: Schedule, seconds: float, **more: Any) -> Schedule:
    """The same, due so many seconds ago."""
    at = text_of(datetime.now(UTC) - timedelta(seconds=seconds))
    table.update(keys.schedule(schedule.id), {"next": at, **schedules._woken(schedule.id, at), **more}, schedules._unchanged(schedule))
    return schedules.get(schedule.id)


def history(schedule: Schedule) -> list[Fired]:
    return schedules.history(schedule.id)[0]


def fired(schedule: Schedule, count: int = 1, seconds: float = 30) -> list[Fired]:
    """Its history once it has so many entries, the oldest first."""
    wait_until(lambda: len(history(schedule)) >= count, seconds, f"{count} entries of the history")
    return history(schedule)[::-1]


def over(run: str) -> bool:
    return not runs.get(run).active


def a_run_that_goes_on() -> str:
    """Paused: nobody ends it."""
    run = runs.create(owner="u-1", ast="policy_inquiry", host="demo", rows=[("P1", {"policy": "P1000001"})])
    return runs.pause(run.id).id


def test_a_schedule_starts_its_run_once_at_its_time_though_two_beats_run(beats: None) -> None:
    moment = datetime.now(UTC) + timedelta(seconds=2)
    schedule = a_schedule(When(once=text_of(moment)), name="Tonight")
    (entry,) = fired(schedule)
    assert entry.outcome == "started" and entry.fired >= entry.at == schedule.next
    wait_until(lambda: over(entry.run), 60, "the end of the run")
    run = runs.get(entry.run)
    assert (run.status, run.owner, run.name, run.total) == ("finished", "u-1", "Tonight", 1)
    assert len(history(schedule)) == 1 and schedules.get(schedule.id).next == ""


def test_an_interval_fires_again_and_again(beats: None) -> None:
    schedule = a_schedule(When(every=3600, since=now()), overlap="parallel")
    (first,) = fired(due(schedule, 0))
    wait_until(lambda: (now_is := schedules.get(schedule.id)).wake == now_is.next > first.at, what="the next occurrence")
    following = schedules.get(schedule.id)
    second = fired(due(following, 0), 2)[1]
    assert (first.outcome, second.outcome) == ("started", "started") and second.run != first.run


def test_what_nothing_ran_to_fire_is_missed_or_fired_once_as_the_schedule_says(beats: None) -> None:
    skipped = due(a_schedule(YEARLY), 7200)
    made_up = due(a_schedule(YEARLY, missed="fire-once"), 7200)
    assert fired(skipped)[0].outcome == "missed"
    entry = fired(made_up)[0]
    assert (entry.outcome, entry.at) == ("started", made_up.next) and "Late" in entry.reason
    assert schedules.get(made_up.id).next > now()


def test_while_its_run_goes_on_an_occurrence_is_skipped_or_queued_or_started_as_the_schedule_says(beats: None) -> None:
    before = a_run_that_goes_on()
    skip, queue, parallel = (due(a_schedule(YEARLY, overlap=rule), 1, last_run=before) for rule in ("skip", "queue", "parallel"))
    assert [fired(each)[0].outcome for each in (skip, queue, parallel)] == ["skipped", "queued", "started"]
    assert before in fired(skip)[0].reason
    runs.fail(before, "its end")
    waited = fired(queue, 2)[1]
    assert waited.outcome == "started" and not schedules.get(queue.id).queued


def test_a_schedule_that_can_not_start_says_why_and_goes_on(beats: None) -> None:
    schedule = due(a_schedule(When(every=3600, since=now()), host="gone"), 1)
    entry = fired(schedule)[0]
    assert entry.outcome == "failed" and entry.reason
    assert schedules.get(schedule.id).next > now()


def test_a_firing_whose_worker_died_half_way_starts_no_second_run(beats: None) -> None:
    """Claimed, the run made, and then nothing more was heard."""
    schedule = due(a_schedule(YEARLY), -3600)
    dead = schedules.claim(schedule, schedule.next, schedules.upcoming(YEARLY), "clock")
    assert dead is not None
    made = runs.create(id=dead.firing_run, owner="u-1", ast="policy_inquiry", host="demo", rows=schedules.rows_of(dead))
    table.update(keys.schedule(dead.id), schedules._woken(dead.id, now()), schedules._unchanged(dead))
    (entry,) = fired(schedule)
    assert (entry.outcome, entry.run) == ("started", made.id)
    wait_until(lambda: over(made.id), 60, "the end of the run")


def test_many_schedules_of_one_moment_all_fire_once(beats: None) -> None:
    many = [a_schedule(YEARLY, host="gone") for _ in range(60)]
    for schedule in many:
        due(schedule, 0)
    wait_until(lambda: all(schedules.get(each.id).fired for each in many), 60, "60 firings")
    assert {schedules.get(each.id).fired for each in many} == {1}
