"""Printers of the mock mainframe: each terminal may have one (TN3270E, ASSOCIATE). They print lines of SCS; know no business."""

import asyncio
from collections.abc import Sequence

from mfmock.core.ebcdic import CP037
from mfmock.core.telnet import OPT_TN3270E, Logger, NegotiationError, RecordFraming, TelnetConnection
from mfmock.core.terminal import Terminal
from mfmock.tn3270.adapter import TN3270Adapter
from mfmock.tn3270.negotiation import E_ASSOCIATE, E_CONNECT, E_DEVICE_TYPE, E_IS, E_REQUEST, TN3270ENegotiator
from mfmock.tn3270.terminal import terminal_from_type

DEVICE = b"IBM-3287-1"
_SCS_DATA, _PRINT_EOJ = b"\x01\0\0\0\0", b"\x08\0\0\0\0"  # RFC 2355 section 8.1: headers
_NEW_LINE = b"\x15"


class Negotiator(TN3270ENegotiator):
    """mfmock's, which knows displays only: to it a printer is a display, and its answers are put right on their way out."""

    def __init__(self, conn: TelnetConnection) -> None:
        super().__init__(conn)
        self.prints_for = ""  # the LU of the terminal whose printer this is; "" for a terminal

    def got_subneg(self, data: bytes) -> None:
        wish = bytes((E_DEVICE_TYPE, E_REQUEST)) + DEVICE
        if data.startswith(wish):
            how, lu = data[len(wish) : len(wish) + 1], data[len(wish) + 1 :].decode("ascii", "replace")
            self.prints_for = lu[:8] if how == bytes((E_ASSOCIATE,)) else "?"
            data = bytes((E_DEVICE_TYPE, E_REQUEST)) + b"IBM-3278-2" + bytes((E_CONNECT,)) + printer_of(self.prints_for).encode()
        super().got_subneg(data)

    def _send(self, *parts: int | bytes) -> None:
        if self.prints_for and parts[:2] == (E_DEVICE_TYPE, E_IS):
            parts = (E_DEVICE_TYPE, E_IS, DEVICE, *parts[3:])
        super()._send(*parts)


class PrinterAdapter(TN3270Adapter):
    """mfmock's adapter, with our negotiator."""

    async def negotiate(self, conn: TelnetConnection, device_name: str, log: Logger) -> Terminal:
        if not self.tn3270e:
            return await super().negotiate(conn, device_name, log)
        negotiator = Negotiator(conn)
        try:
            async with asyncio.timeout(self.negotiation_timeout):
                device = await negotiator.negotiate(device_name)
                if device is None:  # the terminal speaks classic TN3270
                    device = await conn.negotiate_terminal_type()
                    await conn.negotiate_binary_eor()
        except TimeoutError:
            raise NegotiationError("timed out waiting for the client") from None
        terminal = terminal_from_type(device)
        return await self.query(conn, terminal, log) if terminal.extended else terminal


class Printers:
    """The printers that are connected, by the LU of their terminal."""

    def __init__(self) -> None:
        self._lines: dict[str, TelnetConnection] = {}
        self._jobs: set[asyncio.Task[None]] = set()  # asyncio itself keeps no hold of them

    def has(self, lu: str) -> bool:
        return lu in self._lines

    async def serve(self, lu: str, line: TelnetConnection) -> None:
        """Until it hangs up."""
        line.framing = RecordFraming()  # who prints puts the header on
        self._lines[lu] = line
        try:
            while await line.read_record() is not None:
                pass  # we ask for no responses
        finally:
            if self._lines.get(lu) is line:
                del self._lines[lu]

    def print(self, lu: str, lines: Sequence[str]) -> None:
        """Print lines as a job on the printer of this terminal."""
        job = asyncio.get_running_loop().create_task(self._print(self._lines[lu], lines))
        self._jobs.add(job)
        job.add_done_callback(self._jobs.discard)

    async def _print(self, printer: TelnetConnection, lines: Sequence[str]) -> None:
        await printer.send_record(_SCS_DATA + b"".join(CP037.encode(line) + _NEW_LINE for line in lines))
        await printer.send_record(_PRINT_EOJ)


def printer_of(lu: str) -> str:
    """The name of a terminal's printer."""
    return f"PRT{lu[-4:]}"


def prints_for(conn: TelnetConnection) -> str:
    """The LU of the terminal whose printer is at the other end; "" when that is no printer."""
    negotiator = getattr(conn.subneg_handlers.get(OPT_TN3270E), "__self__", None)
    return negotiator.prints_for if isinstance(negotiator, Negotiator) else ""
