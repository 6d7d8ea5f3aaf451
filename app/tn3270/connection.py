"""One host connection: tnz completed, over a transport of our own. Knows nothing of threads, queues, users or storage.

Of tnz there remain the buffer with its planes, its telnet sending and its address arithmetic; what its other methods get wrong
is replaced in the modules this class is put together from, each of which says what it replaces and why.
"""

from collections.abc import Callable
from typing import Protocol

from tnz.tnz import Tnz

from app.screen.model import State, printable
from app.tn3270.address import HostAddress
from app.tn3270.codepages import code_page
from app.tn3270.datastream import AID_STRUCTURED, Lock
from app.tn3270.nvt import LineMode
from app.tn3270.query import Query
from app.tn3270.tn3270e import Rejected

_WRITE_CODES = frozenset((b"\x01", b"\x05", b"\x0d", b"\xf1", b"\xf5", b"\x7e"))


class FileTransfer(Protocol):
    """What transfer.py puts at a terminal while it moves a file."""

    unsent: bytes  # the block that the host may ask for again by Read Modified

    def asked(self, terminal: "Connection", field: bytes) -> bool:
        """Answer a transfer structured field; False for one that is none."""

    def written(self, terminal: "Connection") -> None:
        """The host wrote and gave the keyboard back."""


class Connection(LineMode, Query, Tnz):  # type: ignore[misc]
    """The terminal at one end of a telnet connection. `write` takes bytes for the host; `changed` is called after each batch
    of host bytes that was done. All on one thread. Errors of the host's making are raised from `_data_received`."""

    def __init__(self, address: HostAddress, write: Callable[[bytes], None], start_tls: Callable[[], None] | None = None) -> None:
        Tnz.__init__(self, name="host")
        self.address_of_host = address
        self.code_page = code_page(address.code_page)
        self._write, self._start_tls = write, start_tls or (lambda: None)
        self.state, self.secured, self.lu, self.answered = State.CONNECTING, address.tls == "yes", "", False
        self.generation = 0  # grows with each write of the host
        self.terminal_type = address.terminal_type
        self.use_tn3270e, self.capable_color, self.encoding = address.tn3270e, True, "cp037"
        self._negotiation_init()
        self._datastream_init()
        self._line_mode_init()
        self.aid = 0x60
        self.transfer: FileTransfer | None = None

    def connected(self) -> None:
        """The transport is up: the keyboard waits for the host's first write."""
        self.lock = Lock.FIRST

    @property
    def settled(self) -> bool:
        """Terminal and host have agreed how to speak."""
        return self.state is not State.CONNECTING and (self.state is not State.UNBOUND or self._e_agreed)

    def reset(self) -> None:
        """The Reset key (s3270's do_reset): unlocks what the host has not, but neither a lost line nor the host's turn."""
        self.lock &= Lock.NOT_CONNECTED | Lock.BID

    def lost(self) -> None:
        self.state, self.lock = State.LOST, Lock.NOT_CONNECTED

    def let_go(self) -> None:
        """It is over: nothing is sent any more, and nothing here refers to who made it."""
        self._write = self._start_tls = _nothing
        self._line_mode_end()

    def restart(self) -> None:
        """After STARTTLS: all that was agreed in the clear is forgotten."""
        self.secured = True
        self._negotiation_init()
        self.state = State.CONNECTING

    def _become(self, state: State) -> None:
        if state is self.state:
            return
        self._must_be_secure()
        self.state = state
        self.generation += 1
        self._on_state(state)

    def _proc3270ds_guarded(self, record: bytes, restore: bool = False) -> Rejected | None:
        self.generation += 1
        self.answered = False
        rejected = super()._proc3270ds_guarded(record, restore)
        if self.transfer is not None and record[:1] in _WRITE_CODES and not self.lock:
            self.transfer.written(self)
        return rejected

    def _read_modified(self, aid: int, everything: bool = False) -> None:
        if aid == AID_STRUCTURED and self.transfer is not None and self.transfer.unsent:
            self.send_3270_data(self.transfer.unsent)
        else:
            super()._read_modified(aid, everything)

    def _host_text(self, data: bytes) -> str:
        return printable("".join(self.code_page.shown[byte] for byte in data)).strip()

    # Safety: the host must not reach our machine. tnz 0.6.8 lets JSON in a field with attribute X'7C' followed by a DDM open
    # run commands and open files. Nothing here fills `_Tnz__indstr`, and every file transfer field is answered by us.

    def _process_wsf_0xd0(self, b_str: bytes, start: int, stop: int, zti: object = None) -> None:
        self._Tnz__indstr = ""
        if self.transfer is not None and self.transfer.asked(self, b_str[start:stop]):
            return
        request = b_str[start + 2 : start + 5]
        replies = {b"\xd0\x00\x12": (0x00, 0x01), **{bytes((0xD0, code, 0x11)): (code, 0x60) for code in (0x45, 0x46, 0x47)}}
        if request == b"\xd0\x41\x12":
            self.send_3270_data(b"\x88\x00\x05\xd0\x41\x09")
        elif request in replies:
            operation, error = replies[request]  # others are passed over, as s3270 does
            self.send_3270_data(bytes((0x88, 0x00, 0x09, 0xD0, operation, 0x08, 0x69, 0x04, error, 0x00)))

    def _process_data(self, *arguments: object, **named: object) -> None:
        raise NotImplementedError("Orders writes the buffer")

    def _process_ddm_0xd00012(self, b_str: bytes, start: int, stop: int, zti: object = None) -> None:
        """tnz's hole (os.system, os.popen, open): closed, whoever calls it."""
        self._process_wsf_0xd0(b_str, start, stop)


def _nothing(*data: bytes) -> None:
    """Where an ended terminal writes to."""
