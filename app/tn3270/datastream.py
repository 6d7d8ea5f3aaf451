"""Commands and structured fields of the 3270 data stream (GA23-0059 chapters 3 and 5), and the locks they set and lift.

Replaces tnz's `_proc3270ds`, `_process_command_*`, `_process_w*`, `_process_e*`: those take SNA and non-SNA codes apart from
s3270's order of doing things, raise for what has only to be rejected, and know neither sizes from a BIND nor lock states.
"""

from collections.abc import Callable
from enum import Flag, auto

from app.screen.model import State
from app.tn3270.codepages import CodePage
from app.tn3270.orders import MODIFIED, PROTECTED
from app.tn3270.pairs import PairOrders
from app.tn3270.tn3270e import OPERATION_CHECK, Rejected, Tn3270e

AID_NONE, AID_STRUCTURED, AID_READ_PARTITION = 0x60, 0x88, 0x61
WCC_RESET, WCC_ALARM, WCC_RESTORE, WCC_RESET_MDT = 0x40, 0x04, 0x02, 0x01
FIELD_MODE, EXTENDED_MODE, CHARACTER_MODE = 0, 1, 2


class Lock(Flag):
    """Why the keyboard is locked. The names are those of the operator information area."""

    NONE = 0
    NOT_CONNECTED = auto()
    FIRST = auto()  # the host has not written yet
    WAIT = auto()  # it has our key and has not written since
    SYSTEM = auto()  # it wrote and did not restore the keyboard
    QUERY = auto()  # it asked what the terminal is, and will write for that one
    BID = auto()  # contention resolution: it is the host's turn

    @property
    def oia(self) -> str:
        for lock, text in _OIA.items():
            if lock & self:
                return text
        return ""


_OIA = {
    Lock.NOT_CONNECTED: "X Not Connected",
    Lock.WAIT | Lock.FIRST | Lock.QUERY | Lock.BID: "X Wait",
    Lock.SYSTEM: "X SYSTEM",
}


