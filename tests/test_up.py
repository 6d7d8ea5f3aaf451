"""`iast up` as a person uses it: started, looked at, interrupted, killed, started again."""

import os
import re
import shlex
import signal
import stat
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import redis
import requests

from app.up import commands, environment, ports, running
from app.up.supervisor import ready
from tests.farm_parts import policies
from tests.processes import Child, wait_until

ROOT = Path(__file__).resolve().parents[1]
START_SECONDS = 100
IAST = commands.python("-m", "app.cli")  # what ./iast becomes once everything is installed
pytestmark = pytest.mark.timeout(300)


class Up:
    """An `iast up` on a data directory of its own."""

    def __init__(self, data: Path, *options: str) -> None:
        self.data = data
        log = data.with_suffix(".out")
        log.unlink(missing_ok=True)
        command = [*IAST, "up", "--data", str(data), "--workers", "1", *options]
        self.child = Child(command, log)

    def facts(self) -> dict[str, Any] | None:
        return running.read(self.data)

    def started(self) -> "Up":
        self.child.wait_until(lambda: "ready in" in self.child.output(), START_SECONDS)
        return self

    @property
    def url(self) -> str:
        facts = self.facts()
        assert facts is not None
        return str(facts["url"])

    def env(self) -> dict[str, str]:
        facts = self.facts()
        assert facts is not None
        return environment.build(environment.load_secrets(self.data), facts["ports"], [], self.data)

    def processes(self) -> dict[int, str]:
        """Every process that was started for this data directory, by its environment or its command line."""
        listed = subprocess.run(["ps", "-A", "-ww", "-o", "pid=", "-o", "args="], capture_output=True, text=True, check=True).stdout
        found = {}
        for line in listed.splitlines():
            pid, _, args = line.strip().partition(" ")
            if str(self.data) in args + _environment(pid):
                found[int(pid)] = args
        return found

    def pid_of(self, *words: str) -> int:
        """The oldest process whose command line has all these words."""
        return min(pid for pid, args in self.processes().items() if all(word in args for word in words))

    def interrupted(self) -> int:
        self.child.process.send_signal(signal.SIGINT)
        return self.child.process.wait(60)

    def gone(self, seconds: float = 40) -> None:
        wait_until(lambda: not self.processes(), seconds, f"the end of all processes of {self.data}")


def _environment(pid: str) -> str:
    try:
        return Path(f"/proc/{pid}/environ").read_text(errors="replace")
    except OSError:
        return ""


@pytest.fixture
def start(tmp_path: Path) -> Iterator[Callable[..., Up]]:
    """start(*options): an `iast up` on tmp_path/data; started again it gets the same folder."""
    all_of_them: list[Up] = []

    def start(*options: str) -> Up:
        all_of_them.append(Up(tmp_path / "data", *options))
        return all_of_them[-1]

    yield start
    for up in all_of_them:
        up.child.kill()
    for up in all_of_them:
        up.gone()


def test_it_tells_its_addresses_starts_again_what_dies_and_ends_with_one_interrupt_leaving_nothing(start: Callable[..., Up]) -> None:
    up = start().started()
    said = up.child.output()
    assert up.url in said and "Flower" in said and "mock mainframe" in said
    assert requests.get(f"{up.url}/health/ready", timeout=10).status_code == 200
    facts = up.facts() or {}
    assert requests.get(f"{facts['flower']}/healthcheck", timeout=20).status_code == 200
    assert _open_to_the_network(up) == set()
    for name in ("secrets.json", "up.json"):
        assert stat.S_IMODE((up.data / name).stat().st_mode) == 0o600
    assert stat.S_IMODE(up.data.stat().st_mode) == 0o700

    killed = up.pid_of("app.web:create_app")
    os.killpg(killed, signal.SIGKILL)
    wait_until(lambda: not ready(up.url) and up.pid_of("app.web:create_app") != killed, 60, "another web process")
    assert "web" in up.child.output() and "starting it again" in up.child.output()

    assert up.interrupted() == 0
    assert up.facts() is None and not (up.data / "up.json").exists()
    assert up.processes() == {}
    up.gone(5)  # a killed process takes a moment to leave the list


def test_all_threads_of_a_worker_stay_on_one_core(start: Callable[..., Up]) -> None:
    up = start().started()
    threads = Path(f"/proc/{up.pid_of('app.tasks', 'worker')}/task").iterdir()
    assert len({core for thread in threads for core in os.sched_getaffinity(int(thread.name))}) == 1


