"""When schedules are due: cron over daylight saving, intervals, moments, holidays. Pure."""

from datetime import datetime

import pytest

from app import occurrences
from app.errors import BadInput
from app.occurrences import When


def times(when: When, after: str, count: int = 3) -> list[str]:
    return [each.strftime("%m-%dT%H:%M") for each in occurrences.preview(when, datetime.fromisoformat(after + "Z"), count)]


def faults(when: When) -> dict[str, str]:
    with pytest.raises(BadInput) as refused:
        occurrences.check(when)
    return {fault["at"]: fault["message"] for fault in refused.value.facts["errors"]}  # type: ignore[attr-defined]


def test_cron_is_read_on_the_clock_of_its_zone_in_summer_and_winter() -> None:
    nine = When(cron="0 9 * * *", zone="America/New_York")
    assert times(nine, "2026-03-07T00:00", 3) == ["03-07T14:00", "03-08T13:00", "03-09T13:00"]


def test_what_daylight_saving_skips_fires_right_after() -> None:
    assert times(When(cron="30 2 * * *", zone="Europe/Berlin"), "2026-03-28T02:00", 2) == ["03-29T01:00", "03-30T00:30"]


def test_what_daylight_saving_repeats_fires_once() -> None:
    assert times(When(cron="30 2 * * *", zone="Europe/Berlin"), "2026-10-24T02:00", 2) == ["10-25T00:30", "10-26T01:30"]


def test_what_is_due_every_half_hour_goes_on_through_the_repeated_hour() -> None:
    half = When(cron="*/30 * * * *", zone="Europe/Berlin")
    assert times(half, "2026-10-24T23:45", 4) == ["10-25T00:00", "10-25T00:30", "10-25T01:00", "10-25T01:30"]


def test_a_zone_without_whole_hours_works() -> None:
    assert times(When(cron="0 6 * * MON", zone="Asia/Kolkata"), "2026-11-21T00:00", 1) == ["11-23T00:30"]


def test_an_interval_is_elapsed_time_from_its_start_whatever_the_clocks_do() -> None:
    daily = When(every=86_400, since="2026-10-24T10:00:00Z", zone="Europe/Berlin")
    assert times(daily, "2026-10-24T12:00", 2) == ["10-25T10:00", "10-26T10:00"]
    assert times(daily, "2026-11-01T10:00", 1) == ["11-02T10:00"]  # strictly later
    assert times(daily, "2026-01-01T00:00", 1) == ["10-25T10:00"]  # never before it began


def test_a_moment_is_due_once() -> None:
    moment = When(once="2026-11-21T07:00:00.000Z")
    assert times(moment, "2026-11-21T06:59") == ["11-21T07:00"]
    assert times(moment, "2026-11-21T07:00") == []


def test_a_moment_without_an_offset_is_meant_in_the_zone() -> None:
    assert occurrences.local("2026-07-01T08:00", "Europe/Berlin") == "2026-07-01T06:00:00.000Z"
    assert occurrences.local("2026-07-01T08:00+00:00", "Europe/Berlin") == "2026-07-01T08:00:00.000Z"


def test_nothing_is_due_on_a_public_holiday() -> None:
    workdays = When(cron="0 8 * * MON-FRI", zone="Europe/Berlin", holidays="DE")
    assert times(workdays, "2026-12-24T00:00", 2) == ["12-24T07:00", "12-28T07:00"]  # the 25th is a Friday


def test_holidays_of_a_part_of_a_country_are_its_own() -> None:
    daily = {"cron": "0 8 * * *", "zone": "Europe/Berlin"}
    assert times(When(**daily, holidays="DE"), "2027-01-05T12:00", 1) == ["01-06T07:00"]  # type: ignore[arg-type]
    assert times(When(**daily, holidays="DE-BY"), "2027-01-05T12:00", 1) == ["01-07T07:00"]  # type: ignore[arg-type]  # Epiphany


def test_a_day_off_is_the_zones_day_not_utcs() -> None:
    late = When(cron="30 23 * * *", zone="America/New_York", days_off=("2026-11-26",))
    assert times(late, "2026-11-26T00:00", 2) == ["11-26T04:30", "11-28T04:30"]  # the evening of the 25th, then of the 27th


def test_each_minute_is_not_stepped_through_on_a_day_off() -> None:
    minutely = When(cron="* * * * *", days_off=("2026-11-21", "2026-11-22"))
    assert times(minutely, "2026-11-21T00:00", 1) == ["11-23T00:00"]


def test_a_moment_on_a_holiday_never_comes() -> None:
    assert times(When(once="2026-12-25T08:00:00.000Z", holidays="DE"), "2026-11-21T00:00") == []


@pytest.mark.parametrize(
    ("when", "at"),
    [
        (When(), "when"),
        (When(cron="0 9 * * *", every=60), "when"),
        (When(cron="0 9 * *"), "when.cron"),
        (When(cron="0 0 9 * * *"), "when.cron"),
        (When(cron="61 * * * *"), "when.cron"),
        (When(cron="0 0 30 2 *"), "when.cron"),
        (When(cron="0 9 * * *", zone="Mars/Olympus"), "zone"),
        (When(cron="0 9 * * *", zone=""), "zone"),
        (When(once="tomorrow"), "when.once"),
        (When(once="2026-11-21T07:00:00"), "when.once"),
        (When(every=5, since="2026-11-21T07:00:00Z"), "when.every"),
        (When(cron="0 9 * * *", holidays="XX"), "holidays"),
        (When(cron="0 9 * * *", holidays="DE-ZZ"), "holidays"),
        (When(cron="0 9 * * *", days_off=("24.12.2026",)), "days_off.0"),
    ],
)
def test_a_time_that_can_not_be_used_is_named(when: When, at: str) -> None:
    assert list(faults(when)) == [at]
