"""The words an AST is written in: steps it yields and the outcomes it returns. Refuses to perform anything: the driver does.

A script is a generator. It yields a step, is sent the View after that step, and returns an Outcome:

    def process(self, item):
        yield Fill("POLICY NUMBER ===>", item.policy)
        screen = yield Press("Enter", until=("HOLDER", "POLICY NOT FOUND"))
        if screen.has("NOT FOUND"):
            return Refused("POLICY NOT FOUND")
        return Done(holder=screen.after("HOLDER"))
"""

from collections.abc import Callable, Generator
from dataclasses import dataclass

from app.asts.view import View

Condition = str | Callable[[View], object]  # text that is on the screen, or a question to it
Until = Condition | tuple[Condition, ...]  # any of several


@dataclass(frozen=True, slots=True)
class Fill:
    """Type into the input field that follows `label` on the screen. Nothing is sent before the next Press or Commit.

    The whole field is replaced. `nth` chooses among several fields after the same label, from 0.
    """

    label: str
    text: str
    nth: int = 0

    def __repr__(self) -> str:  # the text may be a password
        return f"Fill({self.label!r})"


@dataclass(frozen=True, slots=True)
class Press:
    """Press a key that the host hears of ("Enter", "PF1".."PF24", "PA1".."PA3", "Clear"), with what was filled in.

    Goes on when the keyboard is unlocked again and `until` holds on a newer screen; without `until`, on any newer
    screen. `seconds` is the deadline; None takes the AST's `step_seconds`.
    """

    aid: str
    until: Until = ()
    seconds: float | None = None


@dataclass(frozen=True, slots=True)
class Commit:
    """A Press that changes something at the host and can't be taken back. It is journalled before it is pressed and
    never pressed again by us: if its answer is lost, the AST's `verify` looks whether it went through. A script that
    returns Refused or an intact Failed after it says that the host answered and did nothing.

    The journal notes the row with the text of `until` that came, or the text that a question of `until` gave.
    """

    aid: str
    until: Until
    seconds: float | None = None


@dataclass(frozen=True, slots=True)
class Expect:
    """Wait, without a key, until the keyboard is unlocked and `until` holds."""

    until: Until
    seconds: float | None = None


Step = Fill | Press | Commit | Expect


@dataclass(frozen=True, slots=True, init=False)
class Done:
    """It went well. The keyword arguments are the item's result: text, numbers and lists that JSON can carry."""

    result: dict[str, object]

    def __init__(self, **result: object) -> None:
        object.__setattr__(self, "result", result)


@dataclass(frozen=True, slots=True)
class Refused:
    """The business said no, and will say so again: never retried by itself."""

    reason: str


@dataclass(frozen=True, slots=True)
class Failed:
    """It did not work this time. `code` says how (`locked`, `unexpected-screen`, `wait-timeout`, `host-lost` ...).

    `intact` is false when the script was broken off in the middle: nobody knows where its lane stands.
    """

    reason: str
    code: str = "failed"
    intact: bool = True


@dataclass(frozen=True, slots=True)
class Doubtful:
    """A Commit was pressed, and then its answer was lost or the script broke off. `verify` or a person decides."""

    reason: str
    code: str = "host-lost"


@dataclass(frozen=True, slots=True)
class Parked:
    """A person must look. The lane is kept as it stands until somebody opens it and decides."""

    reason: str


@dataclass(frozen=True, slots=True)
class NotDone:
    """The answer of `verify` when the host shows for certain that the commit did not go through: it may be keyed again."""


Outcome = Done | Refused | Failed | Doubtful | Parked | NotDone
Script = Generator[Step, View, Outcome]


def broken_off(outcome: Outcome) -> bool:
    """Whether the script ended in the middle: nobody knows where its lane stands."""
    return isinstance(outcome, Doubtful) or (isinstance(outcome, Failed) and not outcome.intact)
