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


def first_open(screen: Screen) -> int:
    """Behind the first attribute of an unprotected field, even one without a cell (where Erase Input leaves the cursor); 0 without any."""
    n = size(screen)
    return min((f.start for f in screen.fields if not f.protected), key=lambda start: (start - 1) % n, default=0) % n


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


def next_word(screen: Screen, cells: str, cursor: int) -> int:
    """x3270's NextWord: the next word of this unprotected field; without one, the cell behind the word the cursor is in, or else
    the first word of the unprotected fields behind. Nowhere on an unformatted screen."""
    field = field_at(screen, cursor)
    if not screen.fields:
        return cursor
    if field is None or field.protected:
        return _next_typed(screen, cells, cursor)
    rest = addresses(screen, field)[(cursor - field.start) % size(screen) :]
    blanks = [_is_blank(cells, at) for at in rest]
    if True not in blanks:
        return (field.start + field.length) % size(screen)  # behind the word stands the next attribute
    gap = blanks.index(True)
    if False in blanks[gap:]:
        return rest[blanks.index(False, gap)]
    return rest[gap] if gap else _next_typed(screen, cells, cursor)


def previous_word(screen: Screen, cells: str, cursor: int) -> int:
    """x3270's PreviousWord: the start of the word before the one the cursor is in, in this or another unprotected field."""
    n = size(screen)
    if not screen.fields:
        return cursor
    at = cursor
    while is_open(screen, at) and not _is_blank(cells, at):  # out of the word the cursor is in
        at = (at - 1) % n
        if at == cursor:
            return cursor
    end = next((e for i in range(n) if _is_word(screen, cells, e := (at - i) % n)), None)
    if end is None:
        return cursor
    while _is_word(screen, cells, (end - 1) % n):
        end = (end - 1) % n
    return end


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


def _next_typed(screen: Screen, cells: str, start: int) -> int:
    """The first character of a word in an unprotected field from an address on, around the screen; the address when there is none."""
    n = size(screen)
    return next((at for i in range(n) if _is_word(screen, cells, at := (start + i) % n)), start)


def _is_word(screen: Screen, cells: str, at: int) -> bool:
    return is_open(screen, at) and not _is_blank(cells, at)


def _is_blank(cells: str, at: int) -> bool:
    """What ends a word: a null, a blank, either half of a double-width blank. SO and SI are within words, as x3270 has them."""
    return cells[at - 1 if cells[at] == WIDE_TAIL else at] in (NULL, " ", "\u3000")
