"""Which cells are halves of double-byte characters (GA23-0059, "Double-Byte Character Sets"). Pure: looks at planes only."""

from typing import Protocol

from app.tn3270 import orders as k

SINGLE, LEFT, RIGHT, SHIFT = 0, 1, 2, 3  # what a cell is; SHIFT: an SO or SI


class Planes(Protocol):
    plane_dc: bytearray
    plane_fa: bytearray
    plane_cs: bytearray
    buffer_size: int

    def attributes(self) -> list[int]: ...


def cells(terminal: Planes) -> bytes:
    """One of SINGLE, LEFT, RIGHT, SHIFT a cell. A left half without a right one counts as SINGLE."""
    kinds = bytearray(terminal.buffer_size)
    if k.SO in terminal.plane_dc or k.DBCS in terminal.plane_cs:
        places, size = terminal.attributes(), terminal.buffer_size
        for at, following in zip(places, places[1:] + [places[0] + size] if places else [], strict=True):
            _field(terminal, [n % size for n in range(at + 1, following)], terminal.plane_cs[at] == k.DBCS, kinds)
        if not places:
            _field(terminal, list(range(size)), False, kinds)
    return bytes(kinds)


def _field(terminal: Planes, places: list[int], whole: bool, kinds: bytearray) -> None:
    """A field of double-byte characters all through (its character set says so), else subfields within SO and SI, or cells
    that SA gave the set."""
    data, sets = terminal.plane_dc, terminal.plane_cs
    start, shifted = (0 if whole else -1), False
    left = -1
    for n, at in enumerate(places):
        if data[at] in (k.SO, k.SI) and not whole and sets[at] != k.DBCS:
            shifted = data[at] == k.SO
            kinds[at], start, left = SHIFT, (n + 1 if shifted else -1), -1
            continue
        if sets[at] == k.DBCS:
            start = n if start < 0 else start
        elif not shifted and not whole:
            start = left = -1
        if start >= 0 and (n - start) % 2 and left >= 0:
            kinds[left], kinds[at], left = LEFT, RIGHT, -1
        elif start >= 0:
            left = at
