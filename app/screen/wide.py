"""Typing where double-width characters stand: functions of one field's cells. Pure; ui/src/wide.ts is its twin.

Between single-width cells a run of double-width characters stands within SHIFT_OUT and SHIFT_IN, each of which takes a cell; in a
double-byte field (`whole`) there are none. What a key does is x3270's choice, save where that would leave half a character.
"""

from collections.abc import Sequence

from app.screen.model import NULL, SHIFT_IN, SHIFT_OUT, WIDE_TAIL

SHIFTS = (SHIFT_OUT, SHIFT_IN)
DBCS, OVERFLOW, PROTECTED = "X DBCS", "X Overflow", "X Protected"
_RANGES = (
    (0x1100, 0x115F), (0x2E80, 0x303E), (0x3041, 0xA4CF), (0xAC00, 0xD7A3), (0xF900, 0xFAFF), (0xFE30, 0xFE4F), (0xFF01, 0xFF60),
    (0xFFE0, 0xFFE6), (0x20000, 0x3FFFD),
)  # fmt: skip  # East Asian wide and full-width characters; the ambiguous ones are typed as single

Edited = tuple[list[str], int]  # a field's new cells, and the cursor's place among them (their number: behind the last)


def is_wide(character: str) -> bool:
    """Does this character take two cells?"""
    return character == "\u3000" or any(first <= ord(character) <= last for first, last in _RANGES)


def edit(cells: Sequence[str], at: int, key: str, insert: bool, whole: bool) -> Edited | str | None:
    """What a key makes of a field: its cells and cursor, the words of an operator error, or None: nothing double-width is
    concerned, so that the key does what it always does."""
    typed = len(key) == 1
    if not (typed and is_wide(key)) and not whole and not any(c in (*SHIFTS, WIDE_TAIL) for c in cells):
        return None
    now = list(cells)
    if typed:
        return _type_wide(now, at, key, insert, whole) if is_wide(key) else _type_single(now, at, key, insert, whole)
    if key == "Delete":
        return _delete(now, at)
    if key == "BackSpace" and at > 0:
        return _back_space(now, at)
    return _erase(now, at, whole) if key == "EraseEOF" else None


def _within(cells: list[str], at: int) -> bool:
    """Is the cell behind a SHIFT_OUT whose SHIFT_IN is yet to come (or is this cell)?"""
    before = [c for c in cells[:at] if c in SHIFTS]
    return bool(before) and before[-1] == SHIFT_OUT


def _lead(cells: list[str], at: int) -> int:
    return at - 1 if cells[at] == WIDE_TAIL and at > 0 else at


def _plain(cells: list[str], start: int, count: int) -> bool:
    """Are there so many cells, none of which belongs to a double-width run?"""
    run = cells[start : start + count]
    cut = cells[start + count : start + count + 1] == [WIDE_TAIL]
    return len(run) == count and not cut and not any(c in (*SHIFTS, WIDE_TAIL) for c in run)


def _over(cells: list[str], at: int, new: list[str], cursor: int) -> Edited | str:
    """Overwrite; DBCS when the field ends before it, as where a host left a run open."""
    return (cells[:at] + new + cells[at + len(new) :], cursor) if at + len(new) <= len(cells) else DBCS


def _push(cells: list[str], at: int, new: list[str], cursor: int) -> Edited | str:
    """Insert: the next nulls are pushed out."""
    nulls = [i for i in range(at, len(cells)) if cells[i] == NULL][: len(new)]
    if len(nulls) < len(new):
        return OVERFLOW
    return cells[:at] + new + [cells[i] for i in range(at, len(cells)) if i not in nulls], cursor


def _type_wide(cells: list[str], at: int, character: str, insert: bool, whole: bool) -> Edited | str:
    put, pair = _push if insert else _over, [character, WIDE_TAIL]
    at = _lead(cells, at)
    if not whole and cells[at] == SHIFT_OUT:
        at += 1
    elif not whole and at > 0 and cells[at] != SHIFT_IN and cells[at - 1] == SHIFT_IN:
        at -= 1  # right behind a run: it grows
    if at >= len(cells):
        return DBCS
    if whole or (_within(cells, at) and cells[at] != SHIFT_IN):
        fits = insert or (at + 1 < len(cells) and cells[at + 1] not in SHIFTS)
        return put(cells, at, pair, at + 2) if fits else DBCS
    if cells[at] == SHIFT_IN and _within(cells, at):
        if insert:
            return _push(cells, at, pair, at + 2)
        return _over(cells, at, [*pair, SHIFT_IN], at + 2) if _plain(cells, at + 1, 2) else DBCS
    return put(cells, at, [SHIFT_OUT, *pair, SHIFT_IN], at + 3) if insert or _plain(cells, at, 4) else DBCS


def _type_single(cells: list[str], at: int, character: str, insert: bool, whole: bool) -> Edited | str:
    if whole:
        return DBCS
    at = _lead(cells, at)
    if cells[at] == SHIFT_IN:
        at += 1
    if at >= len(cells):
        return OVERFLOW
    if cells[at] == SHIFT_OUT and not insert:
        empty = cells[at + 1 : at + 2] == [SHIFT_IN]
        return _over(cells, at, [character, " "] if empty else [character, " ", SHIFT_OUT], at + 1)
    if not _within(cells, at):
        return (_push if insert else _over)(cells, at, [character], at + 1)
    if insert:
        first = cells[at - 1] == SHIFT_OUT
        return _push(cells, at - 1, [character], at) if first else _push(cells, at, [SHIFT_IN, character, SHIFT_OUT], at + 2)
    last = cells[at + 2 : at + 3] == [SHIFT_IN]
    return _over(cells, at, [SHIFT_IN, character, " "] if last else [SHIFT_IN, character, " ", SHIFT_OUT], at + 2)


def _delete(cells: list[str], at: int) -> Edited | str:
    """A character is deleted whole; a shift only with its partner, when nothing is between them."""
    at = _lead(cells, at)
    if cells[at] in SHIFTS and (cells[at + 1 : at + 2] or [""])[0] not in SHIFTS:
        return PROTECTED
    count = 2 if cells[at] in SHIFTS or cells[at + 1 : at + 2] == [WIDE_TAIL] else 1
    return cells[:at] + cells[at + count :] + [NULL] * count, at


def _back_space(cells: list[str], at: int) -> Edited | str:
    before = at - 1
    if cells[before] == SHIFT_IN and before > 0:
        before -= 1
    done = _delete(cells, _lead(cells, before))
    if isinstance(done, str):
        return done
    left, place = done
    if place > 0 and left[place - 1 : place + 1] == [SHIFT_OUT, SHIFT_IN]:
        return left[: place - 1] + left[place + 1 :] + [NULL, NULL], place - 1
    return left, place


def _erase(cells: list[str], at: int, whole: bool) -> Edited:
    """To the field's end; a run that is cut is closed again."""
    at = _lead(cells, at)
    cut = not whole and _within(cells, at)
    return cells[:at] + ([SHIFT_IN] if cut else [NULL]) + [NULL] * (len(cells) - at - 1), at
