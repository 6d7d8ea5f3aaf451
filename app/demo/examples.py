"""Writes the lists in examples/: `python -m app.demo.examples`. They follow from the seed alone."""

import csv
import sys
from pathlib import Path

from . import shop, stock
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


def waves() -> list[str]:
    """Waves whose picks can be confirmed, then one on hold and one that there is not."""
    known = list(stock.make_stock(SEED)[0].values())
    held = next(wave.number for wave in known if wave.held)
    return [*(wave.number for wave in known[: stock.IN_ORDER]), held, "W99999"]


def picks() -> list[list[str]]:
    """The picks of those waves with quantity and check digits; every tenth is short, and nothing is wrong with any."""
    known, all_picks = stock.make_stock(SEED)
    chosen = [all_picks[number] for wave in list(known.values())[: stock.IN_ORDER] for number in wave.picks]
    return [[pick.number, str(pick.quantity - (n % 10 == 9)), pick.check] for n, pick in enumerate(chosen)]


def orders() -> list[str]:
    """The first orders, all of which can be shown and paid."""
    return list(shop.make_orders(SEED)[1])[: shop.IN_ORDER]


def lists() -> dict[str, list[list[str]]]:
    """Each list by the name of its file: header and rows."""
    return {
        "policies": [["policy"], *_column(policies())],
        "policies-mixed": [["policy"], *_column(mixed_policies())],
        "waves": [["wave"], *_column(waves())],
        "picks": [["pick", "quantity", "check"], *picks()],
        "orders": [["order"], *_column(orders())],
    }


def _column(values: list[str]) -> list[list[str]]:
    return [[value] for value in values]


def write(folder: Path = FOLDER) -> None:
    """Write every list, replacing what is there."""
    folder.mkdir(exist_ok=True)
    for name, rows in lists().items():
        with (folder / f"{name}.csv").open("w", newline="", encoding="utf-8") as file:
            csv.writer(file, lineterminator="\n").writerows(rows)


if __name__ == "__main__":
    write(*(Path(folder) for folder in sys.argv[1:]))
