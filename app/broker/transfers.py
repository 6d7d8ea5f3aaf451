"""File transfers between a page and a worker: what is to be moved, how far it is, and the file itself, in Redis for an hour, all sealed.

Nothing is on a disk of ours in the clear, and the host never names a file here: a file is known by its transfer's id alone.
"""

import json
import time
from collections.abc import Iterator
from dataclasses import asdict, dataclass, field, replace
from typing import IO, Any, Literal

from app.broker.connection import client, ready
from app.broker.names import transfer_data_key, transfer_key
from app.errors import BadInput, NotFound
from app.sealing import seal, unseal

KEPT_SECONDS = 3600
MOST_BYTES = 32 << 20
_PIECE = 1 << 20

State = Literal["queued", "running", "done", "failed", "cancelled"]
OVER = ("done", "failed", "cancelled")


@dataclass(frozen=True, slots=True)
class Transfer:
    """A file on its way. `request` is what the host is asked (tn3270/indfile.py: Request's fields), `total` the file's bytes (0: not
    known), `moved` those moved so far, `message` the host's last word or what went wrong; `at` Unix time of the last change."""

    id: str
    session: str
    user: str
    request: dict[str, Any] = field(repr=False)
    state: State = "queued"
    moved: int = 0
    total: int = 0
    message: str = ""
    at: float = 0.0

    @property
    def over(self) -> bool:
        return self.state in OVER


def write(transfer: Transfer) -> Transfer:
    """Keep it as it is now. Raises NotReady."""
    kept = replace(transfer, at=time.time())
    key = transfer_key(transfer.id)
    with ready():
        client().set(key, seal(json.dumps(asdict(kept)).encode(), key), ex=KEPT_SECONDS)
    return kept


def read(id: str) -> Transfer:
    """Raises NotFound when there is none, or no longer; NotReady."""
    key = transfer_key(id)
    with ready():
        sealed = client().get(key)
    if sealed is None:
        raise NotFound("There is no such transfer. They are kept for an hour.")
    return Transfer(**json.loads(unseal(sealed, key)))  # type: ignore[arg-type]


def claim(id: str) -> bool:
    """Whether this call is the first to begin it: its task may come twice. Raises NotReady."""
    with ready():
        return bool(client().set(f"{transfer_key(id)}.begun", "1", nx=True, ex=KEPT_SECONDS))


def cancel(id: str) -> None:
    """Whoever moves it sees this and stops. Raises NotReady."""
    with ready():
        client().set(_cancelled(id), "1", ex=KEPT_SECONDS)


def cancelled(id: str) -> bool:
    """Raises NotReady."""
    with ready():
        return bool(client().exists(_cancelled(id)))


def put_file(id: str, file: IO[bytes]) -> int:
    """Keep a file's bytes; how many they are. Raises BadInput when there are more than MOST_BYTES, NotReady."""
    key, size = transfer_data_key(id), 0
    while piece := file.read(_PIECE):
        with ready(), client().pipeline(transaction=False) as pipe:
            pipe.rpush(key, seal(piece, f"{key}/{size}"))
            pipe.expire(key, KEPT_SECONDS)
            pipe.execute()
        size += len(piece)
        if size > MOST_BYTES:
            forget_file(id)
            raise BadInput(f"A file moved here has at most {MOST_BYTES >> 20} MB.")
    return size


def pieces(id: str) -> Iterator[bytes]:
    """The file's bytes, a piece at a time. Raises NotReady, Unsealable."""
    key, size, n = transfer_data_key(id), 0, 0
    while True:
        with ready():
            sealed = client().lindex(key, n)
        if sealed is None:
            return
        piece = unseal(sealed, f"{key}/{size}")  # type: ignore[arg-type]
        yield piece
        size, n = size + len(piece), n + 1


def forget_file(id: str) -> None:
    """Raises NotReady."""
    with ready():
        client().delete(transfer_data_key(id))


def _cancelled(id: str) -> str:
    return f"{transfer_key(id)}.cancelled"
