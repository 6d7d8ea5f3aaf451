"""What the owner of a session, or a run, tells every page that looks at it. No hidden field's text is in any of these."""

from dataclasses import dataclass, field
from typing import Annotated, Any, ClassVar, Literal

from pydantic import Field

from app.messages.base import Address, Cells, Count, Flag, Id, Message, Natural, Note

StyleRun = tuple[Natural, Count]  # (index into the palette, cells)
Span = tuple[Address, Cells, tuple[StyleRun, ...]]  # (first cell, its new cells, their styles run-length)
FieldEntry = tuple[Address, Count, Natural, Natural, Natural]  # (start, length, flags, colour, highlight)
Share = Annotated[float, Field(ge=0)]


@dataclass(frozen=True, slots=True)
class ScreenShown(Message):
    """Owner to page: the whole screen. `screen` is what `encode_screen` makes of one."""

    type: ClassVar[str] = "screen"
    session: Id
    screen: dict[str, Any] = field(repr=False)


@dataclass(frozen=True, slots=True)
class ScreenChanged(Message):
    """Owner to page: what differs from the screen with serial `base`. A page that shows another serial asks for a Repaint.

    `palette` and `fields` are None when unchanged; else whole, in `encode_screen`'s form.
    """

    type: ClassVar[str] = "delta"
    session: Id
    base: Natural
    serial: Natural
    layout: Natural
    cursor: Address
    locked: Flag
    oia: Note
    alarm: Flag
    state: Note
    spans: tuple[Span, ...] = field(repr=False)
    palette: tuple[dict[str, Any], ...] | None = None
    fields: tuple[FieldEntry, ...] | None = None


@dataclass(frozen=True, slots=True)
class KeyTaken(Message):
    """Owner to page: the input `seq` was accepted and sent to the host."""

    type: ClassVar[str] = "taken"
    seq: Natural
    session: Id
    connection: Id = "?"  # whose `seq` it is: every connection counts its own


@dataclass(frozen=True, slots=True)
class KeyRefused(Message):
    """Owner to page: the input `seq` was refused. Nothing was sent to the host; `code` is for programs, `why` for people."""

    type: ClassVar[str] = "refused"
    seq: Natural
    session: Id
    code: Id
    why: Note
    connection: Id = "?"


@dataclass(frozen=True, slots=True)
class SessionState(Message):
    """Owner to page: the session opened, was lost or closed, and why."""

    type: ClassVar[str] = "session"
    session: Id
    state: Literal["opening", "open", "lost", "closed"]
    reason: Note = ""
    host: Note = ""
    lu: Note = ""
    worker: Note = ""


@dataclass(frozen=True, slots=True)
class ControlState(Message):
    """Owner to page: who has the keyboard (a user id, or None), and who looks on ({"user", "name"} each)."""

    type: ClassVar[str] = "control"
    session: Id
    controller: Id | None
    viewers: tuple[dict[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class PrinterState(Message):
    """Owner to page: what the session's printer does, its LU, why it is lost or a job was not kept, and how many jobs it printed."""

    type: ClassVar[str] = "printer"
    session: Id
    state: Literal["opening", "ready", "printing", "lost"]
    lu: Note = ""
    reason: Note = ""
    jobs: Natural = 0


@dataclass(frozen=True, slots=True)
class RunProgress(Message):
    """Run to its owner's pages: where a run is. `counts` by item status; `rate` is items a second; `finished` a time or ""."""

    type: ClassVar[str] = "run"
    run: Id
    status: Id
    total: Natural
    counts: dict[str, Natural]
    lanes: Natural = 0
    rate: Share = 0.0
    finished: Note = ""


@dataclass(frozen=True, slots=True)
class Problem(Message):
    """Web to page: what the page asked for can't be had. `code` is for programs, `message` for people."""

    type: ClassVar[str] = "problem"
    code: Id
    message: Note


SCREENS = (ScreenShown, ScreenChanged)  # what a slow reader may miss, since a newer whole screen makes up for it
