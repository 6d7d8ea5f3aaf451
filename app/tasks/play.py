"""Playing one item: claim it, play its script on a lane, record what came of it. A failed item is data, not an exception."""

import logging
import time
from collections.abc import Callable
from typing import Any

from app.asts import film
from app.asts.base import Ast
from app.asts.driver import play
from app.asts.script import Done, Failed, Outcome, Refused, broken_off
from app.broker.celery import app, send
from app.errors import BadInput, Conflict, IastError, NotReady
from app.store import frames, items
from app.tasks import here, parked
from app.tasks.fate import Fate, fate
from app.tasks.lanes import Lane
from app.tasks.part import Part

log = logging.getLogger(__name__)

_STORE_TRIES = 6
_NOT_PLAYED = Failed("It was not played.", "lane", intact=False)


class ItemJournal:
    """The driver's journal, kept in the store under this attempt."""

    def __init__(self, item: items.Item, lane: Lane) -> None:
        self._item, self._lane = item, lane
        self.state = "none"
        self.answer = ""
        self._written = True

    def committing(self) -> None:
        self._lane.take_turn()
        self._write("committing")

    def withdrawn(self) -> None:
        self._write("none")

    def committed(self, answer: str) -> None:
        self.state, self.answer, self._written = "committed", answer[:200], False

    def settle(self) -> None:
        if not self._written:
            self._write("committed", self.answer)

    def noted(self) -> dict[str, str]:
        """What is still to be written with the item's end."""
        return {} if self._written else {"journal": "committed", "answer": self.answer}

    def _write(self, state: str, answer: str = "") -> None:
        items.journal(self._item.run, self._item.n, self._item.attempt, state, answer)
        self.state, self._written = state, True


@app.task(name="iast.runs.items", track_started=False)
def run_items(run_id: str, *numbers: int) -> str:
    """Play these items on lanes of this worker, one after the other."""
    return " ".join(on_lane(run_id, n, _item) for n in numbers)


def on_lane(run_id: str, n: int, work: Callable[[Part, int], str]) -> str:
    """Never raises: an exception would break the chord, and with it the run."""
    part = here.parts.get(run_id)
    if part is None:
        return "left"
    try:
        return work(part, n)
    except IastError as error:
        log.warning("item %s of run %s: %s", n, run_id, error)
    except Exception as bug:  # no traceback: it may quote what was on the screen
        log.error("item %s of run %s: %s", n, run_id, type(bug).__name__)
    finally:
        part.sent.discard(n)
    return "left"  # recovery sees to it when its lease ends


def _item(part: Part, n: int) -> str:
    if not part.manned or not part.may_start() or not part.guard.most(1):
        part.left.append(n)
        return "left"
    item = items.claim(part.id, n, here.name(), "", part.lease_seconds)
    if item is None:
        return "taken"
    part.tally.count("running")
    lane = part.take()
    if lane is None or not part.may_start() or not _admitted(part):  # looked at again after the claim: see Part.may_start
        return _unplayed(part, item, lane)
    return _play(part, lane, item)


def _admitted(part: Part) -> bool:
    try:
        return part.guard.admits()
    except NotReady:
        return False


def _unplayed(part: Part, item: items.Item, lane: Lane | None) -> str:
    if lane is not None:
        part.give_back(lane)
    items.requeue(item.run, item.n, item.attempt)
    part.tally.count("running", -1)
    part.left.append(item.n)
    return "left"


def _play(part: Part, lane: Lane, item: items.Item) -> str:
    journal, strip = ItemJournal(item, lane), film.Strip()
    outcome: Outcome = _NOT_PLAYED
    began = time.monotonic()
    try:
        script = part.ast.process(part.ast.validate(dict(item.input)))
        step = part.ast.step_seconds
        outcome = play(script, lane, seconds=part.item_seconds, step_seconds=step, journal=journal, film=strip)
    except BadInput as wrong:  # web has checked it; the AST has changed since
        outcome = Failed(wrong.message, "bad-input")
    finally:
        part.took(time.monotonic() - began)
        ends = fate(outcome, journal.state, item.attempt, verifies(part.ast), isinstance(outcome, Failed) and part.may_park(lane))
        free(part, lane, ends, outcome)
    try:
        status = _record(part, lane, item, journal, outcome, ends)
    except BaseException:
        if ends.lane == "park":
            part.drop(lane, "Its item could not be written down.")
        raise
    if ends.lane == "park":
        parked.park(part, lane, item.n)
    _keep(part, item, strip, status)
    return status


