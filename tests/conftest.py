"""Real parts for every test: Valkey, dynalite, the mock mainframe, workers and the web tier, on ports of their own."""

import os
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import count
from pathlib import Path

import pytest
import redis
import requests

from app.config import settings
from app.up import commands, environment
from app.up.ports import LOOPBACK, answers, free_port
from tests.processes import Child


@dataclass(frozen=True)
class DemoHost:
    """The mock mainframe: TN3270 on `port` of the loopback, one line of `ledger` a transaction it accepted."""

    port: int
    ledger: Path
    child: Child


@dataclass(frozen=True)
class Web:
    """A web process; `token` is the development user's bearer token."""

    url: str
    token: str
    child: Child


@pytest.fixture(scope="session")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where the session's shared processes keep their data and output."""
    return tmp_path_factory.mktemp("platform")


@pytest.fixture(scope="session")
def valkey(folder: Path) -> Iterator[str]:
    """URL of a real Valkey that appends every write to `folder/valkey`."""
    port = free_port()
    child = Child(commands.valkey(port, folder / "valkey"), folder / "valkey.log")
    child.wait_until(lambda: answers(port))
    yield f"redis://{LOOPBACK}:{port}/0"
    child.kill()


@pytest.fixture(scope="session")
def dynamodb(folder: Path) -> Iterator[str]:
    """Endpoint of a real dynalite that keeps its tables in `folder/dynamodb`."""
    port = free_port()
    child = Child(commands.dynalite(port, folder / "dynamodb"), folder / "dynamodb.log")
    child.wait_until(lambda: answers(port))
    yield f"http://{LOOPBACK}:{port}"
    child.kill()


@pytest.fixture(scope="session")
def demo_host(folder: Path) -> Iterator[DemoHost]:
    """The mock mainframe. It takes a moment, as hosts do: a worker publishes what a key changed before the answer comes."""
    port, ledger = free_port(), folder / "demo" / "ledger.jsonl"
    child = Child(commands.demo(port, ledger, delay_ms=30), folder / "demo.log", environment.clean(os.environ))
    child.wait_until(lambda: answers(port))
    yield DemoHost(port, ledger, child)
    child.kill()


@pytest.fixture(scope="session")
def platform(folder: Path, valkey: str, dynamodb: str, demo_host: DemoHost) -> dict[str, str]:
    """The environment of child processes: everything set, secrets fresh, the mock mainframe offered as host `demo`."""
    ports = dict.fromkeys(("valkey", "dynamodb", "web", "flower"), 0)
    made = environment.build(environment.make_secrets(), ports, [environment.demo_host(demo_host.port)], folder)
    made = {name: value for name, value in made.items() if not name.startswith("OIDC_")}
    return {**made, "REDIS_URL": valkey, "DYNAMODB_ENDPOINT": dynamodb, "IAST_TABLE": "iast-test", "IAST_FLOWER_URL": ""}


@pytest.fixture
def configured(platform: dict[str, str], monkeypatch: pytest.MonkeyPatch) -> Iterator[dict[str, str]]:
    """The same environment for this process, for tests that call our code themselves."""
    for name, value in platform.items():
        monkeypatch.setenv(name, value)
    settings.cache_clear()
    yield platform
    settings.cache_clear()


WorkerFactory = Callable[..., Child]
WebFactory = Callable[..., Web]
_numbers = count(1)


@pytest.fixture(scope="session")
def start_worker(folder: Path, platform: dict[str, str]) -> Iterator[WorkerFactory]:
    """start_worker(name=..., threads=..., **environment): a Celery worker, its heartbeat already seen."""
    from app.broker.names import worker_key

    started: list[Child] = []

    def start(name: str = "", threads: int = 16, **more: str) -> Child:
        name = name or f"w{next(_numbers)}"
        env = {**platform, "IAST_WORKER": name, "IAST_WORKER_THREADS": str(threads), **more}
        child = Child(commands.worker(name, threads), folder / f"{name}-{next(_numbers)}.log", env)
        started.append(child)
        server = redis.Redis.from_url(env["REDIS_URL"])
        child.wait_until(lambda: bool(server.exists(worker_key(name))))
        server.close()
        return child

    yield start
    for child in started:
        child.kill()


@pytest.fixture(scope="session")
def start_web(folder: Path, platform: dict[str, str]) -> Iterator[WebFactory]:
    """start_web(**environment): a web process that answers on a port of its own."""
    started: list[Child] = []

    def start(**more: str) -> Web:
        env = {**platform, "IAST_PORT": str(free_port()), **more}
        child = Child(commands.web(), folder / f"web-{next(_numbers)}.log", env)
        started.append(child)
        url = f"http://{LOOPBACK}:{env['IAST_PORT']}"
        child.wait_until(lambda: _healthy(url))
        return Web(url, env["IAST_LOCAL_TOKEN"], child)

    yield start
    for child in started:
        child.kill()


def _healthy(url: str) -> bool:
    try:
        return requests.get(f"{url}/health", timeout=2).ok
    except requests.RequestException:
        return False
