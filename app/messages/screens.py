"""Screen to JSON and back. The shape of `ScreenShown.screen` is fixed here, for Python and for the page alike."""

import dataclasses
from collections.abc import Iterable
from itertools import groupby
from typing import Any

from pydantic import TypeAdapter, ValidationError

from app.errors import BadInput
from app.messages.base import MOST_CELLS, Address, Cells, Count, Flag, Natural, Note
from app.messages.output import FieldEntry, ScreenChanged, ScreenShown, StyleRun
from app.screen.difference import Delta, Span, apply, difference
from app.screen.model import Field, Screen, State, Style

# bit of a field's flags on the wire -> attribute of Field
FLAGS = {1: "protected", 2: "numeric", 4: "hidden", 8: "intensified", 16: "modified", 32: "detectable", 64: "double"}


@dataclasses.dataclass(frozen=True, slots=True)
class WireScreen:
    """A Screen as it travels. `styles` is run-length: (index into palette, cells)."""

    rows: Count
    columns: Count
    cells: Cells
    styles: tuple[StyleRun, ...]
    palette: tuple[dict[str, int | bool], ...]
    fields: tuple[FieldEntry, ...]
    cursor: Address
    serial: Natural
    layout: Natural
    locked: Flag
    state: State
    lu: Note = ""
    alarm: Flag = False
    oia: Note = ""


_wire_screen = TypeAdapter(WireScreen)


def shown(session: str, screen: Screen) -> ScreenShown:
    """The message that shows a whole screen."""
    return ScreenShown(session=session, screen=encode_screen(screen))


def update(session: str, old: Screen | None, new: Screen) -> ScreenChanged | ScreenShown:
    """The shorter message that takes a page from `old` (None: it has no screen yet) to `new`."""
    delta = difference(old, new) if old is not None else None
    if delta is None:
        return shown(session, new)
    return ScreenChanged(
        session=session,
        base=delta.base,
        serial=delta.serial,
        layout=delta.layout,
        cursor=delta.cursor,
        locked=delta.locked,
        oia=delta.oia,
        alarm=delta.alarm,
        state=str(delta.state),
        spans=tuple((s.start, s.cells, tuple((i, n) for i, n in encode_styles(s.styles))) for s in delta.spans),
        palette=None if delta.palette is None else tuple(encode_palette(delta.palette)),
        fields=None if delta.fields is None else tuple((s, n, f, c, h) for s, n, f, c, h in encode_fields(delta.fields)),
    )


def follow(old: Screen, told: ScreenChanged) -> Screen:
    """The screen after a message. Raises BadInput when it is about another screen than this, or does not fit it."""
    spans = tuple(Span(start, cells, decode_styles(runs)) for start, cells, runs in told.spans)
    if any(len(s.cells) != len(s.styles) or s.start + len(s.cells) > len(old.cells) for s in spans):
        raise BadInput("That change does not fit the screen.")
    try:
        palette = None if told.palette is None else tuple(Style(**style) for style in told.palette)
        state = State(told.state)
    except (TypeError, ValueError):
        raise BadInput("That is no change of a screen.") from None
    fields = None if told.fields is None else decode_fields(told.fields)
    kept = (told.base, told.serial, told.layout, told.cursor, told.locked, told.oia, told.alarm)
    return apply(old, Delta(*kept, state, spans, palette, fields))


def encode_screen(screen: Screen) -> dict[str, Any]:
    """A Screen as a JSON object (WireScreen's fields)."""
    return {
        "rows": screen.rows,
        "columns": screen.columns,
        "cells": screen.cells,
        "styles": encode_styles(screen.styles),
        "palette": encode_palette(screen.palette),
        "fields": encode_fields(screen.fields),
        "cursor": screen.cursor,
        "serial": screen.serial,
        "layout": screen.layout,
        "locked": screen.locked,
        "state": str(screen.state),
        "lu": screen.lu,
        "alarm": screen.alarm,
        "oia": screen.oia,
    }


def decode_screen(wire: dict[str, Any]) -> Screen:
    """The Screen in a JSON object; BadInput when its parts don't fit together."""
    try:
        seen = _wire_screen.validate_python(wire)
        palette = tuple(Style(**style) for style in seen.palette)  # type: ignore[arg-type]
    except (ValidationError, TypeError):
        raise BadInput("That is no screen.") from None
    styles = decode_styles(seen.styles)
    size = seen.rows * seen.columns
    if not (len(seen.cells) == len(styles) == size and seen.cursor < size and max(styles) < len(palette)):
        raise BadInput("That is no screen: its parts differ in size.")
    parts = {f.name: getattr(seen, f.name) for f in dataclasses.fields(seen)}
    parts |= {"styles": styles, "palette": palette, "fields": decode_fields(seen.fields)}
    return Screen(**parts)


def encode_styles(styles: Iterable[int]) -> list[list[int]]:
    """One style index a cell, run-length: [[index, cells], ...]."""
    return [[index, sum(1 for _ in cells)] for index, cells in groupby(styles)]


def decode_styles(runs: Iterable[tuple[int, int]]) -> bytes:
    """The inverse of `encode_styles`. Raises BadInput."""
    styles = bytearray()
    for index, count in runs:
        if index > 255 or len(styles) + count > MOST_CELLS:
            raise BadInput("That is no screen: its styles are out of range.")
        styles += bytes((index,)) * count
    return bytes(styles)


def encode_palette(palette: Iterable[Style]) -> list[dict[str, Any]]:
    """[{colour, background, blink, reverse, underscore, intensified}, ...]."""
    return [dataclasses.asdict(style) for style in palette]


def encode_fields(fields: Iterable[Field]) -> list[list[int]]:
    """[[start, length, flags, colour, highlight], ...]; for the bits of flags see FLAGS."""
    return [[f.start, f.length, _flags(f), f.colour, f.highlight] for f in fields]


def decode_fields(entries: Iterable[FieldEntry]) -> tuple[Field, ...]:
    """The inverse of `encode_fields`."""
    return tuple(
        Field(start, length, colour=colour, highlight=highlight, **{name: bool(flags & bit) for bit, name in FLAGS.items()})
        for start, length, flags, colour, highlight in entries
    )


def _flags(field: Field) -> int:
    return sum(bit for bit, name in FLAGS.items() if getattr(field, name))
