"""Steering runs while they go, protecting hosts, and people who take over: on real workers."""

import time
from collections import Counter
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from app.broker import protection
from app.broker.connection import client
from app.broker.inputs import send_input
from app.broker.names import warm_key
from app.broker.screens import latest_screen
from app.clock import text_of
from app.demo.policies import make_policies
from app.messages import Attached, Envelope
from app.store import frames, hosts, items, runs, sessions
from tests.demo_host import Host
from tests.farm_parts import OWNER, Farm, farm_of, policies, until
from tests.processes import wait_until


@pytest.fixture(scope="module")
def farm(tmp_path_factory: pytest.TempPathFactory, platform: dict[str, str]) -> Iterator[Farm]:
    with farm_of(tmp_path_factory.mktemp("farm"), platform, 5) as farm:
        farm.start("left")
        farm.start("right")
        yield farm


@pytest.fixture
def demo(tmp_path: Path) -> Iterator[Host]:
    with Host(tmp_path) as host:
        yield host


@pytest.fixture
def slow(tmp_path: Path) -> Iterator[Host]:
    with Host(tmp_path, "--delay", "30") as host:
        yield host


def steer(farm: Farm, run: str) -> None:
    farm.send("iast.runs.steer", run)


def open_lanes(run: str) -> int:
    return sum(lane.state == "open" for lane in sessions.of_run(run))


def test_a_canary_waits_after_its_first_items_for_a_word(farm: Farm, demo: Host) -> None:
    run = farm.run(farm.host(demo), policies(0, 60), lanes=4, canary=5)
    until(lambda: runs.get(run).status == "paused", farm, run)
    assert farm.counts(run) == {"succeeded": 5, "pending": 55}
    assert sorted(demo.done("INQUIRY")) == policies(0, 5) and "first 5 items" in runs.get(run).reason
    runs.resume(run)
    steer(farm, run)
    assert farm.ended(run).status == "finished" and farm.counts(run) == {"succeeded": 60}


def test_a_run_that_fails_too_often_waits_for_a_word(farm: Farm, slow: Host) -> None:
    slow.control(fault="unexpected", transaction="INQUIRY")
    run = farm.run(farm.host(slow), policies(0, 200), lanes=2, failure_budget="3")
    until(lambda: runs.get(run).status == "paused", farm, run)
    assert "3" in runs.get(run).reason and runs.get(run).held == "budget"
    slow.control(clear=True)
    runs.resume(run)
    steer(farm, run)
    assert farm.ended(run, 90).status == "finished"
    assert sum(farm.counts(run).values()) == 200 and farm.counts(run)["failed"] >= 3


def test_failed_items_are_done_again_when_a_person_says_so(farm: Farm, demo: Host) -> None:
    demo.control(fault="unexpected", transaction="INQUIRY", key="P1000003")
    run = farm.run(farm.host(demo), policies(0, 6), lanes=2)
    assert farm.ended(run).status == "finished"
    assert farm.counts(run) == {"succeeded": 5, "failed": 1}
    failed = items.get(run, 2)
    assert failed.error is not None and failed.attempt == 2
    assert frames.get(run, 2, 2)  # the strip of what failed is kept
    assert not frames.get(run, 0, 1)
    demo.control(clear=True)
    assert items.retry_all(run) == 1
    runs.reopen(run)
    steer(farm, run)
    assert farm.ended(run).status == "finished" and farm.counts(run) == {"succeeded": 6}


def test_what_is_locked_is_tried_again_a_little_later(farm: Farm, demo: Host) -> None:
    demo.control(fault="abend", transaction="INQUIRY", key="P1000002", next=1)
    run = farm.run(farm.host(demo), policies(0, 4), lanes=2)
    assert farm.ended(run).status == "finished"
    assert farm.counts(run) == {"succeeded": 4} and items.get(run, 1).attempt == 2


def test_lanes_are_added_and_taken_away_while_it_runs(farm: Farm, slow: Host) -> None:
    run = farm.run(farm.host(slow), policies(0, 300), lanes=2)
    until(lambda: open_lanes(run) == 2, farm, run)
    runs.change(run, lanes=8)
    steer(farm, run)
    until(lambda: open_lanes(run) == 8, farm, run)
    runs.change(run, lanes=3)
    steer(farm, run)
    until(lambda: open_lanes(run) == 3, farm, run)
    assert farm.ended(run, 90).status == "finished" and farm.counts(run) == {"succeeded": 300}
    assert sorted(slow.done("INQUIRY")) == policies(0, 300)


