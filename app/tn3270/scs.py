"""SCS, the SNA Character Stream of LU type 1 printers (GA27-3136; 3287's own: GA27-3153): its orders become lines of a Paper.

Prints as pr3287 does, but for: a form feed always ends the page; INP prints blanks until ENP, for what the host wants unseen;
Graphic Escape prints its APL character; VCS takes its channel with it; transparent data prints where it is plain text.
"""

import re
from collections.abc import Callable, Sequence

from app.tn3270.apl import APL_SHOWN
from app.tn3270.codepages import CodePage
from app.tn3270.paper import TRANSPARENT, Paper

MOST_COLUMNS, MOST_LINES = 132, 108
DOUBLE_SET = 0xF8  # the character set that SA names for double-byte characters
SET_HORIZONTAL, SET_VERTICAL = 0xC1, 0xC2
_TEXT = re.compile(rb"[\x40-\xff]+")


class Scs:
    """A 3287's carriage: where it is, its margins and tab stops, and the line it is printing."""

    def __init__(self, paper: Paper, page: CodePage, spend: Callable[[], None] = lambda: None) -> None:
        self.paper, self._page, self._spend = paper, page, spend
        self.reset()

    def reset(self) -> None:
        """As after BIND."""
        self._set_horizontal(b"")
        self._set_vertical(b"")
        self._column, self._line = 1, 1
        self._clear_line()
        self._rest = b""  # the start of an order whose rest has not come: a record may end anywhere
        self._double, self._first = False, -1
        self._unseen = False

    @property
    def pending(self) -> str:
        """The line that is being printed."""
        return self._text() if self._begun else ""

    def take(self, data: bytes) -> None:
        """Print a record's data."""
        data, self._rest, at = self._rest + data, b"", 0
        while at < len(data):
            self._spend()
            text = _TEXT.match(data, at)
            if text is not None:
                self._characters(text[0])
                at = text.end()
                continue
            length = _length(data, at)
            if at + length > len(data):
                self._rest = data[at:]
                return
            self._order(data[at], data[at + 1 : at + length])
            at += length

    def begin(self, paper: Paper) -> None:
        """A job on other paper: at its top, with the margins there were."""
        self.paper, self._rest = paper, b""
        self._clear_line()
        self._column, self._line = self._left, 1

    def end(self) -> None:
        """The job ends: what is on the line is printed."""
        if self._begun:
            self._end_line(always=False)

    # Characters

    def _characters(self, data: bytes) -> None:
        if not self._double or self._page.double is None:
            self._put([self._page.shown[byte] for byte in data])
            return
        for byte in data:
            if self._first < 0:
                self._first = byte
            else:
                character = self._page.double.get(self._first << 8 | byte, "\u3000")
                self._first = -1
                self._put((character, ""))

    def _put(self, cells: Sequence[str]) -> None:
        """Print cells; "" is the right half of what stands left of it. A blank prints over nothing."""
        cells = list(cells)
        while cells:
            self._spend()
            if self._line > self._bottom:
                self._feed()
            if self._column > self._width:
                self._end_line()
                continue
            room = self._width - self._column + 1
            now, cells = cells[:room], cells[room:]
            for at, cell in enumerate(now, self._column):
                if cell != " " and not self._unseen:
                    self._cells[at] = cell
            self._column += len(now)
            self._begun = True

    # Orders

    def _order(self, order: int, operand: bytes) -> None:
        known = _ORDERS.get(order)
        if known is None:
            self._put(" ")  # a stray control prints a blank
        else:
            known(self, operand)

    def _back_space(self, operand: bytes) -> None:
        self._column = max(1, self._column - (2 if self._double else 1))

    def _carriage_return(self, operand: bytes) -> None:
        self._column = self._left

    def _new_line(self, operand: bytes) -> None:
        self._end_line()

    def _line_feed(self, operand: bytes) -> None:
        self._end_line(stay=True)

    def _form_feed(self, operand: bytes) -> None:
        self._end_line(always=False)
        self._feed()

    def _tab(self, operand: bytes) -> None:
        stop = next((stop for stop in self._tabs if stop > self._column), 0)
        if stop:
            self._column = stop
        else:
            self._put(" ")

    def _vertical_tab(self, operand: bytes) -> None:
        stop = next((stop for stop in self._vertical_tabs if stop > self._line), 0)
        self._end_line(stay=True)
        while self._line < stop:
            self.paper.line("")
            self._line += 1

    def _inhibit(self, operand: bytes) -> None:
        self._unseen = True

    def _enable(self, operand: bytes) -> None:
        self._unseen = False

    def _graphic_escape(self, operand: bytes) -> None:
        self._put(APL_SHOWN[operand[0]])

    def _attribute(self, operand: bytes) -> None:
        """Set Attribute: only the character set matters on paper without colours."""
        kind, value = operand
        if kind == 0x00 or kind == 0x43:
            self._double, self._first = kind == 0x43 and value == DOUBLE_SET, -1

    def _shift_out(self, operand: bytes) -> None:
        self._double, self._first = self._page.double is not None, -1

    def _shift_in(self, operand: bytes) -> None:
        self._double, self._first = False, -1

    def _transparent_data(self, operand: bytes) -> None:
        """Bytes for the printer as they are: text lies between the columns; what steers a printer steers nothing here."""
        text, self._double = operand[1:].decode("latin-1"), False
        if text.isascii() and text.isprintable():
            self._transparent[self._column] = (self._transparent.get(self._column, "") + text)[:4096]
            self._begun = True
        else:
            self.paper.remark(TRANSPARENT)

    def _set(self, operand: bytes) -> None:
        if operand[0] == SET_HORIZONTAL:
            self._set_horizontal(operand[2:])
        elif operand[0] == SET_VERTICAL:
            self._set_vertical(operand[2:])

    def _set_horizontal(self, values: bytes) -> None:
        """Set Horizontal Format: columns, left margin, right margin (not heeded), tab stops."""
        width, left = (*values[:2], *bytes(2 - len(values[:2])))
        self._width = width if 1 <= width <= MOST_COLUMNS else MOST_COLUMNS
        self._left = left if 1 <= left < self._width else 1
        self._tabs = sorted(stop for stop in values[3:] if 1 <= stop <= self._width)

    def _set_vertical(self, values: bytes) -> None:
        """Set Vertical Format: lines, top margin, bottom margin, tab stops. Without it a page ends by a form feed alone."""
        lines, top, bottom = (*values[:3], *bytes(3 - len(values[:3])))
        self._lines = lines if 1 <= lines <= MOST_LINES else 1
        self._top = top if 1 <= top < self._lines else 1
        self._bottom = bottom if self._top <= bottom < self._lines else self._lines
        self._vertical_tabs = sorted(stop for stop in values[3:] if 1 <= stop <= self._lines)

    def _nothing(self, operand: bytes) -> None:
        """BEL rings nowhere."""

    # The line

    def _text(self) -> str:
        if not self._transparent:
            return "".join(self._cells[1:])
        return "".join(self._transparent.get(at, "") + cell for at, cell in enumerate(self._cells[1:], 1))

    def _end_line(self, stay: bool = False, always: bool = True) -> None:
        """Print the line and go to the next; `stay` in this column. A line feed is always printed unless `always` is off."""
        text = self._text().rstrip(" ") if self._begun else ""
        if text or always:
            self.paper.line(text)
            if self._lines > 1:
                self._line += 1
        if self._begun:
            self._clear_line()
        if not stay:
            self._column = self._left

    def _clear_line(self) -> None:
        self._cells, self._transparent, self._begun = [" "] * (MOST_COLUMNS + 2), dict[int, str](), False

    def _feed(self) -> None:
        self.paper.feed(self._top - 1)
        self._line = self._top


