"""Real processes for the tests: started on free ports, waited for, stopped with all they started."""

import os
import signal
import subprocess
import time
from collections.abc import Callable, Mapping
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]


class Child:
    """A child process in a process group of its own, its output in a file."""

    def __init__(self, command: list[str], log: Path, env: Mapping[str, str] | None = None) -> None:
        self.log = log
        with log.open("ab") as output:
            self.process = subprocess.Popen(
                command, cwd=ROOT, env=env, stdin=subprocess.DEVNULL, stdout=output, stderr=output, start_new_session=True
            )

    @property
    def pid(self) -> int:
        return self.process.pid

    @property
    def alive(self) -> bool:
        return self.process.poll() is None

    def output(self) -> str:
        return self.log.read_text(errors="replace")

    def wait_until(self, condition: Callable[[], bool], seconds: float = 30) -> "Child":
        """Wait for the condition; fails with the end of the output when the process dies or the time is up first."""
        deadline = time.monotonic() + seconds
        while not condition():
            if not self.alive or time.monotonic() > deadline:
                why = "not ready in time" if self.alive else f"ended with {self.process.returncode}"
                self.kill()
                raise AssertionError(f"{self.log.stem}: {why}\n{self.output()[-3000:]}")
            time.sleep(0.05)
        return self

    def signal(self, number: signal.Signals) -> None:
        """To the whole group, even when its leader has already gone."""
        try:
            os.killpg(self.pid, number)
        except ProcessLookupError:
            pass

    def stop(self, seconds: float = 10) -> int:
        """Ask it to end, and make it end when it doesn't. Returns its exit code."""
        self.process.send_signal(signal.SIGTERM)
        try:
            self.process.wait(seconds)
        except subprocess.TimeoutExpired:
            pass
        return self.kill()

    def kill(self) -> int:
        """End it and its children at once, as a power cut would."""
        self.signal(signal.SIGKILL)
        return self.process.wait()


def wait_until(condition: Callable[[], bool], seconds: float = 10, what: str = "the condition") -> None:
    """Wait for a condition to hold; fails naming it when the time is up."""
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, f"{what} did not come true in {seconds} s"
        time.sleep(0.02)


def listens(port: int) -> bool:
    """Whether somebody listens there; asked without connecting, for hosts that count or remember who does."""
    wanted = f":{port:04X}"
    rows = [line.split() for line in Path("/proc/net/tcp").read_text().splitlines()[1:]]
    return any(row[1].endswith(wanted) and row[3] == "0A" for row in rows)