class DataStream(PairOrders, Tn3270e):
    """What a host's record does to the terminal."""

    aid: int
    answered: bool  # this record was answered
    code_page: CodePage
    _read_buffer: Callable[[int], None]
    _read_modified: Callable[..., None]
    _query: Callable[[bytes | None], None]
    _process_wsf_0xd0: Callable[[bytes, int, int], None]

    def _datastream_init(self) -> None:
        self._orders_init()
        self.lock = Lock.NOT_CONNECTED
        self.alarm = False  # rung since the last snapshot
        self.erased = 0  # count of screens begun anew
        self.reply_mode, self.reply_attributes = FIELD_MODE, b""
        self.sscp_start = 0
        self._set_sizes((24, 80), self.address_of_host.size)
        self._erase(alternate=True)
        self.erased = 0

    # Sizes

    def _set_sizes(self, default: tuple[int, int], alternate: tuple[int, int]) -> None:
        self.dmaxrow, self.dmaxcol = default
        self.amaxrow, self.amaxcol = alternate

    def _erase(self, alternate: bool) -> None:
        """Start a screen anew in its default or alternate size."""
        self.maxrow, self.maxcol = (self.amaxrow, self.amaxcol) if alternate else (self.dmaxrow, self.dmaxcol)
        self.buffer_size = self.maxrow * self.maxcol
        self.alternate = alternate
        self.lock &= ~Lock.QUERY
        self._clear()

    def _clear(self) -> None:
        for name in ("plane_dc", "plane_fa", "plane_eh", "plane_cs", "plane_fg", "plane_bg"):
            setattr(self, name, bytearray(self.buffer_size))
        self.curadd = self.bufadd = self.sscp_start = 0
        self._reset_attributes()
        self._extended = False
        self.erased += 1

    # Records

    def _proc3270ds_guarded(self, record: bytes, restore: bool = False) -> Rejected | None:
        """Do a record; what it was rejected for, if it was. A rejected record ends nothing."""
        try:
            self._proc3270ds(record)
        except Rejected as rejected:
            return rejected
        finally:
            if restore:
                self._restore_keyboard()
        return None

    def _proc3270ds(self, b_str: bytes, zti: object = None) -> None:
        """Do one 3270 record, header taken off."""
        if not b_str:
            return
        command = _COMMANDS.get(b_str[0])
        if command is None:
            raise Rejected(f"command X'{b_str[0]:02X}' is unknown")
        command(self, b_str)

    def _command_write(self, record: bytes) -> None:
        self._process_w(record, 0, len(record))

    def _command_erase_write(self, record: bytes) -> None:
        self._erase(alternate=False)
        self._process_w(record, 0, len(record), erased=True)

    def _command_erase_write_alternate(self, record: bytes) -> None:
        self._erase(alternate=True)
        self._process_w(record, 0, len(record), erased=True)

    def _command_erase_all_unprotected(self, record: bytes) -> None:
        self._process_eau()

    def _command_read_buffer(self, record: bytes) -> None:
        self._read_buffer(self.aid)

    def _command_read_modified(self, record: bytes) -> None:
        self._read_modified(self.aid)

    def _command_read_modified_all(self, record: bytes) -> None:
        self._read_modified(self.aid, everything=True)

    def _command_nothing(self, record: bytes) -> None:
        """NOP."""

    def _process_w(self, b_str: bytes, start: int, stop: int, erased: bool = False) -> None:
        """Write: control character, then orders and data (GA23-0059, Write Control Character)."""
        if stop - start < 2:
            raise Rejected("a write without a control character", OPERATION_CHECK)
        self.lock &= ~Lock.QUERY
        control = b_str[start + 1]
        if control & WCC_RESET and erased:
            self.reply_mode = FIELD_MODE
        if control & WCC_RESET_MDT:
            self._reset_mdt()
        try:
            self._process_orders_data(b_str, start + 2, stop)
        finally:
            self._written(control)

    def _written(self, control: int) -> None:
        self.lock &= ~Lock.FIRST
        if control & WCC_RESTORE:
            self._restore_keyboard()
        elif Lock.WAIT in self.lock:
            self.lock = self.lock & ~Lock.WAIT | Lock.SYSTEM
        self.alarm = self.alarm or bool(control & WCC_ALARM)

    def _process_eau(self) -> None:
        """Erase All Unprotected: clear them, put the cursor at the first, restore the keyboard."""
        places = self.attributes()
        if not places:
            self._clear()
        for at in places:
            if not self.plane_fa[at] & PROTECTED:
                self.plane_fa[at] &= ~MODIFIED
        if places:
            self._erase_unprotected(places[0], self.buffer_size)
            first = [at for at in places if not self.plane_fa[at] & PROTECTED]
            self.curadd = (first[0] + 1) % self.buffer_size if first else 0
        self._restore_keyboard()

    def _reset_mdt(self) -> None:
        for at in self.attributes():
            self.plane_fa[at] &= ~MODIFIED

    def _restore_keyboard(self) -> None:
        self.aid = AID_NONE
        self.lock &= Lock.BID

    def _bid(self, held: bool) -> None:
        """Contention resolution: the host takes (True) or gives back the right to send."""
        self.lock = self.lock | Lock.BID if held else self.lock & ~Lock.BID

    def _on_unbind(self) -> None:
        self._set_sizes((24, 80), self.address_of_host.size)
        self._erase(alternate=False)

    def _on_state(self, state: State) -> None:
        """What a new state does to the keyboard (s3270's kybd_in3270)."""
        self.reply_mode, self.reply_attributes = FIELD_MODE, b""
        if state is not State.CONNECTING:
            self._erase(alternate=True)  # every way of speaking starts on the whole screen, empty
        if state is State.UNBOUND:
            self.lock |= Lock.FIRST
        elif state in (State.NVT, State.SSCP_LU):
            self.lock = Lock.NONE
        elif state is State.TN3270E:
            self.lock &= Lock.FIRST | Lock.WAIT | Lock.SYSTEM
        else:
            self.lock &= Lock.FIRST

    # Structured fields

    def _command_structured_fields(self, record: bytes) -> None:
        """Write Structured Field: each field in turn; one that is rejected does not stop the next."""
        at, rejected = 1, None
        while at < len(record):
            length = int.from_bytes(record[at : at + 2]) or len(record) - at
            if len(record) - at < 3 or not 3 <= length <= len(record) - at:
                raise Rejected("a structured field's length is wrong")
            self._spend()
            field = record[at : at + length]
            try:
                _FIELDS.get(field[2], DataStream._field_unknown)(self, field)
            except Rejected as failed:
                rejected = Rejected(str(failed))  # whatever is wrong in a structured field, the command is rejected
            at += length
        if rejected is not None and not self.answered:
            raise rejected

    def _field_unknown(self, field: bytes) -> None:
        raise Rejected(f"structured field X'{field[2]:02X}' is unknown")

    def _field_erase_reset(self, field: bytes) -> None:
        if len(field) != 4 or field[3] not in (0x00, 0x80):
            raise Rejected("Erase/Reset is malformed")
        self._erase(alternate=field[3] == 0x80)

    def _field_set_reply_mode(self, field: bytes) -> None:
        if len(field) < 5 or field[3] or field[4] > CHARACTER_MODE:
            raise Rejected("Set Reply Mode is malformed")
        self.reply_mode = field[4]
        if field[4] == CHARACTER_MODE:
            self.reply_attributes = field[5:]

    def _field_create_partition(self, field: bytes) -> None:
        """Only the implicit partition, zero, can be made: nothing but the addresses change."""
        if len(field) > 3 and field[3] or len(field) > 4 and (field[4] >> 4 not in (0, 2) or field[4] & 15 > 2):
            raise Rejected("Create Partition for other than partition 0")
        self.curadd = self.bufadd = 0

    def _field_outbound(self, field: bytes) -> None:
        """Outbound 3270DS: a write inside a structured field. Its erases keep the size in use, as s3270's do."""
        if len(field) < 5 or field[3] or field[4] not in (0xF1, 0xF5, 0x7E, 0x6F):
            raise Rejected("Outbound 3270DS is malformed")
        if field[4] == 0x6F:
            self._process_eau()
            return
        if field[4] != 0xF1:
            self._erase(self.alternate)
        if len(field) > 5:
            self._process_w(field, 4, len(field), erased=field[4] != 0xF1)

    def _field_read_partition(self, field: bytes) -> None:
        if len(field) < 5:
            raise Rejected("Read Partition is malformed")
        partition, operation = field[3], field[4]
        if operation in (0x02, 0x03) and partition == 0xFF:
            self._query(field[5:] if operation == 0x03 else None)
        elif operation in (0x6E, 0xF6) and not partition:
            self._read_modified(AID_READ_PARTITION, everything=operation == 0x6E)
        elif operation == 0xF2 and not partition:
            self._read_buffer(AID_READ_PARTITION)
        else:
            raise Rejected("Read Partition is malformed")

    def _field_transfer(self, field: bytes) -> None:
        self._process_wsf_0xd0(field, 0, len(field))


