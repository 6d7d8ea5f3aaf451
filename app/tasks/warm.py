"""Warm lanes: signed on, left by a run that is over, kept for a moment. The owner's next run of that kind leases them instead of
signing on again. What is on offer lies in Redis, so that whichever worker mans a run finds it.

Only for the same owner: the screen may still show what the last run saw. Never for a script that signs on with a secret
parameter, for nothing of a secret is to lie in Redis, not even a digest.
"""

import hashlib
import json
import logging
import time
from typing import TYPE_CHECKING, NamedTuple

from app.asts.base import Ast
from app.broker.celery import send
from app.broker.connection import client, ready
from app.broker.names import warm_key, worker_queue
from app.config import settings
from app.errors import Conflict, IastError, NotFound
from app.store import runs, sessions
from app.tasks import here

if TYPE_CHECKING:
    from app.tasks.lanes import Lane
    from app.tasks.part import Part

log = logging.getLogger(__name__)

_ON_ITS_WAY = 10.0  # seconds in which a lane that was leased away may still be asked for


class Warm(NamedTuple):
    """A lane that waits for a run. `offer` is its entry in Redis; it ends at `until` (monotonic)."""

    lane: "Lane"
    ast: Ast
    host: str
    offer: str
    until: float


def kind(owner: str, ast: Ast) -> str:
    """What a run must be like to go on with a lane; "" if no other may. Of the same AST: its items end where its items
    start, but another's need not know that panel."""
    if ast.secrets():
        return ""
    parts = [owner, ast.name, ast.parameters.model_dump(mode="json")]
    return hashlib.sha256(json.dumps(parts, sort_keys=True).encode()).hexdigest()[:24]


def keep(part: "Part", lane: "Lane") -> bool:
    """Offer a lane that has nothing to do. False when it may not be kept, or is not fit for it."""
    seconds, of_kind = settings().warm_seconds, kind(part.run.owner, part.ast)
    if not (seconds and of_kind) or here.stopping.is_set() or not part.guard.most(1) or not fit(lane):
        return False
    host = part.guard.host.name
    offer = f"{of_kind} {lane.id} {here.name()}"
    here.warm[lane.id] = Warm(lane, part.ast, host, offer, time.monotonic() + seconds)
    try:
        with ready(), client().pipeline(transaction=True) as pipe:
            pipe.rpush(warm_key(host), offer)
            pipe.expire(warm_key(host), int(seconds) + 60)
            pipe.execute()
    except IastError:
        return here.warm.pop(lane.id, None) is None
    return True


def fit(lane: "Lane") -> bool:
    """Whether it is still there and takes input."""
    return lane.session.ended is None and not lane.session.screen.locked


def lease(run: runs.Run, ast: Ast, many: int) -> int:
    """Give a run up to so many of the warm lanes on offer; how many it got. Raises NotReady."""
    of_kind, got = kind(run.owner, ast), 0
    for offer in _offers(run.host) if of_kind else []:
        if got < many and offer.startswith(of_kind) and _take(run.host, offer):
            got += _lend(run, offer)
    return got


def on_offer(host: str) -> set[str]:
    """The sessions that wait for a run, that of their last one too if it is opened again. Raises NotReady."""
    return {offer.split(" ")[1] for offer in _offers(host)}


def make_room(host: str, many: int) -> None:
    """Close so many warm lanes, for runs that can't use them. Raises NotReady."""
    for offer in _offers(host)[:many]:
        if _take(host, offer):
            _, session, worker = offer.split(" ")
            send("iast.lanes.close", session, queue=worker_queue(worker))


def close_old() -> None:
    """Sign off those of this worker that nobody wanted. Raises NotReady."""
    for warm in list(here.warm.values()):
        if time.monotonic() > warm.until and (_take(warm.host, warm.offer) or time.monotonic() > warm.until + _ON_ITS_WAY):
            close(warm.lane.id)


def close(session_id: str) -> None:
    """Sign off one of this worker's, if it has it."""
    warm = here.warm.pop(session_id, None)
    if warm is not None:
        warm.lane.sign_off(warm.ast)


def _lend(run: runs.Run, offer: str) -> int:
    _, session, worker = offer.split(" ")
    try:
        sessions.lent(session, run.id)
    except (Conflict, NotFound):
        return 0  # it has ended meanwhile
    send("iast.lanes.lend", session, queue=worker_queue(worker))
    return 1


def _offers(host: str) -> list[str]:
    with ready():
        return [offer.decode() for offer in client().lrange(warm_key(host), 0, -1)]  # type: ignore[union-attr]


def _take(host: str, offer: str) -> bool:
    """Whether the offer is now the caller's: one only gets it."""
    with ready():
        return bool(client().lrem(warm_key(host), 1, offer))
