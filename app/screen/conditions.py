"""What a wait waits for: questions to a Screen that can say what they ask, so that a wait that fails can. Pure."""

from collections.abc import Callable
from dataclasses import dataclass

from app.screen.model import Screen


@dataclass(frozen=True, slots=True)
class Condition:
    """Called with a screen, whether it holds; `wanted` completes "the host did not show ..." and names no secret."""

    wanted: str
    holds: Callable[[Screen], bool]

    def __call__(self, screen: Screen) -> bool:
        return self.holds(screen)


def text(wanted: str) -> Condition:
    """The text stands somewhere within a row."""
    return Condition(f"{wanted!r}", lambda screen: any(wanted in row for row in screen.text()))


def text_at(row: int, column: int, wanted: str) -> Condition:
    """The text starts there (from 0)."""
    where = f"{wanted!r} at row {row + 1}, column {column + 1}"
    return Condition(where, lambda screen: row < screen.rows and screen.text()[row].startswith(wanted, column))


def field_at(row: int, column: int) -> Condition:
    """An unprotected field's first cell is there (from 0)."""
    where = f"an input field at row {row + 1}, column {column + 1}"
    return Condition(where, lambda s: any(not f.protected and s.position(f.start) == (row, column) for f in s.fields))


def cursor_at(row: int, column: int) -> Condition:
    return Condition(f"the cursor at row {row + 1}, column {column + 1}", lambda screen: screen.position(screen.cursor) == (row, column))


def changed(since: Screen) -> Condition:
    """Other characters than on that screen."""
    return Condition("anything new", lambda screen: screen.cells != since.cells)


def unlocked() -> Condition:
    return Condition("an unlocked keyboard", lambda screen: not screen.locked)


def any_of(*conditions: Condition) -> Condition:
    """The first that holds will do."""
    return Condition(" or ".join(one.wanted for one in conditions), lambda screen: any(one(screen) for one in conditions))
