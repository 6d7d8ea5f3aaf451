"""Which options a connection agrees to (RFC 854-861, 1091, 1572, 1576, 2355) and the state they put it in. Opens no socket."""

from collections.abc import Callable

from app.errors import HostError, TlsFailed
from app.screen.model import State
from app.tn3270 import environ
from app.tn3270 import options as o
from app.tn3270.address import HostAddress
from app.tn3270.codepages import CodePage
from app.tn3270.telnet import Telnet

OURS = frozenset((o.BINARY, o.END_OF_RECORD, o.TERMINAL_TYPE, o.SUPPRESS_GO_AHEAD, o.WINDOW_SIZE, o.NEW_ENVIRON, o.TN3270E))
THEIRS = frozenset((o.BINARY, o.END_OF_RECORD, o.TERMINAL_TYPE, o.SUPPRESS_GO_AHEAD, o.ECHO, o.TN3270E))
CLASSIC_OURS = frozenset((o.BINARY, o.END_OF_RECORD, o.TERMINAL_TYPE))  # RFC 1576: what makes a plain TN3270
CLASSIC_THEIRS = frozenset((o.BINARY, o.END_OF_RECORD))


class Negotiation(Telnet):
    """Options asked for, granted and refused. Ends every WONT/DONT exchange after one answer (RFC 854: never repeat)."""

    address_of_host: HostAddress
    state: State
    secured: bool
    code_page: CodePage
    _e_agreed: bool
    _start_tls: Callable[[], None]
    _become: Callable[[State], None]
    _on_tn3270e: Callable[[bytes], None]
    _tn3270e_init: Callable[[], None]
    _tn3270e_state: Callable[[], State]

    def _negotiation_init(self) -> None:
        self._telnet_init()
        self._ours: set[int] = set()  # options we have on
        self._theirs: set[int] = set()  # options the host has on
        self.lu_connected = ""
        self._devices_told, self._environ_told, self._type_owed = 0, False, False
        self._lus = list(self.address_of_host.lu)  # names still to be tried
        self._tn3270e_init()

    def _speaks_lines(self) -> bool:
        """Whether what comes now is text of a line mode host, not of a record."""
        return self.state in (State.CONNECTING, State.NVT) and o.TN3270E not in self._ours

    def _on_option(self, verb: int, option: int) -> None:
        {o.DO: self._on_do, o.DONT: self._on_dont, o.WILL: self._on_will, o.WONT: self._on_wont}[verb](option)

    def _on_do(self, option: int) -> None:
        if option == o.TIMING_MARK:
            self._write_option(o.WILL, option)  # RFC 860: all that came before it has been processed
        elif option == o.START_TLS and self.address_of_host.tls == "starttls" and not self.secured:
            self._ours.add(option)
            self._write_option(o.WILL, option)
            self._write_subnegotiation(bytes((o.START_TLS, 1)))  # FOLLOWS
        elif option not in OURS or (option == o.TN3270E and not self.address_of_host.tn3270e):
            self._write_option(o.WONT, option)
        elif option == o.TERMINAL_TYPE and o.NEW_ENVIRON in self._ours and not self._environ_told:
            self._ours.add(option)
            self._type_owed = True  # hosts that ask for both want the environment first (RFC 2877)
        elif option not in self._ours:
            self._ours.add(option)
            self._write_option(o.WILL, option)
            self._find_state()
            if option == o.WINDOW_SIZE:
                self._write_window_size()

    def _on_dont(self, option: int) -> None:
        self._type_owed = self._type_owed and option != o.TERMINAL_TYPE
        if option in self._ours:
            self._ours.discard(option)
            self._write_option(o.WONT, option)
            self._find_state()

    def _on_will(self, option: int) -> None:
        if option not in THEIRS or (option == o.TN3270E and not self.address_of_host.tn3270e):
            self._write_option(o.DONT, option)
        elif option not in self._theirs:
            self._theirs.add(option)
            self._write_option(o.DO, option)
            if option == o.END_OF_RECORD and option not in self._ours:
                self._ours.add(option)  # some hosts offer it and never ask for ours
                self._write_option(o.WILL, option)
            self._find_state()

    def _on_wont(self, option: int) -> None:
        if option in self._theirs:
            self._theirs.discard(option)
            self._write_option(o.DONT, option)
            self._find_state()
        elif option == o.TN3270E and option in self._ours:
            self._on_dont(option)  # some hosts say WONT where RFC 2355 wants DONT

    def _on_subnegotiation(self, data: bytes) -> None:
        if data[:2] == bytes((o.TERMINAL_TYPE, o.SEND)):
            self._write_terminal_type()
        elif data[:1] == bytes((o.TN3270E,)) and o.TN3270E in self._ours:
            self._on_tn3270e(data[1:])
        elif data[:2] == bytes((o.NEW_ENVIRON, o.SEND)):  # answered unagreed, too, as s3270 does
            self._write_environ(data[2:])
        elif data[:2] == bytes((o.START_TLS, 1)) and o.START_TLS in self._ours and not self.secured:
            self._start_tls()

    def _on_command(self, code: int) -> None:
        """NOP, GA, DM and the like: nothing here waits for them."""

    def _write_terminal_type(self) -> None:
        name = self.address_of_host.terminal_type
        if self.address_of_host.lu:
            if not self._lus:
                raise HostError("The host took none of the LU names asked for. Ask for another, or for none.")
            self.lu_connected = self._lus.pop(0)
            name = f"{name}@{self.lu_connected}"
        self._write_subnegotiation(bytes((o.TERMINAL_TYPE, o.IS)) + name.encode("ascii"))

    def _write_window_size(self) -> None:
        rows, columns = self.address_of_host.size
        self._write_subnegotiation(bytes((o.WINDOW_SIZE,)) + columns.to_bytes(2) + rows.to_bytes(2))

    def _write_environ(self, asked: bytes) -> None:
        """A host that asks again for DEVNAME did not like the one it got: the next name is told, and the last one stays."""
        lus = self.address_of_host.lu
        device = lus[min(self._devices_told, len(lus) - 1)] if lus else ""
        self._devices_told += environ.asks_for(asked, "DEVNAME")
        reply = environ.answer(asked, environ.values(self.code_page, device))
        if reply is not None:
            self._write_subnegotiation(bytes((o.NEW_ENVIRON, o.IS)) + reply)
        self._environ_told = True
        if self._type_owed:
            self._type_owed = False
            self._write_option(o.WILL, o.TERMINAL_TYPE)
            self._find_state()

    def _must_be_secure(self) -> None:
        """Raises TlsFailed when the host goes on in the clear, and the settings ask for STARTTLS."""
        if self.address_of_host.tls == "starttls" and not self.secured:
            raise TlsFailed("The host went on without TLS, which its settings ask for. Nothing was sent in the clear.")

    def _find_state(self) -> None:
        """Work out the state from the options, as they are now."""
        if o.TN3270E in self._ours:
            self._become(self._tn3270e_state())
            return
        if self._e_agreed:
            self._tn3270e_init()
        if self._ours >= CLASSIC_OURS and self._theirs >= CLASSIC_THEIRS:
            self._become(State.TN3270)
        else:
            self._become(State.CONNECTING)
