"""A farm of a test's own: workers, a table and a Redis database that no other test sees, and mock mainframes with faults."""

import os
import signal
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from itertools import count
from pathlib import Path
from typing import Any

from celery import Celery

from app.broker.names import COMMON_QUEUE, worker_key
from app.config import settings
from app.store import hosts, items, make_table, runs, sessions
from app.up import commands, environment
from app.up.ports import LOOPBACK
from tests.demo_host import Host
from tests.processes import Child, wait_until

OWNER = "u-farmer"
_numbers = count(1)


def policies(first: int, many: int) -> list[str]:
    """Policy numbers of the mock insurer, from the `first`th on."""
    return [f"P{1_000_001 + n:07d}" for n in range(first, first + many)]


class Farm:
    """Workers by name, hosts by name, and what a test asks of them."""

    def __init__(self, folder: Path, env: dict[str, str]) -> None:
        self.folder, self.env = folder, env
        self.workers: dict[str, Child] = {}
        self._app = Celery("farm", broker=env["REDIS_URL"], set_as_current=False)  # ours has read another test's settings

    def host(self, demo: Host | None = None, users: int = 50, **more: Any) -> str:
        """Offer a mock mainframe (or whatever answers at `port`) under a name of its own."""
        name = f"host{next(_numbers)}"
        wire = {**environment.demo_host(demo.port if demo else 1), "name": name, "max_lanes": users, **more}
        wire["credentials"] = more.get("credentials", wire["credentials"][:users])
        hosts.load([wire])
        return name

    def start(self, name: str = "", **more: str) -> str:
        """A worker, its heartbeat already seen."""
        import redis

        name = name or f"f{next(_numbers)}"
        child = Child(commands.worker(name, 16), self.folder / f"{name}.log", {**self.env, "IAST_WORKER": name, **more})
        self.workers[name] = child
        with redis.Redis.from_url(self.env["REDIS_URL"]) as server:
            server.delete(worker_key(name))
            child.wait_until(lambda: bool(server.exists(worker_key(name))))
        return name

    def kill(self, name: str) -> None:
        """As a power cut would."""
        self.workers.pop(name).signal(signal.SIGKILL)

    def run(self, host: str, keys: list[str], ast: str = "policy_inquiry", lanes: int = 4, **more: Any) -> str:
        """Start a run over these keys; its id."""
        run = self._made(host, keys, ast, lanes, **more)
        self.send("iast.runs.start", run)
        return run

    def paused(self, host: str, keys: list[str], ast: str = "policy_inquiry", lanes: int = 4) -> str:
        """A run that a person has paused before anything of it began; its id."""
        run = self._made(host, keys, ast, lanes)
        runs.pause(run)
        return run

    def _made(self, host: str, keys: list[str], ast: str, lanes: int, **more: Any) -> str:
        rows = [(key, {"policy": key}) for key in keys]
        return runs.create(owner=OWNER, ast=ast, host=host, rows=more.pop("rows", rows), lanes=lanes, **more).id

    def send(self, task: str, *args: str | int, queue: str = COMMON_QUEUE) -> None:
        self._app.send_task(task, args=args, queue=queue)

    def ended(self, run: str, seconds: float = 60) -> runs.Run:
        """The run when it is over."""
        wait_until(lambda: not runs.get(run).active, seconds, f"the end of the run {self.state(run)}\n{self.logs()}")
        return runs.get(run)

    def counts(self, run: str) -> dict[str, int]:
        return {status: n for status, n in items.counts(run).items() if n}

    def state(self, run: str) -> str:
        return f"{runs.get(run)} {items.counts(run)} {[(s.state, s.worker, s.reason) for s in sessions.of_run(run)][-6:]}"

    def logs(self) -> str:
        return "\n".join(f"--- {name}\n{child.output()[-2500:]}" for name, child in self.workers.items())


@contextmanager
def farm_of(folder: Path, platform: dict[str, str], database: int) -> Iterator[Farm]:
    """A farm with nothing started; this process speaks to the same table and Redis."""
    folder.mkdir(parents=True, exist_ok=True)
    env = {
        **platform,
        "REDIS_URL": f"{platform['REDIS_URL'].rpartition('/')[0]}/{database}",
        "IAST_TABLE": f"iast-farm{database}",
        "IAST_HOSTS": "[]",
        "IAST_WARM_SECONDS": "1",
        "IAST_HEARTBEAT_SECONDS": "0.5",
        "IAST_WORKER_EXPIRY_SECONDS": "3",
    }
    before = dict(os.environ)
    os.environ.update(env)
    settings.cache_clear()
    farm = Farm(folder, env)
    try:
        make_table()
        yield farm
    finally:
        for child in farm.workers.values():
            child.kill()
        os.environ.clear()
        os.environ.update(before)
        settings.cache_clear()


def until(condition: Callable[[], bool], farm: Farm, run: str, seconds: float = 30) -> None:
    """Wait; on failure say where the run is and what the workers said."""
    try:
        wait_until(condition, seconds)
    except AssertionError as late:
        raise AssertionError(f"{late}\n{farm.state(run)}\n{farm.logs()}") from None


__all__ = ["LOOPBACK", "OWNER", "Farm", "farm_of", "policies", "until"]