def free(part: Part, lane: Lane, ends: Fate, outcome: Outcome) -> None:
    """The lane goes on before the item is written down. One that nobody knows the place of is replaced."""
    code = getattr(outcome, "code", "")
    part.guard.judge(code, answered=not broken_off(outcome) and code != "bad-input")
    if ends.lane == "keep":
        part.give_back(lane)
    elif ends.lane == "drop":
        part.drop(lane, getattr(outcome, "reason", "") or "It was of no more use.")
        _ask_to_tend(part)


def _ask_to_tend(part: Part) -> None:
    try:
        send("iast.runs.tend", part.id)
    except NotReady:
        pass  # the item is still to be written down; the next sweep sees that a lane is missing


def _record(part: Part, lane: Lane, item: items.Item, journal: ItemJournal, outcome: Outcome, ends: Fate) -> str:
    if ends.item == "again":
        return again(part, item, ends.seconds, _error(outcome))
    if ends.item == "doubt":
        return in_doubt(item)
    noted = journal.noted()
    if isinstance(outcome, Refused) or (isinstance(outcome, Failed) and outcome.intact):
        noted = {}  # the host has backed it out: the driver has withdrawn it
    result = outcome.result if isinstance(outcome, Done) else None
    return finish(part, item, ends.status, result, _error(outcome), lane=lane.id, **noted)


def _keep(part: Part, item: items.Item, strip: film.Strip, status: str) -> None:
    """The strip, if the run wants it. A strip that can't be kept is no reason to do anything again."""
    if film.wanted(part.run.film, status):
        try:
            frames.put(item.run, item.n, item.attempt, strip.frames())
        except IastError as error:
            log.warning("the strip of item %s of run %s is not kept: %s", item.n, item.run, error)


def verifies(ast: Ast) -> bool:
    return type(ast).verify is not Ast.verify


def again(part: Part, item: items.Item, seconds: float, error: dict[str, str] | None = None) -> str:
    """Pending once more, after so many seconds."""
    insist(lambda: items.requeue(item.run, item.n, item.attempt, seconds, error))
    part.tally.count("running", -1)
    if not seconds:
        part.left.append(item.n)
    return "pending"


def in_doubt(item: items.Item) -> str:
    """A commit was pressed and its answer lost. It is never pressed again before the host has been asked: recovery finds the
    ended lease, and has it verified."""
    insist(lambda: items.renew(item.run, item.n, item.attempt, 0))
    return "running"


def finish(
    part: Part, item: items.Item, status: str, result: dict[str, Any] | None, error: dict[str, str] | None, **noted: str
) -> str:
    """Write down how it ended. A result that can't be kept does not undo what was done."""
    try:
        insist(lambda: items.finish(item.run, item.n, item.attempt, status, result, error, **noted))
    except BadInput as wrong:
        kept = {"code": "result", "message": wrong.message}
        insist(lambda: items.finish(item.run, item.n, item.attempt, status, None, kept, **noted))
    except Conflict as other:
        log.warning("item %s of run %s ended as %s here, but %s", item.n, item.run, status, other)
        return "taken"
    part.tally.count("running", -1)
    part.tally.count(status)
    return status


def _error(outcome: Outcome) -> dict[str, str] | None:
    if isinstance(outcome, Done):
        return None
    kind = type(outcome).__name__.lower()
    reason = getattr(outcome, "reason", "") or "The script returned what only `verify` may."
    return {"code": str(getattr(outcome, "code", kind)), "message": reason[:500]}


def insist(write: Callable[[], None]) -> None:
    """The host has answered, so this has to be written: a store that is away for some seconds is waited for. Not by a worker that
    is to stop: recovery asks the host."""
    for attempt in range(_STORE_TRIES):
        try:
            return write()
        except NotReady:
            if attempt == _STORE_TRIES - 1 or here.stopping.is_set():
                raise
            here.stopping.wait(2**attempt / 4)
