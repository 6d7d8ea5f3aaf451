"""The control sequences of line mode hosts (ECMA-48, DEC VT100, as s3270 takes them) on the terminal's buffer. Sends nothing
but reports it is asked for; keeps nothing a host names."""

import re
from collections.abc import Callable
from typing import Protocol
from unicodedata import combining, east_asian_width

from app.screen.model import WIDE_TAIL
from app.tn3270 import orders as k

MOST_SEQUENCE = 1024  # characters of a control sequence; more of it is dropped
_CONTROL = re.compile("[\x00-\x1f\x7f-\x9f]")
_SEQUENCE = re.compile(
    r"\x1b(?:\[(?P<private>[?>]?+)(?P<numbers>[0-9;]*)(?P<final>[^0-9;])"
    r"|\][^\x07\x1b]*(?:\x07|\x1b\\|\x1b(?=[^\\]))|P[^\x1b]*\x1b[^\x1b]|(?P<designate>[()*+])(?P<set>.)|(?P<single>[^\[\]P()*+]))",
    re.DOTALL,
)
_COLOURS = dict(enumerate((0xF0, 0xF2, 0xF4, 0xF6, 0xF1, 0xF3, 0xF5, 0xF7)))  # of SGR 30 to 37 as 3270 colours
_HIGHLIGHTS = {1: 8, 4: 4, 5: 1, 7: 2}
_LINE_DRAWING = dict(zip("_`abcdefghijklmnopqrstuvwxyz{|}~", "█◆▒␉␌␍␊°±␤␋┘┐┌└┼--─-_├┤┴┬│≤≥π≠£•", strict=True))

_SETS = {"0": _LINE_DRAWING, "A": {"#": "£"}}  # of a designated set, what differs from ASCII


class Buffer(Protocol):
    """What of the terminal is written here."""

    plane_dc: bytearray
    plane_fa: bytearray
    plane_eh: bytearray
    plane_cs: bytearray
    plane_fg: bytearray
    plane_bg: bytearray
    texts: list[str]
    maxrow: int
    maxcol: int
    curadd: int
    alarm: bool


