"""The fields of a buffer and the style of each cell, from its planes. Pure, and kept: hosts draw the same few layouts over and
over, so that most screens cost only their characters."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

from app.screen.model import Field, Style
from app.tn3270 import orders as k

GREEN, BLUE, RED, WHITE = 4, 1, 2, 7
_BASE = {0: GREEN, k.PROTECTED: BLUE, k.INTENSIFIED: RED, k.PROTECTED | k.INTENSIFIED: WHITE}  # a 3279's base colours
_ATTRIBUTE = re.compile(b"[^\0]")
_KEPT_CELLS = 5000  # larger buffers are worked out each time: what is kept must not grow with what hosts think of


@dataclass(frozen=True, slots=True)
class Run:
    """A field's cells that do not wrap, and the address of its attribute (-1: unformatted)."""

    start: int
    end: int
    attribute: int
    hidden: bool


@dataclass(frozen=True, slots=True)
class Layout:
    """`shape` is what makes a layout another one to a person who types; `styles` has an index into `palette` a cell."""

    fields: tuple[Field, ...]
    runs: tuple[Run, ...]
    hidden: tuple[Run, ...]
    styles: bytes
    palette: tuple[Style, ...]
    shape: tuple[object, ...]


def layout(fa: bytearray, eh: bytearray, fg: bytearray, bg: bytearray) -> Layout:
    """The layout of a buffer with these planes: field attributes, highlighting, colours, background."""
    work = _kept if len(fa) <= _KEPT_CELLS else _work_out
    return work(bytes(fa), bytes(eh), bytes(fg), bytes(bg))


def _work_out(fa: bytes, eh: bytes, fg: bytes, bg: bytes) -> Layout:
    places, size = [match.start() for match in _ATTRIBUTE.finditer(fa)], len(fa)
    fields = tuple(
        _field(fa[at], fg[at], eh[at], (at + 1) % size, following - at - 1)
        for at, following in zip(places, places[1:] + [places[0] + size] if places else [], strict=True)
    )
    runs = _runs(places, fa)
    palette: dict[Style, int] = {}
    styles = _styles(runs, (fa, eh, fg, bg), palette)
    shape = tuple((f.start, f.length, f.protected, f.numeric, f.hidden) for f in fields)
    return Layout(fields, runs, tuple(run for run in runs if run.hidden), styles, tuple(palette), shape)


_kept = lru_cache(maxsize=64)(_work_out)


def _runs(places: list[int], fa: bytes) -> tuple[Run, ...]:
    if not places:
        return (Run(0, len(fa), -1, False),)
    ends = [*places[1:], len(fa)]
    first = [Run(0, places[0], places[-1], _is_hidden(fa[places[-1]]))] if places[0] else []
    return (*first, *(Run(at + 1, end, at, _is_hidden(fa[at])) for at, end in zip(places, ends, strict=True)))


def _is_hidden(attribute: int) -> bool:
    return attribute & k.HIDDEN == k.HIDDEN


def _field(attribute: int, colour: int, highlight: int, start: int, length: int) -> Field:
    display = attribute & k.HIDDEN
    return Field(
        start=start,
        length=length,
        protected=bool(attribute & k.PROTECTED),
        numeric=bool(attribute & k.NUMERIC),
        hidden=display == k.HIDDEN,
        intensified=display == k.INTENSIFIED,
        modified=bool(attribute & k.MODIFIED),
        detectable=display in (k.DETECTABLE, k.INTENSIFIED),
        colour=colour,
        highlight=highlight and highlight | 0xF0,
    )


def _styles(runs: Sequence[Run], planes: tuple[bytes, bytes, bytes, bytes], palette: dict[Style, int]) -> bytes:
    """One palette index a cell. An attribute's own cell has the style of the field before it, and shows nothing of it."""
    fa, *extended = planes
    styles = bytearray()
    for run in runs:
        bits = fa[run.attribute] if run.attribute >= 0 else 0
        inherited = [plane[run.attribute] if run.attribute >= 0 else 0 for plane in extended]
        index = palette.setdefault(style(bits, *inherited), len(palette))
        styles += bytes((index,)) * (run.end - len(styles))
        if any(plane[run.start : run.end].strip(b"\0") for plane in extended):
            for at in range(run.start, run.end):
                own = style(bits, *(plane[at] or field for plane, field in zip(extended, inherited, strict=True)))
                if len(palette) < 255 or own in palette:
                    styles[at] = palette.setdefault(own, len(palette))
    return bytes(styles + b"\0" * (len(fa) - len(styles)))


@lru_cache(maxsize=4096)  # a screen has hundreds of cells to ask for and a handful of answers
def style(bits: int, highlight: int, colour: int, background: int) -> Style:
    """How a cell looks by its extended attributes as sent; without a colour, as a 3279 shows its field attribute."""
    intensified = bits & k.HIDDEN == k.INTENSIFIED
    base = _BASE[bits & k.PROTECTED | (k.INTENSIFIED if intensified else 0)]
    return Style(
        colour=(colour & 0x0F or 8) if colour else base,
        background=background & 0x0F,
        blink=bool(highlight & 1),
        reverse=bool(highlight & 2),
        underscore=bool(highlight & 4),
        intensified=intensified or bool(highlight & 8),
    )
