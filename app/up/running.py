"""How the command line finds the IAST that `iast up` started: DATA/up.json, and a note of which DATA was last."""

import json
import os
from pathlib import Path
from typing import Any

from app.launch import ROOT
from app.up.environment import write_private

DEFAULT_DATA = ROOT / "data"
LATEST = ROOT / ".cache" / "up-data"  # holds the path of the data directory last started, nothing else


def announce(data: Path, facts: dict[str, Any]) -> None:
    """Say where this `up` is to be found (url, token, pid ...), for its owner's eyes only."""
    write_private(data / "up.json", facts)
    LATEST.parent.mkdir(exist_ok=True)
    LATEST.write_text(str(data))


def withdraw(data: Path) -> None:
    (data / "up.json").unlink(missing_ok=True)


def read(data: Path) -> dict[str, Any] | None:
    """What `announce` wrote there, if its process is alive."""
    try:
        facts: dict[str, Any] = json.loads((data / "up.json").read_text())
        os.kill(int(facts["pid"]), 0)
    except (OSError, ValueError, KeyError):
        return None
    return facts


def data_of(facts: dict[str, Any]) -> Path:
    return Path(facts["data"])


def find() -> dict[str, Any] | None:
    """The running `up`: of IAST_DATA, else of ./data in the checkout, else the one started last."""
    named = os.environ.get("IAST_DATA")
    if named:
        return read(Path(named))
    latest = Path(LATEST.read_text()) if LATEST.exists() else DEFAULT_DATA
    return read(DEFAULT_DATA) or read(latest)
