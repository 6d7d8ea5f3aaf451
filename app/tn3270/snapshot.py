"""The terminal's buffer as a Screen: characters decoded, colours resolved, hidden text left out. Changes nothing."""

import codecs
import re
from dataclasses import dataclass
from functools import lru_cache

from app.screen.model import NULL, SHIFT_IN, SHIFT_OUT, WIDE_TAIL, Field, Screen, Style
from app.tn3270 import dbcs
from app.tn3270 import orders as k
from app.tn3270.apl import APL_SHOWN
from app.tn3270.connection import Connection

GREEN, BLUE, RED, WHITE = 4, 1, 2, 7
_BASE = {0: GREEN, k.PROTECTED: BLUE, k.INTENSIFIED: RED, k.PROTECTED | k.INTENSIFIED: WHITE}  # a 3279's base colours
_NOT_NULL = re.compile(b"[^\0]")


@dataclass(frozen=True, slots=True)
class _Run:
    """A field's cells that do not wrap, and the address of its attribute (-1: unformatted)."""

    start: int
    end: int
    attribute: int


def take(terminal: Connection, layout: int) -> Screen:
    """The screen now. `layout` is the serial at which the caller saw the fields change last."""
    runs, fields = _fields(terminal)
    palette: dict[Style, int] = {}
    return Screen(
        rows=terminal.maxrow,
        columns=terminal.maxcol,
        cells=_cells(terminal, runs),
        styles=_styles(terminal, runs, palette),
        palette=tuple(palette),
        fields=fields,
        cursor=terminal.curadd,
        serial=terminal.generation,
        layout=layout,
        locked=bool(terminal.lock),
        state=terminal.state,
        lu=terminal.lu,
        alarm=terminal.alarm,
        oia=terminal.lock.oia,
    )


def _fields(terminal: Connection) -> tuple[list[_Run], tuple[Field, ...]]:
    places, size = terminal.attributes(), terminal.buffer_size
    if not places:
        return [_Run(0, size, -1)], ()
    runs, fields = [], []
    if places[0] > 0:
        runs.append(_Run(0, places[0], places[-1]))
    for at, following in zip(places, places[1:] + [places[0] + size], strict=True):
        fields.append(_field(terminal, at, (at + 1) % size, following - at - 1))
        runs.append(_Run(at + 1, min(following, size), at))
    return runs, tuple(fields)


def _field(terminal: Connection, at: int, start: int, length: int) -> Field:
    attribute = terminal.plane_fa[at]
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
        colour=terminal.plane_fg[at],
        highlight=terminal.plane_eh[at] and terminal.plane_eh[at] | 0xF0,
    )


def _cells(terminal: Connection, runs: list[_Run]) -> str:
    text = codecs.charmap_decode(bytes(terminal.plane_dc), "strict", terminal.code_page.shown)[0]
    if terminal.plane_cs.strip(b"\0"):
        text = _other_sets(terminal, text, runs)
    if terminal.code_page.double:
        text = _double(terminal, text, terminal.code_page.double)
    parts, position = [], 0
    for run in runs:
        hidden = run.attribute >= 0 and terminal.plane_fa[run.attribute] & k.HIDDEN == k.HIDDEN
        parts.append(" " * (run.start - position))
        parts.append(" " * (run.end - run.start) if hidden else text[run.start : run.end])
        position = run.end
    return "".join(parts) + " " * (terminal.buffer_size - position)


def _other_sets(terminal: Connection, text: str, runs: list[_Run]) -> str:
    """Characters of other sets than the base set: their own, or else their field's."""
    characters = list(text)
    for match in _NOT_NULL.finditer(terminal.plane_cs):
        at, kind = match.start(), match[0][0]
        if kind in (k.GE, k.APL):
            characters[at] = APL_SHOWN[terminal.plane_dc[at]]
        elif kind == k.TEXT:
            characters[at] = terminal.texts[at] or " "
    for run in runs:
        if run.attribute >= 0 and terminal.plane_cs[run.attribute] == k.APL:
            for at in range(run.start, run.end):
                if terminal.plane_cs[at] == k.BASE and terminal.plane_dc[at]:
                    characters[at] = APL_SHOWN[terminal.plane_dc[at]]
    return "".join(characters)


def _double(terminal: Connection, text: str, double: dict[int, str]) -> str:
    """Pairs of cells as double-width characters; a pair that is none as an ideographic blank, a pair of nulls as nulls."""
    kinds, data, size = dbcs.cells(terminal), terminal.plane_dc, terminal.buffer_size
    if not kinds.strip(b"\0"):
        return text
    characters = list(text)
    for match in _NOT_NULL.finditer(kinds):
        at, kind = match.start(), match[0][0]
        if kind == dbcs.SHIFT:
            characters[at] = SHIFT_OUT if data[at] == k.SO else SHIFT_IN
        elif kind == dbcs.LEFT:
            right = (at + 1) % size
            pair = data[at] << 8 | data[right]
            characters[at], characters[right] = (double.get(pair, "\u3000"), WIDE_TAIL) if pair else (NULL, NULL)
    return "".join(characters)


def _styles(terminal: Connection, runs: list[_Run], palette: dict[Style, int]) -> bytes:
    """One palette index a cell. Attribute positions have their field's style."""
    styles = bytearray()
    for run in runs:
        own = _style(terminal, run.attribute, run.attribute)
        index = palette.setdefault(own, len(palette))
        styles += bytes((index,)) * (run.end - len(styles))
        planes = (terminal.plane_eh, terminal.plane_fg, terminal.plane_bg)
        if any(plane[run.start : run.end].strip(b"\0") for plane in planes):
            for at in range(run.start, run.end):
                if terminal.plane_eh[at] or terminal.plane_fg[at] or terminal.plane_bg[at]:
                    style = _style(terminal, at, run.attribute)
                    if len(palette) < 255 or style in palette:
                        styles[at] = palette.setdefault(style, len(palette))
    return bytes(styles + b"\0" * (terminal.buffer_size - len(styles)))


def _style(terminal: Connection, at: int, attribute: int) -> Style:
    """A cell's own attributes, else its field's."""
    bits = terminal.plane_fa[attribute] if attribute >= 0 else 0
    own = terminal.plane_fg[at] if at >= 0 else 0
    inherited = terminal.plane_fg[attribute] if attribute >= 0 else 0
    highlight = (terminal.plane_eh[at] if at >= 0 else 0) or (terminal.plane_eh[attribute] if attribute >= 0 else 0)
    background = (terminal.plane_bg[at] if at >= 0 else 0) or (terminal.plane_bg[attribute] if attribute >= 0 else 0)
    return _shown_as(bits, own or inherited, background, highlight)


@lru_cache(maxsize=4096)  # a screen has hundreds of cells to ask for and a handful of answers
def _shown_as(bits: int, colour: int, background: int, highlight: int) -> Style:
    """Extended attributes as sent, or what a 3279 shows for the field attribute where there are none."""
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
