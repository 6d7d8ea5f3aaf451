"""3270 data on an LU type 3 printer (GA23-0059, "Printer Operations"): a buffer that writes fill, printed as lines of a Paper.

Prints as pr3287 does: before the next erase and at the job's end, whenever a write starts the printer; a page may be written in
parts. Formatted (40, 64 or 80 columns by the WCC) the buffer is lines, those all null left out; else it is one stream with NL, CR,
FF and EM, and 132 columns.
"""

from collections.abc import Callable

from app.tn3270.apl import APL_SHOWN
from app.tn3270.codepages import CodePage
from app.tn3270.paper import Paper
from app.tn3270.tn3270e import OPERATION_CHECK, Rejected

COLUMNS = (132, 40, 64, 80)  # by two bits of the WCC; 132 is "unformatted"
MOST_COLUMNS, MOST_LINES = 132, 132
MOST_CELLS = MOST_COLUMNS * MOST_LINES
NEW_LINE, RETURN, FORM_FEED, END = "\n", "\r", "\f", "\x19"
_CONTROLS = {0x0C: FORM_FEED, 0x0D: RETURN, 0x15: NEW_LINE, 0x19: END}
_VISIBLE, _INVISIBLE = "\x01", "\x02"  # cells of field attributes
_LENGTHS = {0x11: 3, 0x12: 3, 0x1D: 2, 0x28: 3, 0x08: 2, 0x3C: 4}  # orders with operands; SFE and MF have a count


