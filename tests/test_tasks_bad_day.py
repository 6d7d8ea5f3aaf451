"""A bad day: the store or Redis away between two lines of ours, Redis emptied, a worker that stood still."""

from collections.abc import Iterator
from dataclasses import replace
from types import SimpleNamespace
from typing import Any

import pytest
from kombu.exceptions import OperationalError

from app.broker import protection
from app.broker.celery import app
from app.broker.connection import client
from app.broker.names import warm_key
from app.broker.workers import WorkerLoad, beat, retire
from app.clock import now
from app.config import settings
from app.errors import InputRefused, NoCapacity, NotReady
from app.screen.model import Screen, State, Style
from app.store import hosts, items, recordings, runs, sessions
from app.tasks import here, lanes, part, play, progress, recovery, signons, trouble, verify
from app.tasks.terminals import Terminal
from app.tasks.worker import SteadyConsumer
from app.up.ports import free_port
from tests.farm_parts import OWNER, Farm, farm_of

pytestmark = pytest.mark.usefixtures("farm")


@pytest.fixture(scope="module")
def farm(tmp_path_factory: pytest.TempPathFactory, platform: dict[str, str]) -> Iterator[Farm]:
    with farm_of(tmp_path_factory.mktemp("badday"), platform, 12) as farm:
        yield farm


