"""Which cells are halves of double-byte characters (GA23-0059, "Double-Byte Character Sets"), and what of them a write left
malformed, found as s3270 finds it. Looks at planes only."""

from dataclasses import dataclass, field
from typing import Protocol

from app.tn3270 import orders as k

SINGLE, LEFT, RIGHT, SHIFT, HALF = 0, 1, 2, 3, 4  # what a cell is; SHIFT: an SO or SI; HALF: a left half alone


class Planes(Protocol):
    plane_dc: bytearray
    plane_fa: bytearray
    plane_cs: bytearray
    buffer_size: int

    def attribute_at(self, address: int) -> int: ...


def is_character(pair: bytes | bytearray) -> bool:
    """Whether two bytes may be one double-byte character, there or not."""
    return 0x40 <= pair[0] <= 0xFE and 0x40 <= pair[1] <= 0xFE


def cells(terminal: Planes) -> bytes:
    """One of SINGLE, LEFT, RIGHT, SHIFT, HALF a cell. A LEFT has its RIGHT behind it."""
    return bytes(_scan(terminal).kinds)


def settle(terminal: Planes) -> bool:
    """After a write: pairs that are no characters become blanks, left halves alone nulls, other sets within SO and SI the base
    set. False where the host wrote what GA23-0059 has rejected for it."""
    found = _scan(terminal)
    for at, character in found.characters.items():
        terminal.plane_dc[at] = character
    for at in found.base:
        terminal.plane_cs[at] = k.BASE
    return found.sound


@dataclass(slots=True)
class _Scan:
    kinds: bytearray
    characters: dict[int, int] = field(default_factory=dict)  # what has to stand there instead
    base: set[int] = field(default_factory=set)  # cells whose character set has to be the base set
    sound: bool = True
    start: int = -1  # where the double-byte characters began that go on here
    whole: bool = False  # the field is of double-byte characters all through
    shown_only: bool = False  # and s3270 would not see it: what is malformed in it is let be
    out: bool = False  # the last shift was SO
    back: bool = False  # it was SI


def _scan(terminal: Planes) -> _Scan:
    """Each cell once, from the first field's start around the screen. A field's attribute does not end what an SO began, as in
    s3270. (There a double-byte field in which the screen begins shows nothing at all: an oversight we leave out.)"""
    scan, size = _Scan(bytearray(terminal.buffer_size)), terminal.buffer_size
    if not (k.SO in terminal.plane_dc or k.SI in terminal.plane_dc or k.DBCS in terminal.plane_cs):
        return scan
    first = terminal.attribute_at(0)
    scan.whole = first >= 0 and terminal.plane_cs[first] == k.DBCS
    scan.start, scan.shown_only = (first + 1) % size if scan.whole else -1, scan.whole
    previous = -1
    for n in range(size if first < 0 else size - 1):
        at = (first + 1 + n) % size
        if terminal.plane_fa[at]:
            scan.whole = terminal.plane_cs[at] == k.DBCS
            scan.start, scan.shown_only = (at + 1) % size if scan.whole else -1, False
        elif terminal.plane_dc[at] in (k.SO, k.SI):
            _shift(scan, terminal, at)
        else:
            _character(scan, terminal, at, previous)
        if previous >= 0 and scan.kinds[previous] == LEFT and scan.kinds[at] != RIGHT and not scan.shown_only:
            scan.sound = scan.sound and bool(terminal.plane_fa[at])
            scan.characters[previous], scan.kinds[previous] = k.NULL, HALF
        previous = at
    if scan.kinds[previous] == LEFT:
        scan.kinds[previous] = HALF  # nothing comes after it that could say so
    return scan


def _shift(scan: _Scan, terminal: Planes, at: int) -> None:
    out = terminal.plane_dc[at] == k.SO
    wrong = scan.whole or (scan.out if out else scan.back)
    scan.kinds[at], scan.out, scan.back = SHIFT, out, not out
    scan.sound = scan.sound and not wrong
    if not out:
        scan.start = -1
    elif not wrong:
        scan.start = (at + 1) % terminal.buffer_size


def _character(scan: _Scan, terminal: Planes, at: int, previous: int) -> None:
    own = terminal.plane_cs[at]
    if scan.out and own != k.BASE:
        own, scan.sound = k.BASE, False
        scan.base.add(at)
    if own == k.DBCS:
        scan.start = at if scan.start < 0 else scan.start
    elif not scan.out and not scan.whole:
        scan.start = -1
    if scan.start < 0:
        return
    if (at - scan.start) % 2 == 0:
        scan.kinds[at] = LEFT
        return
    scan.kinds[at] = RIGHT
    pair = bytes((scan.characters.get(previous, terminal.plane_dc[previous]), terminal.plane_dc[at]))
    if not is_character(pair) and not scan.shown_only:
        scan.characters[previous] = scan.characters[at] = k.SPACE
