"""The insurance application: policy inquiry, renewal and list. Screens only; what a policy is stands in policies.py."""

from datetime import UTC, datetime

from mfmock import Goto, Layout, Stay
from mfmock.core.ui.results import Result

from .common import Abend, Broadcast, Menu, Numbered, draw_facts, sign_on
from .host import Plan, accept, printers, world
from .look import HostScreen, dotted, error, info
from .policies import Book, Policy
from .printers import printer_of

FACTS = ("POLICY", "HOLDER", "PRODUCT", "STATUS", "PREMIUM", "EFFECTIVE DATE", "EXPIRY DATE")
HISTORY = ("RENEWALS", "LAST RENEWED BY", "LAST RENEWAL REF")


class PolicyMenu(Menu):
    title = "POLICY MENU"
    map = "INSMENU"
    choices = (
        ("1", "POLICY INQUIRY", "DISPLAY A POLICY BY ITS NUMBER", "INQUIRY"),
        ("2", "POLICY RENEWAL", "RENEW A POLICY FOR ANOTHER YEAR", "RENEWAL"),
        ("3", "POLICY LIST", "BROWSE ALL POLICIES", "LIST"),
    )


class PolicyScreen(Numbered):
    asks = "POLICY NUMBER"
    missing = "ENTER A POLICY NUMBER"
    facts = FACTS

    @property
    def book(self) -> Book:
        book: Book = world(self)
        return book

    def find(self, number: str) -> Policy | Stay:
        policy = self.book.policies.get(number)
        if policy is None:
            return Stay(error("POLICY NOT FOUND"), "number")
        if policy.locked:
            return Stay(error("POLICY LOCKED BY ANOTHER USER"), "number")
        return policy

    def show(self, policy: Policy) -> None:
        self.shown = policy
        newest = self.book.renewal_of(policy)
        self.values |= {
            "policy": policy.number,
            "holder": policy.holder,
            "product": policy.product,
            "status": policy.status,
            "premium": f"{policy.premium / 100:,.2f}",
            "effective_date": newest.effective,
            "expiry_date": newest.expiry,
            "renewals": str(newest.count),
            "last_renewed_by": newest.by,
            "last_renewal_ref": newest.reference,
        }


class Inquiry(PolicyScreen):
    """Shows a policy; a transaction of its own for every number looked up."""

    name = "INQUIRY"
    title = "POLICY INQUIRY"
    map = "INSINQ1"
    prints = "ENTER=DISPLAY   PF3=MENU   PF4=PRINT"  # the legend where the terminal has a printer

    def shape(self) -> dict[str, object]:
        if self.shown is None or not printers(self).has(self.session.device_name):
            return super().shape()
        return {"shown": True, "legend": self.prints}

    @classmethod
    def draw_more(cls, page: Layout) -> None:
        draw_facts(page, 15, HISTORY)

    def display(self, policy: Policy) -> Result:
        if accept(self, "INQUIRY", policy.number):
            self.show(policy)
        return Stay(cursor="number")

    def pf(self, n: int) -> Result | None:
        return self.print() if n == 4 else None

    def print(self) -> Result:
        """The policy on the terminal's own printer."""
        lu = self.session.device_name
        if self.shown is None:
            return Stay(error(self.missing), "number")
        if not printers(self).has(lu):
            return Stay(error("THIS TERMINAL HAS NO PRINTER"), "number")
        facts = [f"   {label + ' ':.<20} {self.values[label.lower().replace(' ', '_')]}" for label in (*FACTS, *HISTORY)]
        printers(self).print(lu, [f"{'IAST DEMO INSURANCE':^80}", "", f"POLICY {self.shown.number}", "", *facts])
        return Stay(info(f"PRINTED ON {printer_of(lu)}"), "number")


