"""The insurer's book: policies made from a seed, and their renewals folded from the ledger. Pure: no screens, no files, no clock."""

from dataclasses import dataclass
from datetime import date, timedelta
from random import Random
from typing import Any

from .people import a_person

POLICIES = 10_000
IN_ORDER = 1_000  # the first ones, which examples/policies.csv lists, are neither locked nor lapsed
FIRST_NUMBER = 1_000_001
LOCKED_SHARE, LAPSED_SHARE = 0.02, 0.03

PRODUCTS = (
    "HOME CONTENTS",
    "HOME BUILDINGS",
    "PRIVATE MOTOR",
    "MOTORCYCLE",
    "TRAVEL ANNUAL",
    "TERM LIFE",
    "PET HEALTH",
    "PLEASURE CRAFT",
)


@dataclass(frozen=True, slots=True)
class Renewal:
    """The newest renewal of a policy, and how many there were."""

    count: int
    by: str
    reference: str
    effective: str  # ISO dates
    expiry: str
    day: str  # the UTC day it was done


@dataclass(frozen=True, slots=True)
class Policy:
    """One policy as it was sold. `premium` is in cents a year."""

    number: str
    holder: str
    product: str
    premium: int
    effective: str
    expiry: str
    lapsed: bool
    locked: bool

    @property
    def status(self) -> str:
        return "LAPSED" if self.lapsed else "ACTIVE"


def number(n: int) -> str:
    """The number of the nth policy, from 0."""
    return f"P{FIRST_NUMBER + n:07d}"


def make_policies(seed: int) -> dict[str, Policy]:
    """The whole book by number, in order of number; the same for the same seed."""
    random = Random(seed)
    return {policy.number: policy for policy in (_make_policy(n, random) for n in range(POLICIES))}


def _make_policy(n: int, random: Random) -> Policy:
    effective = date(2026, 1, 1) + timedelta(days=random.randrange(365))
    chance = random.random()
    fate = chance if n >= IN_ORDER else 1.0
    return Policy(
        number=number(n),
        holder=a_person(random),
        product=random.choice(PRODUCTS),
        premium=random.randrange(4_900, 249_999),
        effective=effective.isoformat(),
        expiry=(_a_year_after(effective) - timedelta(days=1)).isoformat(),
        lapsed=LOCKED_SHARE <= fate < LOCKED_SHARE + LAPSED_SHARE,
        locked=fate < LOCKED_SHARE,
    )


def _a_year_after(day: date) -> date:
    return day.replace(year=day.year + 1, day=28) if (day.month, day.day) == (2, 29) else day.replace(year=day.year + 1)


class Book:
    """All policies and what became of them. State changes only by `apply`, with an entry of the ledger."""

    def __init__(self, seed: int) -> None:
        self.policies = make_policies(seed)
        self.numbers = list(self.policies)
        self.renewals: dict[str, Renewal] = {}
        self._renewed = 0

    def renewal_of(self, policy: Policy) -> Renewal:
        """The newest renewal; for a policy never renewed, count 0 and the dates it was sold with."""
        return self.renewals.get(policy.number) or Renewal(0, "", "", policy.effective, policy.expiry, "")

    def renewed_on(self, policy: Policy, day: str) -> bool:
        return self.renewal_of(policy).day == day

    def next_renewal(self, policy: Policy) -> dict[str, str]:
        """The facts that a RENEWAL entry needs: reference, effective and expiry date."""
        effective = date.fromisoformat(self.renewal_of(policy).expiry) + timedelta(days=1)
        expiry = _a_year_after(effective) - timedelta(days=1)
        return {"ref": f"R{self._renewed + 1:07d}", "effective": effective.isoformat(), "expiry": expiry.isoformat()}

    def apply(self, entry: dict[str, Any]) -> None:
        """Take over one ledger entry of this application, now or at a restart."""
        if entry["transaction"] != "RENEWAL":
            return
        count = self.renewals[entry["key"]].count if entry["key"] in self.renewals else 0
        self._renewed += 1
        self.renewals[entry["key"]] = Renewal(
            count + 1, entry["user"], entry["ref"], entry["effective"], entry["expiry"], entry["time"][:10]
        )
