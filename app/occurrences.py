"""When a schedule is due: once, at an interval, or by cron in a time zone, never on a holiday. Pure: knows no clock and no store.

Cron is read as Debian's cron reads it, by cronsim: what daylight saving skips fires right after, what it repeats fires once,
and what is due each hour or minute goes on by the clock on the wall.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from functools import cache, lru_cache
from itertools import islice
from zoneinfo import ZoneInfo, available_timezones

import holidays
from cronsim import CronSim, CronSimError

from app.clock import text_of, time_of
from app.errors import BadInput

LEAST_SECONDS = 10  # between two occurrences of an interval
FIRST_YEAR, LAST_YEAR = 2, 9998
MOST_SECONDS = 366 * 86_400
DAYS_OFF = 1_000  # in a row, after which there is no next occurrence: a calendar that leaves no day


@dataclass(frozen=True, slots=True)
class When:
    """One of `once` (a time), `every` (seconds, counted from `since`) and `cron` (five fields, in `zone`). No occurrence falls
    on a day, in `zone`, that `holidays` has ("DE", "DE-BY": a country's, or its part's) or `days_off` names (YYYY-MM-DD)."""

    once: str = ""
    every: int = 0
    since: str = ""
    cron: str = ""
    zone: str = "UTC"
    holidays: str = ""
    days_off: tuple[str, ...] = ()


def check(when: When) -> None:
    """Raises BadInput with `errors` naming each thing that can't be used."""
    faults = [{"at": at, "message": message} for at, message in _faults(when)]
    if faults:
        raise BadInput("That is no time for a schedule: `errors` says why.", errors=faults)


def following(when: When, after: datetime) -> datetime | None:
    """The first occurrence later than `after` (aware), in UTC; None when there is none."""
    return next(occurrences(when, after), None)


def preview(when: When, after: datetime, count: int = 5) -> list[datetime]:
    return list(islice(occurrences(when, after), count))


def occurrences(when: When, after: datetime) -> Iterator[datetime]:
    """Each occurrence later than `after`, in UTC, without end for most."""
    zone, refused = ZoneInfo(when.zone), 0
    raw = _raw(when, after, zone)
    while (moment := next(raw, None)) is not None and refused < DAYS_OFF:
        day = moment.astimezone(zone).date()
        if not _is_off(when, day):
            refused = 0
            yield moment
            continue
        refused += 1
        raw = _raw(when, _end_of(day, zone), zone)  # past the whole day, however often it would be due


def local(text: str, zone: str) -> str:
    """A time as people write it, in UTC as the store writes it. One without an offset is meant in `zone`. Raises ValueError."""
    moment = _moment(text)
    return text_of(moment if moment.tzinfo else moment.replace(tzinfo=ZoneInfo(zone)))


def _raw(when: When, after: datetime, zone: ZoneInfo) -> Iterator[datetime]:
    """Occurrences as if there were no holidays."""
    if when.once:
        return iter([time_of(when.once)] if time_of(when.once) > after else [])
    if when.every:
        return _intervals(time_of(when.since), timedelta(seconds=when.every), after)
    return (moment.astimezone(UTC) for moment in CronSim(when.cron, after.astimezone(zone)))


def _intervals(since: datetime, every: timedelta, after: datetime) -> Iterator[datetime]:
    moment = since + every * max(1, (after - since) // every + 1)
    while True:
        yield moment
        moment += every


def _end_of(day: date, zone: ZoneInfo) -> datetime:
    return datetime.combine(day + timedelta(days=1), time(), zone).astimezone(UTC) - timedelta(microseconds=1)


def _is_off(when: When, day: date) -> bool:
    return day.isoformat() in when.days_off or bool(when.holidays) and day in _calendar(when.holidays)


@lru_cache(maxsize=64)
def _calendar(name: str) -> holidays.HolidayBase:
    """Raises NotImplementedError for a country or part that the library does not know."""
    country, _, part = name.partition("-")
    return holidays.country_holidays(country, subdiv=part or None)


@cache
def _zones() -> set[str]:
    return available_timezones()  # walks folders


def _faults(when: When) -> Iterator[tuple[str, str]]:
    if sum(map(bool, (when.once, when.every, when.cron))) != 1:
        yield "when", "Give one of once, every and cron."
    if when.zone not in _zones():
        yield "zone", f"{when.zone!r} is no time zone. Write it like Europe/Berlin."
        return
    if when.once and not _is_time(when.once):
        yield "when.once", "Write the time like 2026-11-21T07:00:00Z."
    if when.every and not LEAST_SECONDS <= when.every <= MOST_SECONDS:
        yield "when.every", f"An interval is {LEAST_SECONDS} to {MOST_SECONDS} seconds."
    if when.cron and (why := _cron_fault(when)):
        yield "when.cron", why
    if when.holidays and not _is_calendar(when.holidays):
        yield "holidays", f"{when.holidays!r} is no calendar. Name a country, or one with its part: DE, DE-BY, US, GB-ENG."
    for n, day in enumerate(when.days_off):
        if not _is_day(day):
            yield f"days_off.{n}", f"{day!r} is no day. Write it like 2026-12-24."


def _cron_fault(when: When) -> str:
    if len(when.cron.split()) != 5:
        return "Cron has five fields: minute, hour, day of month, month, day of week."
    try:
        found = next(CronSim(when.cron, datetime(2000, 1, 1, tzinfo=UTC)), None)
    except CronSimError as error:
        return f"{error}. The fields are minute, hour, day of month, month, day of week."
    return "" if found else "That day never comes."


def _moment(text: str) -> datetime:
    """Raises ValueError, also for one that is off the calendar in some zone."""
    moment = datetime.fromisoformat(text)
    if not FIRST_YEAR <= moment.year <= LAST_YEAR:
        raise ValueError("that is too far away")
    return moment


def _is_time(text: str) -> bool:
    try:
        return _moment(text).tzinfo is not None
    except ValueError:
        return False


def _is_day(text: str) -> bool:
    try:
        return date.fromisoformat(text).isoformat() == text
    except ValueError:
        return False


def _is_calendar(name: str) -> bool:
    try:
        _calendar(name)
    except (NotImplementedError, KeyError, AttributeError):
        return False
    return True
