"""A host that is none of ours: Hercules' 3270 console, where the machine has Hercules (Debian package hercules)."""

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from app.screen.conditions import text
from app.screen.model import State
from app.tn3270 import Engine, HostAddress
from app.up.ports import LOOPBACK, free_port
from tests.processes import Child, listens

HERCULES = shutil.which("hercules")
pytestmark = pytest.mark.skipif(HERCULES is None, reason="Hercules is not installed")
SYSTEM = """
CPUMODEL 3090
MAINSIZE 2
NUMCPU 1
ARCHMODE S/370
CNSLPORT {port}
0700 3270
0701 3270
"""


@pytest.fixture
def console(tmp_path: Path) -> Iterator[int]:
    """The port of a Hercules with two terminals and no operating system."""
    port = free_port()
    system = tmp_path / "system.cnf"
    system.write_text(SYSTEM.format(port=port))
    child = Child([str(HERCULES), "-d", "-f", str(system)], tmp_path / "hercules.log")
    yield child.wait_until(lambda: listens(port)) and port
    child.kill()


@pytest.mark.parametrize("model", ["2", "4", "5"])
def test_the_console_of_hercules_greets_each_terminal(console: int, model: str) -> None:
    engine = Engine().start()
    session = engine.open(HostAddress(LOOPBACK, console, model=model))
    screen = session.wait(text("Hercules"), 0, 20)
    assert screen.state is State.TN3270 and not screen.locked
    engine.stop()
