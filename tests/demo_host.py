"""A mock mainframe of a test's own, and a terminal at it over TCP."""

import json
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Self

from mfmock.core.testing import VirtualTerminal
from mfmock.tn3270.testing import connect

from app.up import commands
from app.up.ports import LOOPBACK
from tests.processes import Child


class Host:
    """`python -m app.demo` on ports that the system chose."""

    def __init__(self, folder: Path, *options: str) -> None:
        self.path = folder / "ledger.jsonl"
        self._log = folder / "demo.log"
        self._log.unlink(missing_ok=True)
        command = [*commands.demo(0, self.path), "--control", "0", *options]
        self.child = Child(command, self._log).wait_until(lambda: "listening" in self.child_output())
        self.port = self.announced("listening")

    def child_output(self) -> str:
        return self._log.read_text()

    def announced(self, what: str) -> int:
        """The port printed as `<what> 127.0.0.1:<port>`."""
        line = next(line for line in self.child_output().splitlines() if line.startswith(what + " "))
        return int(line.rpartition(":")[2])

    def ledger(self) -> list[dict[str, Any]]:
        return [json.loads(line) for line in self.path.read_text().splitlines()]

    def done(self, transaction: str) -> list[str]:
        """The keys of that transaction in the ledger, in order."""
        return [entry["key"] for entry in self.ledger() if entry["transaction"] == transaction]

    def control(self, **order: Any) -> dict[str, Any]:
        """Send one order to the control port and return its answer."""
        with socket.create_connection((LOOPBACK, self.announced("control")), 10) as line:
            line.sendall(json.dumps(order).encode() + b"\n")
            return json.loads(line.makefile().readline())

    def port_of(self, application: str) -> int:
        """Where an application answers; needs `--also APPLICATION=0` unless it is the insurer."""
        return self.port if application == "insurance" else self.announced(application)

    def terminal(self, user: str = "DEMO01", model: str = "IBM-3279-2-E", application: str = "insurance") -> VirtualTerminal:
        """A terminal signed on and on the application's menu."""
        terminal = connect(LOOPBACK, self.port_of(application), model)
        terminal.fill("USERID ===>", user).fill("PASSWORD ===>", user.lower()).enter()
        terminal.assert_text("OPTION ===>")
        return terminal

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *failure: object) -> None:
        self.child.kill()


@contextmanager
def policy_panel(host: Host, option: str) -> Iterator[VirtualTerminal]:
    """A terminal on POLICY INQUIRY (1) or POLICY RENEWAL (2)."""
    with host.terminal() as terminal:
        terminal.fill("OPTION ===>", option).enter()
        yield terminal
