"""Workers' heartbeats: who is alive and how loaded. Lies in Redis with an expiry, so that a dead worker goes away by itself."""

import json
import time
from dataclasses import asdict, dataclass

from app.broker.connection import client, ready
from app.broker.names import WORKERS, placed_key, worker_key
from app.config import settings


@dataclass(frozen=True, slots=True)
class WorkerLoad:
    """What a worker says of itself. `started` is a time (ISO 8601 UTC), `cpu` the share of one core it uses (0.0 and up)."""

    name: str
    sessions: int
    most_sessions: int
    lanes: int = 0
    started: str = ""
    cpu: float = 0.0


def beat(load: WorkerLoad) -> None:
    """Say that this worker lives; good for `worker_expiry_seconds`. Raises NotReady."""
    expiry = int(settings().worker_expiry_seconds * 1000)
    with ready(), client().pipeline(transaction=True) as pipe:
        pipe.set(worker_key(load.name), json.dumps(asdict(load)), px=expiry)
        pipe.zadd(WORKERS, {load.name: time.time()})
        pipe.execute()


def workers() -> list[WorkerLoad]:
    """Workers that are alive, by name. Raises NotReady."""
    return [load for load in _loads().values() if load is not None]


def lapsed() -> list[str]:
    """Workers that once beat and no longer do: recovery sees to their work, then forgets them. Raises NotReady."""
    return [name for name, load in _loads().items() if load is None]


def is_alive(name: str) -> bool:
    """Raises NotReady."""
    with ready():
        return bool(client().exists(worker_key(name)))


def retire(name: str) -> None:
    """A worker that stops cleanly says so at once, so that nothing more is placed on it. It stays known to `lapsed`."""
    with ready():
        client().delete(worker_key(name))


def forget(name: str) -> None:
    """Recovery has seen to this worker's work. Raises NotReady."""
    with ready(), client().pipeline(transaction=True) as pipe:
        pipe.zrem(WORKERS, name)
        pipe.delete(worker_key(name), placed_key(name))
        pipe.execute()


def _loads() -> dict[str, WorkerLoad | None]:
    with ready():
        names = sorted(name.decode() for name in client().zrange(WORKERS, 0, -1))  # type: ignore[union-attr]
        beats = client().mget([worker_key(name) for name in names]) if names else []
    return {name: WorkerLoad(**json.loads(text)) if text else None for name, text in zip(names, beats, strict=True)}  # type: ignore[arg-type]
