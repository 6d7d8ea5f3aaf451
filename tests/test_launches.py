"""Launches on a real worker: runs one after another over one list, each once, and what stops them."""

from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from app.store import hosts, library
from app.store import launches as store
from app.tasks.launches import look_after
from tests.demo_host import Host
from tests.farm_parts import Farm, farm_of, policies
from tests.processes import wait_until
from tests.web_parts import Client

CSV = "policy,note\n" + "".join(f"{policy},x\n" for policy in policies(0, 4))


@pytest.fixture(scope="module")
def farm(tmp_path_factory, platform) -> Iterator[Farm]:  # type: ignore[no-untyped-def]
    with farm_of(tmp_path_factory.mktemp("launches"), platform, 10) as farm:
        farm.start("launcher")
        yield farm


@pytest.fixture(scope="module")
def client(farm: Farm, start_web) -> Client:  # type: ignore[no-untyped-def]
    web = start_web(**{name: value for name, value in farm.env.items() if name != "IAST_PORT"})
    return Client(web.url, web.token)


@pytest.fixture
def demo(tmp_path: Path) -> Iterator[Host]:
    with Host(tmp_path) as host:
        yield host


def launcher(client: Client, *steps: tuple[str, str], on_failure: str = "stop") -> str:
    """A launcher of (AST, host) steps."""
    made = [client.post("/api/v1/configurations", {"name": "c", "ast": ast, "host": host, "lanes": 2}) for ast, host in steps]
    ids = [each.json()["id"] for each in made]
    answer = client.post("/api/v1/launchers", {"name": "Two steps", "steps": ids, "on_failure": on_failure})
    assert answer.status_code == 201, answer.text
    return str(answer.json()["id"])


def ended(client: Client, id: str) -> dict[str, Any]:
    wait_until(lambda: client.get(f"/api/v1/launches/{id}").json()["status"] != "running", 90, "the end of the launch")
    return client.get(f"/api/v1/launches/{id}").json()  # type: ignore[no-any-return]


def launched(client: Client, launcher: str, **more: Any) -> dict[str, Any]:
    answer = client.post("/api/v1/launches", {"launcher": launcher, "csv": CSV, **more})
    assert answer.status_code == 202, answer.text
    return ended(client, answer.json()["id"])


def test_steps_run_in_order_over_the_same_list_each_item_once(client: Client, farm: Farm, demo: Host) -> None:
    host = farm.host(demo)
    done = launched(client, launcher(client, ("policy_inquiry", host), ("policy_renewal", host)))
    assert done["status"] == "finished", done
    first, second = (client.get(f"/api/v1/runs/{step['run']}").json() for step in done["steps"])
    assert first["finished"] <= second["started"]
    assert (first["counts"]["succeeded"], second["counts"]["succeeded"]) == (4, 4)
    assert Counter(demo.done("RENEWAL")) == Counter(policies(0, 4))
    assert second["name"] == "Two steps (2 of 2)"
    assert look_after(store.get(done["id"])) == "finished"  # looking again begins nothing


def test_a_step_that_fails_stops_the_launch_or_not_as_it_says(client: Client, farm: Farm, demo: Host) -> None:
    down, up = farm.host(connect_seconds=1), farm.host(demo)
    stopped = launched(client, launcher(client, ("policy_inquiry", down), ("policy_renewal", up)))
    assert stopped["status"] == "stopped" and "step 1" in stopped["reason"], stopped
    assert demo.done("RENEWAL") == []
    gone_on = launched(client, launcher(client, ("policy_inquiry", down), ("policy_renewal", up), on_failure="go-on"))
    assert gone_on["status"] == "finished"
    assert sorted(demo.done("RENEWAL")) == policies(0, 4)


def test_everything_is_checked_before_the_first_step(client: Client, farm: Farm) -> None:
    host = farm.host()
    both = launcher(client, ("policy_inquiry", host), ("login", host))
    answer = client.post("/api/v1/launches", {"launcher": both, "csv": "policy\nP1000001\nbad\n"})
    at = [fault["at"] for fault in answer.json()["errors"]]
    assert "steps.0.items.1.policy" in at and "steps.1.parameters.password" in at and "steps.1.items.0.user" in at
    unhosted = launcher(client, ("policy_inquiry", ""))
    narrow = launcher(client, ("policy_inquiry", farm.host(max_lanes=1)))
    assert client.post("/api/v1/launches", {"launcher": narrow, "csv": CSV}).json()["errors"][0]["at"] == "steps.0.lanes"
    assert client.post("/api/v1/launches", {"launcher": unhosted, "csv": CSV}).json()["errors"][0]["at"] == "host"
    assert client.get("/api/v1/launches?limit=1").json()["items"][:1] != [{}]


def test_a_cancelled_launch_begins_no_further_step(client: Client, farm: Farm, demo: Host) -> None:
    host = farm.host(demo)
    demo.control(delay_ms=300)
    id = client.post("/api/v1/launches", {"launcher": launcher(client, ("policy_inquiry", host), ("policy_renewal", host)), "csv": CSV})
    path = f"/api/v1/launches/{id.json()['id']}"
    first, second = (step["run"] for step in client.get(path).json()["steps"])
    wait_until(lambda: client.get(f"/api/v1/runs/{first}").status_code == 200, 30)
    assert client.post(f"{path}/cancel").json()["status"] == "cancelled"
    assert client.post(f"{path}/cancel").status_code == 409
    wait_until(lambda: client.get(f"/api/v1/runs/{first}").json()["status"] in ("cancelled", "finished"), 60)
    assert client.get(f"/api/v1/runs/{second}").status_code == 404
    assert demo.done("RENEWAL") == []


def test_others_launchers_and_launches_are_not_there(client: Client, farm: Farm) -> None:
    theirs = library.create("LAUNCHER", "u-other", "Bert", "x", {"steps": [], "on_failure": "stop"})
    assert client.post("/api/v1/launches", {"launcher": theirs.id, "csv": CSV}).status_code == 404
    step = {"ast": "policy_inquiry", "host": "x", "parameters": {}, "bounds": {}}
    launch = store.create("u-other", "x", [step], "stop", [("P", {"policy": "P1000001"})])
    store.end(launch.id, "stopped")
    assert client.get(f"/api/v1/launches/{launch.id}").status_code == 404
    assert client.post(f"/api/v1/launches/{launch.id}/cancel").status_code == 404
    assert hosts.all()
