"""One application of the mock mainframe on mfmock: its users, its ledger, its response time and its faults. Knows no business."""

import asyncio
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import Any, Protocol

from mfmock import Application, Conversation, DeviceSession, Goto, Layout, MessageCatalog, Screen, Terminal
from mfmock.core.ebcdic import Codec
from mfmock.core.telnet import OPT_TN3270E
from mfmock.core.ui.layout import Cursor
from mfmock.core.ui.results import Result
from mfmock.core.ui.style import Theme
from mfmock.tn3270 import datastream
from mfmock.tn3270.renderer import Renderer3270

from .faults import Fault, Faults, Kind
from .ledger import Entry, Ledger
from .look import THEME, HeadAndFoot, HostScreen
from .printers import PrinterAdapter, Printers, prints_for

PASSWORDS = {f"DEMO{n:02d}": f"DEMO{n:02d}" for n in range(1, 100)} | {"TESTUSER": "TESTPASS", "EXPIRED": "DEMO"}
EXPIRED = {"EXPIRED"}  # users who must choose a new password; it is forgotten, so each sign-on finds it expired again


class World(Protocol):
    """The business behind an application: a fold over its ledger entries."""

    def apply(self, entry: Entry) -> None:
        """Take over one entry of this application, now or at a restart."""


class Dropped(Exception):
    """The connection was reset on demand."""


@dataclass(frozen=True)
class Plan:
    """What an application is made of. `world` makes its business from a seed."""

    name: str
    sysid: str
    screens: tuple[type[HostScreen], ...]
    world: Callable[[int], World]


@dataclass
class Behaviour:
    """How all applications of a process answer; may be changed while they run."""

    delay_ms: int = 0
    single_sign_on: bool = False
    faults: Faults = field(default_factory=Faults)


@dataclass
class SignedOn:
    """What a connection knows of its user."""

    user: str = ""


class HostApplication(Application):
    """An application served over TN3270, as it stands after everything in the ledger. Screens read its business with
    `world`, and change it only with `accept`."""

    def __init__(self, plan: Plan, seed: int, ledger: Ledger, behaviour: Behaviour) -> None:
        catalog = MessageCatalog(prefix=plan.sysid[-4:-1])
        super().__init__(plan.name, start="SIGNON", home="MENU", catalog=catalog, frame=HeadAndFoot(), theme=THEME, pf_actions={3: "back"})
        self.sysid, self.world = plan.sysid, plan.world(seed)
        self.ledger, self.behaviour = ledger, behaviour
        self.signed_on: Counter[str] = Counter()
        self.printers = Printers()
        for screen in plan.screens:
            self.screen(screen)
        for entry in ledger.entries():
            if entry.get("application") == plan.name:
                self.world.apply(entry)

    async def handle(self, session: DeviceSession) -> None:
        if terminal := prints_for(session.conn):
            return await self.printers.serve(terminal, session.conn)
        session.device_name = asked_for_lu(session) or session.device_name
        try:
            await HostConversation(self, session).run()
        except Dropped:
            session.log.info("event=dropped")

    def create_state(self, conversation: Conversation) -> SignedOn:
        return SignedOn()

    def user_label(self, conversation: Conversation) -> str:
        return str(conversation.state.user)

    def sign_on(self, conversation: Conversation, user: str) -> None:
        conversation.state.user = user
        self.signed_on[user] += 1

    def on_restart(self, conversation: Conversation) -> None:
        self.on_end(conversation)

    def on_end(self, conversation: Conversation) -> None:
        if user := conversation.state.user:
            self.signed_on[user] -= 1
            conversation.state.user = ""

    def in_use(self, user: str) -> bool:
        return self.behaviour.single_sign_on and self.signed_on[user] > 0


def asked_for_lu(session: DeviceSession) -> str:
    """The LU name that a TN3270E terminal asked for and mfmock granted, but keeps to itself; "" for none."""
    granted_by = getattr(session.conn.subneg_handlers.get(OPT_TN3270E), "__self__", None)
    return getattr(granted_by, "device_name", None) or ""


