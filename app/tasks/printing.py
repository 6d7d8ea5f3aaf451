"""The printer of a terminal: opened once the terminal's LU is known, closed with it. Its failures are told; the terminal lives on.

What is printed is written down before the host hears that it is.
"""

import logging
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from threading import Event, Lock

from app.errors import Conflict, IastError, NotReady
from app.messages import PrinterState
from app.store import printed
from app.store.sessions import Session
from app.tasks import here
from app.tn3270 import HostAddress, Printer3270
from app.tn3270.paper import Piece

log = logging.getLogger(__name__)

ASSOCIATE = "associate"  # the wish for the terminal's own printer; any other is a printer's LU name
_PATIENCE = 20.0  # seconds that a store may be away while the host waits
_AGAIN = 1.0
_openers = ThreadPoolExecutor(8, thread_name_prefix="printer")  # a host that is silent holds up nobody but other printers
_tellers = ThreadPoolExecutor(1, thread_name_prefix="printer-state")  # one: states are told in their order


class Printing:
    """One terminal's printer. `tell` takes each state that its pages are to hear of."""

    def __init__(self, record: Session, tell: Callable[[PrinterState], None]) -> None:
        self._record, self._tell = record, tell
        self._printer: Printer3270 | None = None
        self._tray: Tray | None = None
        self._lock = Lock()
        self._over = Event()
        self.state = PrinterState(record.id, "opening")

    def open(self, address: HostAddress) -> None:
        """Connect, as the record wishes, on a thread of its own. Why there is no printer is told."""
        _openers.submit(self._try, address)

    def _try(self, address: HostAddress) -> None:
        try:
            self._open(address)
        except IastError as error:
            self._say(state="lost", reason=error.message)
        except Exception:
            log.exception("the printer of session %s could not be opened", self._record.id)
            self._say(state="lost", reason="It could not be opened because of a fault in IAST. The worker's log says which.")

    def _open(self, address: HostAddress) -> None:
        wish, lu = self._record.printer, self._record.lu
        if wish == ASSOCIATE and not lu:
            raise Conflict("The host told no LU name for this terminal, so that no printer can be asked for by it.")
        self._tray = Tray(self._record, self._over, self._kept)
        address, associate = (replace(address, lu=()), lu) if wish == ASSOCIATE else (replace(address, lu=(wish,)), "")
        self._say(state="opening")
        made = here.engine.open_printer(address, associate, self._tray.keep, self._now, self._ended)
        with self._lock:
            self._printer = made
        self._tray.lu = made.lu
        self._say(state="ready", lu=made.lu)
        if self._over.is_set():
            made.close()

    def close(self) -> None:
        """Hang up; what was printed is kept first, where the store takes it."""
        self._over.set()
        with self._lock:
            printer = self._printer
        if printer is not None:
            try:
                printer.close(2.0)
            except IastError as error:
                log.warning("the printer of session %s: %s", self._record.id, error)

    def _now(self, state: str) -> None:
        _tellers.submit(self._say, state=state)  # we are on the engine's thread

    def _ended(self, state: str, reason: str) -> None:
        if not self._over.is_set():
            _tellers.submit(self._say, state="lost", reason=reason or "The host closed the printer.")

    def _kept(self, failure: str) -> None:
        """A job is whole, or could not be kept."""
        self._say(jobs=self.state.jobs + (not failure), reason=failure)

    def _say(self, **changes: object) -> None:
        with self._lock:
            self.state = replace(self.state, **{"reason": ""} | changes)  # type: ignore[arg-type]
            if not self._over.is_set():
                self._tell(self.state)  # within the lock: no state may be told after a newer one


class Tray:
    """Writes the pieces of jobs to the store. Called by one thread at a time."""

    def __init__(self, record: Session, over: Event, kept: Callable[[str], None]) -> None:
        self._record, self._over, self._kept = record, over, kept
        self.lu = ""
        self._number = 0  # of the job, as the engine counts
        self._job: printed.PrintJob | None = None
        self._part, self._text, self._size = 0, "", 0

    def keep(self, piece: Piece) -> None:
        """Write a piece down. Raises IastError when the store does not take it, though it was given time."""
        try:
            self._write(piece)
        except IastError as error:
            self._job = None
            self._kept(f"A print job was not kept: {error.message}")
            raise
        if piece.over:
            self._kept("")

    def _write(self, piece: Piece) -> None:
        if self._job is None or piece.job != self._number:
            self._job = self._patiently(lambda: printed.start(self._record, self.lu))
            self._number, self._part, self._text, self._size = piece.job, 0, "", 0
        self._size += len(piece.text)
        text = self._text + piece.text
        while len(text) > printed.PART_CHARACTERS:
            self._put(text[: printed.PART_CHARACTERS], piece, last=False)
            text, self._part = text[printed.PART_CHARACTERS :], self._part + 1
        self._text = text
        self._put(text + piece.pending, piece, last=True)

    def _put(self, text: str, piece: Piece, last: bool) -> None:
        job, over = self._job, piece.over and last
        assert job is not None
        facts = {"pages": piece.pages, "size": self._size, "note": piece.note}
        self._patiently(lambda: printed.write(job, self._part, text, over=over, **facts))  # type: ignore[arg-type]

    def _patiently[T](self, work: Callable[[], T]) -> T:
        """While the store is away the host waits: nothing is read from it meanwhile."""
        end = time.monotonic() + _PATIENCE
        while True:
            try:
                return work()
            except NotReady:
                if time.monotonic() > end or self._over.wait(_AGAIN):
                    raise
