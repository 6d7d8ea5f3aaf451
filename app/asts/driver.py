"""Performs a script's steps on a lane. Deadlines, film and journal are written here, once for every AST.

Rules that hold for each step:
- nothing is sent for a Fill: it waits for the next key, as on a keyboard;
- a key is sent on the screen the script last saw; the lane refuses it if the host has drawn another since;
- a Commit is journalled before it is sent; if the journal can't be written it is not sent;
- once a Commit is sent, anything but an answer is doubt, not failure.
"""

import time
from collections.abc import Callable, Sequence
from typing import Protocol

from app.asts.script import Commit, Doubtful, Expect, Failed, Fill, Outcome, Press, Refused, Script, Step, Until
from app.asts.view import View
from app.errors import HostError, IastError, InputRefused
from app.screen.conditions import Condition
from app.screen.model import NULL, Screen


class Lane(Protocol):
    """A signed-on host session as the driver needs it."""

    def screen(self) -> Screen:
        """The newest screen."""

    def submit(self, aid: str, cursor: int, fields: Sequence[tuple[int, str]], on: Screen) -> int:
        """Send a key typed on screen `on`; gives the serial before it. InputRefused: nothing was sent. HostError: nobody knows."""

    def wait(self, until: Callable[[Screen], bool], after: int, seconds: float) -> Screen:
        """The first unlocked, quiet screen newer than `after` for which `until` holds. WaitTimeout, HostLost."""


class Journal(Protocol):
    """What must be known of an item if we die now."""

    def committing(self) -> None:
        """Written before a commit is pressed. If it raises, the commit is not pressed."""

    def withdrawn(self) -> None:
        """Nothing was done: the commit was not sent after all, or the script read in its answer that the host refused it."""

    def committed(self, answer: str) -> None:
        """The host answered the commit with this row. May stay in memory until `settle` or the item's end."""

    def settle(self) -> None:
        """The script goes on: what is known of its commit is written before anything else is done to the host."""


class Film(Protocol):
    """Keeps what was seen and pressed."""

    def shot(self, screen: Screen, aid: str = "", fields: Sequence[tuple[int, str]] = ()) -> None:
        """`fields` were typed on `screen` and `aid` pressed; without an AID, a screen that was only looked at."""


class NoJournal:
    """For scripts that may not commit: sign-on, sign-off, verify."""

    def committing(self) -> None:
        raise InputRefused("This script may not commit: only `process` may.", code="no-journal")

    def withdrawn(self) -> None: ...

    def committed(self, answer: str) -> None: ...

    def settle(self) -> None: ...


class NoFilm:
    """Keeps nothing."""

    def shot(self, screen: Screen, aid: str = "", fields: Sequence[tuple[int, str]] = ()) -> None: ...


def play(
    script: Script,
    lane: Lane,
    *,
    seconds: float,
    step_seconds: float,
    journal: Journal | None = None,
    film: Film | None = None,
    clock: Callable[[], float] = time.monotonic,
) -> Outcome:
    """Perform `script` on `lane` and give its outcome; never raises for what a host, a script or a deadline does.

    `seconds` bounds the whole script, `step_seconds` each step that names no deadline of its own. Raises Conflict when
    the journal says that the item is no longer ours; nothing was pressed for it then.
    """
    player = _Player(lane, journal or NoJournal(), film or NoFilm(), clock() + seconds, step_seconds, clock)
    try:
        return player.run(script)
    finally:
        script.close()


