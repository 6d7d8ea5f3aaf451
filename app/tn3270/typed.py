"""What was typed, checked again and put into the terminal's buffer. The worker's terminal is the truth: whatever the page
checked is checked here once more, and either all of it goes in or nothing does."""

import dataclasses
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from app.errors import InputRefused
from app.screen.keyboard import DUP, FIELD_MARK, NUMERIC, SELECTED, UNSELECTED
from app.screen.model import NULL, SHIFT_IN, SHIFT_OUT, WIDE_TAIL, Field, Screen
from app.tn3270 import orders as k
from app.tn3270.connection import Connection
from app.tn3270.reads import AIDS

IDEOGRAPHIC_BLANK = 0x4040
UNLOCKED = frozenset(("Attn", "SysReq"))  # keys that a locked keyboard lets through
CONTROLS = {NULL: k.NULL, DUP: k.DUP, FIELD_MARK: k.FIELD_MARK}  # typed by keys of their own
_NUMERIC = NUMERIC | {NULL}


@dataclass(frozen=True, slots=True)
class Typed:
    """A key, the cursor's buffer address, the whole new text of each modified field by its start ("" for one that Erase Input
    emptied: nulls, and not modified), and the serials of the screen and layout all that was typed on (None: those of now)."""

    aid: str
    cursor: int
    fields: Sequence[tuple[int, str]] = dataclasses.field(repr=False)
    screen: int | None = None
    layout: int | None = None


def lay(terminal: Connection, screen: Screen, written: Mapping[int, int], typed: Typed) -> None:
    """Check and put into the buffer. `screen` is the terminal's now; `written` has the serial at which the host wrote last
    into each field, by start. Raises InputRefused with a code; then nothing was changed."""
    if typed.aid not in AIDS and typed.aid not in UNLOCKED:
        raise InputRefused(f"There is no key {typed.aid[:20]!r}.", code="no-such-key")
    if typed.aid in UNLOCKED:
        return
    _check(screen, typed)
    edits = [_edit(terminal, screen, start, text) for start, text in typed.fields if not _overtaken(typed, written, start)]
    for field, data, modified in edits:
        _put(terminal, field, data)
        _mark(terminal, field, modified)
    terminal.curadd = typed.cursor


def _check(screen: Screen, typed: Typed) -> None:
    if screen.locked:
        raise InputRefused(f"The keyboard is locked: {screen.oia or 'the host has not answered yet'}.", code="locked")
    seen = typed.layout if typed.layout is not None else screen.layout
    if seen != screen.layout or (typed.screen is not None and not screen.layout <= typed.screen <= screen.serial):
        raise InputRefused("The host has drawn another screen since this was typed. Look at it and type it again.", code="stale-screen")
    if not 0 <= typed.cursor < screen.rows * screen.columns:
        raise InputRefused("The cursor is outside the screen.", code="cursor-outside")


def _overtaken(typed: Typed, written: Mapping[int, int], start: int) -> bool:
    """The host wrote into this field after what was typed on: the host wins."""
    return typed.screen is not None and written.get(start, 0) > typed.screen


def _edit(terminal: Connection, screen: Screen, start: int, text: str) -> tuple[Field, bytes, bool]:
    """A field, its new bytes, and whether it counts as modified."""
    field = _field_at(screen, start)
    shown = _shown(screen, field)
    if field.detectable and text[1:] == shown[1:] and text[:1] in {SELECTED, UNSELECTED, shown[:1]}:
        return field, _selected(terminal, field, text), text[:1] != UNSELECTED
    if field.protected:
        raise InputRefused("X Protected: this field can't be typed into.", code="protected")
    if len(text) > field.length:
        raise InputRefused(f"The field takes {field.length} characters, not {len(text)}.", code="too-long")
    return field, _encoded(terminal, field, text, shown), bool(text)


def _field_at(screen: Screen, start: int) -> Field:
    if not screen.fields and start == 0:
        return Field(0, screen.rows * screen.columns)
    for field in screen.fields:
        if field.start == start:
            return field
    raise InputRefused("No field starts there.", code="no-such-field")


def _shown(screen: Screen, field: Field) -> str:
    end, size = field.start + field.length, len(screen.cells)
    return screen.cells[field.start : end] + screen.cells[: max(0, end - size)]


