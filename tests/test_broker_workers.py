"""Heartbeats and placement over a real Valkey: who lives, who gets the next session."""

from collections import Counter
from concurrent.futures import ThreadPoolExecutor

import pytest

from app.broker import workers
from app.broker.celery import send
from app.broker.connection import client
from app.broker.names import WORKERS
from app.broker.placement import choose_worker
from app.broker.workers import WorkerLoad, beat
from app.config import settings
from app.errors import NoCapacity
from tests.processes import wait_until


@pytest.fixture(autouse=True)
def _alone(configured: dict[str, str], monkeypatch: pytest.MonkeyPatch) -> None:
    """A database of Valkey to itself: no heartbeat of another test's worker is seen here."""
    use(monkeypatch, REDIS_URL=configured["REDIS_URL"].removesuffix("/0") + "/5")
    client().flushdb()


def use(monkeypatch: pytest.MonkeyPatch, **variables: str) -> None:
    for name, value in variables.items():
        monkeypatch.setenv(name, value)
    settings.cache_clear()


def test_a_worker_that_stops_beating_is_gone_from_the_list_and_known_as_lapsed(monkeypatch: pytest.MonkeyPatch) -> None:
    use(monkeypatch, IAST_HEARTBEAT_SECONDS="1", IAST_WORKER_EXPIRY_SECONDS="3")
    beat(WorkerLoad("w1", 3, 200, lanes=1, started="2026-11-21T07:00:00.000Z", cpu=0.5))
    assert workers.workers() == [WorkerLoad("w1", 3, 200, 1, "2026-11-21T07:00:00.000Z", 0.5)] and workers.is_alive("w1")
    wait_until(lambda: not workers.is_alive("w1"), 60, what="the heartbeat's expiry")
    assert workers.workers() == [] and workers.lapsed() == ["w1"]
    workers.forget("w1")
    assert workers.lapsed() == [] and not client().zscore(WORKERS, "w1")


def test_a_worker_that_stops_cleanly_gets_nothing_more_at_once() -> None:
    beat(WorkerLoad("w1", 0, 200))
    workers.retire("w1")
    with pytest.raises(NoCapacity):
        choose_worker("demo")
    assert workers.lapsed() == ["w1"]


def test_a_session_goes_to_the_worker_with_the_fewest() -> None:
    beat(WorkerLoad("busy", 50, 200))
    beat(WorkerLoad("idle", 2, 200))
    assert {choose_worker("demo") for _ in range(20)} == {"idle"}


def test_a_burst_spreads_though_no_heartbeat_counts_it_yet() -> None:
    for name in ("w1", "w2"):
        beat(WorkerLoad(name, 0, 200))
    with ThreadPoolExecutor(10) as pool:
        chosen = Counter(pool.map(lambda _: choose_worker("demo"), range(50)))
    assert chosen == {"w1": 25, "w2": 25}


def test_a_full_worker_gets_none_and_when_all_are_full_it_is_said() -> None:
    beat(WorkerLoad("w1", 198, 200))
    beat(WorkerLoad("w2", 500, 500))
    assert [choose_worker("demo") for _ in range(2)] == ["w1", "w1"]
    with pytest.raises(NoCapacity, match="full"):
        choose_worker("demo")


def test_no_worker_at_all_is_said_as_such() -> None:
    with pytest.raises(NoCapacity, match="No worker is running"):
        choose_worker("demo")


@pytest.mark.parametrize(("policy", "expected"), [("round-robin", {"big": 6, "small": 6}), ("weighted", {"big": 8, "small": 4})])
def test_other_policies_can_be_chosen(monkeypatch: pytest.MonkeyPatch, policy: str, expected: dict[str, int]) -> None:
    use(monkeypatch, IAST_PLACEMENT=policy)
    beat(WorkerLoad("big", 0, 400))
    beat(WorkerLoad("small", 0, 200))
    assert Counter(choose_worker("demo") for _ in range(12)) == expected


def test_task_arguments_are_ids_and_numbers_since_flower_shows_them() -> None:
    with pytest.raises(TypeError):
        send("iast.runs.start", {"password": "x"})  # type: ignore[arg-type]
