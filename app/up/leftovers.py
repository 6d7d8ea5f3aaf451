"""Processes that outlived their `up`: noted when they start, ended by the next `up` on the same data. The last resort, for a
machine whose system does not end a killed process's children."""

import signal
import subprocess
import time
from pathlib import Path

from app.up.groups import end_group

POLITE_SECONDS = 5


def note(folder: Path, name: str, pid: int) -> None:
    """Write down which process runs under this name: its number, and when it started, since numbers are used again."""
    folder.mkdir(exist_ok=True)
    (folder / name).write_text(f"{pid}\n{_started(pid)}\n")


def end_all(folder: Path) -> None:
    """End what was noted there and still runs, with its whole group."""
    found = [pid for file in folder.glob("*") if (pid := _alive(file))]
    for pid in found:
        end_group(pid, signal.SIGTERM)
    deadline = time.monotonic() + POLITE_SECONDS
    while any(map(_started, found)) and time.monotonic() < deadline:
        time.sleep(0.1)
    for pid in found:
        end_group(pid, signal.SIGKILL)


def _alive(file: Path) -> int | None:
    """The process of a note, if it is still that one."""
    pid, _, started = file.read_text().strip().partition("\n")
    return int(pid) if pid.isdigit() and started and _started(int(pid)) == started else None


def _started(pid: int) -> str:
    """When a process started; "" when there is none."""
    return subprocess.run(["ps", "-p", str(pid), "-o", "lstart="], capture_output=True, text=True).stdout.strip()
