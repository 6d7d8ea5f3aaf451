"""What changed from one Screen to the next, and how to make the change. Pure; knows nothing of messages."""

from collections.abc import Iterator
from dataclasses import dataclass, replace

from app.errors import BadInput
from app.screen.model import Field, Screen, State, Style


@dataclass(frozen=True, slots=True)
class Span:
    """Cells that changed, in buffer order from `start`; one style index a cell, as in Screen."""

    start: int
    cells: str
    styles: bytes


@dataclass(frozen=True, slots=True)
class Delta:
    """What makes the screen with serial `base` into the one with serial `serial`. `palette` and `fields`: None = unchanged."""

    base: int
    serial: int
    layout: int
    cursor: int
    locked: bool
    oia: str
    alarm: bool
    state: State
    spans: tuple[Span, ...]
    palette: tuple[Style, ...] | None = None
    fields: tuple[Field, ...] | None = None


def difference(old: Screen, new: Screen) -> Delta | None:
    """The delta from old to new; None when the whole screen is the shorter or the only way to tell (size, LU or half its cells differ)."""
    if (old.rows, old.columns, old.lu) != (new.rows, new.columns, new.lu):
        return None
    spans = tuple(_changed_rows(old, new))
    if 2 * sum(len(span.cells) for span in spans) > len(new.cells):
        return None
    return Delta(
        base=old.serial,
        serial=new.serial,
        layout=new.layout,
        cursor=new.cursor,
        locked=new.locked,
        oia=new.oia,
        alarm=new.alarm,
        state=new.state,
        spans=spans,
        palette=None if old.palette == new.palette else new.palette,
        fields=None if old.fields == new.fields else new.fields,
    )


def apply(old: Screen, delta: Delta) -> Screen:
    """The screen after a delta. Raises BadInput when the delta is to another screen than this."""
    if delta.base != old.serial:
        raise BadInput(f"This is the change to screen {delta.base}, not to {old.serial}: ask for the whole screen.")
    cells, styles = list(old.cells), bytearray(old.styles)
    for span in delta.spans:
        end = span.start + len(span.cells)
        cells[span.start : end] = span.cells
        styles[span.start : end] = span.styles
    return replace(
        old,
        cells="".join(cells),
        styles=bytes(styles),
        palette=old.palette if delta.palette is None else delta.palette,
        fields=old.fields if delta.fields is None else delta.fields,
        cursor=delta.cursor,
        serial=delta.serial,
        layout=delta.layout,
        locked=delta.locked,
        oia=delta.oia,
        alarm=delta.alarm,
        state=delta.state,
    )


def _changed_rows(old: Screen, new: Screen) -> Iterator[Span]:
    """One span a row that differs, from its first to its last changed cell: short to tell and quick to find."""
    for start in range(0, len(new.cells), new.columns):
        end = start + new.columns
        if old.cells[start:end] == new.cells[start:end] and old.styles[start:end] == new.styles[start:end]:
            continue
        while _same(old, new, start):
            start += 1
        while _same(old, new, end - 1):
            end -= 1
        yield Span(start, new.cells[start:end], new.styles[start:end])


def _same(old: Screen, new: Screen, at: int) -> bool:
    return old.cells[at] == new.cells[at] and old.styles[at] == new.styles[at]