class Vt:
    """One line mode display. `reply` sends text to the host; `spend` is called before what may take its time."""

    def __init__(self, buffer: Buffer, reply: Callable[[str], None], spend: Callable[[], None]) -> None:
        self._buffer, self._reply, self._spend = buffer, reply, spend
        self.reset()

    def reset(self) -> None:
        self._unread = ""
        self._fg = self._bg = self._eh = 0
        self._top, self._bottom = 0, self._buffer.maxrow
        self._tabs = set(range(0, self._buffer.maxcol, 8))
        self._sets, self._shift = ["B"] * 4, 0
        self._saved: tuple[int, int, int, int, int, list[str]] = (0, 0, 0, 0, 0, ["B"] * 4)
        self._wrap, self._held, self._insert, self._newline = True, False, False, False
        self._other: list[bytearray | list[str]] | None = None  # the buffer under an alternate one

    def feed(self, text: str) -> None:
        """Show text. A sequence cut off at its end waits for the rest."""
        text = self._unread + text
        self._unread = ""
        at = 0
        while at < len(text):
            found = _CONTROL.search(text, at)
            stop = found.start() if found else len(text)
            if stop > at:
                self._print(text[at:stop])
            if found is None:
                return
            at = self._control(text, stop)

    def _control(self, text: str, at: int) -> int:
        if text[at] != "\x1b":
            control = _CONTROLS.get(text[at])
            if control is not None:
                control(self)
            return at + 1
        match = _SEQUENCE.match(text, at)
        if match is None:
            self._unread = text[at:] if len(text) - at <= MOST_SEQUENCE else ""
            return len(text)
        self._sequence(match)
        return match.end()

    def _sequence(self, match: re.Match[str]) -> None:
        if match["final"]:
            numbers = [int(n[:5] or 0) for n in match["numbers"].split(";")[:20]]
            table = {"": _CSI, "?": _PRIVATE, ">": {}}[match["private"]]
            action = table.get(match["final"])
            if action is not None:
                action(self, numbers)
        elif match["designate"]:
            self._sets["()*+".index(match["designate"])] = match["set"]
        elif match["single"] in _SINGLE:
            _SINGLE[match["single"]](self)

    # Cells

    def _planes(self) -> list[bytearray | list[str]]:
        b = self._buffer
        return [b.plane_dc, b.plane_eh, b.plane_cs, b.plane_fg, b.plane_bg, b.texts]

    def _clear(self, start: int, end: int) -> None:
        self._spend()
        for plane in self._planes():
            if isinstance(plane, list):
                plane[start:end] = [""] * (end - start)
            else:
                plane[start:end] = bytes(end - start)

    def _move(self, start: int, end: int, to: int) -> None:
        for plane in self._planes():
            plane[to : to + end - start] = plane[start:end]  # type: ignore[assignment]

    def _print(self, text: str) -> None:
        chosen = self._sets[self._shift]
        if chosen in _SETS:
            text = "".join(_SETS[chosen].get(c, c) for c in text)
        if not text.isascii():
            text = "".join(c if c.isprintable() and not combining(c) else "?" for c in text)
        if text.isascii() or not any(map(_wide, text)):
            while text:
                text = text[self._print_row(text) :]
        else:
            for character in text:
                self._print_row(character)
                if _wide(character):
                    self._print_row(WIDE_TAIL)

    def _print_row(self, text: str) -> int:
        """Print what fits in the row; how many characters that was. A character in the last column holds the wrap."""
        b = self._buffer
        if self._held:
            self._next_line()
        left = b.maxcol - b.curadd % b.maxcol
        text = text[:left]
        count, at = len(text), b.curadd
        if self._insert:
            self._insert_characters([count])
        b.texts[at : at + count] = text
        b.plane_dc[at : at + count] = bytes((k.SPACE,)) * count
        for plane, value in ((b.plane_cs, k.TEXT), (b.plane_eh, self._eh), (b.plane_fg, self._fg), (b.plane_bg, self._bg)):
            plane[at : at + count] = bytes((value,)) * count
        b.curadd = at + min(count, left - 1)
        self._held = self._wrap and count == left
        return count

    # Cursor

    def _go(self, row: int, column: int) -> None:
        b = self._buffer
        b.curadd = min(max(row, 0), b.maxrow - 1) * b.maxcol + min(max(column, 0), b.maxcol - 1)
        self._held = False

    def _at(self) -> tuple[int, int]:
        return divmod(self._buffer.curadd, self._buffer.maxcol)

    def _carriage_return(self) -> None:
        self._go(self._at()[0], 0)
        if self._newline:
            self._line_feed()

    def _line_feed(self) -> None:
        row, column = self._at()
        if row + 1 == self._bottom:
            self._scroll()
        else:
            self._go(row + 1, column)
        self._held = False

    def _scroll(self) -> None:
        self._delete_rows(self._top, 1)

    def _next_line(self) -> None:
        self._go(self._at()[0], 0)
        self._line_feed()

    def _reverse_index(self) -> None:
        row, column = self._at()
        if row == self._top:
            self._insert_rows(row, 1)
        else:
            self._go(row - 1, column)
        self._held = False

    def _backspace(self) -> None:
        row, column = self._at()
        if self._held:
            self._held = False
        elif column:
            self._go(row, column - 1)

    def _tab(self) -> None:
        row, column = self._at()
        last = self._buffer.maxcol - 1
        self._go(row, min((tab for tab in self._tabs if tab > column), default=last))

    def _form_feed(self) -> None:
        self._clear(0, len(self._buffer.plane_dc))
        self._go(0, 0)

    def _bell(self) -> None:
        self._buffer.alarm = True

    def _up(self, n: list[int]) -> None:
        row, column = self._at()
        self._go(row - _count(n), column)

    def _down(self, n: list[int]) -> None:
        row, column = self._at()
        self._go(row + _count(n), column)

    def _right(self, n: list[int]) -> None:
        row, column = self._at()
        if column < self._buffer.maxcol - 1:  # in the last column even a held wrap stays
            self._go(row, column + _count(n))

    def _left(self, n: list[int]) -> None:
        row, column = self._at()
        if self._held:
            self._held = False
        else:
            self._go(row, column - _count(n))

    def _position(self, n: list[int]) -> None:
        self._go(_count(n) - 1, _count(n[1:]) - 1)

    def _column(self, n: list[int]) -> None:
        self._go(self._at()[0], _count(n) - 1)

    def _row(self, n: list[int]) -> None:
        self._go(_count(n) - 1, self._at()[1])

    # Erasing, inserting, deleting

    def _erase_display(self, n: list[int]) -> None:
        at, end = self._buffer.curadd, len(self._buffer.plane_dc)
        span = {0: (at, end), 1: (0, at + 1), 2: (0, end)}.get(n[0])
        if span:
            self._clear(*span)

    def _erase_line(self, n: list[int]) -> None:
        at, columns = self._buffer.curadd, self._buffer.maxcol
        start = at - at % columns
        span = {0: (at, start + columns), 1: (start, at + 1), 2: (start, start + columns)}.get(n[0])
        if span:
            self._clear(*span)

    def _erase_characters(self, n: list[int]) -> None:
        at = self._buffer.curadd
        self._clear(at, at + min(n[0], self._row_left()))

    def _row_left(self) -> int:
        return self._buffer.maxcol - self._buffer.curadd % self._buffer.maxcol

    def _insert_characters(self, n: list[int]) -> None:
        at, left = self._buffer.curadd, self._row_left()
        count = min(_count(n), left)
        self._move(at, at + left - count, at + count)
        self._clear(at, at + count)

    def _delete_characters(self, n: list[int]) -> None:
        at, left = self._buffer.curadd, self._row_left()
        count = min(_count(n), left)
        self._move(at + count, at + left, at)
        self._clear(at + left - count, at + left)

    def _insert_lines(self, n: list[int]) -> None:
        if self._top <= self._at()[0] < self._bottom:
            self._insert_rows(self._at()[0], _count(n))

    def _delete_lines(self, n: list[int]) -> None:
        if self._top <= self._at()[0] < self._bottom:
            self._delete_rows(self._at()[0], _count(n))

    def _insert_rows(self, row: int, count: int) -> None:
        self._spend()
        columns = self._buffer.maxcol
        count = min(count, self._bottom - row)
        self._move(row * columns, (self._bottom - count) * columns, (row + count) * columns)
        self._clear(row * columns, (row + count) * columns)

    def _delete_rows(self, row: int, count: int) -> None:
        self._spend()
        columns = self._buffer.maxcol
        count = min(count, self._bottom - row)
        self._move((row + count) * columns, self._bottom * columns, row * columns)
        self._clear((self._bottom - count) * columns, self._bottom * columns)

    # Modes, colours, reports

    def _rendition(self, numbers: list[int]) -> None:
        for n in numbers:
            if n == 0:
                self._fg = self._bg = self._eh = 0
            elif n in _HIGHLIGHTS:
                self._eh |= _HIGHLIGHTS[n]
            elif 30 <= n <= 37 or 90 <= n <= 97:
                self._fg = _COLOURS[n % 10]
            elif 40 <= n <= 47 or 100 <= n <= 107:
                self._bg = _COLOURS[n % 10]
            elif n == 39:
                self._fg = 0
            elif n == 49:
                self._bg = 0

    def _region(self, n: list[int]) -> None:
        top, bottom = max(n[0], 1), min(n[1] if len(n) > 1 and n[1] else self._buffer.maxrow, self._buffer.maxrow)
        if top <= bottom and (top > 1 or bottom < self._buffer.maxrow):
            self._top, self._bottom = top - 1, bottom
            self._go(0, 0)
        else:
            self._top, self._bottom = 0, self._buffer.maxrow

    def _set_mode(self, n: list[int]) -> None:
        self._insert, self._newline = self._insert or n[0] == 4, self._newline or n[0] == 20

    def _reset_mode(self, n: list[int]) -> None:
        self._insert, self._newline = self._insert and n[0] != 4, self._newline and n[0] != 20

    def _set_private(self, numbers: list[int]) -> None:
        self._wrap = self._wrap or 7 in numbers
        if {47, 1049} & set(numbers):
            self._save()
            self._other = self._other or [plane[:] for plane in self._planes()]
            self._clear(0, len(self._buffer.plane_dc))

    def _reset_private(self, numbers: list[int]) -> None:
        self._wrap = self._wrap and 7 not in numbers
        if {47, 1049} & set(numbers):
            for plane, kept in zip(self._planes(), self._other or [], strict=False):
                plane[:] = kept  # type: ignore[assignment]
            self._other = None
            self._restore()

    def _save(self) -> None:
        self._saved = self._buffer.curadd, self._fg, self._bg, self._eh, self._shift, self._sets[:]

    def _restore(self) -> None:
        self._buffer.curadd, self._fg, self._bg, self._eh, self._shift, sets = self._saved
        self._sets = sets[:]
        self._held = False

    def _clear_tabs(self, n: list[int]) -> None:
        self._tabs = set() if n[0] == 3 else self._tabs - ({self._at()[1]} if n[0] == 0 else set())

    def _set_tab(self) -> None:
        self._tabs.add(self._at()[1])

    def _shift_to(self, n: int) -> None:
        self._shift = n

    def _attributes(self, n: list[int]) -> None:
        if not n[0]:
            self._reply("\x1b[?1;2c")

    def _report(self, n: list[int]) -> None:
        row, column = self._at()
        if n[0] in (5, 6):
            self._reply("\x1b[0n" if n[0] == 5 else f"\x1b[{row + 1};{column + 1}R")

    def _anew(self) -> None:
        self.reset()
        self._form_feed()


