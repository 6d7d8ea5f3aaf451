"""The shop's books: orders made from a seed, new ones, payments and refunds folded from the ledger. Pure: no screens, files or clock."""

from dataclasses import dataclass
from random import Random
from typing import Any

from .people import a_person

ORDERS, CUSTOMERS = 3_000, 800
IN_ORDER = 1_000  # the first orders, which examples/orders.csv lists, can be paid
FIRST_ORDER, FIRST_CUSTOMER = 3_000_001, 40_001
DECLINED_SHARE, BLOCKED_SHARE = 0.05, 0.03

PRICES = {  # cents
    "A1001": 1_995, "A1002": 349, "A1003": 12_900, "A1004": 4_550, "A1005": 899, "A1006": 24_900, "A1007": 75, "A1008": 6_490,
}  # fmt: skip
MOST_LINES = 6


@dataclass(frozen=True, slots=True)
class Line:
    """So many of an article."""

    article: str
    quantity: int

    @property
    def amount(self) -> int:
        """In cents."""
        return PRICES[self.article] * self.quantity


@dataclass(frozen=True, slots=True)
class Order:
    """What somebody ordered. `declined`: the bank will refuse the card; `blocked`: the shop takes no money from this customer."""

    number: str
    customer: str
    lines: tuple[Line, ...]
    declined: bool = False
    blocked: bool = False

    @property
    def total(self) -> int:
        """In cents."""
        return sum(line.amount for line in self.lines)


def money(cents: int) -> str:
    return f"{cents / 100:,.2f}"


def make_orders(seed: int) -> tuple[dict[str, str], dict[str, Order]]:
    """Customers' names by number, and orders by number; the same for the same seed."""
    random = Random(seed)
    customers = {f"C{FIRST_CUSTOMER + n:05d}": a_person(random) for n in range(CUSTOMERS)}
    numbers, known = [f"O{FIRST_ORDER + n:07d}" for n in range(ORDERS)], list(customers)
    return customers, {number: _make_order(number, n, known, random) for n, number in enumerate(numbers)}


def _make_order(number: str, n: int, customers: list[str], random: Random) -> Order:
    articles = random.sample(list(PRICES), random.randint(1, MOST_LINES))
    lines = tuple(Line(article, random.randint(1, 9)) for article in articles)
    chance = random.random()
    fate = chance if n >= IN_ORDER else 1.0
    declined, blocked = fate < DECLINED_SHARE, DECLINED_SHARE <= fate < DECLINED_SHARE + BLOCKED_SHARE
    return Order(number, random.choice(customers), lines, declined, blocked)


class Shop:
    """All orders and the money. State changes only by `apply`, with an entry of the ledger."""

    def __init__(self, seed: int) -> None:
        self.customers, self.orders = make_orders(seed)
        self.paid: dict[str, str] = {}  # order -> reference of its payment
        self.refunded: dict[str, int] = {}  # order -> cents
        self.refund_refs: dict[str, str] = {}
        self._entries = 0

    def status(self, order: Order) -> str:
        if order.number not in self.paid:
            return "BLOCKED" if order.blocked else "OPEN"
        back = self.refunded.get(order.number, 0)
        return "PAID" if not back else "REFUNDED" if back == order.total else "PART REFUNDED"

    def next_order(self) -> str:
        return f"O{FIRST_ORDER + len(self.orders):07d}"

    def next_reference(self, letter: str) -> str:
        return f"{letter}{self._entries + 1:07d}"

    def apply(self, entry: dict[str, Any]) -> None:
        """Take over one ledger entry of this application, now or at a restart."""
        key = entry["key"]
        match entry["transaction"]:
            case "ORDER":
                self.orders[key] = Order(key, entry["customer"], tuple(Line(*line) for line in entry["lines"]))
            case "PAYMENT":
                self.paid[key] = entry["ref"]
            case "REFUND":
                self.refunded[key] = self.refunded.get(key, 0) + entry["amount"]
                self.refund_refs[key] = entry["ref"]
            case _:
                return
        self._entries += 1
