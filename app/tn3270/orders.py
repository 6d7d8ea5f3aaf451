"""The orders of a 3270 write (GA23-0059 chapter 4), as s3270 does them. Touches the buffer only; decides nothing of locks.

Replaces tnz's `_process_order_*` and `_process_data`: those end the session at a truncated order, an address outside the
screen or an attribute they don't know, let a host fill memory with text for file transfer, and copy each plane twice a run.
"""

import re
from collections.abc import Callable
from typing import Any, ClassVar

from app.tn3270.codepages import CodePage
from app.tn3270.tn3270e import OPERATION_CHECK, Rejected

BASE, TEXT, GE, APL, DBCS = 0, 0x01, 0x08, 0xF1, 0xF8  # what plane_cs says of a cell; TEXT: the character is in `texts`
SO, SI = 0x0E, 0x0F
NULL, SPACE, DUP, FIELD_MARK = 0x00, 0x40, 0x1C, 0x1E
FORMAT_CONTROLS = bytes((0x3F, DUP, FIELD_MARK, 0x0C, 0x0D, 0x15, 0x19, 0x25, 0xFF))  # SUB DUP FM FF CR NL EM LF EO
PRINTABLE, ATTRIBUTE_BITS = 0xC0, 0x3D
PROTECTED, NUMERIC, HIDDEN, INTENSIFIED, DETECTABLE, MODIFIED = 0x20, 0x10, 0x0C, 0x08, 0x04, 0x01  # of an attribute
ALL, HIGHLIGHT, FOREGROUND, CHARACTER_SET, BACKGROUND, FIELD = 0x00, 0x41, 0x42, 0x43, 0x45, 0xC0  # attribute types
SPENT_EVERY = 256  # bytes between looks at the time a record takes
_PLAIN = re.compile(b"[\x00\x40-\xfe]+")
_SETS = {0xF1: APL, 0xF8: DBCS}


