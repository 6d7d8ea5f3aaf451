"""How quickly a run went, from its beginning on: in Redis, so that a page opened late draws the whole curve. Nothing is decided by it."""

import time

from app.broker.connection import client, ready
from app.broker.names import RUN_KEPT, lock_key, rates_key

_GAP = 2.0  # seconds between two notes, at least; of a long run a share of its age, so that there are never thousands
_SHARE = 300
_STRETCH = 10.0  # seconds over which a rate is taken, where notes lie close enough


def note(run: str, age: float, ended: int) -> None:
    """So many items of a run that is `age` seconds old have ended. Any worker may say so at any time: what comes too soon after
    another's note is let be. Raises NotReady."""
    with ready():
        if not client().set(lock_key(f"rate.{run}"), "1", nx=True, px=int(1000 * max(_GAP, age / _SHARE))):
            return
        with client().pipeline(transaction=True) as pipe:
            pipe.rpush(rates_key(run), f"{time.time():.1f} {ended}")
            pipe.expire(rates_key(run), RUN_KEPT)
            pipe.execute()


def rates(run: str) -> list[tuple[float, float]]:
    """(Unix time, items a second by then), the oldest first; empty when nothing is known of it any more. Raises NotReady."""
    with ready():
        found = [text.decode().split() for text in client().lrange(rates_key(run), 0, -1)]  # type: ignore[union-attr]
    notes = [(float(at), int(ended)) for at, ended in found]
    curve, before = [], 0
    for at, ended in notes[1:]:
        while notes[before + 1][0] <= at - _STRETCH:
            before += 1
        then, had = notes[before]
        curve.append((at, round(max(0, ended - had) / max(at - then, 0.1), 1)))
    return curve
