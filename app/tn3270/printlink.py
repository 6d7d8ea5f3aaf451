"""A printer's connection on its transport: pieces of jobs go to who keeps them, one at a time and in order, and the host hears
of it afterwards. Meanwhile nothing is read, so that a host can't print faster than is kept."""

import asyncio
import logging
import threading
from collections import deque
from collections.abc import Callable
from concurrent.futures import Executor

from app.errors import HostError, IastError
from app.tn3270.address import HostAddress
from app.tn3270.paper import Piece
from app.tn3270.printer import Printer
from app.tn3270.session import Caller
from app.tn3270.wire import OnEnd, Wire, tell

log = logging.getLogger(__name__)

QUIET_SECONDS = 30.0  # without a word, after which what came is a job, where the host never said that one ended

Keep = Callable[[Piece], None]
OnPrinter = Callable[[str], None]


class PrintLink(Wire[Printer]):
    """One printer session's lower half. `keep` is called on a thread of `keepers`, may block, and raises when it can't keep;
    `on_state` hears "ready" or "printing" on the engine's thread."""

    def __init__(
        self, address: HostAddress, associate: str, keep: Keep, keepers: Executor, on_state: OnPrinter, on_end: OnEnd, quiet: float
    ) -> None:
        super().__init__(address, on_end)
        self.terminal = Printer(address, associate, self._write, self._deliver, self._start_tls)
        self._keep, self._keepers, self._on_state = keep, keepers, on_state
        self._due: deque[tuple[Piece | None, bytes | None, int | None]] = deque()
        self._keeping: asyncio.Task[None] | None = None
        self._given_up = 0  # the job of which a piece could not be kept: its others are not
        self._told = "ready"
        self._quiet_seconds = quiet
        self._quiet: asyncio.TimerHandle | None = None
        self.drained = threading.Event()  # it is over, and all that was printed is kept, or given up

    def _received(self) -> None:
        """Say what it is doing; and await the silence that ends a job, if the host does not."""
        if self._quiet is not None:
            self._quiet.cancel()
            self._quiet = None
        if self.terminal.printing and not self.terminal.ends_jobs and not self._ended:
            self._quiet = asyncio.get_running_loop().call_later(self._quiet_seconds, self._silence)
        state = "printing" if self.terminal.printing or self._due or self._keeping else "ready"
        if state != self._told and self._opened and not self._ended:
            self._told = state
            tell(self._on_state, state)

    def _silence(self) -> None:
        self.terminal.quiet()
        self._received()

    def _over(self, why: HostError) -> None:
        if self._quiet is not None:
            self._quiet.cancel()
        if self._keeping is None:
            self.drained.set()

    def _may_read(self) -> bool:
        return self._keeping is None

    # Keeping

    def _deliver(self, piece: Piece | None, sequence: bytes | None = None, sense: int | None = None) -> None:
        if self._keeping is None and piece is None:
            self.terminal.answer(sequence, sense)
            return
        self._due.append((piece, sequence, sense))
        if self._keeping is None:
            if self._transport is not None and not self._ended:
                self._transport.pause_reading()
            self._keeping = asyncio.get_running_loop().create_task(self._keep_all())

    async def _keep_all(self) -> None:
        try:
            while self._due:
                piece, sequence, sense = self._due.popleft()
                if piece is None or await self._kept(piece):
                    self.terminal.answer(sequence, sense)
                else:
                    self._given_up = piece.job
                    self.terminal.not_kept(piece.job, sequence)
        except HostError as error:
            self.end(error)
        finally:
            self._keeping = None
            self._read_on()
            if self._ended:
                self.drained.set()
            else:
                self._received()

    async def _kept(self, piece: Piece) -> bool:
        if piece.job == self._given_up:
            return False
        try:
            await asyncio.get_running_loop().run_in_executor(self._keepers, self._keep, piece)
        except Exception as error:  # noqa: BLE001  the host hears that it must be printed again
            log.warning("a print job was not kept: %s", error if isinstance(error, IastError) else type(error).__name__)
            return False
        return True


class Printer3270:
    """A printer session as other threads see it. Made by Engine.open_printer."""

    def __init__(self, engine: Caller, link: PrintLink) -> None:
        self._engine, self._link = engine, link

    @property
    def lu(self) -> str:
        """The printer's LU name; "" when the host told none."""
        return self._link.terminal.lu

    def close(self, seconds: float = 5.0) -> None:
        """Hang up, and wait so long until what was printed is kept. Calling it again does nothing."""
        self._engine.call(self._link.close)
        self._link.drained.wait(seconds)
