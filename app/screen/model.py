"""Screen and Field: what the user sees, as frozen values. The text of a hidden field is never in one."""

from dataclasses import dataclass
from enum import StrEnum

NULL = "\x00"  # a cell the host or the keyboard left empty: not sent with Read Modified
WIDE_TAIL = "\ufdd0"  # right half of a double-width character: a Unicode noncharacter, so no host can send it
SHIFT_OUT, SHIFT_IN = "\x0e", "\x0f"  # cells around double-width characters on a host that has them; they show as blanks
HARMLESS = "\xa0\u3000\xad"  # blanks and a hyphen that Python does not call printable
_BLANK = str.maketrans({SHIFT_OUT: " ", SHIFT_IN: " ", WIDE_TAIL: None})


def printable(text: str) -> str:
    """Text that can be shown anywhere: whatever could steer a terminal or a page is a blank."""
    return "".join(character if character.isprintable() or character in HARMLESS else " " for character in text)


class State(StrEnum):
    """Where a connection is (`./iast screen --json` prints the value)."""

    CONNECTING = "connecting"
    NVT = "nvt"
    TN3270 = "3270"
    TN3270E = "tn3270e"
    SSCP_LU = "sscp-lu"
    UNBOUND = "unbound"
    LOST = "lost"


@dataclass(frozen=True, slots=True)
class Style:
    """How a cell looks: 3279 colour 0-15 (0 = default of its field, resolved before it gets here: 1 blue, 2 red, 3 pink,
    4 green, 5 turquoise, 6 yellow, 7 white ... as GA23-0059 X'F1'..), and highlighting."""

    colour: int = 4
    background: int = 0
    blink: bool = False
    reverse: bool = False
    underscore: bool = False
    intensified: bool = False


@dataclass(frozen=True, slots=True)
class Field:
    """A field: `start` is the buffer address of its first data cell (the cell after its attribute), `length` its data
    cells, wrapping over the end of the screen when start + length > rows * columns."""

    start: int
    length: int
    protected: bool = False
    numeric: bool = False
    hidden: bool = False
    intensified: bool = False
    modified: bool = False
    detectable: bool = False
    double: bool = False  # of double-byte characters only
    colour: int = 0  # extended attribute as sent, 0 = none
    highlight: int = 0  # extended attribute as sent: 0xF1 blink, 0xF2 reverse, 0xF4 underscore; 0 = none

    @property
    def skip(self) -> bool:
        """Auto-skip: protected and numeric together (GA23-0059, field attributes)."""
        return self.protected and self.numeric


@dataclass(frozen=True, slots=True)
class Screen:
    """What the user sees.

    `cells` has rows * columns characters in buffer order: NULL for a null, a space for an attribute position and for
    every cell of a hidden field, WIDE_TAIL for the right half of a double-width character, SHIFT_OUT and SHIFT_IN around
    those that stand between single ones. `styles` is one entry a cell: an index into `palette`. `cursor` is a buffer
    address. `fields` is empty on an unformatted screen.
    `serial` grows with each host write; `layout` is the serial at which the fields last changed.
    """

    rows: int
    columns: int
    cells: str
    styles: bytes
    palette: tuple[Style, ...]
    fields: tuple[Field, ...]
    cursor: int
    serial: int
    layout: int
    locked: bool  # the keyboard waits for the host
    state: State
    lu: str = ""
    alarm: bool = False  # the host rang the bell with this write
    oia: str = ""  # why it is locked, in the words of the operator information area ("X SYSTEM", "X Wait", ...)

    def text(self) -> list[str]:
        """The rows as a person reads them: nulls as blanks, no trailing blanks cut, wide tails left out."""
        n, cells = self.columns, self.cells.replace(NULL, " ")
        rows = [cells[r * n : (r + 1) * n] for r in range(self.rows)]
        if cells.isascii() and SHIFT_OUT not in cells and SHIFT_IN not in cells:  # most screens, and `translate` takes many times as long
            return rows
        return [(" " + row[1:] if row[0] == WIDE_TAIL else row).translate(_BLANK) for row in rows]  # its left half ends the row above

    def position(self, address: int) -> tuple[int, int]:
        """Row and column, from 0, of a buffer address."""
        return divmod(address, self.columns)