class Orders:
    """The buffer and the orders that write it. An order method is given the record, the order's position and the record's
    end, and returns the position after it; it raises Rejected for what s3270 rejects, keeping what was written before."""

    plane_dc: bytearray  # characters
    plane_fa: bytearray  # field attributes, 0 = none
    plane_eh: bytearray  # highlighting
    plane_cs: bytearray  # character sets
    plane_fg: bytearray  # colours
    plane_bg: bytearray
    buffer_size: int
    bufadd: int
    curadd: int
    code_page: CodePage
    _spend: Callable[[], None]

    def _orders_init(self) -> None:
        self._governing, self._govern_from = -1, 0
        self._extended = False  # whether a character since the last erase has attributes of its own
        self._reset_attributes()
        self._insert_cursor = -1
        self._ordered, self._null_tabbed = True, False  # what Program Tab must know of the order before it
        self._was = (True, False)

    def _reset_attributes(self) -> None:
        self._eh = self._fg = self._bg = self._cs = 0

    def _process_orders_data(self, b_str: bytes, start: int, end: int, zti: object = None) -> None:
        """Write orders and data, from the cursor's address on. Raises Rejected after writing what could be."""
        self._reset_attributes()
        self._insert_cursor = -1
        self._ordered, self._null_tabbed = True, False
        self.bufadd = self.curadd
        self._govern_here()
        table, look_again = self.order_table, start + SPENT_EVERY
        try:
            while start < end:
                if start >= look_again:
                    self._spend()
                    look_again = start + SPENT_EVERY
                order = table[b_str[start]]
                if order is None:
                    start = self._data(b_str, start, end)
                    self._ordered, self._null_tabbed = False, False
                else:
                    self._was, self._ordered, self._null_tabbed = (self._ordered, self._null_tabbed), True, False
                    start = order(self, b_str, start, end)
        finally:
            if self._insert_cursor >= 0:
                self.curadd = self._insert_cursor

    def _data(self, record: bytes, start: int, end: int) -> int:
        match = _PLAIN.match(record, start, end)
        assert match is not None  # the table says that a plain byte is at start
        self._put(match[0])
        return match.end()

    # The buffer

    def _put(self, data: bytes, character_set: int | None = None) -> None:
        """Write characters with the attributes that SA has set, wrapping at the screen's end."""
        size = self.buffer_size
        if len(data) > size:  # what would be overwritten in any case is skipped
            self.bufadd = (self.bufadd + len(data) - size) % size
            data = data[-size:]
        cut = size - self.bufadd
        self._put_run(data[:cut], self._cs if character_set is None else character_set)
        if len(data) > cut:
            self._put_run(data[cut:], self._cs if character_set is None else character_set)

    def _put_run(self, data: bytes, character_set: int) -> None:
        start, length = self.bufadd, len(data)
        end = start + length
        formatted = self.plane_fa[start:end].strip(b"\0")
        self.plane_dc[start:end] = data
        if not (formatted or self._extended or character_set or self._eh or self._fg or self._bg):
            self.bufadd = end % self.buffer_size  # most text of most hosts: nothing but characters
            return
        if formatted and self._governing < 0:
            self._find_governing()  # before it is overwritten
        self._extended = True
        self.plane_fa[start:end] = bytes(length)
        for plane, value in (
            (self.plane_eh, self._eh),
            (self.plane_cs, character_set),
            (self.plane_fg, self._fg),
            (self.plane_bg, self._bg),
        ):
            plane[start:end] = bytes((value,)) * length
        self.bufadd = end % self.buffer_size

    def _null(self, start: int, end: int) -> None:
        """Null the characters from start up to end (start < end), leaving their colours; attributes must not lie between."""
        self.plane_dc[start:end] = self.plane_cs[start:end] = bytes(end - start)

    def attribute_at(self, address: int) -> int:
        """Address of the field attribute that governs an address (its own, if it is one); -1 on an unformatted screen."""
        found = len(self.plane_fa[: address + 1].rstrip(b"\0")) - 1
        return found if found >= 0 else len(self.plane_fa.rstrip(b"\0")) - 1

    def _govern_here(self) -> None:
        """From here on the field attribute of this address governs Erase Unprotected to Address, whatever data overwrites, up
        to the next order that sets an address. It is looked for when it is needed."""
        self._governing, self._govern_from = -1, self.bufadd

    def _find_governing(self) -> int:
        if self._governing < 0:
            at = self.attribute_at(self._govern_from)
            self._governing = self.plane_fa[at] if at >= 0 else 0
        return self._governing

    def attributes(self) -> list[int]:
        """Addresses of all field attributes, in order."""
        return [match.start() for match in re.finditer(b"[^\0]", self.plane_fa)]

    def address(self, address_bytes: bytes) -> int:
        """Decode a 12-bit or 14-bit address (GA23-0059, buffer addresses)."""
        high, low = address_bytes
        return high << 8 | low if not high & 0xC0 else (high & 0x3F) << 6 | low & 0x3F

    def _operand(self, record: bytes, position: int, end: int, length: int) -> bytes:
        if position + length > end:
            raise Rejected("the record ends within an order", OPERATION_CHECK)
        return record[position : position + length]

    def _address_operand(self, record: bytes, start: int, end: int) -> int:
        address = self.address(self._operand(record, start + 1, end, 2))
        if address >= self.buffer_size:
            raise Rejected(f"address {address} is beyond the screen", OPERATION_CHECK)
        return address

    # The orders

    def _process_order_0x11(self, order: bytes, start: int, stop: int) -> int:
        """SBA: Set Buffer Address."""
        self.bufadd = self._address_operand(order, start, stop)
        self._govern_here()
        return start + 3

    def _process_order_0x13(self, order: bytes, start: int, stop: int) -> int:
        """IC: Insert Cursor. The cursor moves when the record has been done."""
        self._insert_cursor = self.bufadd
        return start + 1

    def _process_order_0x1d(self, order: bytes, start: int, stop: int) -> int:
        """SF: Start Field."""
        self._start_field(self._operand(order, start + 1, stop, 1)[0])
        self._step()
        return start + 2

    def _start_field(self, attribute: int) -> None:
        at = self.bufadd
        self.plane_dc[at] = SPACE  # an attribute's cell shows as a blank
        self.plane_eh[at] = self.plane_cs[at] = self.plane_fg[at] = self.plane_bg[at] = 0
        self.plane_fa[at] = self._governing = PRINTABLE | attribute & ATTRIBUTE_BITS

    def _step(self) -> None:
        self.bufadd = (self.bufadd + 1) % self.buffer_size

    def _process_order_0x29(self, order: bytes, start: int, stop: int) -> int:
        """SFE: Start Field Extended. A cut one still starts its field, with the attributes that came whole."""
        count = self._operand(order, start + 1, stop, 1)[0]
        end = start + 2 + 2 * count
        pairs = order[start + 2 : min(end, stop)]
        self._start_field(_last(pairs, FIELD, 0))
        self._set_attributes(pairs, 0x07)
        if self.plane_cs[self.bufadd] == DBCS and not self.code_page.double:
            self.plane_cs[self.bufadd] = BASE
        self._step()
        if end > stop:
            raise Rejected("the record ends within SFE", OPERATION_CHECK)
        return end

    def _process_order_0x2c(self, order: bytes, start: int, stop: int) -> int:
        """MF: Modify Field; nothing where no field starts."""
        count = self._operand(order, start + 1, stop, 1)[0]
        end = start + 2 + 2 * count
        if self.plane_fa[self.bufadd]:
            self._find_governing()
            pairs = order[start + 2 : min(end, stop)]
            attribute = _last(pairs, FIELD, -1)
            if attribute >= 0:
                self.plane_fa[self.bufadd] = PRINTABLE | attribute & ATTRIBUTE_BITS
            self._set_attributes(pairs, 0x0F)
            self._step()
            if end > stop:
                raise Rejected("the record ends within MF", OPERATION_CHECK)
        return end

    def _set_attributes(self, pairs: bytes, highlights: int) -> None:
        """Set a field's extended attributes; types that s3270 doesn't know are passed over."""
        at = self.bufadd
        for kind, value in zip(pairs[::2], pairs[1::2], strict=False):
            if kind == HIGHLIGHT:
                self.plane_eh[at] = value & highlights
            elif kind == FOREGROUND:
                self.plane_fg[at] = _colour(value)
            elif kind == BACKGROUND:
                self.plane_bg[at] = _colour(value)
            elif kind == CHARACTER_SET:
                self.plane_cs[at] = _SETS.get(value, BASE)

    def _process_order_0x28(self, order: bytes, start: int, stop: int) -> int:
        """SA: Set Attribute, for the characters that follow in this record."""
        kind, value = self._operand(order, start + 1, stop, 2)
        if kind == ALL:
            self._reset_attributes()
        elif kind == HIGHLIGHT:
            self._eh = value & 0x0F
        elif kind == FOREGROUND:
            self._fg = _colour(value)
        elif kind == BACKGROUND:
            self._bg = _colour(value)
        elif kind == CHARACTER_SET:
            self._cs = _SETS.get(value, BASE)
        return start + 3

    def _process_order_0x08(self, order: bytes, start: int, stop: int) -> int:
        """GE: Graphic Escape. One character of the APL set."""
        self._put(self._operand(order, start + 1, stop, 1), GE)
        self._govern_here()
        self._ordered = False
        return start + 2

    def _process_order_0x3c(self, order: bytes, start: int, stop: int) -> int:
        """RA: Repeat to Address; up to the same address is the whole screen."""
        until = self._address_operand(order, start, stop)
        character = self._operand(order, start + 3, stop, 1)
        character_set, after = None, start + 4
        if character == b"\x08":
            character, character_set, after = self._operand(order, start + 4, stop, 1), GE, start + 5
        self._put(character * self._cells_to(until), character_set)
        self.bufadd = until
        self._govern_here()
        return after

    def _before(self, attribute: int) -> bytearray:
        """The characters of the field from its start up to this address."""
        if attribute >= self.bufadd:  # it began before the screen's end
            return self.plane_dc[attribute + 1 :] + self.plane_dc[: self.bufadd]
        return self.plane_dc[attribute + 1 : self.bufadd]

    def _cells_to(self, until: int) -> int:
        return (until - self.bufadd) % self.buffer_size or self.buffer_size

    def _process_order_0x12(self, order: bytes, start: int, stop: int) -> int:
        """EUA: Erase Unprotected to Address."""
        until = self._address_operand(order, start, stop)
        self._erase_unprotected(self.bufadd, self._cells_to(until), self._find_governing())
        self.bufadd = until
        self._govern_here()
        return start + 3

    def _erase_unprotected(self, start: int, cells: int, attribute: int = 0) -> None:
        for first, last in _segments(start, cells, self.buffer_size):
            position = first
            for match in re.finditer(b"[^\0]", self.plane_fa[first:last]):
                if not attribute & PROTECTED:
                    self._null(position, first + match.start())
                attribute, position = match[0][0], first + match.end()
            if not attribute & PROTECTED:
                self._null(position, last)

    def _process_order_0x05(self, order: bytes, start: int, stop: int) -> int:
        """PT: Program Tab. After data, it also nulls the rest of the field it leaves."""
        ordered, null_tabbed = self._was
        here = self.plane_fa[self.bufadd]
        if here and not here & PROTECTED:
            self._step()
            return start + 1
        target = self._next_unprotected(self.bufadd)
        target = 0 if target < self.bufadd else target
        if not ordered or null_tabbed:
            if target != self.bufadd:
                self._null_field_to(target)
            self._null_tabbed = target == 0
        self.bufadd = target
        return start + 1

    def _null_field_to(self, target: int) -> None:
        """Null from the current address up to the next attribute, the target, or the screen's end."""
        following = re.compile(b"[^\0]").search(self.plane_fa, self.bufadd)
        end = min(following.start() if following else self.buffer_size, target or self.buffer_size)
        for plane in (self.plane_dc, self.plane_cs, self.plane_eh, self.plane_fg, self.plane_bg):
            plane[self.bufadd : end] = bytes(end - self.bufadd)

    def _next_unprotected(self, address: int) -> int:
        """First data cell of the next unprotected field from an address on, around the screen; 0 when there is none."""
        fa, size = self.plane_fa, self.buffer_size
        places = self.attributes()
        for at in [a for a in places if a >= address] + [a for a in places if a < address]:
            following = (at + 1) % size
            if not fa[at] & PROTECTED and not fa[following]:
                return following
        return 0

    def _order_control(self, order: bytes, start: int, stop: int) -> int:
        """A format control order: it takes a cell and shows as a blank, Dup as *, Field Mark as ;."""
        self._put(order[start : start + 1])
        return start + 1

    def _order_shift_out(self, order: bytes, start: int, stop: int) -> int:
        return self._order_control(order, start, stop)

    def _order_shift_in(self, order: bytes, start: int, stop: int) -> int:
        """SI: rejected where no SO is before it in its field."""
        before = self._before(self.attribute_at(self.bufadd))
        if before.rfind(SO) <= before.rfind(SI):
            raise Rejected("SI without SO", OPERATION_CHECK)
        return self._order_control(order, start, stop)

    def _order_unknown(self, order: bytes, start: int, stop: int) -> int:
        """A byte that is no order and no character is passed over."""
        return start + 1

    order_table: ClassVar[tuple["Order | None", ...]]


