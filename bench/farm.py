"""What the farm makes of a host: the share of its capacity that a run uses, when its first item starts, what an item costs a worker.

Starts an `iast up` of its own, with a mock mainframe that answers each key after 50 ms, and runs lists over 50 lanes.
"""

import json
import os
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import requests

from app.clock import time_of
from app.run_command import OVER
from app.tn3270 import Engine, HostAddress
from app.up import running
from app.up.ports import LOOPBACK, free_port
from bench._figures import Figure, figure, show

ROOT = Path(__file__).resolve().parents[1]
LANES, DELAY_MS = 50, 50
WORKERS_USED = max(2, os.cpu_count() or 2)  # a worker plays on one core
ITEMS = int(os.environ.get("IAST_BENCH_ITEMS", "3000"))
FIRST_OF = 10_000  # items of the run whose first item is timed
WORKERS, STORE = "app.tasks worker", "dynalite/cli.js"  # of a command line
SCREENS_A_RENEWAL = 2  # Enter shows the policy, PF5 renews it
FIRST_POLICY = 1_000_001
START_SECONDS, RUN_SECONDS = 90, 600


def main(as_json: bool) -> int:
    """Measures and prints; 0 when every target is met, 3 when it can't be measured here."""
    try:
        with tempfile.TemporaryDirectory(prefix="iast-bench-") as folder, platform_up(Path(folder)) as up:
            figures = measure(up)
    except (TimeoutError, requests.RequestException, subprocess.SubprocessError) as error:
        print(f"iast bench farm: {error}", file=sys.stderr)
        return 3
    return show("farm", figures, as_json)


class Platform:
    """A running `iast up`, over REST."""

    def __init__(self, data: Path, pid: int) -> None:
        self.data, self.pid = data, pid
        found = running.read(data)
        if found is None:
            raise TimeoutError("iast up has ended")
        self.url, self.demo = str(found["url"]), int(found["ports"]["demo"])
        self.http = requests.Session()
        self.http.headers["Authorization"] = f"Bearer {found['token']}"

    def start(self, policies: range) -> str:
        """The id of a new run that renews these policies."""
        rows = "".join(f"P{n:07}\n" for n in policies)
        asked: dict[str, Any] = {"ast": "policy_renewal", "host": "demo", "csv": f"policy\n{rows}", "lanes": LANES}
        answer = self.http.post(f"{self.url}/api/v1/runs", json=asked, timeout=60)
        answer.raise_for_status()
        return str(answer.json()["id"])

    def over(self, run: str) -> dict[str, Any]:
        """Wait until the run is over."""
        end = time.monotonic() + RUN_SECONDS
        while time.monotonic() < end:
            now: dict[str, Any] = self.http.get(f"{self.url}/api/v1/runs/{run}", timeout=60).json()
            if now["status"] in OVER:
                return now
            time.sleep(0.5)
        raise TimeoutError(f"run {run} did not end in {RUN_SECONDS} s")

    def cancel(self, run: str) -> None:
        self.http.post(f"{self.url}/api/v1/runs/{run}/cancel", timeout=60)
        self.over(run)

    def ledger(self) -> list[dict[str, Any]]:
        path = self.data / "demo" / "ledger.jsonl"
        return [json.loads(line) for line in path.read_text().splitlines()] if path.exists() else []

    def cpu(self, part: str) -> float:
        """Seconds of CPU that processes with `part` in their command line have used since they started."""
        return sum(_cpu(pid) for pid in _descendants(self.pid) if part in _command(pid))


@contextmanager
def platform_up(data: Path) -> Iterator[Platform]:
    """A whole IAST, its data in `data`, ended with the block."""
    options = ["--data", str(data), "--port", str(free_port()), "--demo-delay", str(DELAY_MS), "--workers", str(WORKERS_USED)]
    noted = running.LATEST.read_text() if running.LATEST.exists() else None
    with (data / "up.log").open("wb") as log:
        up = subprocess.Popen([sys.executable, "-m", "app.cli", "up", *options], cwd=ROOT, stdout=log, stderr=log)
    try:
        yield _when_ready(data, up)
    finally:
        up.send_signal(signal.SIGINT)
        up.wait(60)
        if noted is not None:
            running.LATEST.write_text(noted)  # ours is gone; `iast run` is to find the one that was there before


