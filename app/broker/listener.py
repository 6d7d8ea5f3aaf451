"""Listener: one pub/sub connection a process, fanned out to mailboxes. Its thread is the only user of that connection."""

import logging
import time
from collections import defaultdict
from queue import Empty, SimpleQueue
from threading import Event, Lock, Thread
from typing import Any
from uuid import uuid4

from redis.client import PubSub
from redis.exceptions import RedisError

from app.broker.connection import LOST, blocking_client, client
from app.broker.mailbox import Mailbox
from app.broker.screens import unseal_message
from app.errors import BadInput, NotReady, Unsealable

log = logging.getLogger(__name__)

_TICK = 1.0  # seconds between looks at what else is to do
_PING_EVERY = 5.0
_SILENT = 15.0  # no answer to pings for so long: the link is dead though nobody hung up
_RETRY_EVERY = 0.5
_CONFIRM = 5.0


class Listener:
    """Subscribe mailboxes to channels. After a lost connection it comes back by itself and marks every mailbox stale,
    since what was published meanwhile is gone. Threads ask it through a queue and wake it by a channel of its own:
    redis-py's PubSub must not be used by two threads at once."""

    def __init__(self) -> None:
        self._wake = f"iast.listener.{uuid4().hex}"
        self._boxes: dict[str, set[Mailbox]] = defaultdict(set)
        self._confirmed: dict[str, Event] = {}
        self._changed: SimpleQueue[str] = SimpleQueue()
        self._lock = Lock()
        self._stopping = Event()
        self._thread: Thread | None = None
        self._heard = 0.0
        self._was_lost = False

    def start(self) -> "Listener":
        self._thread = Thread(target=self._run, name="iast-listener", daemon=True)
        self._thread.start()
        return self

    def stop(self) -> None:
        """Ends the thread; mailboxes are left to their owners."""
        self._stopping.set()
        self._nudge()
        if self._thread:
            self._thread.join(timeout=_CONFIRM)

    def subscribe(self, channel: str, mailbox: Mailbox, timeout: float = _CONFIRM) -> None:
        """From the return on, nothing published is missed: so fetch the latest screen after this, not before.

        Raises NotReady when Redis does not confirm in time; then the mailbox is not subscribed.
        """
        with self._lock:
            self._boxes[channel].add(mailbox)
            confirmed = self._confirmed.setdefault(channel, Event())
        if not confirmed.is_set():
            self._ask(channel)
            if not confirmed.wait(timeout):
                self.unsubscribe(channel, mailbox)
                raise NotReady("Redis does not confirm the subscription. Try again in a moment.")

    def unsubscribe(self, channel: str, mailbox: Mailbox) -> None:
        """Never fails; does nothing for a mailbox that was not subscribed."""
        with self._lock:
            boxes = self._boxes.get(channel, set())
            boxes.discard(mailbox)
            if boxes or channel not in self._boxes:
                return
            del self._boxes[channel]
            self._confirmed.pop(channel, None)
        self._ask(channel)

    def _ask(self, channel: str) -> None:
        self._changed.put(channel)
        self._nudge()

    def _nudge(self) -> None:
        try:
            client().publish(self._wake, b"")
        except (RedisError, OSError):
            pass  # it looks again by itself within a tick, or when it has reconnected

    def _run(self) -> None:
        while not self._stopping.is_set():
            try:
                with blocking_client() as redis, redis.pubsub() as pubsub:
                    self._begin(pubsub)
                    self._listen(pubsub)
            except (RedisError, *LOST) as error:
                log.warning("Redis connection of the listener lost (%s); reconnecting", type(error).__name__)
                self._lost()
            except Exception:  # every socket of this process hangs on this thread: it must not end by a bug
                log.exception("the listener failed; beginning again")
                self._lost()

    def _begin(self, pubsub: PubSub) -> None:
        with self._lock:
            channels = list(self._boxes)
            boxes = {box for boxes in self._boxes.values() for box in boxes}
        pubsub.subscribe(self._wake, *channels)
        self._heard = time.monotonic()
        if self._was_lost:  # before the first connection nobody was promised anything
            for box in boxes:
                box.mark_stale()

    def _listen(self, pubsub: PubSub) -> None:
        asked = time.monotonic()
        while not self._stopping.is_set():
            message = pubsub.get_message(timeout=_TICK)
            now = time.monotonic()
            if message is not None:
                self._heard = now
                self._take(message)
            elif now - self._heard > _SILENT:
                raise TimeoutError("no answer to pings")
            if now - asked > _PING_EVERY:
                asked = now
                pubsub.ping()
            self._apply_changes(pubsub)

    def _apply_changes(self, pubsub: PubSub) -> None:
        while True:
            try:
                channel = self._changed.get_nowait()
            except Empty:
                return
            if channel in self._boxes:
                pubsub.subscribe(channel)
            else:
                pubsub.unsubscribe(channel)  # type: ignore[no-untyped-call]

    def _take(self, message: dict[str, Any]) -> None:
        if message["type"] == "pong":
            return
        channel = message["channel"].decode()
        if message["type"] == "subscribe":
            self._confirm(channel)
        elif message["type"] == "message" and channel != self._wake:
            self._deliver(channel, message["data"])

    def _confirm(self, channel: str) -> None:
        with self._lock:
            if channel in self._confirmed:
                self._confirmed[channel].set()

    def _lost(self) -> None:
        with self._lock:
            for confirmed in self._confirmed.values():
                confirmed.clear()
            self._was_lost = True
        self._stopping.wait(_RETRY_EVERY)

    def _deliver(self, channel: str, data: bytes) -> None:
        with self._lock:
            boxes = tuple(self._boxes.get(channel, ()))
        if not boxes:
            return
        try:
            message = unseal_message(channel, data)
        except (Unsealable, BadInput) as error:
            log.warning("message on %s dropped: %s", channel, error)
            return
        for box in boxes:
            box.put(message)
