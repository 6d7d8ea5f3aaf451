"""Between a row and a frozen dataclass. Free-shaped dictionaries are stored as JSON text: exact, and no number is changed."""

import dataclasses
import json
from collections.abc import Mapping
from typing import Any, Protocol

from app.errors import BadInput, NotFound
from app.store.table import Row


class Owned(Protocol):
    @property
    def owner(self) -> str: ...


def owned[T: Owned](found: T, user: str, noun: str) -> T:
    """THE check that something is this user's. Raises NotFound for others', in the words for what is not there at all."""
    if found.owner != user:
        raise NotFound(f"There is no such {noun}.")
    return found


def entity[T](kind: type[T], row: Row) -> T:
    """The dataclass of a row; attributes it does not have, such as keys, are left out, missing ones take the default."""
    names = [field.name for field in dataclasses.fields(kind)]  # type: ignore[arg-type]
    return kind(**{name: _frozen(row[name]) for name in names if name in row})


def row_of(value: Any) -> Row:
    """The attributes of a dataclass; None ones are left out when written."""
    return {field.name: getattr(value, field.name) for field in dataclasses.fields(value)}


def dump(value: Mapping[str, Any] | None) -> str | None:
    """A free-shaped dictionary as JSON text. Raises BadInput."""
    if value is None:
        return None
    try:
        return json.dumps(value, separators=(",", ":"), allow_nan=False, ensure_ascii=False)
    except (TypeError, ValueError) as error:
        raise BadInput(f"That can't be written as JSON: {error}") from None


def load(text: str | None) -> Any:
    return None if text is None else json.loads(text)


def _frozen(value: Any) -> Any:
    return tuple(value) if isinstance(value, list) else value
