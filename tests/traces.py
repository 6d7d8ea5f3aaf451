"""The recorded hosts of the x3270 project, where they are at hand: their steps, and what s3270 showed after each record."""

import importlib.util
import json
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from types import ModuleType
from typing import Any

from app.screen.model import Screen
from app.tn3270 import HostAddress, snapshot
from app.tn3270.connection import Connection
from tests.processes import ROOT

SHARED = ROOT.parent / "shared"
FOLDER = SHARED / "traces"
AT_HAND = (FOLDER / "golden.json").exists()
SETTINGS: dict[str, dict[str, Any]] = {  # what some traces need that no terminal finds by itself
    "930": {"code_page": "930"},
    "korean": {"code_page": "cp933"},
    "wrap_field": {"model": "50x100"},
    "alt": {"model": "5"},
}


@cache
def replay() -> ModuleType:
    """shared/tools/replay.py."""
    spec = importlib.util.spec_from_file_location("replay", SHARED / "tools" / "replay.py")
    assert spec and spec.loader
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@cache
def golden() -> dict[str, list[dict[str, Any]]]:
    return json.loads((FOLDER / "golden.json").read_text()) if AT_HAND else {}


@dataclass
class Difference:
    """One that a person can see."""

    record: int
    wanted: dict[str, Any]
    shown: Screen

    def __str__(self) -> str:
        rows = [row.rstrip() for row in self.shown.text()]
        size, cursor = (self.shown.rows, self.shown.columns), list(self.shown.position(self.shown.cursor))
        lines = [f"record {self.record}: size {size} for {self.wanted['size']}, cursor {cursor} for {self.wanted['cursor']}"]
        for n in range(max(len(rows), len(self.wanted["rows"]))):
            want = self.wanted["rows"][n].rstrip() if n < len(self.wanted["rows"]) else "(no row)"
            have = rows[n] if n < len(rows) else "(no row)"
            if want != have:
                lines.append(f"  {n:2} wanted {want!r}\n     shown  {have!r}")
        return "\n".join(lines)


def same(wanted: dict[str, Any], shown: Screen) -> bool:
    """Whether rows and cursor are as wanted."""
    rows = [row.rstrip() for row in shown.text()]
    return rows == [row.rstrip() for row in wanted["rows"]] and list(shown.position(shown.cursor)) == list(wanted["cursor"])


def screens(name: str, **settings: Any) -> Iterator[tuple[int, Screen]]:
    """The screen after each record of a trace, fed without a network."""
    address = HostAddress("host", **{"model": "4", "code_page": "bracket", **settings})
    terminal = Connection(address, lambda data: None)
    terminal.connected()
    n = 0
    for kind, data, record in replay().steps(FOLDER / f"{name}.trc"):
        if kind == "send":
            terminal._data_received(data)
            if record:
                n += 1
                yield n, snapshot.take(terminal, 0)
    yield n + 1, snapshot.take(terminal, 0)


def differences(name: str) -> list[Difference]:
    """Where a trace is not shown as s3270 shows it."""
    wanted = {each["record"]: each for each in golden()[name]}
    shown = screens(name, **SETTINGS.get(name, {}))
    return [Difference(n, wanted[n], screen) for n, screen in shown if n in wanted and not same(wanted[n], screen)]
