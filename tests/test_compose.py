"""docker-compose.yml: accepted by Compose, complete, and without a default for anything secret."""

import os
import re
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest
import yaml

from app.config import Settings

ROOT = Path(__file__).resolve().parents[1]
FILE = ROOT / "docker-compose.yml"
SECRETS = {
    "VALKEY_PASSWORD": "5a1c",
    "IAST_SEAL_KEYS": "k1:AAAA",
    "IAST_COOKIE_KEY": "c00k",
    "IAST_PUBLIC_URL": "https://iast.example.org",
    "OIDC_ISSUER": "https://login.example.org",
    "OIDC_CLIENT_ID": "iast",
    "OIDC_CLIENT_SECRET": "0idc",
    "FLOWER_BASIC_AUTH": "me:f10w",
}


def compose() -> list[str]:
    """The Compose command of this machine; skips the test where there is none."""
    for command in (["docker", "compose"], ["docker-compose"]):
        if shutil.which(command[0]) and subprocess.run([*command, "version"], capture_output=True).returncode == 0:
            return command
    pytest.skip("no Docker Compose here")


def config(settings: dict[str, str], tmp_path: Path) -> subprocess.CompletedProcess[str]:
    nothing = tmp_path / "empty.env"  # else a .env of the checkout would be read
    nothing.touch()
    env = {"PATH": os.environ["PATH"], "HOME": str(tmp_path), **settings}
    command = [*compose(), "--env-file", str(nothing), "-f", str(FILE), "config"]
    return subprocess.run(command, cwd=tmp_path, env=env, capture_output=True, text=True, timeout=60)


def services() -> dict[str, Any]:
    return yaml.safe_load(FILE.read_text())["services"]


def test_compose_accepts_the_file(tmp_path: Path) -> None:
    accepted = config(SECRETS, tmp_path)
    assert accepted.returncode == 0, accepted.stderr
    assert set(yaml.safe_load(accepted.stdout)["services"]) == set(services())


@pytest.mark.parametrize("name", SECRETS)
def test_a_setting_that_must_be_given_is_named_when_it_is_missing(name: str, tmp_path: Path) -> None:
    refused = config({other: value for other, value in SECRETS.items() if other != name}, tmp_path)
    assert refused.returncode != 0
    assert name in refused.stderr


def test_it_has_the_parts_of_iast_up() -> None:
    assert set(services()) == {"valkey", "dynamodb", "web", "worker", "beat", "flower"}


def test_nothing_secret_has_a_default() -> None:
    defaults = re.findall(r"\$\{(\w+):?-([^}]+)\}", FILE.read_text())
    assert not [name for name, value in defaults if value and re.search("SECRET|PASSWORD|KEY|AUTH|TOKEN", name)]


def test_ports_are_published_on_the_loopback_only() -> None:
    published = [port for service in services().values() for port in service.get("ports", [])]
    assert published and all(port.startswith("127.0.0.1:") for port in published)


def test_each_variable_of_ours_is_a_setting_that_exists() -> None:
    known = {field.alias for field in Settings.model_fields.values()}
    given = {name for service in services().values() for name in service.get("environment", {})}
    assert not {name for name in given if name.startswith(("IAST_", "OIDC_"))} - known