def _held(terminal: Connection, field: Field) -> bytes:
    end, size = field.start + field.length, terminal.buffer_size
    return bytes(terminal.plane_dc[field.start : end] + terminal.plane_dc[: max(0, end - size)])


def _selected(terminal: Connection, field: Field, text: str) -> bytes:
    """A field chosen by Cursor Select: but for its designator it stays as it is."""
    held = _held(terminal, field)
    return bytes((_byte(terminal, field, text[0]),)) + held[1:] if text[0] in SELECTED + UNSELECTED else held


def _encoded(terminal: Connection, field: Field, text: str, shown: str) -> bytes:
    """The field's bytes, nulls behind the text. A cell whose character did not change keeps the byte it has, even one that
    nobody can type; but a hidden field shows nothing that could have been kept: its text replaces what it held."""
    out, held = bytearray(field.length), _held(terminal, field)
    doubles = _doubles(terminal, field, text)
    if not field.hidden:  # a pair that stands as it stood keeps its code, even one that shows as a blank
        doubles = {n: byte for n, byte in doubles.items() if not _same_pair(text, shown, n)}
    for n, character in enumerate(text):
        if n in doubles:
            out[n] = doubles[n]
        elif not field.hidden and character == shown[n]:
            out[n] = held[n]
        elif field.numeric and character not in _NUMERIC and (field.hidden or character not in shown):
            raise InputRefused("X Numeric: this field takes digits, plus, minus, period and comma only.", code="numeric")
        else:
            out[n] = _byte(terminal, field, character)
    return bytes(out)


def _same_pair(text: str, shown: str, at: int) -> bool:
    first = at - 1 if text[at] == WIDE_TAIL else at
    return first >= 0 and text[first : first + 2] == shown[first : first + 2]


def _doubles(terminal: Connection, field: Field, text: str) -> dict[int, int]:
    """The byte of each cell that holds SO, SI or half a double-width character; only a host's code page of two bytes has any."""
    page = terminal.code_page
    if not page.double_typed or not (WIDE_TAIL in text or SHIFT_OUT in text or SHIFT_IN in text):
        return {}
    whole = terminal.plane_cs[(field.start - 1) % terminal.buffer_size] == k.DBCS
    out, within = {}, whole
    for n, character in enumerate(text):
        if character in (SHIFT_OUT, SHIFT_IN):
            if whole or within == (character == SHIFT_OUT):
                raise InputRefused("X DBCS: a shift is out of place.", code="dbcs")
            out[n], within = ord(character), character == SHIFT_OUT
        elif text[n + 1 : n + 2] == WIDE_TAIL:
            if not within:
                raise InputRefused("X DBCS: a double-width character stands outside SO and SI.", code="dbcs")
            pair = page.double_typed.get(character, IDEOGRAPHIC_BLANK if character == " " else None)
            if pair is None:
                raise InputRefused(f"The host's code page {page.name} has no {character!r}.", code="code-page")
            out[n], out[n + 1] = divmod(pair, 256)
        elif within and character not in (WIDE_TAIL, NULL):
            raise InputRefused("X DBCS: a single-width character stands between SO and SI.", code="dbcs")
    if within and not whole:
        raise InputRefused("X DBCS: an SI is missing.", code="dbcs")
    return out


def _byte(terminal: Connection, field: Field, character: str) -> int:
    byte = CONTROLS.get(character, terminal.code_page.typed.get(character))
    if byte is None:
        which = "one of the characters typed" if field.hidden else repr(character)
        raise InputRefused(f"The host's code page {terminal.code_page.name} has no {which}.", code="code-page")
    return byte


def _put(terminal: Connection, field: Field, data: bytes) -> None:
    size = terminal.buffer_size
    for n, byte in enumerate(data):
        at = (field.start + n) % size
        if terminal.plane_dc[at] != byte:
            terminal.plane_dc[at] = byte
            for plane in (terminal.plane_cs, terminal.plane_eh, terminal.plane_fg, terminal.plane_bg):
                plane[at] = 0


def _mark(terminal: Connection, field: Field, modified: bool) -> None:
    at = (field.start - 1) % terminal.buffer_size
    if terminal.plane_fa[at]:
        terminal.plane_fa[at] = terminal.plane_fa[at] | k.MODIFIED if modified else terminal.plane_fa[at] & ~k.MODIFIED
