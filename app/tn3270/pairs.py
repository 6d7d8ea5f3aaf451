"""Orders and characters where a double-byte character takes two cells (GA23-0059, "Double-Byte Character Sets"), as s3270 does
them. Which cells are its halves is dbcs.py's.

A write that would leave half a character is rejected at that point; what is malformed once it is done is mended and rejected.
"""

import re
from enum import Enum, auto

from app.tn3270 import dbcs
from app.tn3270.orders import DBCS, DUP, FIELD_MARK, SI, SO, Orders, order_table
from app.tn3270.tn3270e import OPERATION_CHECK, Rejected

CONTROLS = bytes((0x00, 0x15, 0x19, 0x0C, 0x0D, DUP, FIELD_MARK))  # second bytes of a double-byte control: NUL NL EM FF CR DUP FM
_FIELD_ORDERS = (0x1D, 0x29)
_SHIFTS, _NOT_NULL = re.compile(b"[\x0e\x0f]"), re.compile(b"[^\0]")


class Why(Enum):
    """What makes a cell one of a double-byte character."""

    NOTHING = auto()
    FIELD = auto()  # its field's character set
    SET = auto()  # its own character set
    SHIFT = auto()  # SO before it


class PairOrders(Orders):
    """What of the orders differs where there are double-byte characters."""

    def _process_orders_data(self, b_str: bytes, start: int, end: int, zti: object = None) -> None:
        try:
            super()._process_orders_data(b_str, start, end)
        finally:
            sound = self.code_page.double is None or dbcs.settle(self)
        if not sound:
            raise Rejected("double-byte characters are malformed", OPERATION_CHECK)

    def _side(self, at: int) -> tuple[int, Why]:
        """Which half of a double-byte character a character written at an address would be, by what stands left of it."""
        if self.code_page.double is None:
            return dbcs.SINGLE, Why.NOTHING
        governing = self.attribute_at(at)
        if governing >= 0 and self.plane_cs[governing] == DBCS:
            return _half((at - governing) % self.buffer_size), Why.FIELD
        if self.plane_cs[at] == DBCS:
            return self._side_by_set(at, governing)
        distance = self._since_shift_out(at, governing)
        return (_half(distance), Why.SHIFT) if distance else (dbcs.SINGLE, Why.NOTHING)

    def _side_by_set(self, at: int, governing: int) -> tuple[int, Why]:
        end = governing if governing >= 0 else self.buffer_size - 1
        first = at
        while self.plane_cs[first] == DBCS and self.plane_dc[first] not in (SO, SI):
            if first == end:
                break
            first = (first - 1) % self.buffer_size
        else:
            if first == at:
                return dbcs.SINGLE, Why.NOTHING
        return _half((at - first) % self.buffer_size), Why.SET

    def _since_shift_out(self, at: int, governing: int) -> int:
        """Cells from the SO that no SI has closed, 0 for none. At an attribute the whole screen before it is looked at."""
        if SO not in self.plane_dc:
            return 0
        before = self.plane_dc[governing + 1 : at] if at > governing else self.plane_dc[governing + 1 :] + self.plane_dc[:at]
        closed = False
        for match in reversed(list(_SHIFTS.finditer(before))):
            if match[0][0] == SI:
                closed = True
            elif not closed:
                return len(before) - match.start()
            else:
                closed = False
        return 0

    def _data(self, record: bytes, start: int, end: int) -> int:
        if self.code_page.double is None and self._cs != DBCS:
            return super()._data(record, start, end)
        side, _ = self._side(self.bufadd)
        if side == dbcs.RIGHT:
            raise Rejected("a character over the right half of another", OPERATION_CHECK)
        if side == dbcs.LEFT or self._cs == DBCS:
            return self._pair(record, start, end)
        return super()._data(record, start, min(end, start + self._singles()))

    def _singles(self) -> int:
        """How many cells from here on take single-byte characters, at least."""
        if SO not in self.plane_dc and DBCS not in self.plane_cs:
            return self.buffer_size
        if self.plane_fa[self.bufadd]:
            return 1  # behind an attribute that is overwritten another one governs
        field = _NOT_NULL.search(self.plane_fa, self.bufadd + 1)
        double = self.plane_cs.find(DBCS, self.bufadd + 1)
        ends = [field.start() if field else self.buffer_size, double if double >= 0 else self.buffer_size]
        return min(ends) - self.bufadd

    def _pair(self, record: bytes, start: int, end: int) -> int:
        pair = self._operand(record, start, end, 2)
        if pair[0] == 0 and pair[1] in _FIELD_ORDERS:
            self._put(pair[:1])  # a dead position: half a character before an attribute
            return start + 1
        if not dbcs.is_character(pair) and not _is_control(pair):
            raise Rejected(f"X'{pair.hex().upper()}' is no double-byte character", OPERATION_CHECK)
        self._put(pair)
        return start + 2

    def _order_control(self, order: bytes, start: int, stop: int) -> int:
        if self._cs == DBCS or self._side(self.bufadd)[0] != dbcs.SINGLE:
            raise Rejected("a format control order within double-byte characters", OPERATION_CHECK)
        return super()._order_control(order, start, stop)

    def _order_shift_out(self, order: bytes, start: int, stop: int) -> int:
        side, why = self._side(self.bufadd)
        if side == dbcs.RIGHT or why in (Why.FIELD, Why.SHIFT):
            raise Rejected("SO within double-byte characters", OPERATION_CHECK)
        self._put(order[start : start + 1])
        return start + 1

    def _order_shift_in(self, order: bytes, start: int, stop: int) -> int:
        side, why = self._side(self.bufadd)
        before = self._before(self.attribute_at(self.bufadd))
        if side == dbcs.RIGHT or why is Why.FIELD or before.rfind(SO) <= before.rfind(SI):
            raise Rejected("SI without SO, or within a double-byte character", OPERATION_CHECK)
        self._put(order[start : start + 1])
        return start + 1

    def _process_order_0x3c(self, order: bytes, start: int, stop: int) -> int:
        """RA. A control that is none is repeated all the same before the record is rejected."""
        side, _ = self._side(self.bufadd)
        if self.code_page.double is None or (side == dbcs.SINGLE and self._cs != DBCS):
            return super()._process_order_0x3c(order, start, stop)
        until = self._address_operand(order, start, stop)
        pair = self._operand(order, start + 3, stop, 2)
        if side == dbcs.RIGHT or (until - self.bufadd) % 2 or not (pair[0] == 0 or dbcs.is_character(pair)):
            raise Rejected("RA would leave half a double-byte character", OPERATION_CHECK)
        self._put(pair * (self._cells_to(until) // 2))
        if pair[0] == 0 and not _is_control(pair):
            raise Rejected("RA of a double-byte control there is not", OPERATION_CHECK)
        self.bufadd = until
        self._govern_here()
        return start + 5

    def _process_order_0x12(self, order: bytes, start: int, stop: int) -> int:
        """EUA."""
        if self.code_page.double is not None:
            until = self._address_operand(order, start, stop)
            if self._side(self.bufadd)[0] == dbcs.RIGHT or self._side(until)[0] == dbcs.LEFT:
                raise Rejected("EUA would leave half a double-byte character", OPERATION_CHECK)
        return super()._process_order_0x12(order, start, stop)


PairOrders.order_table = order_table(PairOrders)


def _half(distance: int) -> int:
    return dbcs.LEFT if distance % 2 else dbcs.RIGHT


def _is_control(pair: bytes) -> bool:
    return pair[0] == 0 and pair[1] in CONTROLS