_ORDERS: dict[int, Callable[[Scs, bytes], None]] = {
    0x04: Scs._line_feed,  # VCS
    0x05: Scs._tab,
    0x08: Scs._graphic_escape,
    0x0B: Scs._vertical_tab,
    0x0C: Scs._form_feed,
    0x0D: Scs._carriage_return,
    0x0E: Scs._shift_out,
    0x0F: Scs._shift_in,
    0x14: Scs._enable,
    0x15: Scs._new_line,
    0x16: Scs._back_space,
    0x1E: Scs._new_line,  # IRS
    0x24: Scs._inhibit,
    0x25: Scs._line_feed,
    0x28: Scs._attribute,
    0x2B: Scs._set,
    0x2F: Scs._nothing,
    0x35: Scs._transparent_data,
}


def _length(data: bytes, at: int) -> int:
    """How many bytes the order at `at` has; more than there are, when its rest has not come."""
    order = data[at]
    if order in (0x04, 0x08):
        return 2
    if order == 0x28:
        return 3
    if order == 0x35:  # TRN: a count, and so many bytes
        return 2 + data[at + 1] if at + 1 < len(data) else 2
    if order == 0x2B:  # SET: a type, and a count that counts itself
        return 2 + max(1, data[at + 2]) if at + 2 < len(data) else 3
    return 1
