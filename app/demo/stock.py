"""The warehouse's stock: waves of picks made from a seed, and their confirmations folded from the ledger. Pure."""

from dataclasses import dataclass
from random import Random
from typing import Any

WAVES = 400
IN_ORDER = 60  # the first waves, whose picks examples/picks.csv lists, are not on hold
FIRST_WAVE, FIRST_PICK = 10_001, 2_000_001
HELD_SHARE = 0.1

ARTICLES = (
    "HEX BOLT M8X40 ZN", "WASHER M8 A2", "CABLE GLAND PG16", "LED PANEL 60X60", "PALLET WRAP 500MM", "SAFETY GLOVES XL",
    "HAND TRUCK 250KG", "LABEL ROLL 100X150", "BEARING 6204-2RS", "V-BELT SPA 1250", "HYDRAULIC HOSE 2SN", "PAINT RAL7035 5L",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Pick:
    """So many of an article to be fetched from a location. `check` are the digits posted there, typed to prove having been there."""

    number: str
    wave: str
    location: str
    check: str
    article: str
    quantity: int


@dataclass(frozen=True, slots=True)
class Wave:
    """Picks that are released together."""

    number: str
    held: bool
    picks: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Confirmation:
    """What was picked, by whom."""

    quantity: int
    by: str
    reference: str


def make_stock(seed: int) -> tuple[dict[str, Wave], dict[str, Pick]]:
    """Waves and picks by number; the same for the same seed."""
    random, waves, picks = Random(seed), dict[str, Wave](), dict[str, Pick]()
    for n in range(WAVES):
        name = f"W{FIRST_WAVE + n:05d}"
        made = [_make_pick(FIRST_PICK + len(picks) + i, name, random) for i in range(random.randint(6, 34))]
        picks |= {pick.number: pick for pick in made}
        held = random.random() < HELD_SHARE and n >= IN_ORDER
        waves[name] = Wave(name, held, tuple(pick.number for pick in made))
    return waves, picks


def _make_pick(n: int, wave: str, random: Random) -> Pick:
    location = f"{random.choice('ABCDEFGH')}-{random.randint(1, 48):02}-{random.randint(1, 6):02}"
    return Pick(f"K{n:07d}", wave, location, f"{random.randint(10, 99)}", random.choice(ARTICLES), random.randint(1, 48))


class Stock:
    """All waves and what became of their picks. State changes only by `apply`, with an entry of the ledger."""

    def __init__(self, seed: int) -> None:
        self.waves, self.picks = make_stock(seed)
        self.confirmed: dict[str, Confirmation] = {}

    def status(self, pick: Pick) -> str:
        done = self.confirmed.get(pick.number)
        if done is None:
            return "OPEN"
        return "CONFIRMED" if done.quantity == pick.quantity else "SHORT"

    def picks_of(self, wave: Wave) -> list[Pick]:
        return [self.picks[number] for number in wave.picks]

    def wave_status(self, wave: Wave) -> str:
        if wave.held:
            return "ON HOLD"
        return "RELEASED" if any(number not in self.confirmed for number in wave.picks) else "COMPLETE"

    def next_reference(self) -> str:
        return f"C{len(self.confirmed) + 1:07d}"

    def apply(self, entry: dict[str, Any]) -> None:
        """Take over one ledger entry of this application, now or at a restart."""
        if entry["transaction"] == "PICK":
            self.confirmed[entry["key"]] = Confirmation(entry["quantity"], entry["user"], entry["ref"])
