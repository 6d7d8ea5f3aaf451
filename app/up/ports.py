"""The ports of `iast up`, in one place. Loopback only: nothing here ever binds another address."""

import socket
import time
from collections.abc import Iterable, Mapping

LOOPBACK = "127.0.0.1"
DEMO = {"demo": 3270, "warehouse": 3271, "orders": 3272, "demo-control": 3279}
PREFERRED = {"web": 8000, "flower": 5555, "valkey": 6390, "dynamodb": 4570, **DEMO}


def free_port() -> int:
    """A port nobody listens on now, chosen by the system."""
    with socket.socket() as probe:
        probe.bind((LOOPBACK, 0))
        return int(probe.getsockname()[1])


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
        taken = preferred in ports.values() or not (name in wished or is_free(preferred))
        ports[name] = free_port() if taken else preferred
    return ports
