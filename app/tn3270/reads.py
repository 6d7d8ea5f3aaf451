"""What the terminal sends: Read Modified, Read Buffer and keys (GA23-0059 chapters 3 and 6). Changes nothing on the screen.

Replaces tnz's `send_aid` and `__read_buffer`: the first sends nothing from an unformatted screen, and both leave attributes
out or spell them so that hosts refuse the record.
"""

from collections.abc import Callable

from tnz.tnz import bit6

from app.errors import InputRefused
from app.screen.model import State
from app.tn3270 import options as o
from app.tn3270 import orders as k
from app.tn3270.datastream import CHARACTER_MODE, FIELD_MODE, DataStream, Lock

AIDS = {
    "Enter": 0x7D,
    "Clear": 0x6D,
    "PA1": 0x6C,
    "PA2": 0x6E,
    "PA3": 0x6B,
    "CursorSelect": 0x7E,
    "SysReq": 0xF0,
    **{f"PF{n}": code for n, code in enumerate(b"\xf1\xf2\xf3\xf4\xf5\xf6\xf7\xf8\xf9\x7a\x7b\x7c", 1)},
    **{f"PF{n}": code for n, code in enumerate(b"\xc1\xc2\xc3\xc4\xc5\xc6\xc7\xc8\xc9\x4a\x4b\x4c", 13)},
}
SHORT = frozenset((0x6B, 0x6C, 0x6D, 0x6E))  # PA keys and Clear: no cursor, no data
SELECT = 0x7E
TEST_REQUEST = b"\x01\x6c\x61\x02"  # SysReq outside TN3270E