def test_a_worker_outlives_redis_with_its_sessions_and_the_items_it_has_in_hand(start: Callable[..., Up]) -> None:
    up = start("--demo-delay", "300").started()
    worker = up.pid_of("app.tasks", "worker")
    runs = requests.Session()
    runs.headers["Authorization"] = f"Bearer {(up.facts() or {})['token']}"
    asked = {"ast": "policy_inquiry", "host": "demo", "csv": "\n".join(["policy", *policies(0, 60)]), "lanes": 4}
    run = runs.post(f"{up.url}/api/v1/runs", json=asked, timeout=30).json()["id"]

    def now() -> dict[str, Any]:
        answer = runs.get(f"{up.url}/api/v1/runs/{run}", timeout=30)
        return answer.json() if answer.ok else {"status": "", "counts": {"succeeded": 0}}

    wait_until(lambda: now()["counts"]["succeeded"] > 4, 60, "the first items")
    with redis.Redis.from_url(up.env()["REDIS_URL"]) as broker:
        _kill(broker.info()["process_id"])
    wait_until(lambda: now()["status"] == "finished", 100, "the end of the run")
    assert up.pid_of("app.tasks", "worker") == worker


def test_a_second_up_on_the_same_data_is_refused_and_says_where_the_first_is(start: Callable[..., Up]) -> None:
    first = start()
    first.child.wait_until(lambda: first.facts() is not None)
    second = Up.__new__(Up)
    second.child = Child([*IAST, "up", "--data", str(first.data)], first.data.with_suffix(".second"))
    assert second.child.process.wait(60) == 3
    assert first.url in second.child.output() and len(second.child.output().splitlines()) == 1


def test_a_taken_port_is_named_and_without_a_wish_another_is_taken(start: Callable[..., Up]) -> None:
    other = subprocess.Popen([sys.executable, "-m", "http.server", "--bind", ports.LOOPBACK, str(ports.PREFERRED["flower"])])
    try:
        wait_until(lambda: ports.answers(ports.PREFERRED["flower"]), what="the other server")
        refused = start("--port", str(ports.PREFERRED["flower"])).child
        assert refused.process.wait(60) == 2
        assert len(refused.output().splitlines()) == 1 and "is taken" in refused.output()
        up = start()
        up.child.wait_until(lambda: up.facts() is not None)
        assert (up.facts() or {})["ports"]["flower"] != ports.PREFERRED["flower"]
    finally:
        other.kill()
        other.wait()


def test_after_kill_9_of_everything_the_next_start_finds_all_data(start: Callable[..., Up]) -> None:
    first = start("--no-demo").started()
    user = _in_store(first, "print(users.provision('test', 'somebody', 'Somebody', 'somebody@example.org').id)")
    with redis.Redis.from_url(first.env()["REDIS_URL"]) as broker:
        broker.set("kept", "yes")

    for pid in first.processes():
        _kill(pid)
    first.gone()

    second = start("--no-demo").started()
    assert _in_store(second, f"print(users.get('{user}').email)") == "somebody@example.org"
    with redis.Redis.from_url(second.env()["REDIS_URL"], decode_responses=True) as broker:
        assert broker.get("kept") == "yes"


def test_a_killed_supervisor_leaves_no_process_behind(start: Callable[..., Up]) -> None:
    up = start()
    up.child.wait_until(lambda: up.facts() is not None and _valkey_answers(up))
    _kill(up.child.pid)
    up.gone()


def test_it_ends_in_order_when_nobody_reads_what_it_says(tmp_path: Path) -> None:
    data = tmp_path / "data"
    command = f"{shlex.join(IAST)} up --data '{data}' --workers 1 --verbose 2>&1 | head -n 1"
    done = subprocess.run(["sh", "-c", command], capture_output=True, text=True, timeout=100)
    assert len(done.stdout.splitlines()) == 1
    up = Up.__new__(Up)
    up.data = data
    up.gone()


def test_no_secret_is_on_a_command_line(start: Callable[..., Up]) -> None:
    up = start()
    up.child.wait_until(lambda: up.facts() is not None and _valkey_answers(up))
    lines = " ".join(up.processes().values())
    assert not [name for name, secret in environment.load_secrets(up.data).items() if secret in lines]


def _in_store(up: Up, statement: str) -> str:
    """What a process of this `up` prints that runs this statement."""
    program = f"from app.store import users; {statement}"
    return subprocess.run(commands.python("-c", program), env=up.env(), cwd=ROOT, capture_output=True, text=True, check=True).stdout.strip()


def _valkey_answers(up: Up) -> bool:
    return ports.answers((up.facts() or {})["ports"]["valkey"])


def _kill(pid: int) -> None:
    try:
        os.kill(pid, signal.SIGKILL)
    except ProcessLookupError:
        pass


def _open_to_the_network(up: Up) -> set[str]:
    """Listening TCP addresses, of the ports of this `up`, that are not the loopback's (Linux)."""
    if sys.platform != "linux":
        pytest.skip("reads /proc/net")
    chosen = {f"{port:04X}" for port in (up.facts() or {})["ports"].values()}
    found = set()
    for path in ("/proc/net/tcp", "/proc/net/tcp6"):
        for line in Path(path).read_text().splitlines()[1:]:
            _, local, _, state, *_ = line.split()
            address, _, port = local.partition(":")
            if state == "0A" and port in chosen and not re.fullmatch("0100007F|0{24}01000000", address):
                found.add(local)
    return found
