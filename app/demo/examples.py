"""Writes the lists in examples/: `python -m app.demo.examples`. They follow from the seed alone."""

import csv
import sys
from pathlib import Path

from .policies import IN_ORDER, Policy, make_policies

FOLDER = Path(__file__).resolve().parents[2] / "examples"
SEED = 3270
NO_SUCH_POLICY = "P9999999"


def policies() -> list[str]:
    """The first policies, all of which can be shown and renewed."""
    return list(make_policies(SEED))[:IN_ORDER]


def mixed_policies() -> list[str]:
    """A few that can be renewed, then some locked ones, some lapsed ones, and one that there is not."""
    after = list(make_policies(SEED).values())[IN_ORDER:]
    good = [policy for policy in after if not policy.locked and not policy.lapsed]
    locked, lapsed = [p for p in after if p.locked], [p for p in after if p.lapsed]
    return [*_numbers(good[:20]), *_numbers(locked[:3]), *_numbers(lapsed[:3]), NO_SUCH_POLICY]


def _numbers(policies: list[Policy]) -> list[str]:
    return [policy.number for policy in policies]


def write(folder: Path = FOLDER) -> None:
    """Write every list, replacing what is there."""
    folder.mkdir(exist_ok=True)
    for name, column, rows in (("policies", "policy", policies()), ("policies-mixed", "policy", mixed_policies())):
        with (folder / f"{name}.csv").open("w", newline="", encoding="utf-8") as file:
            csv.writer(file, lineterminator="\n").writerows([[column], *([row] for row in rows)])


if __name__ == "__main__":
    write(*(Path(folder) for folder in sys.argv[1:]))