class Reads(DataStream):
    """The inbound side."""

    _sscp_line: Callable[[], bytes]

    def send_3270_data(self, value: bytes) -> None:
        """Send a record. With TN3270E a response that is due goes first, and a header before the data."""
        if self._in_e():
            self._answer()
            value = self._header() + value
        self.answered = True
        self._write_record(value)

    def press(self, name: str) -> None:
        """Send a key of AIDS, Attn or SysReq, from the cursor where it is. Raises InputRefused where the state has no such key."""
        if name == "Attn":
            self._press_attn()
        elif name == "SysReq" and self._in_e():
            self._press_sysreq()
        elif self.state is State.SSCP_LU and name not in ("Enter", "Clear"):
            raise InputRefused("X -f: there is no such key until the host has started an application.", code="minus-function")
        else:
            self._press_aid(name)

    def _press_aid(self, name: str) -> None:
        if self.state not in (State.TN3270, State.TN3270E, State.SSCP_LU):
            raise InputRefused("X -f: no application is there to be told.", code="minus-function")
        if name == "Clear":
            self._clear()
        self.aid = AIDS[name]
        if self.state is State.SSCP_LU and name == "Clear":
            return
        self.lock |= Lock.WAIT
        self._read_modified(self.aid)

    def _press_attn(self) -> None:
        """TN3270E: Interrupt Process when bound (RFC 2355 section 10.5); else a telnet Break (RFC 1576)."""
        if self.state not in (State.TN3270, State.TN3270E):
            raise InputRefused("X -f: no application is there to be interrupted.", code="minus-function")
        self._write_command(o.INTERRUPT if self._in_e() else o.BREAK)

    def _press_sysreq(self) -> None:
        """Abort Output (RFC 2355 section 10.5): the host answers with what it wants to be spoken to as."""
        if o.SYSREQ not in self.functions or self.state not in (State.TN3270E, State.SSCP_LU):
            raise InputRefused("X -f: the host did not agree to SysReq.", code="minus-function")
        self._write_command(o.ABORT_OUTPUT)

    def _read_modified(self, aid: int, everything: bool = False) -> None:
        if self.state is State.SSCP_LU:
            if aid == AIDS["Enter"]:
                self.send_3270_data(self._sscp_line())
        elif aid in SHORT and not everything:
            self.send_3270_data(bytes((aid,)))
        elif aid == AIDS["SysReq"]:
            self.send_3270_data(TEST_REQUEST + self._modified(True))
        else:
            head = bytes((aid,)) + self.address_bytes(self.curadd)
            self.send_3270_data(head + self._modified(everything or aid != SELECT))

    def _modified(self, with_data: bool) -> bytes:
        """Every modified field's address and characters, or all characters of an unformatted screen; no nulls."""
        places, size = self.attributes(), self.buffer_size
        self._sent = [0, 0, 0, 0]  # attributes that SA has told so far
        if not places:
            return self._characters(0, size, -1) if with_data else b""
        parts = []
        for at, following in zip(places, places[1:] + [places[0] + size], strict=True):
            if self.plane_fa[at] & k.MODIFIED:
                parts.append(b"\x11" + self.address_bytes((at + 1) % size))
                if with_data:
                    parts.append(self._characters(at + 1, min(following, size), at))
                    parts.append(self._characters(0, following - size, at) if following > size else b"")
        return b"".join(parts)

    def _characters(self, start: int, end: int, attribute: int, nulls: bool = False) -> bytes:
        """Characters of a run that does not wrap, with the orders that the reply mode and their sets ask for."""
        inherited = self.plane_cs[attribute] if attribute >= 0 else k.BASE
        data, sets = self.plane_dc[start:end], self.plane_cs[start:end]
        if self.reply_mode != CHARACTER_MODE and not sets.strip(b"\0") and inherited != k.APL:
            return bytes(data) if nulls else bytes(data.replace(b"\0", b""))
        out = bytearray()
        for at in range(start, end):
            character = self.plane_dc[at]
            if not character and not nulls:
                continue
            out += self._set_attributes_order(at, attribute, nulls)
            own = self.plane_cs[at]
            if own == k.GE or (own == k.APL and (attribute >= 0 or nulls)) or (inherited == k.APL and own == k.BASE):
                out.append(0x08)
            out.append(character)
        return bytes(out)

    def _set_attributes_order(self, at: int, attribute: int, own_only: bool) -> bytes:
        """The SA orders that a character needs after the one before it (character reply mode)."""
        if self.reply_mode != CHARACTER_MODE:
            return b""
        out = b""
        kinds = (k.FOREGROUND, k.BACKGROUND, k.HIGHLIGHT, k.CHARACTER_SET)
        planes = (self.plane_fg, self.plane_bg, self.plane_eh, self.plane_cs)
        for n, (kind, plane) in enumerate(zip(kinds, planes, strict=True)):
            value = plane[at] or (plane[attribute] if attribute >= 0 and not own_only else 0)
            if kind == k.HIGHLIGHT and value:
                value |= 0xF0
            elif kind == k.CHARACTER_SET and value not in (k.APL, k.DBCS):
                value = 0
            if kind in self.reply_attributes and value != self._sent[n]:
                self._sent[n] = value
                out += bytes((0x28, kind, value))
        return out

    def _read_buffer(self, aid: int) -> None:
        """Read Buffer: everything, attributes and nulls included."""
        out = bytearray((aid,)) + self.address_bytes(self.curadd)
        self._sent = [0, 0, 0, 0]
        places, position = self.attributes(), 0
        governing = self.attribute_at(0)
        for at in places:
            out += self._characters(position, at, governing, nulls=True) + self._field_order(at)
            position, governing = at + 1, at
        self.send_3270_data(bytes(out + self._characters(position, self.buffer_size, governing, nulls=True)))

    def _field_order(self, at: int) -> bytes:
        """SF or SFE that would make the field again, as the reply mode asks."""
        attribute = bit6(self.plane_fa[at])
        if self.reply_mode == FIELD_MODE:
            return bytes((0x1D, attribute))
        pairs = bytes((k.FIELD, attribute))
        for kind, value in (
            (k.FOREGROUND, self.plane_fg[at]),
            (k.BACKGROUND, self.plane_bg[at]),
            (k.HIGHLIGHT, self.plane_eh[at] and self.plane_eh[at] | 0xF0),
            (k.CHARACTER_SET, self.plane_cs[at]),
        ):
            if value:
                pairs += bytes((kind, value))
        return bytes((0x29, len(pairs) // 2)) + pairs

    def address_bytes(self, address: int) -> bytes:
        """Encode an address as the screen's size needs it: 12 bits up to 4,096 cells, else 14 (GA23-0059)."""
        if self.buffer_size > 4096:
            return address.to_bytes(2)
        return bytes((bit6(address >> 6), bit6(address)))
