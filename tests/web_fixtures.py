"""A web process with a Valkey database and a table to itself, so that no worker of another test joins in."""

import threading
from collections.abc import Iterator

import pytest
import redis

from app.broker.workers import WorkerLoad, beat
from app.store import users
from app.web.asking import LOCAL_ISSUER
from tests.web_parts import Client, seeing


@pytest.fixture(scope="session")
def web_platform(platform: dict[str, str]) -> dict[str, str]:
    return {**platform, "REDIS_URL": platform["REDIS_URL"].removesuffix("/0") + "/7", "IAST_TABLE": "iast-web"}


@pytest.fixture
def here(web_platform: dict[str, str], monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """This process sees the same store and Valkey as the web process."""
    yield from seeing(web_platform, monkeypatch)


@pytest.fixture(scope="session")
def web(start_web, web_platform) -> Client:  # type: ignore[no-untyped-def]
    """A web process in development sign-in, and its local token."""
    started = start_web(REDIS_URL=web_platform["REDIS_URL"], IAST_TABLE=web_platform["IAST_TABLE"])
    return Client(started.url, started.token)


@pytest.fixture
def me(here: None, web: Client) -> users.User:
    """The user of development sign-in."""
    return users.provision(LOCAL_ISSUER, "local", "Local user", "")


@pytest.fixture
def worker(here: None) -> Iterator[str]:
    """A worker that only beats: what is sent to it stays in its queues, for the test to look at."""
    name, stop = "paper", threading.Event()

    def beating() -> None:
        while True:
            beat(WorkerLoad(name, sessions=0, most_sessions=100, started="2026-01-01T00:00:00.000Z"))
            if stop.wait(1):
                return

    beat(WorkerLoad(name, sessions=0, most_sessions=100))
    thread = threading.Thread(target=beating)
    thread.start()
    yield name
    stop.set()
    thread.join()


@pytest.fixture
def valkey_here(web_platform: dict[str, str]) -> Iterator[redis.Redis]:
    client = redis.Redis.from_url(web_platform["REDIS_URL"])
    yield client
    client.close()


@pytest.fixture(scope="session")
def web_alone(start_web, web_platform) -> Client:  # type: ignore[no-untyped-def]
    """A web process whose Valkey knows no worker."""
    empty = web_platform["REDIS_URL"].removesuffix("/7") + "/8"
    started = start_web(REDIS_URL=empty, IAST_TABLE=web_platform["IAST_TABLE"])
    return Client(started.url, started.token)