class _Player:
    """One script being performed."""

    def __init__(
        self, lane: Lane, journal: Journal, film: Film, end: float, step_seconds: float, clock: Callable[[], float]
    ) -> None:
        self.lane, self.journal, self.film = lane, journal, film
        self.end, self.step_seconds, self.clock = end, step_seconds, clock
        self.view = View(lane.screen())
        self.typed: dict[int, tuple[int, str]] = {}  # start -> (length typed, whole content)
        self.pressed = False  # a commit was sent and its answer has not come
        self.answered = False  # ... and has come

    def run(self, script: Script) -> Outcome:
        try:
            step = next(script)
            while True:
                self.journal.settle()
                step = script.send(self.perform(step))
        except StopIteration as end:
            return self._outcome(end.value)
        except HostError as lost:
            return self._broken(lost)
        except InputRefused as refused:
            return self._broken_off(refused.message, str(refused.facts.get("code", refused.code)))
        except IastError:
            raise  # the journal: this item is not ours, or the store is away; nothing was pressed
        except Exception as bug:  # a script is somebody's code: its bug ends its item, not the worker
            return self._bug(bug)

    def perform(self, step: Step) -> View:
        match step:
            case Fill():
                self._fill(step)
            case Press():
                self._press(step.aid, step.until, step.seconds)
            case Commit():
                self._commit(step)
            case Expect():
                self._see(self._wait(step.until, -1, step.seconds))
            case _:
                raise TypeError(f"a script may yield Fill, Press, Commit or Expect, not {type(step).__name__}")
        return self.view

    def _fill(self, step: Fill) -> None:
        field = self.view.field(step.label, step.nth)
        if field is None:
            raise InputRefused(f"there is no input field behind {step.label!r} on {self.view.title!r}", code="unexpected-screen")
        if len(step.text) > field.length:
            raise InputRefused(f"what goes behind {step.label!r} is {len(step.text)} long; the field takes {field.length}", code="too-long")
        self.typed[field.start] = (len(step.text), step.text.ljust(field.length, NULL))

    def _press(self, aid: str, until: Until, seconds: float | None) -> None:
        serial = self._send(aid)
        self._see(self._wait(until, serial, seconds))

    def _commit(self, step: Commit) -> None:
        self.journal.committing()
        self.pressed = True
        try:
            serial = self._send(step.aid)
        except InputRefused:
            self.pressed = False
            self.journal.withdrawn()
            raise
        self._see(self._wait(step.until, serial, step.seconds))
        self.pressed, self.answered = False, True
        self.journal.committed(_answer(self.view, step.until))

    def _send(self, aid: str) -> int:
        screen = self.view.screen
        fields = [(start, text) for start, (_, text) in self.typed.items()]
        cursor = screen.cursor
        if self.typed:
            start, (length, text) = next(reversed(self.typed.items()))
            cursor = start + min(length, len(text) - 1)
        self.typed = {}
        self.film.shot(screen, aid, fields)
        return self.lane.submit(aid, cursor % (screen.rows * screen.columns), fields, screen)

    def _wait(self, until: Until, after: int, seconds: float | None) -> Screen:
        left = min(self.step_seconds if seconds is None else seconds, self.end - self.clock())
        return self.lane.wait(condition(until), after, max(left, 0.0))

    def _see(self, screen: Screen) -> None:
        self.view = View(screen)

    def _outcome(self, value: object) -> Outcome:
        self.film.shot(self.view.screen)
        if not isinstance(value, Outcome):
            return self._broken_off("the script ended without an outcome: return Done, Refused or Failed", "script-error")
        if isinstance(value, Failed) and not value.intact:
            return self._broken_off(value.reason, value.code)
        if self.answered and isinstance(value, Refused | Failed):
            self.journal.withdrawn()  # the script has read the answer: the host did nothing
        return value

    def _broken(self, error: HostError) -> Outcome:
        self._last_shot()
        return self._broken_off(error.message, error.code)

    def _last_shot(self) -> None:
        try:
            self.film.shot(self.lane.screen())
        except HostError:
            pass  # a lane that is gone may have no screen to show

    def _bug(self, bug: Exception) -> Outcome:
        self._last_shot()
        return self._broken_off(f"the script is wrong: {type(bug).__name__}{_where(bug)}", "script-error")

    def _broken_off(self, reason: str, code: str) -> Outcome:
        """The script ended in the middle. Once a commit was pressed that is doubt, whatever broke."""
        return Doubtful(reason, code) if self.pressed or self.answered else Failed(reason, code, intact=False)


def condition(until: Until) -> Callable[[Screen], bool]:
    """`until` as a question to a Screen: any of its texts and questions."""
    wanted = until if isinstance(until, tuple) else (until,)
    if not wanted:
        return lambda screen: True

    def holds(screen: Screen) -> bool:
        view = View(screen)
        return any(view.has(one) if isinstance(one, str) else bool(one(view)) for one in wanted)

    return Condition(" or ".join(repr(one) if isinstance(one, str) else "what was expected" for one in wanted), holds)


def _answer(view: View, until: Until) -> str:
    """How the host answered: what a question of `until` gave, or the row that has one of its texts."""
    wanted = until if isinstance(until, tuple) else (until,)
    found = (view.line(one) if isinstance(one, str) else one(view) for one in wanted)
    return next((text for text in found if text and isinstance(text, str)), view.title)


def _where(bug: Exception) -> str:
    """The script's own line, without values: an exception's text can quote what was on the screen."""
    trace = bug.__traceback__
    while trace is not None and trace.tb_next is not None:
        trace = trace.tb_next
    if trace is None:
        return ""
    return f" in {trace.tb_frame.f_code.co_name}, line {trace.tb_lineno}"
