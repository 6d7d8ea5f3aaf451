"""The TN3270E printer at one end of a connection (RFC 2355 sections 7 and 8): device type, functions, print records, responses.

What is printed goes out in pieces (paper.py) to whoever keeps it, with the response that is due once it is kept.
"""

from collections.abc import Callable
from typing import Protocol

from app.errors import HostRefused
from app.screen.model import State, printable
from app.tn3270 import options as o
from app.tn3270 import query
from app.tn3270.address import HostAddress
from app.tn3270.codepages import code_page
from app.tn3270.lu3 import Lu3
from app.tn3270.paper import Paper, Piece
from app.tn3270.scs import Scs
from app.tn3270.tn3270e import COMMAND_REJECT, OPERATION_CHECK, Rejected, Tn3270e

DEVICE_TYPE = "IBM-3287-1"
FUNCTIONS = frozenset((o.BIND_IMAGE, o.DATA_STREAM_CTL, o.RESPONSES, o.SCS_CTL_CODES))  # SYSREQ is a display's
INTERVENTION_REQUIRED = 1  # RFC 2355 section 8.1.4, negative responses
MOST_UNKEPT = 256 * 1024  # characters printed before they are handed on, whether or not the host wants to know
CUT_SHORT = "The connection ended before the job did."


class Deliver(Protocol):
    """Takes a piece of a job (None: none) and the response due when all before it is kept: sequence number and, for a negative
    one, its code."""

    def __call__(self, piece: Piece | None, sequence: bytes | None = None, sense: int | None = None) -> None: ...