class Lu3:
    """The printer's buffer. A line is only there while it is printed."""

    def __init__(self, paper: Paper, page: CodePage, spend: Callable[[], None] = lambda: None) -> None:
        self.paper, self._page, self._spend = paper, page, spend
        self.reset()

    def reset(self) -> None:
        """As after BIND."""
        self._cells = [""] * MOST_CELLS  # "": null
        self._written, self._at, self._columns, self._formatted = False, 0, MOST_COLUMNS, False
        self._line: list[str] = []
        self._column = 0

    def begin(self, paper: Paper) -> None:
        """A job on other paper."""
        self.paper = paper
        self.reset()

    @property
    def busy(self) -> bool:
        """Whether something waits to be printed."""
        return self._written

    @property
    def pending(self) -> str:
        """What is in the buffer, as it would be printed."""
        if not self._written:
            return ""
        look = Lu3(Paper(), self._page, self._spend)
        look._cells, look._columns, look._formatted, look._written = list(self._cells), self._columns, self._formatted, True
        look.erase()
        return look.paper.take()

    def end(self) -> None:
        """The job ends: whatever is in the buffer is printed."""
        self.erase()

    def erase(self) -> None:
        """Print what is in the buffer, and empty it."""
        if self._written:
            cells, self._cells, self._written = self._cells, [""] * MOST_CELLS, False
            if self._formatted:
                self._print_lines(cells)
            else:
                self._print_stream(cells)
        self._at = 0

    def write(self, control: int, data: bytes) -> None:
        """Orders and data behind a write control character. Raises Rejected; what stood before the fault stays."""
        self._formatted, self._columns = bool(control & 0x30), COLUMNS[control >> 4 & 3]
        at = 0
        while at < len(data):
            self._spend()
            at += self._one(data, at)

    def _one(self, data: bytes, at: int) -> int:
        """Do one order or character; how many bytes it took."""
        byte = data[at]
        length = self._length(data, at)
        operand = data[at + 1 : at + length]
        if len(operand) < length - 1:
            raise Rejected("an order was cut off", OPERATION_CHECK)
        if byte == 0x11:
            self._set_address(_address(operand))
        elif byte == 0x3C:
            self._repeat(_address(operand), operand[2:])
        elif byte == 0x1D:
            self._put(_attribute(operand[0]))
        elif byte == 0x29:
            self._put(next((_attribute(operand[i + 1]) for i in range(1, len(operand) - 1, 2) if operand[i] == 0xC0), _VISIBLE))
        elif byte == 0x08:
            self._put(APL_SHOWN[operand[0]])
        elif byte not in (0x05, 0x12, 0x13, 0x28, 0x2C):  # PT, EUA, IC, SA and MF change no paper
            self._put(self._cell(byte))
        return length

    def _length(self, data: bytes, at: int) -> int:
        byte = data[at]
        if byte in (0x29, 0x2C):
            return 2 + 2 * data[at + 1] if at + 1 < len(data) else 2
        if byte == 0x3C and data[at + 3 : at + 4] == b"\x08":
            return 5
        return _LENGTHS.get(byte, 1)

    def _cell(self, byte: int) -> str:
        """What a byte puts into the buffer: a control that steers the paper, or a character."""
        if byte in _CONTROLS:
            control = _CONTROLS[byte]
            return control if not self._formatted or control == FORM_FEED else ""
        if byte < 0x40 and byte not in (0x1C, 0x1E):  # Dup and Field Mark are seen
            return "" if self._formatted else " "
        return self._page.shown[byte]

    def _set_address(self, address: int) -> None:
        if address >= MOST_CELLS:
            self._at = 0
            raise Rejected("an address beyond the buffer", OPERATION_CHECK)
        if self._formatted:
            self._at = address
        else:
            self._fill(address, " ")

    def _repeat(self, address: int, operand: bytes) -> None:
        if not self._at <= address <= MOST_CELLS:
            self._at = 0
            raise Rejected("an address beyond the buffer", OPERATION_CHECK)
        self._fill(address, APL_SHOWN[operand[1]] if len(operand) > 1 else self._cell(operand[0]))

    def _fill(self, stop: int, cell: str) -> None:
        if stop > self._at:
            self._cells[self._at : stop] = [cell] * (stop - self._at)
            self._at, self._written = stop % MOST_CELLS, True

    def _put(self, cell: str) -> None:
        if not self._formatted and cell in (_VISIBLE, _INVISIBLE):
            cell = " "
        self._cells[self._at] = cell
        self._at, self._written = (self._at + 1) % MOST_CELLS, True

    # Printing

    def _print_lines(self, cells: list[str]) -> None:
        visible, blanks = True, 0
        for start in range(0, min(MOST_CELLS, MOST_LINES * self._columns), self._columns):
            self._spend()
            row = cells[start : start + self._columns]
            if not any(row):
                continue
            line: list[str] = []
            for cell in row:
                if cell in (_VISIBLE, _INVISIBLE):
                    visible = cell == _VISIBLE
                elif cell == FORM_FEED:
                    blanks = self._skip(blanks)
                    self.paper.feed()
                line.append(cell if visible and cell not in ("", _VISIBLE, _INVISIBLE, FORM_FEED) else " ")
            if any(cell not in ("", " ", _VISIBLE, _INVISIBLE, FORM_FEED) for cell in row):
                blanks = self._skip(blanks)
                self.paper.line("".join(line))
            elif " " in row:
                blanks += 1  # printed only if something comes after it

    def _skip(self, blanks: int) -> int:
        for _ in range(blanks):
            self.paper.line("")
        return 0

    def _print_stream(self, cells: list[str]) -> None:
        for cell in cells:
            if cell == NEW_LINE:
                self._end_line()
            elif cell == RETURN:
                self._column = 0
            elif cell == FORM_FEED:
                self._end_line(always=False)
                self.paper.feed()
            elif cell == END:
                break
            elif cell:
                self._type(cell)
        self._end_line(always=False)

    def _type(self, cell: str) -> None:
        """A character at the carriage; a blank prints over nothing."""
        if self._column >= MOST_COLUMNS:
            self._end_line()
        if self._column == len(self._line):
            self._line.append(cell)
        elif cell != " ":
            self._line[self._column] = cell
        self._column += 1

    def _end_line(self, always: bool = True) -> None:
        if self._line or always:
            self._spend()
            self.paper.line("".join(self._line))
        self._line, self._column = [], 0


def _address(operand: bytes) -> int:
    high, low = operand[0], operand[1]
    return (high & 0x3F) << 8 | low if not high & 0xC0 else (high & 0x3F) << 6 | low & 0x3F


def _attribute(attribute: int) -> str:
    return _INVISIBLE if attribute & 0x0C == 0x0C else _VISIBLE
