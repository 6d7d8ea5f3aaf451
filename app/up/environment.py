"""The environment of the processes, and the secrets made for it. Made once for all, here."""

import base64
import json
import os
import secrets
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from app.up.ports import LOOPBACK

DEMO_USERS = 50  # the demo host's sign-ons offered to lanes: DEMO01..DEMO50
DEMO_HOSTS = {
    "demo": "IAST DEMO INSURANCE, a mock mainframe",
    "warehouse": "IAST DEMO WAREHOUSE, a mock mainframe",
    "orders": "IAST DEMO ORDERS, a mock mainframe",
}
FOREIGN = ("TNZ_", "ZTI_", "SESSION_", "AWS_", "FLOWER_", "CELERY_", "GUNICORN_")
CHOSEN = ("FLOWER_UNAUTHENTICATED_API",)  # off unless the caller wants it: any page in a browser could steer workers by that API


def make_secrets() -> dict[str, str]:
    """Fresh random secrets, one for each thing that needs one."""
    return {
        "seal_keys": "k1:" + base64.b64encode(secrets.token_bytes(32)).decode(),
        "cookie_key": secrets.token_urlsafe(48),
        "local_token": secrets.token_urlsafe(48),
        "valkey_password": secrets.token_hex(32),
    }


def load_secrets(data: Path) -> dict[str, str]:
    """The secrets of this data directory, made on first use; the file is its owner's alone."""
    path = data / "secrets.json"
    kept = json.loads(path.read_text()) if path.exists() else {}
    complete = {**make_secrets(), **kept}
    if complete != kept:
        write_private(path, complete)
    return complete


def write_private(path: Path, content: Mapping[str, Any]) -> None:
    """Write JSON that only its owner may read; whole or not at all."""
    draft = path.with_suffix(".new")
    with open(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as file:
        json.dump(content, file, indent=1)
        file.flush()
        os.fsync(file.fileno())
    draft.replace(path)


def demo_host(port: int, name: str = "demo") -> dict[str, Any]:
    """An application of the mock mainframe as a host to offer, with the sign-ons its lanes may use."""
    users = [{"user": f"DEMO{n:02}", "password": f"demo{n:02}"} for n in range(1, DEMO_USERS + 1)]
    return {
        "name": name,
        "address": LOOPBACK,
        "port": port,
        "description": DEMO_HOSTS[name],
        "max_lanes": DEMO_USERS,
        "credentials": users,
        "sign_off": "PF(3) PF(3)",  # a panel to the menu, the menu to SIGN-ON
    }


def clean(environment: Mapping[str, str]) -> dict[str, str]:
    """The caller's environment without what would change our processes unseen: tnz, Flower, Celery and boto3 read theirs."""
    return {name: value for name, value in environment.items() if name in CHOSEN or not name.startswith(FOREIGN)}


def build(made: Mapping[str, str], ports: Mapping[str, int], hosts: list[dict[str, Any]], data: Path) -> dict[str, str]:
    """Everything a process of ours reads from its environment."""
    return {
        **clean(os.environ),
        "PYTHONUNBUFFERED": "1",
        "TNZ_LOGGING": "",  # else tnz opens tnz.log in the working directory
        "REDIS_URL": f"redis://:{made['valkey_password']}@{LOOPBACK}:{ports['valkey']}/0",
        "DYNAMODB_ENDPOINT": f"http://{LOOPBACK}:{ports['dynamodb']}",
        "AWS_REGION": "us-east-1",
        "AWS_ACCESS_KEY_ID": "embedded",  # boto3 must sign with something; the embedded server takes anything
        "AWS_SECRET_ACCESS_KEY": "embedded",
        "AWS_EC2_METADATA_DISABLED": "true",
        "IAST_BIND": LOOPBACK,
        "IAST_PORT": str(ports["web"]),
        "IAST_SEAL_KEYS": made["seal_keys"],
        "IAST_COOKIE_KEY": made["cookie_key"],
        "IAST_LOCAL_TOKEN": made["local_token"],
        "IAST_FLOWER_URL": f"http://{LOOPBACK}:{ports['flower']}",
        "IAST_HOSTS": json.dumps(hosts),
        "IAST_DATA": str(data),
    }
