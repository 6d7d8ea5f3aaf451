"""What this worker process holds: its engine, publisher, terminals and parts of runs. The registry; nothing is decided here."""

from threading import Event
from typing import TYPE_CHECKING

from app.config import settings
from app.tn3270 import Engine

if TYPE_CHECKING:
    from app.tasks.part import Part
    from app.tasks.publisher import Publisher
    from app.tasks.terminals import Terminal
    from app.tasks.warm import Warm

engine: Engine
publisher: "Publisher"
terminals: dict[str, "Terminal"] = {}  # by session id
parts: dict[str, "Part"] = {}  # by run id
warm: dict[str, "Warm"] = {}  # lanes without a run, by session id
stopping = Event()  # nothing new is begun from here on


def name() -> str:
    """This worker's name."""
    return settings().worker_name


def lanes() -> int:
    """Lanes that are open here."""
    return len(warm) + sum(len(part.lanes) for part in list(parts.values()))


def sessions() -> int:
    """Host sessions held here."""
    return len(terminals) + lanes()


def holds(session: str) -> bool:
    """Whether this session is alive in this process."""
    return session in terminals or session in warm or any(session in part.lanes or session in part.opening for part in list(parts.values()))
