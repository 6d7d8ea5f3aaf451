"""Playing one item: claim it, play its script on a lane, record what came of it. A failed item is data, not an exception."""

import logging
from collections.abc import Callable
from typing import Any

from app.asts.base import Ast
from app.asts.driver import play
from app.asts.script import Done, Doubtful, Failed, NotDone, Outcome, Parked, Refused
from app.broker.celery import app, send
from app.errors import BadInput, Conflict, IastError, NotReady
from app.store import items
from app.store.clock import now
from app.tasks import here
from app.tasks.lanes import Lane
from app.tasks.part import Part

log = logging.getLogger(__name__)

LOST = ("host-lost", "host-silent", "host-unreachable", "host-misbehaved", "lane")  # the lane's fault, not the item's
MOST_ATTEMPTS = 4  # of an item whose lanes break
MOST_VERIFIED = 8  # attempts after which nobody asks the host again whether a commit went through
_STORE_TRIES = 6


class ItemJournal:
    """The driver's journal, kept in the store under this attempt."""

    def __init__(self, item: items.Item) -> None:
        self._item = item
        self.state = "none"
        self.answer = ""
        self._written = True

    def committing(self) -> None:
        self._write("committing")

    def withdrawn(self) -> None:
        self._write("none")

    def committed(self, answer: str) -> None:
        self.state, self.answer, self._written = "committed", answer[:200], False

    def settle(self) -> None:
        if not self._written:
            self._write("committed", self.answer)

    def _write(self, state: str, answer: str = "") -> None:
        items.journal(self._item.run, self._item.n, self._item.attempt, state, answer)
        self.state, self._written = state, True


@app.task(name="iast.runs.item")
def run_item(run_id: str, n: int) -> str:
    """Play one item on a lane of this worker."""
    return _on_lane(run_id, n, _item)


@app.task(name="iast.runs.verify", ignore_result=True)
def verify_item(run_id: str, n: int) -> str:
    """Ask the host whether the commit of an item went through whose answer was lost."""
    return _on_lane(run_id, n, _verify)


def _on_lane(run_id: str, n: int, work: Callable[[Part, int], str]) -> str:
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
    if not part.may_start() or not (part.lanes or part.opening):
        part.left.append(n)
        return "left"
    item = items.claim(part.id, n, here.name(), "", part.lease_seconds)
    if item is None:
        return "taken"
    part.tally.count("running")
    lane = part.take()
    if lane is None or not part.may_start():  # looked at again after the claim: see Part.may_start
        return _unplayed(part, item, lane)
    return _play(part, lane, item)


def _unplayed(part: Part, item: items.Item, lane: Lane | None) -> str:
    if lane is not None:
        part.give_back(lane)
    items.requeue(item.run, item.n, item.attempt)
    part.tally.count("running", -1)
    part.left.append(item.n)
    return "left"


def _play(part: Part, lane: Lane, item: items.Item) -> str:
    journal = ItemJournal(item)
    outcome: Outcome = Failed("It was not played.", "lane", intact=False)
    try:
        script = part.ast.process(part.ast.validate(dict(item.input)))
        outcome = play(script, lane, seconds=part.ast.item_seconds, step_seconds=part.ast.step_seconds, journal=journal)
    except BadInput as wrong:  # web has checked it; the AST has changed since
        outcome = Failed(wrong.message, "bad-input")
    finally:
        _free(part, lane, outcome)
    return _record(part, lane, item, journal, outcome)


def _free(part: Part, lane: Lane, outcome: Outcome) -> None:
    """The lane goes on to the next item before this one is written down; a lane that nobody knows the place of is replaced."""
    if isinstance(outcome, Done | Refused | NotDone) or (isinstance(outcome, Failed) and outcome.intact):
        part.give_back(lane)
        return
    part.drop(lane, getattr(outcome, "reason", "") or "It was of no more use.")
    send("iast.runs.steer", part.id)


def _record(part: Part, lane: Lane, item: items.Item, journal: ItemJournal, outcome: Outcome) -> str:
    noted = {"lane": lane.id}
    if journal.state == "committed":
        noted |= {"journal": "committed", "answer": journal.answer}
    match outcome:
        case Done():
            return _finish(part, item, "succeeded", outcome.result, None, **noted)
        case Refused():
            return _finish(part, item, "refused", None, _error("refused", outcome.reason), **_undone(noted))
        case Parked():
            return _finish(part, item, "parked", None, _error("parked", outcome.reason), **noted)
        case Failed() if outcome.intact:
            return _finish(part, item, "failed", None, _error(outcome.code, outcome.reason), **_undone(noted))
        case Failed() if journal.state == "none":
            return _again(part, item, outcome, noted)
        case Failed() | Doubtful():
            return _in_doubt(part, item, _error(outcome.code, outcome.reason), noted)
    return _finish(part, item, "failed", None, _error("script-error", "The script returned what only `verify` may."), **noted)


