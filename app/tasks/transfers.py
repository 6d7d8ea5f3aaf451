"""File transfers: a worker moves the file that web left in Redis to the host, or the host's to Redis. Knows no request of HTTP."""

import logging
import tempfile
import time
from dataclasses import replace
from threading import Event
from typing import IO

from app.broker import transfers
from app.broker.celery import app
from app.broker.transfers import Transfer
from app.errors import IastError, InputRefused, NotReady, TransferCancelled
from app.tasks import here
from app.tn3270 import transfer as engine
from app.tn3270.indfile import Request

log = logging.getLogger(__name__)

_TELL_EVERY = 0.5  # seconds between notes of how far it is, and looks whether it was cancelled


@app.task(name="iast.transfers.move", ignore_result=True)
def move_file(session_id: str, transfer_id: str) -> str:
    """Move a file over this session. Once: a transfer that has begun is not begun again."""
    transfer = transfers.read(transfer_id)
    if transfer.session != session_id or not transfers.claim(transfer_id):
        return transfer.state
    teller = Teller(transfers.write(replace(transfer, state="running")))
    try:
        moved = _move(teller)
        return teller.ended("done", moved.message, moved.bytes)
    except TransferCancelled as stopped:
        return teller.ended("cancelled", stopped.message)
    except IastError as error:
        return teller.ended("failed", error.message)
    except Exception:
        log.exception("transfer %s failed", transfer_id)
        return teller.ended("failed", "It failed because of a fault in IAST. The worker's log says which.")
    finally:
        if transfer.request["direction"] == "put":
            transfers.forget_file(transfer_id)


class Teller(Event):
    """Says how far a transfer is; and as an Event, whether it was cancelled: looked up now and then."""

    def __init__(self, transfer: Transfer) -> None:
        super().__init__()
        self.transfer = transfer
        self._told = self._looked = 0.0

    def progress(self, moved: int) -> None:
        self.transfer = replace(self.transfer, moved=moved)
        if time.monotonic() - self._told > _TELL_EVERY:
            self._told = time.monotonic()
            self._tell()

    def is_set(self) -> bool:
        if not super().is_set() and time.monotonic() - self._looked > _TELL_EVERY:
            self._looked = time.monotonic()
            try:
                if transfers.cancelled(self.transfer.id):
                    self.set()
            except NotReady:
                pass  # looked up again soon
        return super().is_set()

    def ended(self, state: transfers.State, message: str, moved: int | None = None) -> str:
        self.transfer = replace(self.transfer, state=state, message=message, moved=self.transfer.moved if moved is None else moved)
        self._tell()
        return state

    def _tell(self) -> None:
        try:
            transfers.write(self.transfer)
        except NotReady as error:
            log.warning("transfer %s not told: %s", self.transfer.id, error)


def _move(teller: Teller) -> engine.Moved:
    transfer = teller.transfer
    terminal = here.terminals.get(transfer.session)
    if terminal is None or terminal.session is None:
        raise InputRefused("This session is not open here. Nothing was sent to the host.")
    if terminal.controller not in (None, transfer.user):
        raise InputRefused("Somebody else has the keyboard. Take control first.")
    request = Request(**transfer.request)
    with tempfile.TemporaryFile() as file:  # has no name; gone with this process
        if request.direction == "put":
            _fill(file, transfer.id)
        moved = engine.move(terminal.session, request, file, teller.progress, teller)
        if request.direction == "get":
            file.seek(0)
            transfers.put_file(transfer.id, file)
        return moved


def _fill(file: IO[bytes], id: str) -> None:
    for piece in transfers.pieces(id):
        file.write(piece)
    file.seek(0)
