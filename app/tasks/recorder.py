"""Recorders: what a recorded terminal shows and what is pressed in it, on its way to the store. Knows no host and no user."""

import logging
import time
from collections.abc import Iterator
from contextlib import contextmanager
from threading import Lock, Thread

from app.asts import film
from app.asts.film import Shot
from app.errors import BadInput, Conflict, IastError, InputRefused, NotFound
from app.screen.model import Screen
from app.store import recordings

log = logging.getLogger(__name__)

_PART = 50  # shots: a part is small enough for a row, and begins with a whole screen to seek to
_SECONDS = 5.0  # what a dead worker may take with it
_TICK = 1.0


class Recorder:
    """One recording. `screen` and `key` never block: they are called on the engine's thread, or with a key under way."""

    def __init__(self, id: str) -> None:
        self.id = id
        self._began = self._written = time.monotonic()
        self._shots: list[Shot] = []
        self._first = 0
        self._most = _PART
        self._lock = Lock()  # over the shots
        self._writing = Lock()  # one part at a time
        self._over = False

    def screen(self, screen: Screen) -> None:
        self._add("", (), screen)

    def key(self, screen: Screen, aid: str, fields: tuple[tuple[int, str], ...]) -> Shot:
        """An AID that is about to be sent, with what was typed before it on that screen; hidden fields' text is left out."""
        return self._add(aid, film.masked(screen, fields), screen)

    def withdraw(self, shot: Shot) -> None:
        """It was not sent after all."""
        with self._lock:
            self._shots = [kept for kept in self._shots if kept is not shot]

    def stop(self) -> None:
        """Write what waits, and end it. Never raises."""
        self.write(last=True)
        _running.discard(self)

    def due(self) -> bool:
        return bool(self._shots) and (len(self._shots) >= _PART or time.monotonic() - self._written > _SECONDS)

    def write(self, last: bool = False) -> None:
        """Put the shots into the store; they wait for the next time when it does not answer. Never raises."""
        with self._writing:
            try:
                while not self._over and self._write_part():
                    pass
                if last or self._first >= recordings.MOST_FRAMES:
                    self._over = True
                    recordings.end(self.id)
            except (NotFound, Conflict):
                self._over = True  # it was deleted, or ended elsewhere
            except IastError as error:
                log.warning("recording %s not written: %s", self.id, error)

    def _write_part(self) -> bool:
        """Whether there may be more."""
        with self._lock:
            part = self._shots[: self._most]
        self._written = time.monotonic()
        if not part:
            return False
        try:
            recordings.append(self.id, self._first, film.frames(part))
        except BadInput:  # busy screens: more than a row takes
            if len(part) > 1:
                self._most = len(part) // 2
                return True
            log.warning("a screen of recording %s is too large to be kept", self.id)
        written = set(map(id, part))
        with self._lock:  # some may have been withdrawn meanwhile, so not the first so many
            self._shots = [shot for shot in self._shots if id(shot) not in written]
        self._first += len(part)
        return True

    def _add(self, aid: str, fields: tuple[tuple[int, str], ...], screen: Screen) -> Shot:
        with self._lock:
            shot = Shot(round((time.monotonic() - self._began) * 1000), aid, fields, screen)
            if not self._over and len(self._shots) < recordings.MOST_FRAMES:
                self._shots.append(shot)
        return shot


@contextmanager
def keyed(recorder: Recorder | None, screen: Screen, aid: str, fields: tuple[tuple[int, str], ...]) -> Iterator[None]:
    """Around the sending of a key: it is recorded before, since the host may answer at once; not if it was refused."""
    shot = recorder.key(screen, aid, fields) if recorder else None
    try:
        yield
    except InputRefused:
        if recorder and shot:
            recorder.withdraw(shot)
        raise


_running: set[Recorder] = set()
_starting = Lock()
_writer: Thread | None = None


def start(id: str) -> Recorder:
    """A recorder for this recording. The first starts the thread that writes for all."""
    global _writer
    made = Recorder(id)
    with _starting:
        _running.add(made)
        if _writer is None:
            _writer = Thread(target=_write_all, name="recorder", daemon=True)
            _writer.start()
    return made


def _write_all() -> None:
    while True:
        time.sleep(_TICK)
        for recorder in list(_running):
            if recorder.due():
                recorder.write()
