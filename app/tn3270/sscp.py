"""SSCP-LU data (RFC 2355 section 8.1.1): lines before an application is bound. No field, no order but new line."""

from app.screen.model import State
from app.tn3270 import orders as k
from app.tn3270.query import Query

NEW_LINE = 0x15
MOST_LINE = 255  # bytes of a line typed to the SSCP


class SscpLu(Query):
    """Writes lines and reads what was typed behind them. Some hosts forget where they are and send orders: those that take
    operands are skipped with them, as s3270 does."""

    def _on_sscp_lu(self, data: bytes) -> None:
        self.generation += 1
        self._reset_attributes()
        at, end = 0, len(data)
        while at < end:
            byte, operand = data[at], data[at + 1 : at + 2]
            if byte == NEW_LINE:
                self._spend()
            at += {0x11: 3, 0x1D: 2, 0x08: 2}.get(byte, 1)
            if byte == NEW_LINE:
                self._to_next_line()
            elif byte == 0x1D:
                self._put_line_cell(k.SPACE)
            elif byte == 0x08 and operand:
                self._put_line_cell(max(operand[0], k.SPACE), k.GE)
            elif byte not in (0x11, 0x13, 0x08):
                self._put_line_cell(byte)
        self.curadd = self.sscp_start = self.bufadd
        self._restore_keyboard()

    def _put_line_cell(self, byte: int, character_set: int = k.BASE) -> None:
        self._put(bytes((byte,)), character_set)
        self._scroll_at_end()

    def _to_next_line(self) -> None:
        left = self.maxcol - self.bufadd % self.maxcol
        self._put(bytes(left), k.BASE)
        self._scroll_at_end()

    def _scroll_at_end(self) -> None:
        if self.bufadd == 0:
            self._scroll_up()
            self.bufadd = self.buffer_size - self.maxcol

    def _scroll_up(self) -> None:
        for name in ("plane_dc", "plane_fa", "plane_eh", "plane_cs", "plane_fg", "plane_bg"):
            plane = getattr(self, name)
            setattr(self, name, plane[self.maxcol :] + bytes(self.maxcol))

    def _press_aid(self, name: str) -> None:
        if self.state is State.SSCP_LU and name == "Enter":
            self.bufadd = self.curadd  # as if the host had written what was typed
        super()._press_aid(name)

    def _sscp_line(self) -> bytes:
        """What was typed since the host wrote last."""
        return bytes(self.plane_dc[self.sscp_start :].replace(b"\0", b"")[:MOST_LINE])
