"""Mailbox: what one socket has still to send. Bounded; putting never waits, so one slow reader holds up nobody."""

import time
from collections import deque
from threading import Condition

from app.messages import SCREENS, Message, ScreenShown

_MOST = 256  # messages


class Mailbox:
    """Messages for one reader, in order. A reader too slow for screens gets the newest instead of every one:

    when `take_stale()` says so, it fetches `latest_screen` and sends that. Any thread may put; one thread reads.
    """

    def __init__(self, most: int = _MOST) -> None:
        self._most = most
        self._waiting: deque[Message] = deque()
        self._changed = Condition()
        self._stale = False
        self._closed = False

    @property
    def stale(self) -> bool:
        """Screens were left out: the reader's picture is old until it fetches the latest whole one."""
        return self._stale

    @property
    def closed(self) -> bool:
        return self._closed

    def put(self, message: Message) -> None:
        """Never blocks. A whole screen replaces every screen still waiting; too many messages collapse to staleness."""
        with self._changed:
            if self._closed:
                return
            if isinstance(message, ScreenShown):
                self._drop_screens()
                self._stale = False
            self._waiting.append(message)
            if len(self._waiting) > self._most:
                self._collapse()
            self._changed.notify()

    def get(self, timeout: float | None = None) -> Message | None:
        """The next message; None when there is none in time, when the mailbox turned stale, or when it was closed."""
        end = None if timeout is None else time.monotonic() + timeout
        with self._changed:
            while not (self._waiting or self._stale or self._closed):
                left = None if end is None else end - time.monotonic()
                if left is not None and left <= 0 or not self._changed.wait(left):
                    return None
            return self._waiting.popleft() if self._waiting else None

    def take_stale(self) -> bool:
        """Whether to fetch the latest whole screen now. Asked before each send, and answers True once."""
        with self._changed:
            stale, self._stale = self._stale, False
            return stale

    def mark_stale(self) -> None:
        """Something may have been missed: the reader is to fetch the latest whole screen, and what it needs besides."""
        with self._changed:
            self._collapse()
            self._changed.notify()

    def close(self) -> None:
        """Wakes the reader; nothing more is taken."""
        with self._changed:
            self._closed = True
            self._waiting.clear()
            self._changed.notify_all()

    def _drop_screens(self) -> None:
        self._waiting = deque(m for m in self._waiting if not isinstance(m, SCREENS))

    def _collapse(self) -> None:
        self._drop_screens()
        self._stale = True
        while len(self._waiting) > self._most:  # a reader so far behind that answers fill the box: the oldest go
            self._waiting.popleft()
