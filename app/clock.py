"""Times as text: ISO 8601, UTC, milliseconds. One form everywhere, so that text compares as time does."""

import time
from datetime import UTC, datetime

DAY = 24 * 3600


def now() -> str:
    """Like "2026-11-21T07:00:00.000Z"."""
    return of_unix(time.time())


def later(seconds: float) -> str:
    """The time `seconds` from now, in the same form."""
    return of_unix(time.time() + seconds)


def expiry(days: int) -> int:
    """For the `expires` attribute: Unix seconds, as DynamoDB's TTL wants it."""
    return int(time.time()) + days * DAY


def of_unix(moment: float) -> str:
    """A Unix time in the same form."""
    return text_of(datetime.fromtimestamp(moment, UTC))


def text_of(moment: datetime) -> str:
    """A time with a time zone in the same form."""
    return moment.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def time_of(text: str) -> datetime:
    return datetime.fromisoformat(text)
