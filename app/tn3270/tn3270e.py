"""TN3270E (RFC 2355): device type, functions, record headers, responses, binds. Knows no 3270 order."""

from collections.abc import Callable

from app.screen.model import State
from app.tn3270 import options as o
from app.tn3270.negotiate import Negotiation

FUNCTIONS = frozenset((o.BIND_IMAGE, o.RESPONSES, o.SYSREQ, o.CONTENTION_RESOLUTION))
BIND = 0x31  # the request code a BIND image starts with
_BIND_SIZES, _BIND_SIZE_TYPE, _BIND_NAME = 20, 24, 28  # offsets in it (SNA Formats, GA27-3136, BIND)
COMMAND_REJECT, OPERATION_CHECK = 0, 2  # RFC 2355 section 8.1.4, negative responses


class Rejected(Exception):
    """A record the terminal can't do: nothing but a negative response comes of it. `sense` is the response's code."""

    def __init__(self, why: str, sense: int = COMMAND_REJECT) -> None:
        super().__init__(why)
        self.sense = sense


class Tn3270e(Negotiation):
    """The TN3270E side of a connection."""

    generation: int

    _proc3270ds_guarded: Callable[..., Rejected | None]
    _on_unbind: Callable[[], None]
    _on_sscp_lu: Callable[[bytes], None]
    _bid: Callable[[bool], None]
    _set_sizes: Callable[[tuple[int, int], tuple[int, int]], None]
    _erase: Callable[[bool], None]
    _host_text: Callable[[bytes], str]

    def _tn3270e_init(self) -> None:
        self.functions = FUNCTIONS  # asked for, then agreed
        self._e_agreed = False
        self._e_state = State.UNBOUND
        self._bound = False
        self._sequence = 0
        self._answer_due: bytes | None = None  # the sequence number of a record that wants a response

    def _tn3270e_state(self) -> State:
        return self._e_state if self._e_agreed else State.UNBOUND

    def _in_e(self) -> bool:
        return o.TN3270E in self._ours

    def _on_tn3270e(self, data: bytes) -> None:
        verbs = data[:2]
        if verbs == bytes((o.E_SEND, o.DEVICE_TYPE)):
            self._request_device()
        elif verbs == bytes((o.DEVICE_TYPE, o.E_IS)):
            self._device_granted(data[2:])
        elif verbs == bytes((o.DEVICE_TYPE, o.REJECT)):
            self._device_rejected(data[3:4])
        elif verbs == bytes((o.FUNCTIONS, o.REQUEST)):
            self._functions_requested(frozenset(data[2:]))
        elif verbs == bytes((o.FUNCTIONS, o.E_IS)):
            self._functions_granted(frozenset(data[2:]))

    def _request_device(self) -> None:
        request = bytes((o.TN3270E, o.DEVICE_TYPE, o.REQUEST)) + self.address_of_host.device_type.encode("ascii")
        if self._lus:
            request += bytes((o.CONNECT,)) + self._lus[0].encode("ascii")
        self._write_subnegotiation(request)

    def _device_granted(self, names: bytes) -> None:
        _, connect, name = names.partition(bytes((o.CONNECT,)))
        if connect:
            self.lu_connected = _printable(name)
            self.lu = self.lu_connected
        self._write_functions(o.REQUEST)

    def _device_rejected(self, reason: bytes) -> None:
        """Try the next LU; when there is none, go on without TN3270E, where the list is tried once more."""
        if reason != bytes((o.UNSUPPORTED_REQUEST,)) and len(self._lus) > 1:
            del self._lus[0]
            self._request_device()
        else:
            self._give_up_tn3270e()

    def _give_up_tn3270e(self) -> None:
        self._write_option(o.WONT, o.TN3270E)
        self._ours.discard(o.TN3270E)
        self._lus = list(self.address_of_host.lu)
        self._tn3270e_init()
        self._find_state()

    def _functions_requested(self, wanted: frozenset[int]) -> None:
        agreed = wanted <= self.functions
        self.functions &= wanted
        self._write_functions(o.E_IS if agreed else o.REQUEST)
        if agreed:
            self._functions_agreed()

    def _functions_granted(self, given: frozenset[int]) -> None:
        if not given <= self.functions:
            self._give_up_tn3270e()  # it added what nobody asked for
            return
        self.functions = given
        if o.BIND_IMAGE not in given:
            self._e_state = State.TN3270E
        self._functions_agreed()

    def _functions_agreed(self) -> None:
        self._e_agreed = True
        self._find_state()

    def _write_functions(self, verb: int) -> None:
        self._write_subnegotiation(bytes((o.TN3270E, o.FUNCTIONS, verb, *sorted(self.functions))))

    def _on_record(self, record: bytes) -> None:
        """A whole record: by its header's data type when TN3270E is on, else plain 3270 data."""
        if not record:
            return
        self._spend()
        if self._in_e():
            if self._e_agreed and len(record) >= o.HEADER:
                self._on_e_record(record[0], record[1], record[2], record[3:5], record[o.HEADER :])
        elif self.state is State.TN3270:
            self._proc3270ds_guarded(record)

    def _on_e_record(self, kind: int, request: int, response: int, sequence: bytes, data: bytes) -> None:
        binds = o.BIND_IMAGE in self.functions
        if kind == o.DATA_3270 and (self._bound or not binds):
            self._enter(State.TN3270E)
            self._on_3270_data(request, response, sequence, data)
        elif kind == o.DATA_BIND and binds:
            self._on_bind(data)
        elif kind == o.DATA_UNBIND and binds:
            self._bound = False
            self.lu = self.lu_connected
            self._on_unbind()
            self._enter(State.UNBOUND)
        elif kind == o.DATA_NVT:
            self._enter(State.NVT)
            self._on_text(data)
            if response == o.ALWAYS_RESPONSE:
                self._respond(sequence)
        elif kind == o.DATA_SSCP_LU:
            self._enter(State.SSCP_LU)
            self._on_sscp_lu(data)
        elif kind == o.DATA_BID and o.CONTENTION_RESOLUTION in self.functions:
            self._bid(True)
            if response != o.NO_RESPONSE:
                self._respond(sequence)
        elif kind == o.DATA_SCS and response != o.NO_RESPONSE:
            self._respond(sequence, COMMAND_REJECT)  # printers print; this is a display

    def _enter(self, state: State) -> None:
        self._e_state = state
        self._find_state()

    def _on_3270_data(self, request: int, response: int, sequence: bytes, data: bytes) -> None:
        self._answer_due = sequence if response == o.ALWAYS_RESPONSE else None
        rejected = self._proc3270ds_guarded(data, restore=bool(request & o.REQUEST_KEYBOARD_RESTORE))
        if rejected is not None and response != o.NO_RESPONSE:
            self._respond(sequence, rejected.sense)
        elif rejected is None:
            self._answer()
        self._answer_due = None
        if o.CONTENTION_RESOLUTION in self.functions:
            self._bid(not request & o.REQUEST_SEND_DATA)

    def _answer(self) -> None:
        """Send the response that is due, once. Any record we send must come after it."""
        if self._answer_due is not None:
            sequence, self._answer_due = self._answer_due, None
            self._respond(sequence)

    def _respond(self, sequence: bytes, sense: int | None = None) -> None:
        flag, code = (0, 0) if sense is None else (1, sense)  # positive: DEVICE END
        self._write_record(bytes((o.DATA_RESPONSE, 0, flag)) + sequence + bytes((code,)))

    def _on_bind(self, image: bytes) -> None:
        """Take the sizes and the application's name out of a BIND. One we can't show leaves the sizes as they were."""
        self._bound = True
        if image[:1] != bytes((BIND,)):
            return
        sizes = self._bind_sizes(image)
        if sizes is not None:
            self._set_sizes(*sizes)
        self._erase(False)
        name = image[_BIND_NAME : _BIND_NAME + min(image[_BIND_NAME - 1], 8)] if len(image) > _BIND_NAME else b""
        self.lu = self.lu_connected or self._host_text(name)
        self._enter(State.TN3270E)

    def _bind_sizes(self, image: bytes) -> tuple[tuple[int, int], tuple[int, int]] | None:
        if len(image) <= _BIND_SIZE_TYPE:
            return None
        kind, sizes = image[_BIND_SIZE_TYPE], image[_BIND_SIZES:_BIND_SIZE_TYPE]
        most = self.address_of_host.size
        default, alternate = (sizes[0], sizes[1]), (sizes[2], sizes[3])
        found = {
            0x00: ((24, 80), (24, 80)),
            0x02: ((24, 80), (24, 80)),
            0x03: ((24, 80), most),
            0x7E: (default, default),
            0x7F: (default, alternate),
        }.get(kind)
        if found is None or not all(24 <= rows <= most[0] and 80 <= columns <= most[1] for rows, columns in found):
            return None
        return found

    def _header(self) -> bytes:
        """The header of a record of ours; its data type follows the state (RFC 2355 section 8.1)."""
        kind = {State.TN3270E: o.DATA_3270, State.NVT: o.DATA_NVT}.get(self.state, o.DATA_SSCP_LU)
        header = bytes((kind, 0, 0)) + self._sequence.to_bytes(2)
        if o.RESPONSES in self.functions:
            self._sequence = (self._sequence + 1) & 0x7FFF
        return header


def _printable(name: bytes) -> str:
    return "".join(c for c in name.decode("ascii", "ignore") if c.isprintable())[:32]
