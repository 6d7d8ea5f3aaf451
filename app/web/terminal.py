"""/terminal/<session>: a person at a session. Passes messages between page and owner; what they mean is theirs."""

import logging
import time
from secrets import token_urlsafe

from flask_sock import Sock

from app.broker import inputs, screens
from app.broker.names import session_channel
from app.errors import BadInput, IastError, NotReady
from app.messages import (
    AidPressed,
    Attached,
    ControlState,
    Detached,
    Envelope,
    KeyRefused,
    KeyTaken,
    Message,
    Repaint,
    ScreenChanged,
    ScreenShown,
    SessionState,
    from_page,
    shown,
)
from app.store import sessions, shares
from app.web import metrics
from app.web.asking import Asker
from app.web.pump import Pump, socket_of
from app.web.socket import FLOODED, GONE, SafeServer

log = logging.getLogger(__name__)
sock = Sock()
MOST_FAULTS = 20  # messages that make no sense before the page is taken for broken, or hostile
UNKNOWN = ("unknown", "IAST lost its line to this session as that was sent. Look whether the host got it before you press it again.")


class Terminal(Pump):
    """One page at one session."""

    def __init__(self, ws: SafeServer, asker: Asker, session: sessions.Session) -> None:
        super().__init__(ws, asker, session_channel(session.id))
        self.session = session
        self.connection = token_urlsafe(9)
        self.controller: str | None = session.owner
        self.may = "watch"
        self.serial = -1  # of the screen this page shows
        self._attached = ""  # the worker that knows of this viewer
        self._faults = 0
        self._unanswered: dict[int, float] = {}  # seq of each key handed over -> when (monotonic)

    def begin(self) -> None:
        self._look_up()
        self.send(self._state())
        self.send(ControlState(self.session.id, self.controller))
        self.repaint()
        self._settle()

    def repaint(self) -> None:
        """The latest whole screen, unless this page shows a newer one already."""
        screen = screens.latest_screen(self.session.id)
        if screen is not None and screen.serial >= self.serial:
            self.serial = screen.serial
            self.send(shown(self.session.id, screen))
            metrics.REPAINTS.inc()

    def pass_on(self, message: Message) -> None:
        match message:
            case ScreenChanged() if message.base == self.serial:  # its own serial may be the same: a key locks the keyboard
                self.serial = message.serial
            case ScreenChanged() if message.serial <= self.serial:
                return  # the whole screen we sent was newer
            case ScreenChanged():
                return self.repaint()
            case ScreenShown():
                if message.screen["serial"] < self.serial:
                    return
                self.serial = message.screen["serial"]
            case KeyTaken() | KeyRefused() if message.connection not in (self.connection, "?"):
                return  # another page's key
            case KeyTaken() | KeyRefused():
                self._unanswered.pop(message.seq, None)
            case ControlState():
                self.controller = message.controller
            case SessionState():
                self._look_up()  # before it is sent: a share may have ended
        self.send(message)
        if isinstance(message, SessionState):
            self._settle()

    def received(self, text: str) -> None:
        try:
            message = from_page(text)
        except BadInput as error:
            self._faults += 1
            if self._faults > MOST_FAULTS:
                self.ws.close(FLOODED, "too many messages that make no sense")
            else:
                self.say(error)
            return
        metrics.RECEIVED.labels(message.type).inc()
        if isinstance(message, Repaint):
            self.serial = -1
            self.mailbox.mark_stale()
        else:
            self._hand_over(message)

    def check(self) -> None:
        """What was published while nobody listened is in the record all the same."""
        before = self.session.state
        self._look_up()
        if self.session.state != before:
            self.send(self._state())
        self._settle()
        self._give_up_waiting()

    def end(self) -> None:
        if self._attached:
            try:
                self._send_input(Detached(self.asker.user.id, self.connection))
            except IastError:
                pass  # the owner forgets viewers it does not hear of

    def _hand_over(self, message: Message) -> None:
        """Input to the session's owner, or the reason why not: a page always hears what became of a key."""
        try:
            refusal = self._refusal(message)
        except NotReady as error:
            refusal = (error.code, f"Nothing was sent. {error.message}")
        seq: int = message.seq  # type: ignore[attr-defined]
        if refusal is None:
            self._unanswered[seq] = time.monotonic()
            try:
                return self._send_input(message)
            except NotReady as error:
                log.warning("terminal %s: %s", self.session.id, error.message)
                refusal = UNKNOWN  # the owner may have got it all the same
        self._refuse(seq, refusal)

    def _refuse(self, seq: int, refusal: tuple[str, str]) -> None:
        self._unanswered.pop(seq, None)
        self.send(KeyRefused(seq, self.session.id, *refusal, self.connection))

    def _give_up_waiting(self) -> None:
        """An owner answers at once. An answer that has not come by now was lost with Redis, and the page would wait for ever."""
        for seq, since in list(self._unanswered.items()):
            if time.monotonic() - since > inputs.MOST_AGE:
                self._refuse(seq, UNKNOWN)

    def _refusal(self, message: Message) -> tuple[str, str] | None:
        if self.may == "watch" and shares.may(self.session, self.asker.user.id) == "watch":  # it may have just become more
            return "watch-only", "You may watch this session, not type in it. Ask its owner for control."
        if not self._attached:
            return "not-open", f"This session is {self.session.state}. Nothing was sent to the host."
        if isinstance(message, AidPressed) and self.controller not in (None, self.asker.user.id):
            return "not-in-control", "Somebody else has the keyboard. Take control first."
        return None

    def _send_input(self, message: Message) -> None:
        inputs.send_input(self._attached, Envelope(self.session.id, self.asker.user.id, self.connection, message))

    def _look_up(self) -> None:
        """The record, and what this user may, as it is now. Raises NotFound: a share may have ended."""
        self.session = sessions.get(self.session.id)
        self.may = shares.may(self.session, self.asker.user.id)

    def _settle(self) -> None:
        """Attach to an open session; leave one that is over."""
        if not self.session.live:
            self.ws.close(GONE, self.session.state)
        elif self.session.state == "open" and self._attached != self.session.worker:
            self._attached = self.session.worker
            self._send_input(Attached(self.asker.user.id, self.connection, self.asker.user.name))

    def _state(self) -> SessionState:
        s = self.session
        return SessionState(s.id, s.state, s.reason, s.host, s.lu, s.worker)


@sock.route("/terminal/<id>")  # type: ignore[untyped-decorator]
@socket_of("terminal")
def terminal(ws: SafeServer, asker: Asker, id: str) -> None:
    session = shares.get_allowed(id, asker.user.id, "watch")
    log.info("terminal %s: %s came", session.id, asker.user.id)
    try:
        Terminal(ws, asker, session).run()
    finally:
        log.info("terminal %s: %s left", session.id, asker.user.id)