class Renewal(PolicyScreen):
    """Shows a policy, then renews it with PF5. The only screen of this application that commits."""

    name = "RENEWAL"
    title = "POLICY RENEWAL"
    map = "INSREN1"
    offers = "ENTER=DISPLAY   PF3=MENU   PF5=CONFIRM RENEWAL   PF12=CANCEL"

    @classmethod
    def draw_more(cls, page: Layout) -> None:
        dotted(page, 15, "RENEWAL REF", "last_renewal_ref")

    @classmethod
    def draw_offer(cls, page: Layout) -> None:
        page.text(18, 4, "CHECK THE POLICY, THEN PRESS PF5 TO CONFIRM", "yellow")

    def refusal(self, policy: Policy) -> Stay | None:
        if policy.lapsed:
            return Stay(error("POLICY NOT RENEWABLE"), "number")
        if self.book.renewed_on(policy, f"{datetime.now(UTC):%Y-%m-%d}"):
            return Stay(error("ALREADY RENEWED"), "number")
        return None

    def carry_out(self, policy: Policy) -> Result:
        if accept(self, "RENEWAL", policy.number, **self.book.next_renewal(policy)):
            self.show(policy)
        return Stay(info("RENEWED"), "number")


class PolicyList(HostScreen):
    """All policies in order of number, a page at a time; as many rows as the terminal has."""

    name = "LIST"
    title = "POLICY LIST"
    map = "INSLST1"
    legend = "ENTER=START AT NUMBER   S=DISPLAY   PF3=MENU   PF7=UP   PF8=DOWN"
    full_size = True
    default_cursor = "start"

    def setup(self) -> None:
        self.top = 0

    @classmethod
    def draw(cls, page: Layout) -> None:
        page.text(5, 4, "START AT ===>", "label")
        page.input("start", 5, 18, 8)
        page.output("range", 5, page.cols - 29, 28, style="label")
        page.text(7, 2, "S NUMBER    HOLDER                   PRODUCT          STATUS   EXPIRES", "heading")
        for i in range(cls.page_rows(page)):
            page.input(f"pick{i}", 8 + i, 2, 1)
            page.output(f"line{i}", 8 + i, 4, 75)

    @staticmethod
    def page_rows(page: Layout) -> int:
        return page.rows - 9

    @property
    def book(self) -> Book:
        book: Book = world(self)
        return book

    def refresh(self) -> None:
        self.clear_outputs("line")
        numbers = self.book.numbers[self.top : self.top + self.page_rows(self.L)]
        for i, number in enumerate(numbers):
            policy = self.book.policies[number]
            expiry = self.book.renewal_of(policy).expiry
            self.values[f"line{i}"] = f"{number}  {policy.holder:<24} {policy.product:<16} {policy.status:<8} {expiry}"
        shown = f"ROW {self.top + 1} TO {self.top + len(numbers)} OF {len(self.book.numbers)}"
        self.values["range"] = f"{shown:>28}"

    def enter(self) -> Result:
        picked = [i for i in range(self.page_rows(self.L)) if self.values.pop(f"pick{i}", "")]
        if picked and self.top + picked[0] < len(self.book.numbers):
            return Goto("INQUIRY", {"number": self.book.numbers[self.top + picked[0]]})
        return self.start_at(self.values.pop("start", ""))

    def start_at(self, number: str) -> Result:
        if number:
            self.top = next((i for i, known in enumerate(self.book.numbers) if known >= number), self.top)
        return Stay()

    def scroll(self, delta: int) -> Result:
        top = self.top + delta * self.page_rows(self.L)
        if top >= len(self.book.numbers):
            return Stay(info("BOTTOM OF LIST"))
        if self.top == 0 and delta < 0:
            return Stay(info("TOP OF LIST"))
        self.top = max(top, 0)
        return Stay()


PLAN = Plan(
    name="insurance",
    sysid="CICSINS1",
    screens=(sign_on("IAST DEMO INSURANCE"), PolicyMenu, Inquiry, Renewal, PolicyList, Abend, Broadcast),
    world=Book,
)
