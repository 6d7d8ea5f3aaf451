"""Publisher: from the engine's thread to Redis. Tells each session's viewers what changed. Knows no host and no user."""

import logging
from dataclasses import replace
from threading import Condition, Thread

from app.broker.screens import publish_screen
from app.errors import IastError
from app.messages.screens import update
from app.screen.model import Screen

log = logging.getLogger(__name__)

_RETRY = 0.5  # seconds after Redis did not answer


class Publisher:
    """Takes screens from any thread and never blocks it. A session's screens that wait become one, the newest."""

    def __init__(self) -> None:
        self._waiting: dict[str, Screen] = {}
        self._told: dict[str, Screen] = {}
        self._changed = Condition()
        self._stopping = False
        self._thread = Thread(target=self._run, name="publisher", daemon=True)

    def start(self) -> "Publisher":
        self._thread.start()
        return self

    def stop(self) -> None:
        """Tell what waits, then end."""
        with self._changed:
            self._stopping = True
            self._changed.notify()
        self._thread.join(5)

    def show(self, session: str, screen: Screen) -> None:
        """Tell this session's viewers, and keep the screen for those who come later."""
        with self._changed:
            missed = self._waiting.get(session)
            if missed is not None and missed.alarm:
                screen = replace(screen, alarm=True)  # a bell is not lost with the screen that rang it
            self._waiting[session] = screen
            self._changed.notify()

    def forget(self, session: str) -> None:
        """The session is over."""
        with self._changed:
            self._waiting.pop(session, None)
            self._told.pop(session, None)

    def _run(self) -> None:
        while True:
            with self._changed:
                self._changed.wait_for(lambda: self._waiting or self._stopping)
                taken, self._waiting = self._waiting, {}
                if not taken and self._stopping:
                    return
            for session, screen in taken.items():
                self._tell(session, screen)

    def _tell(self, session: str, screen: Screen) -> None:
        try:
            publish_screen(session, screen, update(session, self._told.get(session), screen))
        except IastError as error:
            log.warning("screen not published: %s", error)
            self._later(session, screen)
        except Exception:  # one screen that can't be told must not end the telling of all others
            log.exception("screen not published")
            self._told.pop(session, None)
        else:
            self._told[session] = screen

    def _later(self, session: str, screen: Screen) -> None:
        with self._changed:
            self._told.pop(session, None)  # nobody knows what arrived: the next one goes whole
            if not self._stopping:
                self._waiting.setdefault(session, screen)
                self._changed.wait(_RETRY)
