"""Terminals: sessions that people type in. Each has an inbox: what it is sent is applied in order, one at a time, each once."""

import logging
import time
from collections import deque
from concurrent.futures import ThreadPoolExecutor
from threading import Lock
from typing import Literal

from app.broker import screens
from app.broker.celery import app
from app.broker.names import session_channel
from app.config import settings
from app.errors import Conflict, HostLost, IastError, InputRefused, NotFound
from app.messages import (
    KEYED,
    AidPressed,
    Attached,
    ControlGiven,
    ControlState,
    ControlTaken,
    Detached,
    Envelope,
    KeyRefused,
    KeyTaken,
    Message,
    ResetPressed,
)
from app.screen.model import Screen
from app.store import hosts, recordings, sessions, shares
from app.tasks import goodbye, here, recorder
from app.tasks.ending import address_of, end, told
from app.tasks.printing import Printing
from app.tn3270 import Session3270

log = logging.getLogger(__name__)

_TOUCH_EVERY = 60.0  # seconds between notes in the store that somebody uses a session
_leavers = ThreadPoolExecutor(4, thread_name_prefix="leaving")
_hands = ThreadPoolExecutor(8, thread_name_prefix="inbox")  # no input waits for a host; eight of them are plenty


@app.task(name="iast.terminals.open")
def open_terminal(session_id: str) -> str:
    """Open the session that web has recorded as opening."""
    record = sessions.get(session_id)
    if record.state != "opening" or record.worker != here.name():
        return record.state
    terminal = Terminal(record)
    try:
        terminal.open()
    except IastError as error:
        terminal.close("lost", error.message)
    except Exception:
        log.exception("session %s could not be opened", session_id)
        terminal.close("lost", "It could not be opened because of a fault in IAST. The worker's log says which.")
    return "open" if session_id in here.terminals else "lost"


@app.task(name="iast.terminals.close")
def close_terminal(session_id: str) -> str:
    """Sign off by the host's own rule and hang up, because its owner said so."""
    terminal = here.terminals.get(session_id)
    if terminal is not None:
        terminal.sign_off()
        terminal.close("closed", "You closed it.")
    else:
        end(session_id, "closed", "You closed it.")  # this worker has restarted since, or it never opened
    return "closed"


@app.task(name="iast.terminals.record", ignore_result=True)
def record_terminal(session_id: str, recording_id: str) -> str:
    """Record the session into this recording from now on; "" for none."""
    terminal = here.terminals.get(session_id)
    if terminal is not None:
        terminal.record_to(recording_id)
    elif recording_id:
        recordings.end(recording_id)
    return "recording" if terminal is not None and recording_id else "not recording"


