"""One socket's side of the conversation: a mailbox written out in order, pings, and a look now and then whether it may go on.

Two threads: the request's writes, the socket's own reads (and is held up by what its messages cause, so that a page which
floods us is slowed by its own input).
"""

import json
import logging
import time
from collections.abc import Callable
from functools import cache, wraps

from simple_websocket import ConnectionClosed

from app.broker.listener import Listener
from app.broker.mailbox import Mailbox
from app.config import settings
from app.errors import IastError, NotFound, NotReady, NotSignedIn
from app.messages import Message, Problem
from app.web import asking, metrics
from app.web.asking import Asker
from app.web.socket import FAILED, NOT_FOUND, NOT_SIGNED_IN, PING_SECONDS, TRY_LATER, OpenSockets, SafeServer

log = logging.getLogger(__name__)

CHECK_SECONDS = 10.0  # a sign-out or expiry is noticed within this
HTTP_THREADS = 8  # left to requests when every socket is taken; more on larger servers
MOST_A_USER = 40


@cache
def open_sockets() -> OpenSockets:
    """The sockets of this process. Never as many as there are threads, or no request would be answered."""
    threads = settings().web_threads
    return OpenSockets(threads - max(HTTP_THREADS, threads // 8), MOST_A_USER)


@cache
def listener() -> Listener:
    """The one listener of this process: started on first use, after gunicorn has forked."""
    return Listener().start()


def socket_of(kind: str) -> Callable[[Callable[..., None]], Callable[..., None]]:
    """Decorates a socket's route: who asks and whether there is room, then the route; every end gets a close code.

    The route is called as route(ws, asker, **path). Nothing it raises gets past: the connection speaks HTTP no more.
    """

    def decorate(route: Callable[..., None]) -> Callable[..., None]:
        @wraps(route)
        def run(ws: SafeServer, **path: str) -> None:
            try:
                asker = asking.asker()
                _run_counted(kind, ws, asker, lambda: route(ws, asker, **path))
            except ConnectionClosed:
                pass
            except NotSignedIn:
                ws.close(NOT_SIGNED_IN, "sign in")
            except NotFound:
                ws.close(NOT_FOUND, "not yours")
            except NotReady as error:
                ws.close(TRY_LATER, error.code)
            except Exception:
                log.exception("a %s socket failed", kind)
                ws.close(FAILED, "failed")
            finally:
                ws.finish()

        return run

    return decorate


def _run_counted(kind: str, ws: SafeServer, asker: Asker, run: Callable[[], None]) -> None:
    refused = open_sockets().add(ws, asker.user.id)
    if refused:
        ws.close(*refused)
        return
    metrics.SOCKETS.labels(kind).inc()
    try:
        run()
    finally:
        metrics.SOCKETS.labels(kind).dec()
        open_sockets().remove(ws)


class Pump:
    """Writes a mailbox to a socket until either ends. Subclasses say what they send for a message, and when stale."""

    def __init__(self, ws: SafeServer, asker: Asker, channel: str) -> None:
        self.ws, self.asker, self.channel = ws, asker, channel
        self.mailbox = Mailbox()

    def run(self) -> None:
        """Returns when the socket is closed, raises ConnectionClosed when the peer closed it. Raises NotReady, NotFound."""
        listener().subscribe(self.channel, self.mailbox)
        try:
            self.begin()
            self.ws.begin(self.received, self.mailbox.close)
            self._write()
        finally:
            listener().unsubscribe(self.channel, self.mailbox)
            self.end()

    def begin(self) -> None:
        """Send what a page needs first. The mailbox is subscribed, so nothing is missed from here on."""

    def received(self, text: str) -> None:
        """A message of the page, on the socket's thread."""

    def pass_on(self, message: Message) -> None:
        """A message of the mailbox, on the request's thread."""
        self.send(message)

    def repaint(self) -> None:
        """Messages were left out: send what makes up for them."""

    def check(self) -> None:
        """Every CHECK_SECONDS, after the sign-in was found good. May raise NotFound."""

    def end(self) -> None:
        """The socket is done with."""

    def send(self, message: Message) -> None:
        self.ws.send(json.dumps(message.to_json(), separators=(",", ":"), ensure_ascii=False))
        metrics.SENT.labels(message.type).inc()

    def say(self, error: IastError) -> None:
        self.send(Problem(error.code, error.message))

    def _write(self) -> None:
        pinged = checked = time.monotonic()
        while not self.mailbox.closed:
            message = self.mailbox.get(timeout=1.0)
            if self.mailbox.take_stale():
                self.repaint()
            if message is not None:
                self.pass_on(message)
            now = time.monotonic()
            if now - pinged >= PING_SECONDS:
                pinged = now
                self.ws.ping()
            if now - checked >= CHECK_SECONDS:
                checked = now
                self._check()

    def _check(self) -> None:
        try:
            if not self.asker.still():
                raise NotSignedIn()
            self.check()
        except NotReady:
            pass  # the store is away for a moment: no reason to cut people off