class HostConversation(Conversation):
    """One signed-on (or not yet) terminal: every AID is answered after the response time, or goes wrong as asked."""

    app: HostApplication
    fault: Fault | None = None

    def accept(self, transaction: str, key: str, **facts: Any) -> bool:
        """Carry out a transaction: enter it in the ledger, then in the world. False: a fault kept it from being done,
        and whatever the screen returns is not shown."""
        self.fault = self.app.behaviour.faults.strike(transaction, key)
        if self.fault and not self.fault.done:
            return False
        app = self.app
        app.world.apply(app.ledger.write(app.name, transaction, key, self.state.user, lu=self.device_name, **facts))
        return True

    def layout(self, cls: type[Screen]) -> Layout:
        if self.stack and type(self.screen) is cls:
            cls = self.screen.layout_class()
        if issubclass(cls, HostScreen) and cls.full_size:
            return self.app.layout(cls, self.terminal.rows, self.terminal.cols)
        return self.app.layout(cls, 24, 80)

    async def apply(self, result: Result) -> None:
        fault, self.fault = self.fault, None
        await asyncio.sleep(self.app.behaviour.delay_ms / 1000)
        if fault is None:
            await super().apply(result)
        else:
            await self._go_wrong(fault, result)

    async def _go_wrong(self, fault: Fault, result: Result) -> None:
        self.log.info("event=fault kind=%s", fault.fault)
        match fault.fault:
            case Kind.DROP_BEFORE_COMMIT | Kind.DROP_AFTER_COMMIT:
                self.device.conn.writer.transport.abort()
                raise Dropped
            case Kind.ABEND:
                await super().apply(Goto("ABEND"))
            case Kind.UNEXPECTED:
                await super().apply(Goto("BROADCAST"))
            case Kind.SLOW:
                await asyncio.sleep(fault.ms / 1000)
                await super().apply(result)
            case Kind.LOCK:
                await self._apply_locked(result)
            case Kind.SPLIT:
                await self.device.send(bytes([datastream.CMD_WRITE, datastream.wcc()]))
                await asyncio.sleep(fault.ms / 1000)
                await super().apply(result)
            case Kind.SILENT | Kind.SILENT_AFTER_COMMIT:
                pass

    async def _apply_locked(self, result: Result) -> None:
        writer = self.device.renderer
        assert isinstance(writer, HostRenderer)
        writer.restores_keyboard = False
        await super().apply(result)
        writer.restores_keyboard = True


def world(screen: Screen) -> Any:
    """The business that a screen shows."""
    assert isinstance(screen.app, HostApplication)
    return screen.app.world


def printers(screen: Screen) -> Printers:
    """The printers of a screen's application."""
    assert isinstance(screen.app, HostApplication)
    return screen.app.printers


def accept(screen: Screen, transaction: str, key: str, **facts: Any) -> bool:
    """Carry out a transaction of a screen (HostConversation.accept)."""
    assert isinstance(screen.session, HostConversation)
    return screen.session.accept(transaction, key, **facts)


class HostRenderer(Renderer3270):
    """mfmock's renderer, which also writes 24x80 screens to larger terminals and can leave the keyboard locked."""

    restores_keyboard = True

    def __init__(self, terminal: Terminal, theme: Theme, codec: Codec) -> None:
        super().__init__(terminal, theme, codec)
        self.full_size = Renderer3270(terminal, theme, codec)
        self.default_size = Renderer3270(replace(terminal, rows=24, cols=80), theme, codec)

    def render(
        self, layout: Layout, values: dict[str, str], message: str | None = None, cursor: Cursor = None, alarm: bool = False
    ) -> bytes:
        writer = self.full_size if (layout.rows, layout.cols) == self.terminal.size else self.default_size
        record = writer.render(layout, values, message, cursor, alarm)
        if self.restores_keyboard:
            return record
        return record[:1] + bytes([datastream.wcc(restore_keyboard=False, alarm=alarm)]) + record[2:]


class HostAdapter(PrinterAdapter):
    """TN3270 and TN3270E as mfmock speaks them, with our renderer."""

    def renderer(self, terminal: Terminal, theme: Theme) -> HostRenderer:
        return HostRenderer(terminal, theme, self.codec)
