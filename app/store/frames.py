"""Frames of an item: the screens and keys of one attempt, masked by whoever took them, compressed and sealed, with an expiry."""

import json
import zlib
from collections.abc import Mapping, Sequence
from itertools import batched
from typing import Any

from app.clock import expiry
from app.sealing import seal, unseal
from app.store import keys, table

KEPT_DAYS = 30
_PART_BYTES = 350_000  # DynamoDB's rows end at 400 KB


def put(run: str, n: int, attempt: int, frames: Sequence[Mapping[str, Any]]) -> None:
    """Keep the frames of an attempt, each a JSON object; replaces those it had. Raises NotReady."""
    text = json.dumps(list(frames), separators=(",", ":")).encode()
    sealed = seal(zlib.compress(text), _context(run, n, attempt))
    parts = [bytes(part) for part in batched(sealed, _PART_BYTES)]
    expires = expiry(KEPT_DAYS)
    table.put_all(
        (keys.frames(run, n, attempt, i), {"part": part, "parts": len(parts), "expires": expires}) for i, part in enumerate(parts)
    )


def get(run: str, n: int, attempt: int) -> list[dict[str, Any]]:
    """The frames of an attempt; none when none were kept, some part is gone, or they have expired. Raises Unsealable."""
    partition, first = keys.frames(run, n, attempt, 0)
    last = keys.frames(run, n, attempt, 9999)[1]
    rows = list(table.rows(table.TABLE, partition, lambda sort: sort.between(first, last)))
    if not rows or len(rows) < rows[0]["parts"]:
        return []
    sealed = b"".join(row["part"] for row in rows[: rows[0]["parts"]])
    frames: list[dict[str, Any]] = json.loads(zlib.decompress(unseal(sealed, _context(run, n, attempt))))
    return frames


def _context(run: str, n: int, attempt: int) -> str:
    return f"frames/{run}/{n}/{attempt}"
