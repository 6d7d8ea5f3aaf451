"""Verifying: asks the host whether an item's commit went through whose answer was lost. The only way back from doubt."""

from app.asts.driver import play
from app.asts.script import Done, Failed, NotDone, Outcome, broken_off
from app.broker.celery import app
from app.broker.connection import client, ready
from app.broker.names import verify_key
from app.broker.workers import workers
from app.clock import now
from app.errors import IastError
from app.store import items
from app.tasks import here
from app.tasks.fate import Fate
from app.tasks.lanes import Lane
from app.tasks.part import Part
from app.tasks.play import again, finish, free, in_doubt, insist, on_lane

MOST_ATTEMPTS = 8  # after which a person has to look
_LOST = ("host-lost", "host-silent", "host-unreachable", "host-misbehaved", "lane")


@app.task(name="iast.runs.verify", ignore_result=True)
def verify_item(run_id: str, n: int) -> str:
    """Ask the host about one item, on a lane of this worker."""
    status = on_lane(run_id, n, _verify)
    with ready():
        client().delete(verify_key(run_id, n))  # if it is still in doubt, the next sweep may have it asked again
    return status


def _verify(part: Part, n: int) -> str:
    item = items.get(part.id, n)
    if item.status != "running" or item.journal == "none" or _in_hand(item):
        return "taken"
    if here.stopping.wait(part.ast.settle_seconds):  # the lost commit may be under way at the host
        return "left"
    lane = part.take(part.may_verify)
    if lane is None:
        return "left"
    try:
        mine = items.take_over(part.id, n, item.attempt, here.name(), lane.id, part.lease_seconds)
    except IastError:
        part.give_back(lane)
        raise
    if mine is None:
        part.give_back(lane)
        return "taken"
    return _judge(part, lane, mine, _ask(part, lane, mine))


def _in_hand(item: items.Item) -> bool:
    """Whether a worker that lives is at it: its key may be under way at the host, and this task may have come late. Raises NotReady."""
    if item.lease_until <= now():
        return False
    return any(load.name == item.worker and load.started <= item.started for load in workers())  # a later life knows nothing of it


def _ask(part: Part, lane: Lane, item: items.Item) -> Outcome:
    outcome: Outcome = Failed("It was not played.", "lane", intact=False)
    try:
        script = part.ast.verify(part.ast.validate(dict(item.input)))
        if script is not None:
            outcome = play(script, lane, seconds=part.item_seconds, step_seconds=part.ast.step_seconds)
    finally:
        free(part, lane, Fate("end", lane="drop" if broken_off(outcome) else "keep"), outcome)
    return outcome


def _judge(part: Part, lane: Lane, item: items.Item, outcome: Outcome) -> str:
    match outcome:
        case Done():
            noted = {"journal": "committed", "answer": item.answer or "verified"}
            return finish(part, item, "succeeded", outcome.result, None, lane=lane.id, **noted)
        case NotDone():  # the host shows that it did not go through: it may be keyed again
            insist(lambda: items.journal(item.run, item.n, item.attempt, "none"))
            return again(part, item, 0)
        case Failed() if outcome.code in _LOST and item.attempt < MOST_ATTEMPTS:
            return in_doubt(item)
    why = getattr(outcome, "reason", "") or "the host did not show whether it went through"
    error = {"code": "uncertain", "message": f"Its commit was pressed; {why}."[:500]}
    return finish(part, item, "uncertain", None, error, lane=lane.id)
