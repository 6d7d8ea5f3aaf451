"""Publisher: from the engine's thread to Redis. Tells each session's viewers what changed. Knows no host and no user."""

import logging
from dataclasses import replace
from threading import Condition, Thread

from app.broker.screens import publish_screen
from app.errors import IastError
from app.messages import ScreenChanged
from app.messages.screens import encode_fields, encode_palette, encode_styles
from app.screen.difference import Delta, difference
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
            publish_screen(session, screen, changed(session, self._told.get(session), screen))
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


def changed(session: str, old: Screen | None, new: Screen) -> ScreenChanged | None:
    """The message from one screen to the next; None when the whole screen is to be sent."""
    delta = difference(old, new) if old is not None else None
    return None if delta is None else _message(session, delta)


def _message(session: str, delta: Delta) -> ScreenChanged:
    return ScreenChanged(
        session=session,
        base=delta.base,
        serial=delta.serial,
        layout=delta.layout,
        cursor=delta.cursor,
        locked=delta.locked,
        oia=delta.oia,
        alarm=delta.alarm,
        state=str(delta.state),
        spans=tuple((s.start, s.cells, _runs(s.styles)) for s in delta.spans),
        palette=None if delta.palette is None else tuple(encode_palette(delta.palette)),
        fields=None if delta.fields is None else tuple((a, b, c, d, e) for a, b, c, d, e in encode_fields(delta.fields)),
    )


def _runs(styles: bytes) -> tuple[tuple[int, int], ...]:
    return tuple((index, cells) for index, cells in encode_styles(styles))
