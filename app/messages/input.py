"""What a page, or the web process on its behalf, tells the owner of a session. Nothing here is trusted: the owner checks it again."""

from dataclasses import dataclass, field
from typing import Annotated, ClassVar, Literal

from pydantic import Field

from app.messages.base import MOST_CELLS, Address, Cells, Id, Message, Natural

Aid = Literal[
    "Enter", "Clear", "Attn", "SysReq", "CursorSelect", "PA1", "PA2", "PA3",
    "PF1", "PF2", "PF3", "PF4", "PF5", "PF6", "PF7", "PF8", "PF9", "PF10", "PF11", "PF12",
    "PF13", "PF14", "PF15", "PF16", "PF17", "PF18", "PF19", "PF20", "PF21", "PF22", "PF23", "PF24",
]  # fmt: skip
Edits = Annotated[tuple[tuple[Address, Cells], ...], Field(max_length=MOST_CELLS)]


@dataclass(frozen=True, slots=True)
class AidPressed(Message):
    """Page to owner: a key that the host hears of, with what was typed before it.

    `screen` and `layout` are the serials it was typed on; `cursor` a buffer address. `fields` has (start, text) of each
    modified field, text being its whole new content with NULL for nulls; on an unformatted screen one pair
    (0, the whole buffer).
    """

    type: ClassVar[str] = "aid"
    seq: Natural
    screen: Natural
    layout: Natural
    aid: Aid
    cursor: Address
    fields: Edits = field(default=(), repr=False)  # may be a password: not for any log


@dataclass(frozen=True, slots=True)
class ResetPressed(Message):
    """Page to owner: the Reset key. Unlocks what the operator locked; tells the host nothing."""

    type: ClassVar[str] = "reset"
    seq: Natural


@dataclass(frozen=True, slots=True)
class ControlTaken(Message):
    """Page to owner: the sender wants the keyboard of this session."""

    type: ClassVar[str] = "take"
    seq: Natural


@dataclass(frozen=True, slots=True)
class ControlGiven(Message):
    """Page to owner: the sender hands the keyboard to the user `to`."""

    type: ClassVar[str] = "give"
    seq: Natural
    to: Id


@dataclass(frozen=True, slots=True)
class Attached(Message):
    """Web to owner: a viewer came. `name` is what other viewers are shown."""

    type: ClassVar[str] = "attached"
    user: Id
    connection: Id
    name: str = ""


@dataclass(frozen=True, slots=True)
class Detached(Message):
    """Web to owner: a viewer left. Never dropped for its age: the viewer is gone all the same."""

    type: ClassVar[str] = "detached"
    user: Id
    connection: Id


@dataclass(frozen=True, slots=True)
class Repaint(Message):
    """Page to web: show me the whole screen again. Web answers; the owner never hears of it."""

    type: ClassVar[str] = "repaint"


KEYED = (AidPressed, ResetPressed, ControlTaken, ControlGiven)  # what a person did: answered by `seq`, refused when old
FROM_PAGE = (*KEYED, Repaint)  # all that a page may send; the rest is web's to say