def test_an_urgent_run_takes_the_lanes_of_one_that_can_wait(farm: Farm, slow: Host) -> None:
    host = farm.host(slow, 6)
    patient = farm.run(host, policies(0, 450), lanes=6, priority=1)
    until(lambda: open_lanes(patient) == 6, farm, patient)
    urgent = farm.run(host, policies(450, 500), lanes=5, priority=9)  # long enough to be seen with all of its lanes
    until(lambda: open_lanes(urgent) == 5 and open_lanes(patient) == 1, farm, urgent)
    assert farm.ended(urgent, 90).status == "finished"
    assert farm.ended(patient, 90).status == "finished"
    assert Counter(slow.done("INQUIRY")) == Counter(policies(0, 950))


def test_a_failing_item_waits_for_a_person_who_mends_it_while_the_run_goes_on(farm: Farm, demo: Host) -> None:
    demo.control(fault="unexpected", transaction="INQUIRY", key="P1000005")
    run = farm.run(farm.host(demo), policies(0, 30), lanes=3, park=1)
    until(lambda: farm.counts(run) == {"succeeded": 29, "parked": 1}, farm, run)
    item = items.get(run, 4)
    lane = sessions.get_owned(item.lane, OWNER)
    assert lane.state == "open" and runs.get(run).status == "running"
    wait_until(lambda: latest_screen(lane.id) is not None, 5)
    send_input(lane.worker, Envelope(lane.id, OWNER, "c-1", Attached(OWNER, "c-1", "Ada")))
    items.decide(run, 4, "succeeded", {"holder": "looked up by hand"})
    steer(farm, run)
    assert farm.ended(run).status == "finished" and farm.counts(run) == {"succeeded": 30}
    until(lambda: not any(s.live for s in sessions.of_run(run)), farm, run)


def test_a_parked_item_can_be_done_again(farm: Farm, demo: Host) -> None:
    demo.control(fault="unexpected", transaction="INQUIRY", key="P1000001", next=2)
    run = farm.run(farm.host(demo), policies(0, 3), lanes=2, park=2)
    until(lambda: items.get(run, 0).status == "parked", farm, run)
    items.decide(run, 0, "pending")
    steer(farm, run)
    assert farm.ended(run).status == "finished" and farm.counts(run) == {"succeeded": 3}


def test_a_run_past_its_deadline_begins_nothing_more(farm: Farm, slow: Host) -> None:
    soon = text_of(datetime.now(UTC) + timedelta(seconds=3))
    run = farm.run(farm.host(slow), policies(0, 2000), lanes=2, deadline=soon)
    ended = farm.ended(run)
    assert ended.status == "failed" and "deadline" in ended.reason
    assert farm.counts(run)["succeeded"] == len(slow.done("INQUIRY")) > 0


def test_a_dry_run_signs_on_and_touches_nothing(farm: Farm, demo: Host) -> None:
    run = farm.run(farm.host(demo), policies(0, 50), "policy_renewal", lanes=4, dry_run=True)
    assert farm.ended(run).status == "finished" and farm.counts(run) == {"pending": 50}
    assert not demo.done("RENEWAL") and not demo.done("INQUIRY")


def test_nothing_begins_outside_a_hosts_hours(farm: Farm, demo: Host) -> None:
    closed = (datetime.now(UTC) + timedelta(hours=3)).strftime("%H:%M-") + (datetime.now(UTC) + timedelta(hours=4)).strftime("%H:%M")
    host = farm.host(demo, windows=[closed])
    run = farm.run(host, policies(0, 5), lanes=2)
    assert not protection.status(hosts.get(host)).open_now
    farm.send("iast.runs.steer", run)
    until(lambda: runs.get(run).status == "running", farm, run)
    runs.cancel(run)
    assert farm.ended(run).status == "cancelled"
    assert not sessions.of_run(run) and not demo.ledger()


def test_a_host_gets_no_more_keys_a_second_than_it_allows(farm: Farm, demo: Host) -> None:
    host = farm.host(demo, max_rate=20.0)
    began = time.monotonic()
    run = farm.run(host, policies(0, 60), lanes=4)
    assert farm.ended(run).status == "finished"
    keys = 60 + 2 * 4  # an inquiry each, and two keys to sign on and reach the panel
    assert keys <= 5 + 20 * (time.monotonic() - began)  # five may come at once


def test_a_host_in_trouble_is_left_alone_until_one_item_goes_through_again(farm: Farm, slow: Host) -> None:
    host = farm.host(slow, breaker_failures=4, breaker_seconds=2)
    slow.control(fault="abend", transaction="INQUIRY")
    run = farm.run(host, policies(0, 80), lanes=4)
    until(lambda: protection.breaker(host).state == "open", farm, run)
    status = protection.status(hosts.get(host))
    assert status.breaker == "open" and "ABEND" in status.reason and status.until
    slow.control(clear=True)
    until(lambda: protection.breaker(host).state == "closed" and bool(slow.done("INQUIRY")), farm, run)
    assert farm.ended(run, 90).status == "finished"
    assert farm.counts(run)["succeeded"] + farm.counts(run).get("failed", 0) == 80