class Printer(Tn3270e):
    """A printer LU. `associate` is the LU of the display it belongs to; else `address.lu` has the printer's own name, if any.

    All on one thread. Errors of the host's making are raised from `_data_received`; HostRefused when it gives us no printer."""

    def __init__(
        self,
        address: HostAddress,
        associate: str,
        write: Callable[[bytes], None],
        deliver: Deliver,
        start_tls: Callable[[], None] | None = None,
    ) -> None:
        self.address_of_host, self.associate = address, associate
        self.code_page = code_page(address.code_page)
        self._write, self._start_tls, self._deliver = write, start_tls or (lambda: None), deliver
        self.state, self.secured, self.lu = State.CONNECTING, address.tls == "yes", ""
        self.generation = 0
        self.ends_jobs = False  # the host says where a job ends
        self._negotiation_init()
        self._job, self._paper = 1, Paper()
        self._scs = Scs(self._paper, self.code_page, self._spend)
        self._lu3 = Lu3(self._paper, self.code_page, self._spend)

    def connected(self) -> None:
        """The transport is up."""

    @property
    def settled(self) -> bool:
        """The host has given us the printer."""
        return self._in_e() and self._e_agreed

    @property
    def printing(self) -> bool:
        """A job has begun and not ended."""
        return bool(self._paper.pages or self._scs.pending or self._lu3.busy)

    def lost(self) -> None:
        self.state = State.LOST
        self._end_job(note=CUT_SHORT)

    def let_go(self) -> None:
        """It is over: nothing is sent or printed any more, and nothing here refers to who made it."""
        self._write = self._start_tls = _nothing
        self._deliver = _nobody

    def restart(self) -> None:
        """After STARTTLS: all that was agreed in the clear is forgotten."""
        self.secured = True
        self._negotiation_init()
        self.state = State.CONNECTING

    def quiet(self) -> None:
        """The host has not printed for a while: what it printed is a job."""
        self._end_job()

    def not_kept(self, job: int, sequence: bytes | None) -> None:
        """A piece of this job could not be kept: the job is over, and the host may print it again."""
        if job == self._job:
            self._begin_job()
        self.answer(sequence, INTERVENTION_REQUIRED)

    def answer(self, sequence: bytes | None, sense: int | None = None) -> None:
        """Send the response that was due."""
        if sequence is not None and self.settled:
            self._respond(sequence, sense)

    # Negotiation

    def _tn3270e_init(self) -> None:
        super()._tn3270e_init()
        self.functions = FUNCTIONS

    def _become(self, state: State) -> None:
        if state is self.state:
            return
        self._must_be_secure()
        if state in (State.TN3270, State.NVT):
            raise HostRefused("The host does not speak TN3270E here, so that it has no printer for us.")
        self.state = state

    def _on_dont(self, option: int) -> None:
        if option == o.TN3270E:
            raise HostRefused("The host does not speak TN3270E here, so that it has no printer for us.")
        super()._on_dont(option)

    def _on_text(self, data: bytes) -> None:
        """A line before any option: whatever it says, it is not paper."""

    def _write_terminal_type(self) -> None:
        self._write_subnegotiation(bytes((o.TERMINAL_TYPE, o.IS)) + DEVICE_TYPE.encode("ascii"))

    def _request_device(self) -> None:
        request = bytes((o.TN3270E, o.DEVICE_TYPE, o.REQUEST)) + DEVICE_TYPE.encode("ascii")
        if self.associate:
            request += bytes((o.ASSOCIATE,)) + self.associate.encode("ascii")
        elif self._lus:
            request += bytes((o.CONNECT,)) + self._lus[0].encode("ascii")
        self._write_subnegotiation(request)

    def _device_rejected(self, reason: bytes) -> None:
        """Try the next printer of the list. Raises HostRefused when there is none."""
        if not self.associate and len(self._lus) > 1:
            del self._lus[0]
            self._request_device()
            return
        why = o.REASONS[reason[0]] if reason and reason[0] < len(o.REASONS) else "no reason given"
        wanted = f"a printer for {self.associate}" if self.associate else f"printer {self._lus[0]}" if self._lus else "a printer"
        raise HostRefused(f"The host refuses {wanted}: {why}.")

    def _give_up_tn3270e(self) -> None:
        raise HostRefused("The host wants of a printer what TN3270E does not know.")

    # Records

    def _on_e_record(self, kind: int, request: int, response: int, sequence: bytes, data: bytes) -> None:
        due = sequence if response == o.ALWAYS_RESPONSE else None
        told = sequence if response != o.NO_RESPONSE else None  # of a failure
        binds = o.BIND_IMAGE in self.functions
        if kind in (o.DATA_SCS, o.DATA_3270):
            if self._bound or not binds:
                self._print(kind, data, due, told)
        elif kind == o.DATA_PRINT_EOJ:
            self.ends_jobs = True
            self._end_job(due)
        elif kind == o.DATA_BIND and binds:
            self._bound = True
            self._enter(State.TN3270E)
            self._deliver(None, due)
        elif kind == o.DATA_UNBIND and binds:
            self._end_job(due)
            self._bound = False
            self._scs.reset()
            self._lu3.reset()
            self._enter(State.UNBOUND)
        elif kind in (o.DATA_NVT, o.DATA_SSCP_LU):
            self._deliver(None, told, COMMAND_REJECT)

    def _print(self, kind: int, data: bytes, due: bytes | None, told: bytes | None) -> None:
        if self._bound or self.state is not State.TN3270E:
            self._enter(State.TN3270E)
        try:
            if kind == o.DATA_SCS:
                self._scs.take(data)
            else:
                self._print_3270(data)
        except Rejected as rejected:
            self._deliver(None, told, rejected.sense)
            return
        if self._paper.full:
            self._deliver(self._piece(), told, OPERATION_CHECK)  # a job too large stays too large
        elif due is not None or self._paper.unkept > MOST_UNKEPT:
            self._deliver(self._piece(), due)

    def _print_3270(self, record: bytes) -> None:
        """One record of LU type 3. Raises Rejected."""
        if not record:
            return
        command = _COMMANDS.get(record[0])
        if command is None:
            raise Rejected(f"command X'{record[0]:02X}' is not for printers")
        command(self, record)

    def _command_write(self, record: bytes) -> None:
        if len(record) < 2:
            raise Rejected("a write without a control character", OPERATION_CHECK)
        self._lu3.write(record[1], record[2:])

    def _command_erase_write(self, record: bytes) -> None:
        self._lu3.erase()
        self._command_write(record)

    def _command_erase(self, record: bytes) -> None:
        self._lu3.erase()

    def _command_nothing(self, record: bytes) -> None:
        """NOP."""

    def _command_structured_fields(self, record: bytes) -> None:
        at = 1
        while at < len(record):
            length = int.from_bytes(record[at : at + 2]) or len(record) - at
            if not 3 <= length <= len(record) - at:
                raise Rejected("a structured field's length is wrong")
            self._spend()
            self._structured_field(record[at : at + length])
            at += length

    def _structured_field(self, field: bytes) -> None:
        if field[2] == 0x40 and len(field) > 5 and not field[3] and field[4] in (0xF1, 0xF5, 0x7E):  # Outbound 3270DS
            self._print_3270(field[4:])
        elif field[2] == 0x01 and len(field) >= 5 and field[3] == 0xFF and field[4] in (0x02, 0x03):  # Read Partition
            self._write_record(self._header() + query.printer_replies(self.code_page, field[5:] if field[4] == 0x03 else None))
        elif field[2] not in (0x03, 0x09):  # Erase/Reset and Set Reply Mode change no paper
            raise Rejected(f"structured field X'{field[2]:02X}' is not for printers")

    # Jobs

    def _begin_job(self) -> None:
        """On new paper; margins and tab stops stay till UNBIND."""
        self._job, self._paper = self._job + 1, Paper()
        self._scs.begin(self._paper)
        self._lu3.begin(self._paper)

    def _piece(self, over: bool = False) -> Piece | None:
        """What was printed since the last piece; None for nothing at all."""
        paper, pending = self._paper, printable(self._scs.pending).rstrip(" ") or self._lu3.pending
        if not paper.pages and not pending:
            return None
        return Piece(self._job, paper.take(), pending, max(1, paper.pages), over, paper.note)

    def _end_job(self, due: bytes | None = None, note: str = "") -> None:
        """The job is over: kept whole, before the host hears that it is."""
        self._scs.end()
        self._lu3.end()
        if note and self._paper.pages:
            self._paper.remark(note)
        piece = self._piece(over=True)
        if piece is not None or due is not None:
            self._deliver(piece, due)
        self._begin_job()


_COMMANDS: dict[int, Callable[[Printer, bytes], None]] = {  # the local code and the SNA code of each
    0x01: Printer._command_write,
    0x03: Printer._command_nothing,
    0x05: Printer._command_erase_write,
    0x0D: Printer._command_erase_write,
    0x0F: Printer._command_erase,
    0x11: Printer._command_structured_fields,
    0x6F: Printer._command_erase,
    0x7E: Printer._command_erase_write,
    0xF1: Printer._command_write,
    0xF3: Printer._command_structured_fields,
    0xF5: Printer._command_erase_write,
}


def _nothing(*what: object) -> None:
    """Where an ended printer writes to."""


def _nobody(piece: Piece | None, sequence: bytes | None = None, sense: int | None = None) -> None:
    """Takes what an ended printer would print."""
