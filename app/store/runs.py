"""Runs: an AST over a list of items. MOVES is the whole state machine; each move is one conditional write."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from typing import Any, Literal

from boto3.dynamodb.conditions import Attr

from app.clock import expiry, now
from app.config import settings
from app.errors import Conflict, NotFound
from app.sealing import seal_text, unseal_text
from app.store import chunks, keys, pages, table
from app.store.entities import dump, entity, load, owned, row_of

KEPT_DAYS = 90  # a run, its items and inputs

ACTIVE = ("starting", "running", "paused", "cancelling")
OVER = ("finished", "cancelled", "failed")

# move: (from any of these, to this)
MOVES = {
    "start": (("starting",), "running"),
    "pause": (("starting", "running"), "paused"),
    "hold": (("running",), "paused"),
    "resume": (("paused",), "running"),
    "cancel": (("starting", "running", "paused"), "cancelling"),
    "finish": (("running", "paused"), "finished"),  # paused too: what ran when it was paused may have been the last
    "cancelled": (("cancelling",), "cancelled"),
    "fail": (ACTIVE, "failed"),
    "reopen": (("finished", "failed"), "running"),  # for retries; a cancelled run stays so
}


_HELD_BY: dict[str, dict[str, Any]] = {"canary": {"canary": 0}, "budget": {"failure_budget": None}}  # what holds, and lifting it


@dataclass(frozen=True, slots=True)
class Run:
    """A run. `parameters` has none of the secret ones: `parameters(run)` has all. `lanes` is how many it may use, `window` how
    many items are sent out at a time, `next` the first item not sent out. `counts` is a note for lists, taken now and then;
    the truth is `items.counts`. Times are ISO 8601 UTC ("" = not yet).

    What it is bound by: `priority` 0 to 9, 9 first; `canary` the items after which it waits for a word (0: none);
    `failure_budget` the failures at which it waits, "50" or "5%" of the items done ("": none); `held` says which of the two it
    waits for; `dry_run`: sign on, touch nothing; `film` which frames to keep; `item_seconds` for one item (0: the AST's own);
    `deadline` a time at which no further item starts ("": none); `park` how many failing items may wait for a person at a time,
    each in its lane (0: none)."""

    id: str
    owner: str
    ast: str
    host: str
    name: str = ""
    parameters: dict[str, Any] = field(default_factory=dict)
    status: str = "starting"
    reason: str = ""
    total: int = 0
    lanes: int = 1
    window: int = 500
    next: int = 0
    created: str = ""
    started: str = ""
    finished: str = ""
    counts: dict[str, int] = field(default_factory=dict)
    priority: int = 5
    canary: int = 0
    failure_budget: str = ""
    held: str = ""
    dry_run: bool = False
    film: Literal["always", "failures", "never"] = "failures"
    item_seconds: int = 0
    deadline: str = ""
    park: int = 0
    secrets: str | None = field(default=None, repr=False)  # sealed

    @property
    def active(self) -> bool:
        return self.status in ACTIVE

    @property
    def stopping(self) -> bool:
        """No further item of it may start."""
        return self.status in ("cancelling", "cancelled")


def create(
    *,
    owner: str,
    ast: str,
    host: str,
    rows: Sequence[tuple[str, Mapping[str, Any]]],
    parameters: Mapping[str, Any] | None = None,
    secret: Sequence[str] = (),
    lanes: int = 1,
    name: str = "",
    id: str = "",
    **bounds: Any,
) -> Run:
    """Write a run and its items (key, input), all pending; status "starting". `secret` names the parameters to seal;
    `bounds` are Run's fields from `priority` on. With an `id` given, a run of that id that is there already is left as it is.

    The run's own row comes last, so that a run which can be seen has all its items. Raises BadInput, NotReady.
    """
    if id and (there := table.get(keys.run(id))):
        return _run(there)
    id, at, given = id or keys.new_id("r"), now(), parameters or {}
    hidden = {k: v for k, v in given.items() if k in secret}
    run = Run(
        id, owner, ast, host, name,
        parameters={k: v for k, v in given.items() if k not in secret},
        secrets=seal_text(dump(hidden) or "", _context(id)) if hidden else None,
        total=len(rows), lanes=lanes, created=at, counts={"pending": len(rows)}, **bounds,
    )  # fmt: skip
    expires = expiry(KEPT_DAYS)
    chunks.create_all(id, rows, expires)
    index = {"gsi1pk": keys.of_owner(owner, "RUNS"), "gsi1sk": keys.by_age(at, id)} | _listed_as(keys.ACTIVE_RUNS, id, at)
    try:
        row = row_of(run) | {"parameters": dump(run.parameters), "expires": expires} | index
        table.put(keys.run(id), row, Attr("pk").not_exists())
    except table.ConditionFailed:
        return get(id)  # ours, written before its answer was lost, or another's of the same id
    return run


def get(id: str) -> Run:
    """For parts of IAST that act for no person. Raises NotFound."""
    row = table.get(keys.run(id))
    if row is None:
        raise NotFound("There is no such run.")
    return _run(row)


def get_owned(id: str, user: str) -> Run:
    """The run, if it is this user's; whatever a person asks for goes through it. Raises NotFound."""
    return owned(get(id), user, "run")


def parameters(run: Run) -> dict[str, Any]:
    """All parameters, the secret ones in the clear: for the worker that signs on. Raises Unsealable."""
    hidden = load(unseal_text(run.secrets, _context(run.id))) if run.secrets else {}
    return {**run.parameters, **hidden}


def of_owner(owner: str, cursor: str | None = None, limit: int = 50) -> tuple[list[Run], str | None]:
    """A user's runs, newest first, and the cursor of the rest."""
    return pages.newest(keys.of_owner(owner, "RUNS"), cursor, limit, _run)


def newest(owner: str, since: str = "") -> Iterator[Run]:
    """A user's runs, newest first, read as they are taken; from the one at this place (`keys.by_age`) on, if one is given."""
    span = (lambda sort: sort.lte(since)) if since else None
    return map(_run, table.rows(table.LISTS, keys.of_owner(owner, "RUNS"), span, newest_first=True))


def active() -> list[Run]:
    """Every run that is not over: recovery looks after these."""
    return [run for run in _in_state(keys.ACTIVE_RUNS) if run.active]


def of_everybody(since: date) -> list[Run]:
    """Runs of all users that are not over, or ended on this day (UTC) or later; in no order."""
    days = ((since + timedelta(days=n)).isoformat() for n in range((datetime.now(UTC).date() - since).days + 1))
    return _in_state(keys.ACTIVE_RUNS, keys.UNARCHIVED_RUNS, *map(keys.ended_runs, days))


def unarchived() -> list[str]:
    """Ids of runs that are over and whose results are to go to S3 yet."""
    return [str(row["gsi2sk"]).partition("#")[2] for row in table.rows(table.STATES, keys.UNARCHIVED_RUNS)]


def archived(run: Run) -> None:
    """Its results, as of this end of it, are in S3. Nothing, when it was reopened meanwhile."""
    try:
        table.update(keys.run(run.id), _listed_as_ended(run.id, run.finished), Attr("finished").eq(run.finished), answer=False)
    except table.ConditionFailed:
        pass


def start(id: str) -> Run:
    """Raises NotFound, Conflict: somebody has started it."""
    return _move(id, "start", started=now())


def pause(id: str) -> Run:
    """No further item starts; running ones end. Raises NotFound, Conflict."""
    return _move(id, "pause")


def resume(id: str) -> Run:
    """Raises NotFound, Conflict. Then send the run out again. What held it holds it no more."""
    return _move(id, "resume", reason=None, held=None, **_HELD_BY.get(get(id).held, {}))


def hold(id: str, held: Literal["canary", "budget"], reason: str) -> Run:
    """It waits for a person's word, as `reason` tells. Raises NotFound, Conflict."""
    return _move(id, "hold", held=held, reason=reason)


def change(id: str, **bounds: Any) -> Run:
    """Change `lanes`, `priority`, `canary` or `failure_budget` while it runs. Raises NotFound, and Conflict when it is over."""
    try:
        return _run(table.update(keys.run(id), bounds, Attr("status").is_in(list(ACTIVE))))
    except table.ConditionFailed:
        run = get(id)
        raise Conflict(f"This run is {run.status}, so nothing of it can be changed.", status=run.status) from None


def cancel(id: str) -> Run:
    """No further item starts; when running ones have ended, `cancelled` closes it. Raises NotFound, Conflict."""
    return _move(id, "cancel")


def cancelled(id: str, counts: Mapping[str, int]) -> Run:
    """The last running item of a cancelled run has ended. Raises NotFound, Conflict."""
    return _move(id, "cancelled", counts=dict(counts))


def finish(id: str, counts: Mapping[str, int]) -> Run:
    """Every item is done, however it ended. The one caller that gets no Conflict tells people. Raises NotFound, Conflict."""
    return _move(id, "finish", counts=dict(counts))


def fail(id: str, reason: str) -> Run:
    """It can't go on, as `reason` tells people. Raises NotFound, Conflict."""
    return _move(id, "fail", reason=reason)


def reopen(id: str) -> Run:
    """Some items are pending again: go through the list once more. Raises NotFound, Conflict."""
    return _move(id, "reopen", next=0, finished=None, reason=None, **_listed_as(keys.ACTIVE_RUNS, id, now()))


def send_out(id: str, start: int, to: int) -> bool:
    """Claim items `start` up to `to` for sending out: True for exactly one caller, and only while the run is running."""
    condition = Attr("next").eq(start) & Attr("status").eq("running")
    try:
        table.update(keys.run(id), {"next": to}, condition)
    except table.ConditionFailed:
        return False
    return True


def note_counts(id: str, counts: Mapping[str, int]) -> None:
    """Keep counts for lists of runs while it runs: its end has written its own. The last one wins; nothing is decided by them.
    Raises NotFound."""
    try:
        table.update(keys.run(id), {"counts": dict(counts)}, Attr("status").is_in(list(ACTIVE)))
    except table.ConditionFailed:
        get(id)


def _move(id: str, move: str, **changes: Any) -> Run:
    allowed, status = MOVES[move]
    if status in OVER:
        at = now()
        changes |= {"finished": at} | (_listed_as(keys.UNARCHIVED_RUNS, id, at) if settings().archive else _listed_as_ended(id, at))
    try:
        return _run(table.update(keys.run(id), {"status": status, **changes}, Attr("status").is_in(list(allowed))))
    except table.ConditionFailed:
        run = get(id)
        raise Conflict(f"This run is {run.status}, so it can't {move}.", status=run.status) from None


def _listed_as(state: str, id: str, at: str) -> table.Row:
    return {"gsi2pk": state, "gsi2sk": keys.by_age(at, id)}


def _listed_as_ended(id: str, at: str) -> table.Row:
    return _listed_as(keys.ended_runs(at[:10]), id, at)


def _in_state(*states: str) -> list[Run]:
    """The runs of these lists, as they are now: a list may be a moment behind."""
    found = (row for rows in table.parallel(lambda state: list(table.rows(table.STATES, state)), states) for row in rows)
    return [_run(row) for row in table.get_all((row["pk"], row["sk"]) for row in found)]


def _run(row: table.Row) -> Run:
    return entity(Run, row | {"parameters": load(row.get("parameters")) or {}})


def _context(id: str) -> str:
    return f"run/{id}/parameters"