def test_a_host_that_answers_with_a_lock_is_in_no_trouble(farm: Farm, demo: Host) -> None:
    host = farm.host(demo, breaker_failures=1, breaker_seconds=1)
    protection.failed(hosts.get(host), "It hung up.")
    locked = [policy.number for policy in make_policies(3270).values() if policy.locked][:3]
    run = farm.run(host, locked, lanes=2)
    until(lambda: protection.breaker(host).state == "closed", farm, run)  # a probe that showed nothing would hold it for two minutes
    assert farm.ended(run, 90).status == "finished"


def test_a_probe_that_does_not_come_to_its_host_lets_another_through(farm: Farm) -> None:
    host = hosts.get(farm.host(breaker_failures=1, breaker_seconds=1))
    protection.failed(host, "It hung up.")
    until(lambda: protection.breaker(host.name).due, farm, "")
    assert protection.probe(host.name) and not protection.probe(host.name)
    protection.undecided(host.name)
    assert protection.probe(host.name)
    protection.worked(host.name)
    protection.undecided(host.name)
    assert protection.breaker(host.name).state == "closed"


def test_a_run_waits_for_a_host_that_comes_back(farm: Farm, tmp_path: Path) -> None:
    with Host(tmp_path, "--delay", "20") as demo:
        host, port = farm.host(demo), demo.port
        run = farm.run(host, policies(0, 200), lanes=3)
        until(lambda: len(demo.done("INQUIRY")) > 20, farm, run)
        demo.child.kill()
    until(lambda: open_lanes(run) == 0, farm, run)
    assert runs.get(run).status == "running"
    with Host(tmp_path, "--delay", "0", "--port", str(port)) as back:
        assert farm.ended(run, 90).status == "finished"
        assert farm.counts(run) == {"succeeded": 200}
        assert set(back.done("INQUIRY")) == set(policies(0, 200))


def test_the_next_run_of_the_same_owner_goes_on_with_lanes_that_are_signed_on(farm: Farm, demo: Host) -> None:
    warm = farm.start("warm", IAST_WARM_SECONDS="20")
    host = farm.host(demo)
    first = farm.run(host, policies(0, 60), lanes=6)
    assert farm.ended(first).status == "finished"
    lanes = {lane.id for lane in sessions.of_run(first) if lane.worker == warm}
    until(lambda: any(offer.endswith(b" warm") for offer in client().lrange(warm_key(host), 0, -1)), farm, first)
    second = farm.run(host, policies(60, 60), lanes=6)
    assert farm.ended(second).status == "finished" and farm.counts(second) == {"succeeded": 60}
    assert lanes & {lane.id for lane in sessions.of_run(second)}
    assert farm.workers.pop(warm).stop(20) == 0


def lose_an_answer(run: str) -> None:
    """The first item of a run that is not begun: its key was pressed, and then its worker died."""
    item = items.claim(run, 0, "gone", "", -1)
    assert item is not None
    items.journal(run, 0, item.attempt, "committing")


def test_a_paused_run_asks_the_host_about_a_lost_answer(farm: Farm, demo: Host) -> None:
    run = farm.paused(farm.host(demo), policies(0, 3), "policy_renewal")
    lose_an_answer(run)
    steer(farm, run)
    until(lambda: items.get(run, 0).status == "pending", farm, run)  # the host had not heard of it
    assert runs.get(run).status == "paused" and not demo.done("RENEWAL")
    runs.resume(run)
    steer(farm, run)
    assert farm.ended(run).status == "finished" and Counter(demo.done("RENEWAL")) == Counter(policies(0, 3))


def test_a_cancel_does_not_wait_for_a_host_that_is_gone(farm: Farm) -> None:
    run = farm.paused(farm.host(), policies(0, 3), "policy_renewal")
    lose_an_answer(run)
    runs.cancel(run)
    steer(farm, run)
    assert farm.ended(run).status == "cancelled"
    assert farm.counts(run) == {"uncertain": 1, "cancelled": 2}


def test_a_paused_run_leaves_its_lanes_to_one_that_goes_on(farm: Farm, slow: Host) -> None:
    host = farm.host(slow, users=2)
    first = farm.run(host, policies(0, 500), lanes=2)
    until(lambda: open_lanes(first) == 2, farm, first)
    runs.pause(first)
    steer(farm, first)
    second = farm.run(host, policies(500, 10), lanes=2)
    assert farm.ended(second).status == "finished"
    assert runs.get(first).status == "paused"
    runs.cancel(first)
    steer(farm, first)
    assert farm.ended(first).status == "cancelled"