_COMMANDS: dict[int, Callable[[DataStream, bytes], None]] = {  # the local code and the SNA code of each
    0x01: DataStream._command_write,
    0x02: DataStream._command_read_buffer,
    0x03: DataStream._command_nothing,
    0x05: DataStream._command_erase_write,
    0x06: DataStream._command_read_modified,
    0x0D: DataStream._command_erase_write_alternate,
    0x0E: DataStream._command_read_modified_all,
    0x0F: DataStream._command_erase_all_unprotected,
    0x11: DataStream._command_structured_fields,
    0x6E: DataStream._command_read_modified_all,
    0x6F: DataStream._command_erase_all_unprotected,
    0x7E: DataStream._command_erase_write_alternate,
    0xF1: DataStream._command_write,
    0xF2: DataStream._command_read_buffer,
    0xF3: DataStream._command_structured_fields,
    0xF5: DataStream._command_erase_write,
    0xF6: DataStream._command_read_modified,
}
_FIELDS: dict[int, Callable[[DataStream, bytes], None]] = {
    0x01: DataStream._field_read_partition,
    0x03: DataStream._field_erase_reset,
    0x09: DataStream._field_set_reply_mode,
    0x0C: DataStream._field_create_partition,
    0x40: DataStream._field_outbound,
    0xD0: DataStream._field_transfer,
}
