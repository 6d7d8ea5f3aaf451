"""Pages: full ones, and cursors that tell a reader nothing and take nothing but a place in his own list."""

import json
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Callable, Iterable
from itertools import islice

from app.errors import BadInput
from app.store import table

MOST = 1_000


def page[T](things: Iterable[T], limit: int, place: Callable[[T], str | int]) -> tuple[list[T], str | None]:
    """The first `limit` things, and the cursor of what follows them; None when nothing does."""
    listed = list(islice(things, checked(limit) + 1))
    if len(listed) <= limit:
        return listed, None
    return listed[:limit], cursor(place(listed[limit - 1]))


def newest[T](partition: str, cursor: str | None, limit: int, made: Callable[[table.Row], T]) -> tuple[list[T], str | None]:
    """A page of what a user lists, newest first, each made of its row. Raises BadInput."""
    before = place_in(cursor)
    span = None if before is None else (lambda sort: sort.lt(str(before)))
    found = table.rows(table.LISTS, partition, span, newest_first=True, page=checked(limit) + 1)
    rows, following = page(found, limit, lambda row: str(row["gsi1sk"]))
    return [made(row) for row in rows], following


def checked(limit: int) -> int:
    """Raises BadInput."""
    if not 1 <= limit <= MOST:
        raise BadInput(f"A page has 1 to {MOST} entries.")
    return limit


def cursor(place: str | int) -> str:
    return urlsafe_b64encode(json.dumps(place).encode()).decode().rstrip("=")


def place_in(text: str | None) -> str | int | None:
    """The place a cursor names. Raises BadInput for what is no cursor of ours."""
    if text is None:
        return None
    try:
        place = json.loads(urlsafe_b64decode(text + "=" * (-len(text) % 4)))
    except ValueError:
        place = None
    if not isinstance(place, str | int) or isinstance(place, bool) or place == "":
        raise BadInput("That cursor is not one of ours. Begin at the first page again.")
    return place


def number_in(text: str | None) -> int:
    """The place a cursor of a numbered list names; 0 without one."""
    place = place_in(text)
    if place is None:
        return -1
    if not isinstance(place, int) or place < 0:
        raise BadInput("That cursor is not one of this list. Begin at the first page again.")
    return place
