"""The terminal's buffer as a Screen: characters decoded, colours resolved, hidden text left out. Changes nothing."""

import codecs
import re
from collections.abc import Sequence
from dataclasses import replace

from app.screen.model import NULL, SHIFT_IN, SHIFT_OUT, WIDE_TAIL, Field, Screen
from app.tn3270 import dbcs
from app.tn3270 import orders as k
from app.tn3270.apl import APL_SHOWN
from app.tn3270.connection import Connection
from app.tn3270.layout import Layout, Run, layout

_NOT_NULL = re.compile(b"[^\0]")


def take(terminal: Connection, serial_of_layout: int, found: Layout | None = None) -> Screen:
    """The screen now. `serial_of_layout` is the serial at which the caller saw the fields change last."""
    found = found or layout_of(terminal)
    return Screen(
        rows=terminal.maxrow,
        columns=terminal.maxcol,
        cells=_cells(terminal, found),
        styles=found.styles,
        palette=found.palette,
        fields=_with_double(terminal, found.fields) if terminal.code_page.double else found.fields,
        cursor=terminal.curadd,
        serial=terminal.generation,
        layout=serial_of_layout,
        locked=bool(terminal.lock),
        state=terminal.state,
        lu=terminal.lu,
        alarm=terminal.alarm,
        oia=terminal.lock.oia,
    )


def _with_double(terminal: Connection, fields: tuple[Field, ...]) -> tuple[Field, ...]:
    """Which fields take double-byte characters only (character set X'F8')."""
    sets, size = terminal.plane_cs, terminal.buffer_size
    return tuple(replace(field, double=True) if sets[(field.start - 1) % size] == k.DBCS else field for field in fields)


def layout_of(terminal: Connection) -> Layout:
    return layout(terminal.plane_fa, terminal.plane_eh, terminal.plane_fg, terminal.plane_bg)


def _cells(terminal: Connection, found: Layout) -> str:
    text = codecs.charmap_decode(bytes(terminal.plane_dc), "strict", terminal.code_page.shown)[0]
    if terminal.plane_cs.strip(b"\0"):
        text = _other_sets(terminal, text, found.runs)
    if terminal.code_page.double:
        text = _double(terminal, text, terminal.code_page.double)
    for run in found.hidden:
        text = text[: run.start] + " " * (run.end - run.start) + text[run.end :]
    return text


def _other_sets(terminal: Connection, text: str, runs: Sequence[Run]) -> str:
    """Characters of other sets than the base set: their own, or else their field's."""
    characters = list(text)
    for match in _NOT_NULL.finditer(terminal.plane_cs):
        at, kind = match.start(), match[0][0]
        if kind in (k.GE, k.APL) and not terminal.plane_fa[at]:
            characters[at] = APL_SHOWN[terminal.plane_dc[at]]
        elif kind == k.TEXT:
            characters[at] = terminal.texts[at] or " "
        elif kind == k.DBCS and terminal.plane_dc[at]:
            characters[at] = " "  # half a character, unless _double finds the other half
    for run in runs:
        of_field = terminal.plane_cs[run.attribute] if run.attribute >= 0 else k.BASE
        if of_field in (k.APL, k.DBCS):
            for at in range(run.start, run.end):
                if terminal.plane_dc[at] and (terminal.plane_cs[at] == k.BASE or of_field == k.DBCS):
                    characters[at] = APL_SHOWN[terminal.plane_dc[at]] if of_field == k.APL else " "
    return "".join(characters)


def _double(terminal: Connection, text: str, double: dict[int, str]) -> str:
    """Pairs of cells as double-width characters; a pair that is none as a blank, a pair of nulls as nulls."""
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
            characters[at], characters[right] = (double.get(pair, " "), WIDE_TAIL) if pair else (NULL, NULL)
        elif kind == dbcs.HALF and data[at]:
            characters[at] = " "
    return "".join(characters)