Order = Callable[[Any, bytes, int, int], int]  # of the class whose table it is in


def order_table(orders: type[Orders]) -> tuple[Order | None, ...]:
    """What each byte of a write is: an order, or None for a character."""
    table: list[Order | None] = [None, *[orders._order_unknown] * 0x3F, *[None] * 0xC0]
    for code in FORMAT_CONTROLS:
        table[code] = orders._order_control
    for code in (0x05, 0x08, 0x11, 0x12, 0x13, 0x1D, 0x28, 0x29, 0x2C, 0x3C):
        table[code] = getattr(orders, f"_process_order_0x{code:02x}")
    table[SO], table[SI] = orders._order_shift_out, orders._order_shift_in
    return tuple(table)


Orders.order_table = order_table(Orders)


def _colour(value: int) -> int:
    return value if value & 0xF0 == 0xF0 else 0


def _last(pairs: bytes, kind: int, default: int) -> int:
    """The last value of a type in a list of type and value bytes."""
    values = pairs[1::2]
    at = pairs[: 2 * len(values) : 2].rfind(kind)
    return values[at] if at >= 0 else default


def _segments(start: int, cells: int, size: int) -> list[tuple[int, int]]:
    """A run of cells that may wrap, as one or two runs that do not."""
    end = start + cells
    return [(start, end)] if end <= size else [(start, size), (0, end - size)]
