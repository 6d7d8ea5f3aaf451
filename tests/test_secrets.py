"""What people type or see in secret is nowhere to be read: a whole IAST is used with marker words, then searched for them."""

import json
import os
import subprocess
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import boto3
import pytest
import requests
from websocket import WebSocket

from app.up import commands, environment, running
from app.up.ports import LOOPBACK, answers, free_port
from tests.processes import ROOT, Child, wait_until
from tests.web_parts import Client

PASSWORD, HOST_PASSWORD, SEEN = "zqpass7x", "zqhost7x", "ZQSEEN7X"
POLICIES = (ROOT / "examples" / "policies.csv").read_text().split()[1:3]
pytestmark = pytest.mark.timeout(300)


@dataclass(frozen=True)
class Used:
    """An IAST that has been used with the marker words, still running."""

    data: Path
    facts: dict[str, Any]
    output: str


@pytest.fixture(scope="module")
def used(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Used]:
    folder = tmp_path_factory.mktemp("secrets")
    data, demo = folder / "data", free_port()
    mainframe = Child(commands.demo(demo, folder / "ledger.jsonl"), folder / "demo.out")
    mainframe.wait_until(lambda: answers(demo))
    locked_out = environment.demo_host(demo) | {"name": "marked", "credentials": [{"user": "DEMO01", "password": HOST_PASSWORD}]}
    hosts = [environment.demo_host(demo), locked_out]
    env = {**os.environ, "IAST_HOSTS": json.dumps(hosts), "FLOWER_UNAUTHENTICATED_API": "true"}
    up = Child([str(ROOT / "iast"), "up", "--no-demo", "--data", str(data)], folder / "up.out", env)
    try:
        up.wait_until(lambda: "ready in" in up.output(), 100)
        facts = running.read(data)
        assert facts is not None
        use(Client(facts["url"], facts["token"]))
        yield Used(data, facts, up.output())
    finally:
        up.stop(30)
        mainframe.kill()


def use(client: Client) -> None:
    """Sign on with a marker password by hand, and run ASTs whose sign-on or items carry markers."""
    session = client.post("/api/v1/sessions", {"host": "demo"}).json()
    socket = client.socket(f"/terminal/{session['id']}")
    screen = seen(socket, "PASSWORD")
    fields = [start for start, _, flags, *_ in screen["fields"] if not flags & 1]
    typed = [[fields[0], SEEN], [fields[1], PASSWORD]]
    where = {"screen": screen["serial"], "layout": screen["layout"], "cursor": fields[0]}
    key = {"type": "aid", "v": 1, "seq": 1, "aid": "Enter", "fields": typed, **where}
    socket.send(json.dumps(key))
    seen(socket, "INVALID USERID OR PASSWORD")
    socket.close()
    assert run(client, "marked")["status"] == "failed"
    assert run(client, "demo")["counts"]["succeeded"] == 2


def run(client: Client, host: str) -> dict[str, Any]:
    """A small run on this host, when it is over."""
    asked = {"ast": "policy_inquiry", "host": host, "lanes": 2, "csv": "policy\n" + "\n".join(POLICIES)}
    answer = client.post("/api/v1/runs", asked)
    assert answer.status_code == 202, answer.text
    found: dict[str, Any] = {}

    def over() -> bool:
        found.update(client.get(f"/api/v1/runs/{answer.json()['id']}").json())
        return found["status"] in ("finished", "failed", "cancelled")

    wait_until(over, 60, f"the end of the run on {host}")
    return found


def seen(socket: WebSocket, text: str) -> dict[str, Any]:
    """The whole screen that has this text; asks for a repaint until it comes."""
    deadline = time.monotonic() + 30
    while time.monotonic() < deadline:
        message = json.loads(socket.recv())
        if message["type"] == "screen" and text in message["screen"]["cells"]:
            found: dict[str, Any] = message["screen"]
            return found
        if message["type"] in ("screen", "delta", "session"):
            socket.send(json.dumps({"type": "repaint", "v": 1}))
    raise AssertionError(f"{text!r} was not shown")


def test_no_file_of_the_data_directory_has_a_password_or_what_was_on_a_screen(used: Used) -> None:
    made = environment.load_secrets(used.data)
    markers = [PASSWORD, HOST_PASSWORD, SEEN, made["local_token"], made["cookie_key"], made["seal_keys"].split(":", 1)[1]]
    allowed = {used.data / "secrets.json", used.data / "up.json"}  # their owner's alone, and nobody else's
    for path in (p for p in used.data.rglob("*") if p.is_file() and p not in allowed):
        content = path.read_bytes()
        found = [word for word in markers if word.encode() in content or word.lower().encode() in content]
        assert not found, f"{path.relative_to(used.data)} has {found}"


def test_what_may_hold_secrets_is_its_owners_alone(used: Used) -> None:
    for name in ("secrets.json", "up.json"):
        assert (used.data / name).stat().st_mode & 0o077 == 0


def test_the_table_has_neither(used: Used) -> None:
    client = boto3.client("dynamodb", endpoint_url=f"http://{LOOPBACK}:{used.facts['ports']['dynamodb']}", region_name="us-east-1",
                          aws_access_key_id="x", aws_secret_access_key="x")  # fmt: skip
    rows = [row for page in client.get_paginator("scan").paginate(TableName="iast") for row in page["Items"]]
    assert len(rows) > 5
    kept = repr(rows)
    assert not [word for word in (PASSWORD, HOST_PASSWORD, SEEN) if word in kept or word.lower() in kept]


def test_flower_shows_readable_names_and_no_secret(used: Used) -> None:
    def tasks() -> str:
        return requests.get(f"{used.facts['flower']}/api/tasks", timeout=10).text

    wait_until(lambda: "iast.runs.item" in tasks(), 30, "the run in Flower")
    shown = tasks() + requests.get(f"{used.facts['flower']}/tasks", timeout=10).text
    assert "iast.terminals.open" in shown
    assert not [word for word in (PASSWORD, HOST_PASSWORD, SEEN) if word in shown]


def test_neither_the_output_nor_the_process_list_has_one(used: Used) -> None:
    listed = subprocess.run(["ps", "-A", "-ww", "-o", "args="], capture_output=True, text=True, check=True).stdout
    made = environment.load_secrets(used.data)
    words = (PASSWORD, HOST_PASSWORD, SEEN, made["valkey_password"], made["local_token"])
    assert not [word for word in words if word in used.output + listed]
