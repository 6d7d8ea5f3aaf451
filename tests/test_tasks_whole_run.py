"""One run with everything that may happen: faults, a pause, a takeover, a retry, a second run that is cancelled. The ledger decides."""

from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest

from app.asts.view import View
from app.broker.inputs import send_input
from app.broker.screens import latest_screen
from app.messages import AidPressed, Envelope
from app.store import items, runs, sessions
from tests.demo_host import Host
from tests.farm_parts import OWNER, Farm, farm_of, policies, until

MANY, LANES = 2_000, 50


@pytest.fixture(scope="module")
def farm(tmp_path_factory: pytest.TempPathFactory, platform: dict[str, str]) -> Iterator[Farm]:
    with farm_of(tmp_path_factory.mktemp("farm"), platform, 6) as farm:
        farm.start("north")
        farm.start("south")
        yield farm


@pytest.mark.timeout(600)
def test_whatever_happens_to_a_run_each_policy_is_renewed_once(farm: Farm, tmp_path: Path) -> None:
    wanted = policies(0, MANY)
    with Host(tmp_path, "--delay", "20") as demo:
        broken = {"drop-before-commit": 5, "drop-after-commit": 15, "abend": 25, "slow": 35}
        for fault, n in broken.items():
            demo.control(fault=fault, transaction="RENEWAL", key=wanted[n], next=1)
        demo.control(fault="abend", transaction="RENEWAL", key=wanted[45])
        host = farm.host(demo)
        run = farm.run(host, wanted, "policy_renewal", lanes=LANES, park=1 + MANY // 50)
        until(lambda: len(demo.done("RENEWAL")) > MANY // 5, farm, run, 90)
        other = farm.run(host, policies(MANY, 5_000), "policy_inquiry", lanes=LANES)
        pause_and_resume(farm, run, demo)
        until(lambda: bool(demo.done("INQUIRY")), farm, other)
        runs.cancel(other)
        until(lambda: items.get(run, 45).status == "parked", farm, run, 120)
        leave_by_hand(farm, run)
        demo.control(clear=True)
        until(lambda: decided(farm, run) and not runs.get(run).active, farm, run, 300)
        assert runs.get(run).status == "finished"
        assert items.get(run, 45).status == "failed"
        items.retry(run, 45)
        runs.reopen(run)
        farm.send("iast.runs.steer", run)
        assert farm.ended(run, 60).status == "finished"
        done = every(run, "succeeded")
        assert len(done) >= 1000  # of the book's first thousand none is locked or lapsed
        assert Counter(demo.done("RENEWAL")) == Counter(item.key for item in done)
        assert farm.ended(other).status == "cancelled"
        assert farm.counts(other)["succeeded"] == len(demo.done("INQUIRY"))


def pause_and_resume(farm: Farm, run: str, demo: Host) -> None:
    runs.pause(run)
    farm.send("iast.runs.steer", run)
    until(lambda: not items.running(run), farm, run, 60)
    runs.resume(run)
    farm.send("iast.runs.steer", run)


def decided(farm: Farm, run: str) -> bool:
    """A person has looked at whatever is parked, and lets it be."""
    for item in every(run, "parked"):
        items.decide(run, item.n, "failed", error={"code": "person", "message": "looked at it"})
        farm.send("iast.runs.steer", run)
    return True


def every(run: str, status: str) -> list[items.Item]:
    found, cursor = items.page(run, None, 1000, status)
    while cursor:
        more, cursor = items.page(run, cursor, 1000, status)
        found += more
    return found


def leave_by_hand(farm: Farm, run: str) -> None:
    """A person opens the parked session and clears the abend."""
    lane = sessions.get_owned(items.get(run, 45).lane, OWNER)
    until(lambda: latest_screen(lane.id) is not None, farm, run)
    screen = latest_screen(lane.id)
    assert screen is not None and View(screen).has("ABEND")
    send_input(lane.worker, Envelope(lane.id, OWNER, "c-1", AidPressed(1, screen.serial, screen.layout, "Clear", 0)))
    until(lambda: (seen := latest_screen(lane.id)) is not None and View(seen).has("POLICY MENU"), farm, run)