def _undone(noted: dict[str, str]) -> dict[str, str]:
    """The script itself says that what it committed was not done: the host backed it out."""
    return {"lane": noted["lane"], "journal": "none"}


def _again(part: Part, item: items.Item, failed: Failed, noted: dict[str, str]) -> str:
    """The lane broke and nothing was committed: the item goes on elsewhere, a few times."""
    if failed.code not in LOST or item.attempt >= MOST_ATTEMPTS:
        return _finish(part, item, "failed", None, _error(failed.code, failed.reason), **noted)
    _insist(lambda: items.requeue(item.run, item.n, item.attempt))
    part.tally.count("running", -1)
    part.left.append(item.n)
    return "requeued"


def _in_doubt(part: Part, item: items.Item, error: dict[str, str], noted: dict[str, str]) -> str:
    """A commit was pressed and its answer lost. It is never pressed again before the host has been asked."""
    if not verifies(part.ast):
        return _finish(part, item, "uncertain", None, error, lane=noted["lane"])
    _insist(lambda: items.renew(item.run, item.n, item.attempt, 0))  # recovery finds it, and has it verified
    return "in doubt"


def verifies(ast: Ast) -> bool:
    return type(ast).verify is not Ast.verify


def _verify(part: Part, n: int) -> str:
    item = items.get(part.id, n)
    if item.status != "running" or item.journal == "none" or (item.worker == here.name() and item.lease_until > now()):
        return "taken"
    if here.stopping.wait(part.ast.settle_seconds):  # the lost commit may be under way at the host
        return "left"
    lane = part.take_for_verify()
    if lane is None:
        return "left"
    mine = items.take_over(part.id, n, item.attempt, here.name(), lane.id, part.lease_seconds)
    if mine is None:
        part.give_back(lane)
        return "taken"
    return _judge(part, lane, mine, _ask(part, lane, mine))


def _ask(part: Part, lane: Lane, item: items.Item) -> Outcome:
    outcome: Outcome = Failed("It was not played.", "lane", intact=False)
    try:
        script = part.ast.verify(part.ast.validate(dict(item.input)))
        if script is not None:
            outcome = play(script, lane, seconds=part.ast.item_seconds, step_seconds=part.ast.step_seconds)
    finally:
        _free(part, lane, outcome)
    return outcome


def _judge(part: Part, lane: Lane, item: items.Item, outcome: Outcome) -> str:
    match outcome:
        case Done():
            noted = {"journal": "committed", "answer": item.answer or "verified"}
            return _finish(part, item, "succeeded", outcome.result, None, lane=lane.id, **noted)
        case NotDone():
            return _not_done(part, item)
        case Failed() if outcome.code in LOST and item.attempt < MOST_VERIFIED:
            _insist(lambda: items.renew(item.run, item.n, item.attempt, 0))
            return "in doubt"
    why = getattr(outcome, "reason", "") or "the host did not show whether it went through"
    return _finish(part, item, "uncertain", None, _error("uncertain", f"Its commit was pressed; {why}."), lane=lane.id)


def _not_done(part: Part, item: items.Item) -> str:
    """The host shows that the commit did not go through: it may be keyed again."""
    _insist(lambda: items.journal(item.run, item.n, item.attempt, "none"))
    _insist(lambda: items.requeue(item.run, item.n, item.attempt))
    part.tally.count("running", -1)
    part.left.append(item.n)
    return "requeued"


def _finish(
    part: Part, item: items.Item, status: str, result: dict[str, Any] | None, error: dict[str, str] | None, **noted: str
) -> str:
    """Write down how it ended. A result that can't be kept does not undo what was done."""
    try:
        _insist(lambda: items.finish(item.run, item.n, item.attempt, status, result, error, **noted))
    except BadInput as wrong:
        kept = _error("result", wrong.message)
        _insist(lambda: items.finish(item.run, item.n, item.attempt, status, None, kept, **noted))
    except Conflict as other:
        log.warning("item %s of run %s ended as %s here, but %s", item.n, item.run, status, other)
        return "taken"
    part.tally.count("running", -1)
    part.tally.count(status)
    return status


def _error(code: str, message: str) -> dict[str, str]:
    return {"code": code, "message": message[:500]}


def _insist(write: Callable[[], None]) -> None:
    """The host has answered, so this has to be written: a store that is away for some seconds is waited for."""
    for attempt in range(_STORE_TRIES):
        try:
            return write()
        except NotReady:
            if attempt == _STORE_TRIES - 1:
                raise
            here.stopping.wait(2**attempt / 4)