class Terminal:
    """One session with a person at it. Holds who may type and who looks on; the record in the store says whose it is."""

    def __init__(self, record: sessions.Session) -> None:
        self.record = record
        self.session: Session3270 | None = None
        self.controller: str | None = record.owner
        self.viewers: dict[str, tuple[str, str]] = {}  # connection -> (user, name)
        self.used = time.monotonic()
        self.idle_seconds = 0.0
        self.sign_off_keys = ""
        self.recorder: recorder.Recorder | None = None
        self.printing: Printing | None = None
        self._seen: dict[str, int] = {}  # connection -> the last `seq` applied
        self._touched = self.used
        self._inbox: deque[Envelope] = deque()
        self._busy = False
        self._lock = Lock()
        self._over = False
        self.leaving = False  # signing off: a host that then hangs up has closed the session, not lost it

    def open(self) -> None:
        """Connect and say so. Raises HostError, NotFound, Conflict, NotReady."""
        host = hosts.get(self.record.host)
        self.idle_seconds = 60.0 * (host.idle_minutes or settings().idle_minutes)
        self.sign_off_keys = host.sign_off
        here.terminals[self.record.id] = self
        self.session = here.engine.open(address_of(host, self.record), self.shown, self.ended)
        if self._over:
            self.session.close()
            raise HostLost()
        self.record = sessions.opened(self.record.id, here.name(), self.session.lu)
        here.publisher.show(self.record.id, self.session.screen)
        self._record_by_policy(host)
        told(self.record)
        self._open_printer(host)

    def adopt(self, session: Session3270) -> None:
        """Go on with a session that is open: a lane that was parked. Raises NotFound, NotReady."""
        host = hosts.get(self.record.host)
        self.idle_seconds = 60.0 * (host.idle_minutes or settings().idle_minutes)
        self.sign_off_keys = host.sign_off
        self.session = session
        here.terminals[self.record.id] = self
        here.publisher.show(self.record.id, session.screen)
        self._record_by_policy(host)

    def _record_by_policy(self, host: hosts.Host) -> None:
        if host.record:
            self.record = sessions.recorded(self.record.id, recordings.start(self.record, "policy").id)
            self.record_to(self.record.recording)

    def _open_printer(self, host: hosts.Host) -> None:
        """The terminal does not wait for it."""
        if self.record.printer:
            self.printing = Printing(self.record, self._tell)
            self.printing.open(address_of(host, self.record))
            if self._over:  # closed meanwhile: nobody else would
                self.printing.close()

    def close(self, state: Literal["lost", "closed"], reason: str) -> None:
        """Hang up and record it. Once; whoever comes second changes nothing."""
        with self._lock:
            first, self._over = not self._over, True
        if first:
            self.record_to("")  # before it is said to be over: then its recording is whole
            here.terminals.pop(self.record.id, None)
            here.publisher.forget(self.record.id)
            if self.printing is not None:
                self.printing.close()
            end(self.record.id, state, reason)
        if self.session is not None:
            self.session.close()

    def sign_off(self) -> None:
        """Leave the host politely. Never raises."""
        self.leaving = True
        if self.session is not None and self.session.ended is None and self.sign_off_keys:
            goodbye.sign_off(self.session, self.sign_off_keys)

    def record_to(self, recording: str) -> None:
        """Record into this recording from now on, beginning with the screen as it is; "" for none. Never raises."""
        before, self.recorder = self.recorder, recorder.start(recording) if recording and not self._over else None
        if before is not None:
            before.stop()
        if self.recorder is not None and self.session is not None:
            self.recorder.screen(self.session.screen)

    def receive(self, envelope: Envelope) -> None:
        """Put into the inbox. Never blocks: called on Celery's event loop."""
        with self._lock:
            self._inbox.append(envelope)
            if self._busy:
                return
            self._busy = True
        _hands.submit(self._work)

    def idle(self) -> bool:
        """Whether nobody has used it for longer than its host allows."""
        return bool(self.idle_seconds) and time.monotonic() - self.used > self.idle_seconds

    def shown(self, screen: Screen) -> None:
        if not self._over:  # hanging up draws a last screen, which nobody is to find
            here.publisher.show(self.record.id, screen)
            if self.recorder is not None:
                self.recorder.screen(screen)

    def ended(self, state: str, reason: str) -> None:
        """The engine says that it is over: on the engine's thread, so the work is done elsewhere."""
        _hands.submit(self.close, "closed" if state == "closed" or self.leaving else "lost", reason)

    def _work(self) -> None:
        while True:
            with self._lock:
                if not self._inbox:
                    self._busy = False
                    return
                envelope = self._inbox.popleft()
            try:
                self.apply(envelope)
            except Exception:  # no `error` in the log: it may quote what was typed
                log.error("input of session %s failed", self.record.id)

    def apply(self, envelope: Envelope) -> None:
        """Do what one message asks, and answer it if it was a key. Nothing in it is trusted."""
        message = envelope.message
        if isinstance(message, KEYED):
            if message.seq <= self._seen.get(envelope.connection, -1):
                return  # it came twice
            self._seen[envelope.connection] = message.seq
            self._tell(self._answer(envelope, message))
        elif isinstance(message, Attached):
            self._attach(envelope.user, message)
        elif isinstance(message, Detached):
            self.viewers.pop(message.connection, None)
            self._seen.pop(message.connection, None)
            if self.controller not in {user for user, _ in self.viewers.values()}:
                self.controller = self.record.owner
            self._tell_control()

    def _attach(self, user: str, message: Attached) -> None:
        self._check(user, "watch")
        self.viewers[message.connection] = (user, message.name)
        self.used = time.monotonic()
        self._tell_control()
        if self.printing is not None:
            self._tell(self.printing.state)

    def _answer(self, envelope: Envelope, message: Message) -> Message:
        seq: int = message.seq  # type: ignore[attr-defined]
        try:
            self._check(envelope.user, "control")
            self._obey(envelope.user, message)
        except InputRefused as refused:
            if refused.facts.get("code") == "watch-only":
                self._back_to_owner(envelope.user)
            return self._refusal(envelope, seq, str(refused.facts.get("code", refused.code)), refused.message)
        except IastError as error:
            return self._refusal(envelope, seq, error.code, error.message)
        self._use()
        return KeyTaken(seq, self.record.id, envelope.connection)

    def _obey(self, user: str, message: Message) -> None:
        """Raises InputRefused, HostError."""
        match message:
            case ControlTaken():
                self.controller = user
                self._tell_control()
            case ControlGiven():
                self._in_control(user)
                self._give(message.to)
            case ResetPressed():
                self._in_control(user)
                self._live().reset()
            case AidPressed():
                self._in_control(user)
                with recorder.keyed(self.recorder, self._live().screen, message.aid, message.fields):
                    self._live().submit(message.aid, message.cursor, message.fields, message.screen, message.layout)

    def _give(self, to: str) -> None:
        if to not in {user for user, _ in self.viewers.values()}:
            raise InputRefused("That user does not look at this session now.", code="no-such-viewer")
        try:
            self._check(to, "control")
        except (NotFound, InputRefused):
            raise InputRefused("That user may only watch. Share the session with them for control first.", code="no-such-viewer") from None
        self.controller = to
        self._tell_control()

    def _in_control(self, user: str) -> None:
        if self.controller not in (None, user):
            raise InputRefused("Somebody else has the keyboard. Take control first.", code="not-in-control")

    def _check(self, user: str, to: shares.May) -> None:
        """Whether this user may do that here: for others than the owner asked anew each time. Raises NotFound, InputRefused."""
        if user != self.record.owner:
            shares.allowed(self.record, user, to)

    def _back_to_owner(self, user: str) -> None:
        """This user had the keyboard, perhaps, and may not have it any more."""
        if self.controller == user != self.record.owner:
            self.controller = self.record.owner
            self._tell_control()

    def _live(self) -> Session3270:
        if self.session is None or self._over:
            raise InputRefused("This session is not open. Nothing was sent to the host.", code="not-open")
        return self.session

    def _use(self) -> None:
        self.used = time.monotonic()
        if self.used - self._touched > _TOUCH_EVERY:
            self._touched = self.used
            _leavers.submit(self._touch)  # a store that is away holds up no key, nor its answer

    def _touch(self) -> None:
        try:
            sessions.touch(self.record.id)
        except (Conflict, NotFound):
            self.close("lost", "This session was given up elsewhere.")
        except IastError as error:
            log.warning("session %s not touched: %s", self.record.id, error)

    def _refusal(self, envelope: Envelope, seq: int, code: str, why: str) -> KeyRefused:
        return KeyRefused(seq, self.record.id, code, why, envelope.connection)

    def _tell_control(self) -> None:
        viewers = {user: {"user": user, "name": name} for user, name in self.viewers.values()}
        self._tell(ControlState(self.record.id, self.controller, tuple(viewers.values())))

    def _tell(self, message: Message) -> None:
        try:
            screens.publish(session_channel(self.record.id), message)
        except IastError as error:
            log.warning("%s of session %s not published: %s", message.type, self.record.id, error)


def receive(envelope: Envelope) -> None:
    """Input from the queue, for whichever session it is."""
    terminal = here.terminals.get(envelope.session)
    if terminal is not None:
        terminal.receive(envelope)
    elif isinstance(envelope.message, KEYED):
        _hands.submit(_nobody, envelope)


def _nobody(envelope: Envelope) -> None:
    seq: int = envelope.message.seq  # type: ignore[attr-defined]
    why = "This session is not open here. Nothing was sent to the host."
    try:
        screens.publish(session_channel(envelope.session), KeyRefused(seq, envelope.session, "not-open", why, envelope.connection))
    except IastError as error:
        log.warning("refusal not published: %s", error)


def close_idle() -> None:
    """Close what nobody has used for longer than its host allows. Signing off takes its time, so it is not waited for."""
    for terminal in list(here.terminals.values()):
        if terminal.idle() and not terminal.leaving:
            terminal.leaving = True
            _leavers.submit(_leave, terminal)


def _leave(terminal: Terminal) -> None:
    terminal.sign_off()
    terminal.close("closed", f"Nobody used it for {terminal.idle_seconds / 60:.0f} minutes.")
