"""The ports of `iast up`, in one place. Loopback only: nothing here ever binds another address."""

import fcntl
import os
import random
import socket
import tempfile
import time
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import IO

LOOPBACK = "127.0.0.1"
DEMO = {"demo": 3270, "warehouse": 3271, "orders": 3272, "demo-control": 3279}
_held: list[IO[str]] = []
PREFERRED = {"web": 8000, "flower": 5555, "valkey": 6390, "dynamodb": 4570, **DEMO}


def free_port() -> int:
    """A port nobody listens on, ours from now on as far as other processes of IAST ask. Below those that the system gives to
    outgoing connections: between our choosing it and a server's taking it, one of those could."""
    while True:
        port = random.randrange(10_000, 32_000)
        if is_free(port) and _reserved(port):
            return port


def _reserved(port: int) -> bool:
    """Take the port among IAST's own processes, for as long as this one lives: two that start at once choose different ones."""
    folder = Path(tempfile.gettempdir(), f"iast-ports-{os.getuid()}")
    try:
        folder.mkdir(mode=0o700, exist_ok=True)
        if folder.is_symlink() or folder.stat().st_uid != os.getuid():
            return True  # somebody else's: do without
        file = open(folder / str(port), "a")  # noqa: SIM115  held until we end
    except OSError:
        return True
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        file.close()
        return False
    _held.append(file)
    return True


def is_free(port: int) -> bool:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((LOOPBACK, port))
        except OSError:
            return False
    return True


def answers(port: int, seconds: float = 0.5) -> bool:
    """Whether something accepts a connection there."""
    try:
        with socket.create_connection((LOOPBACK, port), seconds):
            return True
    except OSError:
        return False


def wait_for(ports: Iterable[int], seconds: float) -> bool:
    """Wait until something accepts on each of these ports; False when the time is up first."""
    deadline = time.monotonic() + seconds
    for port in ports:
        while not answers(port):
            if time.monotonic() > deadline:
                return False
            time.sleep(0.05)
    return True


def choose(names: Iterable[str], wished: Mapping[str, int] = {}) -> dict[str, int]:
    """A port for each name: the wished one as it is, else the preferred one, else a free one."""
    ports: dict[str, int] = {}
    for name in names:
        preferred = wished.get(name) or PREFERRED[name]
        taken = preferred in ports.values() or not (name in wished or is_free(preferred) and _reserved(preferred))
        ports[name] = free_port() if taken else preferred
    return ports
