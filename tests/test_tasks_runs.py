"""Runs on real workers against the mock mainframe: every item once, whatever dies."""

import socket
import time
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest

from app.store import items, runs, sessions
from tests.demo_host import Host
from tests.farm_parts import Farm, farm_of, policies, until


@pytest.fixture(scope="module")
def farm(tmp_path_factory: pytest.TempPathFactory, platform: dict[str, str]) -> Iterator[Farm]:
    with farm_of(tmp_path_factory.mktemp("farm"), platform, 3) as farm:
        farm.start("one")
        farm.start("two")
        yield farm


@pytest.fixture
def demo(tmp_path: Path) -> Iterator[Host]:
    with Host(tmp_path) as host:
        yield host


def test_two_hundred_policies_are_looked_up_once_each_over_lanes_on_both_workers(farm: Farm, demo: Host) -> None:
    wanted = policies(0, 200)
    run = farm.run(farm.host(demo), wanted, lanes=10)
    assert farm.ended(run).status == "finished"
    assert farm.counts(run) == {"succeeded": 200}
    assert sorted(demo.done("INQUIRY")) == wanted
    lanes = sessions.of_run(run)
    assert len(lanes) == 10 and {lane.worker for lane in lanes} == {"one", "two"}
    assert {user["user"] for user in demo.ledger()} <= {f"DEMO{n:02}" for n in range(1, 51)}
    first = items.get(run, 0)
    assert first.result is not None and first.result["holder"] and first.lane in {lane.id for lane in lanes}
    until(lambda: not any(lane.live for lane in sessions.of_run(run)), farm, run)


def test_the_same_policy_twice_is_two_items(farm: Farm, demo: Host) -> None:
    run = farm.run(farm.host(demo), ["P1000001", "P1000001", "P9999999"], lanes=2)
    assert farm.ended(run).status == "finished"
    assert farm.counts(run) == {"succeeded": 2, "refused": 1}
    assert items.get(run, 2).error == {"code": "refused", "message": "POLICY NOT FOUND"}


def test_a_killed_worker_loses_no_renewal_and_doubles_none(farm: Farm, tmp_path: Path) -> None:
    victim = farm.start("victim")
    with Host(tmp_path, "--delay", "30") as demo:
        wanted = policies(0, 100)
        run = farm.run(farm.host(demo), wanted, "policy_renewal", lanes=9)
        until(lambda: len(demo.done("RENEWAL")) > 20 and victim in {s.worker for s in sessions.of_run(run)}, farm, run)
        farm.kill(victim)
        assert farm.ended(run, 90).status == "finished"
        assert farm.counts(run) == {"succeeded": 100}
        assert Counter(demo.done("RENEWAL")) == Counter(wanted)
        lost = [lane for lane in sessions.of_run(run) if lane.worker == victim]
        assert lost and all(lane.state == "lost" for lane in lost)


def test_a_commit_whose_answer_is_lost_is_looked_up_and_not_pressed_again(farm: Farm, demo: Host) -> None:
    wanted = policies(0, 12)
    demo.control(fault="drop-after-commit", transaction="RENEWAL", key=wanted[3], next=1)
    demo.control(fault="drop-before-commit", transaction="RENEWAL", key=wanted[7], next=1)
    run = farm.run(farm.host(demo), wanted, "policy_renewal", lanes=3)
    assert farm.ended(run, 90).status == "finished"
    assert farm.counts(run) == {"succeeded": 12}
    assert Counter(demo.done("RENEWAL")) == Counter(wanted)
    assert items.get(run, 3).result is not None


def test_a_wrong_password_fails_the_run_and_is_tried_once_for_each_user(farm: Farm, demo: Host) -> None:
    wrong = [{"user": f"DEMO{n:02}", "password": "nonsense"} for n in range(1, 4)]
    run = farm.run(farm.host(demo, 3, credentials=wrong), policies(0, 20), lanes=3)
    ended = farm.ended(run)
    assert ended.status == "failed"
    assert "INVALID USERID OR PASSWORD" in ended.reason and "nonsense" not in ended.reason
    assert farm.counts(run) == {"pending": 20}
    assert not any(lane.live for lane in sessions.of_run(run))


def test_a_host_that_is_down_fails_the_run_with_the_reason(farm: Farm) -> None:
    run = farm.run(farm.host(), policies(0, 5), lanes=2)
    ended = farm.ended(run)
    assert ended.status == "failed" and "does not accept connections" in ended.reason
    assert not any(lane.live for lane in sessions.of_run(run))


def test_a_host_that_never_answers_fails_the_run_with_the_reason(farm: Farm) -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent:
        run = farm.run(farm.host(port=silent.getsockname()[1], connect_seconds=1), policies(0, 5), lanes=2)
        ended = farm.ended(run)
    assert ended.status == "failed" and "took the connection" in ended.reason


def test_a_paused_run_starts_nothing_until_it_is_resumed(farm: Farm, tmp_path: Path) -> None:
    with Host(tmp_path, "--delay", "30") as demo:
        wanted = policies(0, 120)
        run = farm.run(farm.host(demo), wanted, lanes=4)
        until(lambda: len(demo.done("INQUIRY")) > 10, farm, run)
        runs.pause(run)
        paused = time.monotonic()  # a worker may act for a second on what it last read
        until(lambda: time.monotonic() - paused > 1.5 and not items.running(run), farm, run)
        done = len(demo.done("INQUIRY"))
        assert done < 120 and farm.counts(run)["pending"] == 120 - done
        runs.resume(run)
        assert farm.ended(run).status == "finished"
        assert sorted(demo.done("INQUIRY")) == wanted


def test_a_cancelled_run_ends_when_its_last_item_has(farm: Farm, tmp_path: Path) -> None:
    with Host(tmp_path, "--delay", "30") as demo:
        run = farm.run(farm.host(demo), policies(0, 500), lanes=4)
        until(lambda: len(demo.done("INQUIRY")) > 10, farm, run)
        runs.cancel(run)
        assert farm.ended(run).status == "cancelled"
        counts = farm.counts(run)
        assert set(counts) == {"succeeded", "cancelled"}
        until(lambda: not any(lane.live for lane in sessions.of_run(run)), farm, run)
        assert len(demo.done("INQUIRY")) == counts["succeeded"]


def test_an_item_of_a_run_that_failed_does_not_stay_running_when_its_worker_dies(farm: Farm, demo: Host) -> None:
    victim = farm.start("doomed")
    demo.control(fault="silent", transaction="INQUIRY")
    run = farm.run(farm.host(demo), policies(0, 12), lanes=6)
    until(lambda: victim in {item.worker for item in items.running(run) if item.lease_until} and len(demo.ledger()) == 0, farm, run)
    runs.fail(run, "somebody ended it")
    farm.kill(victim)
    until(lambda: not any(item.worker == victim for item in items.running(run)), farm, run)
