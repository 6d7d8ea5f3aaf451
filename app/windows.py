"""When a host may be worked: windows of the week in its time zone, such as "Mon-Fri 07:00-19:00". Pure; reads no clock."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from app.errors import BadInput

DAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
_FORM = re.compile(r"(?:([A-Z][a-z]{2})(?:-([A-Z][a-z]{2}))? )?([0-2]\d):([0-5]\d)-([0-2]\d):([0-5]\d)")
_LOOK_AHEAD = 8 * 24 * 60  # minutes: any window opens within a week


@dataclass(frozen=True, slots=True)
class Window:
    """Minutes of the day on some days (0 = Monday). One that ends before it begins goes on past midnight; 24:00 ends a day."""

    days: frozenset[int]
    begin: int
    end: int

    def has(self, day: int, minute: int) -> bool:
        if self.begin < self.end:
            return day in self.days and self.begin <= minute < self.end
        return (day in self.days and minute >= self.begin) or ((day - 1) % 7 in self.days and minute < self.end)


def parse(text: str) -> Window:
    """Raises BadInput."""
    found = _FORM.fullmatch(text.strip())
    first, last = (found[1] or "Mon", found[2] or found[1] or "Sun") if found else ("", "")
    if found is None or first not in DAYS or last not in DAYS:
        raise BadInput(f"A window is written like Mon-Fri 07:00-19:00, or 22:00-06:00 for every day; not {text!r}.")
    begin, end = int(found[3]) * 60 + int(found[4]), int(found[5]) * 60 + int(found[6])
    if begin >= 24 * 60 or end > 24 * 60 or begin == end:
        raise BadInput(f"The window {text!r} has no such hours.")
    at, to = DAYS.index(first), DAYS.index(last)
    return Window(frozenset((at + i) % 7 for i in range((to - at) % 7 + 1)), begin, end)


def zone(name: str) -> ZoneInfo:
    """Raises BadInput."""
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        raise BadInput(f"There is no time zone {name!r}. They are named like Europe/Zurich.") from None


def is_open(windows: Sequence[str], time_zone: str, moment: datetime) -> bool:
    """Whether a host with these windows may be worked at this moment; with none, always."""
    local = moment.astimezone(zone(time_zone))
    return not windows or any(parse(text).has(local.weekday(), local.hour * 60 + local.minute) for text in windows)


def opens(windows: Sequence[str], time_zone: str, moment: datetime) -> datetime | None:
    """The next moment, to the minute, when it may be worked; None when it may now."""
    if is_open(windows, time_zone, moment):
        return None
    minute = moment.replace(second=0, microsecond=0)
    later = (minute + timedelta(minutes=i) for i in range(1, _LOOK_AHEAD))
    return next((at for at in later if is_open(windows, time_zone, at)), None)
