"""A user's own settings: an object of the page's (keymap, theme, layout), kept as it is. Nothing of ours is decided by it."""

from collections.abc import Mapping
from typing import Any

from app.clock import now
from app.errors import BadInput
from app.store import keys, table
from app.store.entities import dump, load

MOST_BYTES = 64 * 1024


def get(user: str) -> dict[str, Any]:
    """What was put last; empty when nothing was."""
    row = table.get(keys.settings_of(user))
    return load(row["settings"]) if row else {}


def put(user: str, settings: Mapping[str, Any]) -> None:
    """Replace them all. Raises BadInput when they are too large or no JSON."""
    text = dump(settings) or "{}"
    if len(text.encode()) > MOST_BYTES:
        raise BadInput(f"Settings are kept up to {MOST_BYTES // 1024} KB. Leave something out.")
    table.put(keys.settings_of(user), {"settings": text, "updated": now()})
