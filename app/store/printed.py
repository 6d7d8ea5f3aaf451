"""Print jobs of terminal sessions: text in parts, sealed, with an expiry. Kept while it is printed: a worker may die at any line.

Whoever writes has bounded the job and taken control characters out. Who may see a job may see its session: `shares.get_allowed`.
"""

import zlib
from collections.abc import Iterator
from dataclasses import dataclass

from boto3.dynamodb.conditions import Attr

from app.clock import expiry, now
from app.errors import Conflict, NotFound
from app.sealing import seal, unseal
from app.store import keys, pages, table
from app.store.entities import entity, row_of
from app.store.sessions import Session

KEPT_DAYS = 30  # no longer than its session
MOST_JOBS = 200  # of a session, at a time
PART_CHARACTERS = 80_000  # of a whole part: even sealed and of the widest characters well under a row's 400 KB
_MOST_PARTS = 10_000


@dataclass(frozen=True, slots=True)
class PrintJob:
    """A print job of a session. `size` is in characters; `note` says what is amiss with it, "" for nothing; `expires` is Unix time."""

    id: str
    session: str
    lu: str
    started: str = ""
    ended: str = ""
    pages: int = 0
    size: int = 0
    parts: int = 0
    note: str = ""
    expires: int = 0


def start(session: Session, lu: str) -> PrintJob:
    """A new job, before its first line. Raises Conflict when the session has as many as it may."""
    if table.count(table.LISTS, keys.printed_in(session.id)) >= MOST_JOBS:
        raise Conflict(f"This session has {MOST_JOBS} print jobs. Delete some, and print again.")
    made = PrintJob(keys.new_id("p"), session.id, lu, now(), expires=expiry(KEPT_DAYS))
    index = {"gsi1pk": keys.printed_in(session.id), "gsi1sk": keys.by_age(made.started, made.id)}
    table.put(keys.printed(made.id), row_of(made) | index, Attr("pk").not_exists())
    return made


def write(job: PrintJob, number: int, text: str, *, pages: int, size: int, note: str, over: bool) -> None:
    """Write part `number` whole, replacing what it was, and say how long the job is now. Raises NotFound when it was deleted."""
    packed = seal(zlib.compress(text.encode()), _context(job.id, number))
    table.put(keys.printed_part(job.id, number), {"number": number, "text": packed, "expires": job.expires})
    changes: table.Row = {"pages": pages, "size": size, "note": note, "parts": number + 1}
    try:
        table.update(keys.printed(job.id), changes | ({"ended": now()} if over else {}), Attr("pk").exists(), answer=False)
    except table.ConditionFailed:
        table.delete(keys.printed_part(job.id, number))
        raise NotFound("This print job was deleted while it was printed.") from None


def get(session: Session, id: str) -> PrintJob:
    """A job of this session. Raises NotFound."""
    row = table.get(keys.printed(id))
    if row is None or row["session"] != session.id:
        raise NotFound("There is no such print job.")
    return entity(PrintJob, row)


def of_session(session: Session, cursor: str | None = None, limit: int = 50) -> tuple[list[PrintJob], str | None]:
    """A session's jobs, newest first, and the cursor of the rest."""
    return pages.newest(keys.printed_in(session.id), cursor, limit, lambda row: entity(PrintJob, row))


def text(job: PrintJob) -> Iterator[str]:
    """What was printed, part by part; "\\f" begins a page. Raises Unsealable."""
    first, last = keys.printed_part(job.id, 0)[1], keys.printed_part(job.id, _MOST_PARTS)[1]
    for row in table.rows(table.TABLE, keys.printed(job.id)[0], lambda sort: sort.between(first, last)):
        if row["number"] < job.parts:
            yield zlib.decompress(unseal(row["text"], _context(job.id, int(row["number"])))).decode()


def delete(job: PrintJob) -> None:
    """All of it. The head goes first: without it nothing of the rest can be reached, and the rest expires."""
    table.delete(keys.printed(job.id))
    for row in list(table.rows(table.TABLE, keys.printed(job.id)[0])):
        table.delete((row["pk"], row["sk"]))


def _context(id: str, number: int) -> str:
    return f"printed/{id}/{number}"