def _when_ready(data: Path, up: subprocess.Popen[bytes]) -> Platform:
    end = time.monotonic() + START_SECONDS
    while time.monotonic() < end and up.poll() is None:
        found = running.read(data)
        try:
            if found and requests.get(f"{found['url']}/health/ready", timeout=5).status_code == 200:
                return Platform(data, up.pid)
        except requests.RequestException:
            pass
        time.sleep(0.2)
    raise TimeoutError(f"iast up was not ready in {START_SECONDS} s: {(data / 'up.log').read_text()[-1000:]}")


def measure(up: Platform) -> list[Figure]:
    first = first_item(up)
    before = {part: up.cpu(part) for part in (WORKERS, STORE)}
    run = up.over(up.start(range(FIRST_POLICY + FIRST_OF - ITEMS, FIRST_POLICY + FIRST_OF)))
    an_item = {part: (up.cpu(part) - spent) * 1000 / run["total"] for part, spent in before.items()}
    renewals, others = run["counts"]["succeeded"], run["total"] - run["counts"]["succeeded"]
    screens_an_item = (SCREENS_A_RENEWAL * renewals + others) / run["total"]  # what can't be renewed is refused on its first screen
    limit = LANES / (screens_an_item * DELAY_MS / 1000)
    times = sorted(entry["time"] for entry in up.ledger() if entry["transaction"] == "RENEWAL")[-renewals:]
    rate = (run["total"] - 1) / max(_seconds(times[-1]) - _seconds(times[0]), 0.001)
    screens = screens_an_item * exchange_cpu(up.demo) * 1000
    return [
        figure(f"items a second, {LANES} lanes, {DELAY_MS} ms a screen", rate, "1/s", 0.95 * limit, limit, least=True),
        figure("first item of 10,000 after the request", first, "s", 1.0),
        figure("worker CPU an item beyond the screens", an_item[WORKERS] - screens, "ms", 3.0, screens),
        figure("CPU an item of the embedded DynamoDB", an_item[STORE], "ms"),  # one core's: it bounds what a small machine shows
    ]


def first_item(up: Platform) -> float:
    """Seconds from the request for a run of 10,000 items to its first transaction at the host, sign-on and all."""
    asked = time.time()
    run = up.start(range(FIRST_POLICY, FIRST_POLICY + FIRST_OF))
    end = time.monotonic() + 60
    while not up.ledger():
        if time.monotonic() > end:
            raise TimeoutError("no item reached the host in a minute")
        time.sleep(0.02)
    entry = up.ledger()[0]
    up.cancel(run)
    return _seconds(entry["time"]) - asked


def exchange_cpu(port: int, sessions: int = 20, keys: int = 20) -> float:
    """Seconds of CPU that the engine alone takes for a key and its screen: what an item's screens cost whoever works them."""
    engine = Engine().start()
    opened = [engine.open(HostAddress(LOOPBACK, port)) for _ in range(sessions)]

    def press(session: Any) -> None:
        screen = session.wait(lambda screen: bool(screen.fields), 0, 10, 0)
        for _ in range(keys):
            screen = session.wait(lambda screen: True, session.submit("Enter", screen.cursor), 10, 0)

    with ThreadPoolExecutor(sessions) as pool:
        list(pool.map(press, opened))  # once to warm up
        before = time.process_time()
        list(pool.map(press, opened))
        spent = time.process_time() - before
    engine.stop()
    return spent / (sessions * keys)


def _seconds(moment: str) -> float:
    return time_of(moment).timestamp()


def _descendants(pid: int) -> list[int]:
    children = [int(child) for task in Path(f"/proc/{pid}/task").glob("*/children") for child in _text(task).split()]
    return children + [below for child in children for below in _descendants(child)]


def _text(path: Path) -> str:
    try:
        return path.read_text()
    except OSError:
        return ""  # a thread or process that has just ended


def _command(pid: int) -> str:
    return _text(Path(f"/proc/{pid}/cmdline")).replace("\0", " ")


def _cpu(pid: int) -> float:
    fields = _text(Path(f"/proc/{pid}/stat")).rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK") if fields else 0.0