@pytest.fixture(autouse=True)
def parts(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """This process plays a worker that sends nothing, and leaves nothing behind."""
    for module in (lanes, lanes.warm, play, recovery):
        monkeypatch.setattr(module, "send", lambda *_, **__: None)
    yield
    for one in list(here.parts.values()):
        part.part_with(one)


class IdleLane:
    """A lane that only notes that it was left."""

    def __init__(self, id: str) -> None:
        self.id = id
        self.left = False
        self.session = SimpleNamespace(ended=None)

    def leave(self, part: Any) -> None:
        self.left = True


def a_part(farm: Farm, **more: Any) -> part.Part:
    """This process's part of a run over one policy."""
    run = runs.create(owner=OWNER, ast="policy_renewal", host=farm.host(), rows=[("P1000001", {"policy": "P1000001"})], **more)
    runs.start(run.id)
    return part.join(run.id)


def away(*_: Any, **__: Any) -> Any:
    raise NotReady()


def test_a_lane_that_signs_on_after_its_run_is_over_is_left(farm: Farm) -> None:
    over, late = a_part(farm), IdleLane("s-late")
    part.part_with(over)
    over.add(late)  # type: ignore[arg-type]
    assert late.left and not over.lanes


def test_a_lane_comes_back_when_nobody_can_say_whether_the_host_is_well(farm: Farm, monkeypatch: pytest.MonkeyPatch) -> None:
    ours = a_part(farm)
    ours.add(IdleLane("s-1"))  # type: ignore[arg-type]
    monkeypatch.setattr(ours.guard, "admits", away)
    assert play.on_lane(ours.id, 0, play._item) == "left"
    assert ours.idle_lanes() == 1 and items.get(ours.id, 0).status == "pending"


def test_a_lane_comes_back_when_the_store_is_away_as_an_item_is_taken_over(farm: Farm, monkeypatch: pytest.MonkeyPatch) -> None:
    ours = a_part(farm)
    ours.add(IdleLane("s-1"))  # type: ignore[arg-type]
    monkeypatch.setattr(ours.ast, "settle_seconds", 0, raising=False)
    items.claim(ours.id, 0, "dead", "s-0", 60)
    items.journal(ours.id, 0, 1, "committing")
    monkeypatch.setattr(items, "take_over", away)
    assert play.on_lane(ours.id, 0, verify._verify) == "left"
    assert ours.idle_lanes() == 1


def test_a_commit_that_a_live_worker_is_pressing_is_not_asked_about_by_another(farm: Farm, monkeypatch: pytest.MonkeyPatch) -> None:
    ours = a_part(farm)
    monkeypatch.setattr(ours.ast, "settle_seconds", 0, raising=False)
    beat(WorkerLoad("busy", 1, 10, started=now()))
    items.claim(ours.id, 0, "busy", "s-0", 60)
    items.journal(ours.id, 0, 1, "committing")
    assert verify._verify(ours, 0) == "taken"
    beat(WorkerLoad("busy", 1, 10, started="2999-01-01T00:00:00.000Z"))  # a later life of it knows nothing of the item
    assert verify._verify(ours, 0) == "left"  # it would ask the host, had it a lane


def test_what_an_earlier_life_of_this_worker_was_pressing_is_asked_about_as_soon_as_there_is_a_lane(
    farm: Farm, monkeypatch: pytest.MonkeyPatch
) -> None:
    run, asked = a_part(farm).run, list[Any]()
    items.claim(run.id, 0, here.name(), "s-0", 600)
    items.journal(run.id, 0, 1, "committing")
    recovery.own_leftovers()  # no lane is open yet
    beat(WorkerLoad(here.name(), 0, 10, started=now()))
    lane = sessions.create(owner=OWNER, host=run.host, worker=here.name(), purpose="lane", run=run.id)
    sessions.opened(lane.id, here.name(), "")
    monkeypatch.setattr(recovery, "send", lambda *task, **_: asked.append(task))
    recovery._sweep()
    assert asked == [("iast.runs.verify", run.id, 0)]


def test_a_worker_that_stood_still_between_a_commits_note_and_its_key_does_not_press_it(farm: Farm) -> None:
    lane = lanes.Lane("s-1", None, a_part(farm))  # type: ignore[arg-type]
    lane.session = SimpleNamespace(submit=lambda *_: 7)  # type: ignore[assignment]
    screen: Any = SimpleNamespace(serial=1, layout=1)
    lane.take_turn()
    lane._turn -= 60
    with pytest.raises(InputRefused):
        lane.submit("PF5", 0, (), screen)
    assert lane.submit("PF5", 0, (), screen) == 7


def test_a_user_stays_leased_when_redis_was_emptied(farm: Farm) -> None:
    host = hosts.get(farm.host(users=1))
    mine = signons.lease(host, "s-1")
    client().flushdb()
    signons.renew()
    with pytest.raises(NoCapacity):
        signons.lease(host, "s-2")
    mine.release()
    signons.renew()
    signons.lease(host, "s-2").release()


def test_an_emptied_redis_makes_no_worker_dead_at_once(farm: Farm) -> None:
    session = sessions.create(owner=OWNER, host=farm.host(), worker="quiet")
    recovery._sweep()
    assert sessions.get(session.id).live
    recovery._unheard["quiet"] -= 60
    recovery._sweep()
    assert sessions.get(session.id).state == "lost"


def test_a_run_that_has_worked_gives_a_host_up_when_it_was_away_for_a_minute_not_when_redis_was(
    farm: Farm, monkeypatch: pytest.MonkeyPatch
) -> None:
    run = replace(a_part(farm).run, counts={"succeeded": 1})
    clock = [1000.0]
    monkeypatch.setattr(trouble, "time", SimpleNamespace(time=lambda: clock[0]))
    trouble.note(run.id, NotReady())
    clock[0] += 2 * trouble.PATIENCE  # nobody could ask meanwhile
    assert not trouble.of(run).hopeless  # type: ignore[union-attr]
    trouble.note(run.id, NotReady())
    assert trouble.of(run).hopeless  # type: ignore[union-attr]
    trouble.over(run.id)
    assert trouble.of(run) is None


def test_a_run_that_never_worked_gives_its_host_up_at_once(farm: Farm) -> None:
    run = a_part(farm).run
    trouble.note(run.id, NotReady())
    assert trouble.of(run).hopeless  # type: ignore[union-attr]
    assert not trouble.of(replace(run, counts={"succeeded": 1})).hopeless  # type: ignore[union-attr]


def test_a_redis_that_stays_away_is_asked_again_every_two_seconds(monkeypatch: pytest.MonkeyPatch) -> None:
    slept, consumer = list[float](), SteadyConsumer.__new__(SteadyConsumer)
    consumer.app, consumer.first_connection_attempt, consumer.broker_connection_retry_attempt = app, False, 0
    monkeypatch.setattr("kombu.utils.functional.sleep", slept.append)
    monkeypatch.setitem(app.conf, "broker_connection_max_retries", 5)
    with pytest.raises(OperationalError):
        consumer.ensure_connected(app.connection_for_read(f"redis://127.0.0.1:{free_port()}"))
    assert sum(slept) == 5 * 2


def test_workers_are_not_dead_because_redis_was_away(farm: Farm, monkeypatch: pytest.MonkeyPatch) -> None:
    session = sessions.create(owner=OWNER, host=farm.host(), worker="unheard")
    beat(WorkerLoad("unheard", 1, 10, started=now()))
    retire("unheard")  # as when its beat has expired meanwhile
    clock = [1000.0]
    monkeypatch.setattr(recovery, "time", SimpleNamespace(monotonic=lambda: clock[0]))
    monkeypatch.setattr(recovery, "pulse", recovery.Pulse())
    monkeypatch.setattr(recovery, "_unheard", {})

    def beaten(times: int) -> None:
        for _ in range(times):
            clock[0] += settings().worker_expiry_seconds / 4
            recovery.pulse.beat()
        recovery._sweep()

    beaten(1)  # ours is the first to be heard
    beaten(3)
    assert sessions.get(session.id).live
    beaten(2)
    assert sessions.get(session.id).state == "lost"


def test_what_redis_may_have_counted_as_it_went_away_is_counted_once(farm: Farm, monkeypatch: pytest.MonkeyPatch) -> None:
    ours, add = a_part(farm), progress._add
    items.claim(ours.id, 0, here.name(), "s-0", 60)
    ours.tally.count("running")

    def add_and_lose_the_answer(*given: Any) -> Any:
        add(*given)
        raise NotReady()

    monkeypatch.setattr(progress, "_add", add_and_lose_the_answer)
    ours.tally.tell(ours.run, 1)
    monkeypatch.setattr(progress, "_add", add)
    ours.tally.tell(ours.run, 1)
    assert ours.tally.last["running"] == 1 and ours.tally.last["pending"] == 0
    items.finish(ours.id, 0, 1, "succeeded")
    ours.tally.count("running", -1)
    for _ in range(2):  # as a client does that does not know whether it was heard
        ours.tally.count("succeeded")
    ours.tally.tell(ours.run, 1)
    assert (ours.tally.last["succeeded"], ours.tally.last["running"]) == (1, 0)


def test_a_run_that_is_opened_again_takes_its_own_warm_lane(farm: Farm) -> None:
    run = a_part(farm).run
    lane = sessions.create(owner=OWNER, host=run.host, worker="w1", purpose="lane", run=run.id)
    sessions.opened(lane.id, "w1", "")
    ast = part.join(run.id).ast
    client().rpush(warm_key(run.host), f"{lanes.warm.kind(OWNER, ast)} {lane.id} w1")
    lanes.man(runs.get(run.id))
    assert not client().exists(warm_key(run.host))


def test_a_key_is_answered_though_the_store_is_away(monkeypatch: pytest.MonkeyPatch) -> None:
    terminal = Terminal(sessions.Session("s-1", OWNER, "demo"))
    terminal._touched -= 3600
    monkeypatch.setattr(sessions, "touch", away)
    terminal._use()
    assert not terminal._over


def test_a_parked_lane_of_a_host_that_has_everything_recorded_is_recorded(farm: Farm, monkeypatch: pytest.MonkeyPatch) -> None:
    host, seen = farm.host(record=True), Screen(1, 1, " ", bytes(1), (Style(),), (), 0, 1, 0, False, State.TN3270)
    lane = sessions.create(owner=OWNER, host=host, worker="w1", purpose="lane", run="r-1")
    monkeypatch.setattr(here, "publisher", SimpleNamespace(show=lambda *_: None), raising=False)
    terminal = Terminal(sessions.opened(lane.id, "w1", ""))
    terminal.adopt(SimpleNamespace(screen=seen, ended=None))  # type: ignore[arg-type]
    terminal.record_to("")
    here.terminals.pop(lane.id)
    assert [each.why for each in recordings.of_owner(OWNER)[0] if each.session == lane.id] == ["policy"]


def test_what_everybody_is_told_of_a_host_has_no_words_of_somebodys_screen(farm: Farm) -> None:
    guard = a_part(farm).guard
    guard.failed("abend")
    assert protection.breaker(guard.host.name).failures == 1
    guard.failed("too-long")
    assert protection.breaker(guard.host.name).failures == 1
