"""Where the cursor goes: functions of a Screen and a buffer address. Pure; ui/src/moves.ts is its twin.

Rules of GA23-0059, "Keyboard and Operator Controls". All addresses wrap over the end of the screen.
"""

from app.screen.model import NULL, SHIFT_IN, SHIFT_OUT, WIDE_TAIL, Field, Screen

BLANKS = (NULL, " ", SHIFT_OUT, SHIFT_IN)


def size(screen: Screen) -> int:
    return screen.rows * screen.columns


def field_at(screen: Screen, address: int) -> Field | None:
    """The field whose data a cell is; None on a field attribute and on an unformatted screen."""
    n = size(screen)
    return next((f for f in screen.fields if (address - f.start) % n < f.length), None)


def addresses(screen: Screen, field: Field) -> list[int]:
    """The address of each data cell of a field, in its order."""
    return [(field.start + i) % size(screen) for i in range(field.length)]


def is_open(screen: Screen, address: int) -> bool:
    """Can a character be typed here?"""
    field = field_at(screen, address)
    return not screen.fields or (field is not None and not field.protected)


def is_attribute(screen: Screen, address: int) -> bool:
    return bool(screen.fields) and field_at(screen, address) is None


def next_field(screen: Screen, address: int) -> int:
    """First cell of the next unprotected field whose attribute is at `address` or after it; 0 when there is none."""
    n = size(screen)
    return min(_typable(screen), key=lambda start: (start - 1 - address) % n, default=0)


def tab(screen: Screen, cursor: int) -> int:
    return next_field(screen, cursor)


def back_tab(screen: Screen, cursor: int) -> int:
    """The start of this unprotected field, or of the one before when the cursor is there already."""
    n = size(screen)
    return min(_typable(screen), key=lambda start: (cursor - start) % n or n, default=0)


def home(screen: Screen) -> int:
    """The first unprotected field from the top."""
    return next_field(screen, size(screen) - 1)


def new_line(screen: Screen, cursor: int) -> int:
    """The first cell on the lines below that can be typed in."""
    row = (cursor // screen.columns + 1) * screen.columns % size(screen)
    return row if is_open(screen, row) else next_field(screen, row)


def field_end(screen: Screen, cells: str, cursor: int) -> int:
    """Behind the last character of this unprotected field; its last cell when it is full."""
    field = field_at(screen, cursor)
    if field is None or field.protected:
        return cursor
    places = addresses(screen, field)
    filled = [i for i, at in enumerate(places) if cells[at] not in BLANKS]
    return places[min(filled[-1] + 1 if filled else 0, len(places) - 1)]


def word(screen: Screen, cells: str, cursor: int, step: int) -> int:
    """The first character of the next word (step 1) or the previous (-1) in an unprotected field; the cursor when there is none."""
    n = size(screen)
    return next((at for i in range(1, n) if _starts_word(screen, cells, at := (cursor + step * i) % n)), cursor)


def advance(screen: Screen, address: int) -> int:
    """Where the cursor goes when a character was typed at `address`: over attributes, past a field that skips."""
    n = size(screen)
    at = (address + 1) % n
    for _ in range(n):
        if not is_attribute(screen, at):
            return at
        begun = next((f for f in screen.fields if f.start == (at + 1) % n), None)
        if begun is not None and begun.skip:
            return next_field(screen, at)
        at = (at + 1) % n
    return at


def _typable(screen: Screen) -> list[int]:
    return [f.start for f in screen.fields if not f.protected and f.length]


def _starts_word(screen: Screen, cells: str, address: int) -> bool:
    if not is_open(screen, address) or cells[address] in (*BLANKS, WIDE_TAIL):
        return False
    before = (address - 1) % size(screen)
    return cells[before] in BLANKS or field_at(screen, before) != field_at(screen, address)