def _count(n: list[int]) -> int:
    return max(n[0], 1) if n else 1


def _wide(character: str) -> bool:
    return character > "\u10ff" and east_asian_width(character) in "WF"


_CONTROLS: dict[str, Callable[[Vt], None]] = {
    "\x07": Vt._bell, "\x08": Vt._backspace, "\t": Vt._tab, "\n": Vt._line_feed, "\x0b": Vt._line_feed, "\x0c": Vt._form_feed,
    "\r": Vt._carriage_return, "\x0e": lambda vt: vt._shift_to(1), "\x0f": lambda vt: vt._shift_to(0),
}  # fmt: skip
_SINGLE: dict[str, Callable[[Vt], None]] = {
    "7": Vt._save, "8": Vt._restore, "E": Vt._next_line, "H": Vt._set_tab, "M": Vt._reverse_index,
    "c": Vt._anew, "n": lambda vt: vt._shift_to(2), "o": lambda vt: vt._shift_to(3),
}  # fmt: skip
_CSI: dict[str, Callable[[Vt, list[int]], None]] = {
    "@": Vt._insert_characters, "A": Vt._up, "B": Vt._down, "C": Vt._right, "D": Vt._left, "G": Vt._column, "H": Vt._position,
    "J": Vt._erase_display, "K": Vt._erase_line, "L": Vt._insert_lines, "M": Vt._delete_lines, "P": Vt._delete_characters,
    "X": Vt._erase_characters, "c": Vt._attributes, "d": Vt._row, "f": Vt._position, "g": Vt._clear_tabs, "h": Vt._set_mode,
    "l": Vt._reset_mode, "m": Vt._rendition, "n": Vt._report, "r": Vt._region,
}  # fmt: skip
_PRIVATE: dict[str, Callable[[Vt, list[int]], None]] = {"h": Vt._set_private, "l": Vt._reset_private}
