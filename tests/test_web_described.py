"""The OpenAPI document against the API: whatever is sent, as described or not, is answered as described, and never by a fault of ours."""

import os
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from app.config import settings
from app.up import commands
from tests.conftest import WebFactory
from tests.web_parts import Client, seeing

pytest_plugins = ["tests.web_fixtures"]
CHECKS = "not_a_server_error,status_code_conformance,content_type_conformance,response_schema_conformance"
CASES = int(os.environ.get("IAST_TEST_REQUESTS", "5"))  # made up for each operation, beside the limits of each of its fields


@pytest.fixture
def here(platform: dict[str, str], monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """A store and a Valkey database that no other test looks into."""
    own = {**platform, "REDIS_URL": platform["REDIS_URL"].removesuffix("/0") + "/6", "IAST_TABLE": "iast-described"}
    yield from seeing(own, monkeypatch)


@pytest.fixture
def web(here: None, start_web: WebFactory) -> Client:
    started = start_web(REDIS_URL=settings().redis_url, IAST_TABLE=settings().table)
    return Client(started.url, started.token)


def made(web: Client, kind: str, **wish: object) -> str:
    answer = web.post(f"/api/v1/{kind}", wish)
    assert answer.status_code in (201, 202), answer.text
    return str(answer.json()["id"])


@pytest.fixture
def ids(web: Client, worker: str) -> dict[str, str]:
    """Something of each kind, so that it is not all 404."""
    host = settings().hosts[0]["name"]
    work: dict[str, object] = {"ast": "policy_inquiry", "host": host, "lanes": 1}
    listed: dict[str, object] = {**work, "csv": "policy\nP1000001\nP1000002\n"}
    configuration = made(web, "configurations", name="daily", **work)
    launcher = made(web, "launchers", name="night", steps=[configuration])
    return {
        "configurations": configuration,
        "launchers": launcher,
        "launches": made(web, "launches", launcher=launcher, host=host, csv=listed["csv"]),
        "macros": made(web, "macros", name="enter", steps=[{"key": "Enter"}]),
        "runs": made(web, "runs", **listed),
        "schedules": made(web, "schedules", name="hourly", when={"every": 3600}, **listed),
        "sessions": made(web, "sessions", host=host),
    }


@pytest.mark.timeout(400)
def test_whatever_is_sent_is_answered_as_described(web: Client, ids: dict[str, str], tmp_path: Path) -> None:
    config = tmp_path / "schemathesis.toml"
    config.write_text("\n".join(map(_of, ids, ids.values())))
    command = commands.python(
        "-m", "schemathesis.cli", "--config-file", str(config), "run", f"{web.url}/api/v1/openapi.json",
        "--header", f"Authorization: Bearer {web.token}", "--checks", CHECKS, "--phases", "coverage,fuzzing",
        "--max-examples", str(CASES), "--generation-deterministic", "--continue-on-failure", "--request-timeout", "30", "--no-color",
    )  # fmt: skip
    found = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False)
    assert found.returncode == 0, found.stdout[-6000:] + found.stderr[-2000:]


def _of(kind: str, id: str) -> str:
    """The id to use for operations on one of a kind, but for deleting it."""
    return f'[[operations]]\ninclude-path-regex = "^/api/v1/{kind}/"\nexclude-method = "DELETE"\nparameters = {{ "path.id" = "{id}" }}\n'
