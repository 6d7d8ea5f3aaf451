"""The warehouse application: wave inquiry with its list of picks, pick confirmation. Screens only; waves and picks are in stock.py."""

from mfmock import Layout, Stay
from mfmock.core.ui.results import Result

from .common import Abend, Broadcast, Menu, Numbered, sign_on
from .host import Plan, accept, world
from .look import HostScreen, dotted, error, info
from .stock import Pick, Stock, Wave

LINES = 10  # picks on a page of a wave


class WarehouseMenu(Menu):
    title = "WAREHOUSE MENU"
    map = "WHSMENU"
    choices = (
        ("1", "WAVE INQUIRY", "DISPLAY A WAVE AND ITS PICKS", "WAVE"),
        ("2", "PICK CONFIRMATION", "CONFIRM WHAT WAS PICKED", "PICK"),
    )


class WaveInquiry(HostScreen):
    """A wave's numbers, and its picks a page at a time."""

    name = "WAVE"
    title = "WAVE INQUIRY"
    map = "WHSWAV1"
    legend = "ENTER=DISPLAY   PF3=MENU   PF7=UP   PF8=DOWN"
    default_cursor = "number"

    def setup(self) -> None:
        self.shown: Wave | None = None
        self.top = 0

    @property
    def stock(self) -> Stock:
        stock: Stock = world(self)
        return stock

    def shape(self) -> dict[str, object]:
        return {"shown": True} if self.shown else {}

    @classmethod
    def draw(cls, page: Layout) -> None:
        page.text(5, 4, "WAVE NUMBER ===>", "label")
        page.input("number", 5, 21, 6)
        if not cls.layout_variables.get("shown"):
            return
        for i, (left, right) in enumerate((("WAVE", "STATUS"), ("PICKS", "OPEN"), ("CONFIRMED", "SHORT"))):
            dotted(page, 7 + i, left, left.lower(), 12)
            dotted(page, 7 + i, right, right.lower(), 12, col=42)
        page.text(11, 4, "PICK      LOCATION  ARTICLE              ORDERED  PICKED  STATUS", "heading")
        for i in range(LINES):
            page.output(f"line{i}", 12 + i, 4, 74)
        page.output("range", 5, 50, 28, style="label")

    def refresh(self) -> None:
        self.clear_outputs("line")
        if self.shown is None:
            return
        picks = self.stock.picks_of(self.shown)
        statuses = [self.stock.status(pick) for pick in picks]
        self.values |= {"wave": self.shown.number, "status": self.stock.wave_status(self.shown), "picks": str(len(picks))}
        self.values |= {status.lower(): str(statuses.count(status)) for status in ("OPEN", "CONFIRMED", "SHORT")}
        page = picks[self.top : self.top + LINES]
        for i, pick in enumerate(page):
            self.values[f"line{i}"] = self._line(pick)
        self.values["range"] = f"ROW {self.top + 1} TO {self.top + len(page)} OF {len(picks)}"

    def _line(self, pick: Pick) -> str:
        done = self.stock.confirmed.get(pick.number)
        picked = str(done.quantity) if done else ""
        return f"{pick.number}  {pick.location:<8}  {pick.article:<20} {pick.quantity:>7}  {picked:>6}  {self.stock.status(pick)}"

    def enter(self) -> Result:
        number, self.shown, self.top = self.v("number"), None, 0
        if not number:
            return Stay(error("ENTER A WAVE NUMBER"), "number")
        wave = self.stock.waves.get(number)
        if wave is None:
            return Stay(error("WAVE NOT FOUND"), "number")
        if accept(self, "WAVE", wave.number):
            self.shown = wave
        return Stay(cursor="number")

    def scroll(self, delta: int) -> Result:
        if self.shown is None:
            return Stay(error("ENTER A WAVE NUMBER"), "number")
        top = self.top + delta * LINES
        if top >= len(self.shown.picks):
            return Stay(info("BOTTOM OF LIST"))
        if self.top == 0 and delta < 0:
            return Stay(info("TOP OF LIST"))
        self.top = max(top, 0)
        return Stay()


class PickConfirmation(Numbered):
    """Shows a pick, then takes the quantity and the location's check digits with PF5. The only screen here that commits."""

    name = "PICK"
    title = "PICK CONFIRMATION"
    map = "WHSPCK1"
    asks = "PICK NUMBER"
    missing = "ENTER A PICK NUMBER"
    facts = ("PICK", "WAVE", "LOCATION", "ARTICLE", "ORDERED", "STATUS", "PICKED", "CONFIRMED BY", "CONFIRM REF")
    offers = "ENTER=DISPLAY   PF3=MENU   PF5=CONFIRM PICK   PF12=CANCEL"

    @property
    def stock(self) -> Stock:
        stock: Stock = world(self)
        return stock

    @classmethod
    def draw_offer(cls, page: Layout) -> None:
        page.text(17, 4, "QUANTITY PICKED ===>", "label")
        page.input("quantity", 17, 25, 4)
        page.text(18, 7, "CHECK DIGITS ===>", "label")
        page.input("check", 18, 25, 2)
        page.text(20, 4, "TYPE WHAT WAS PICKED AND THE DIGITS AT THE LOCATION, THEN PRESS PF5", "yellow")

    def find(self, number: str) -> Pick | Stay:
        return self.stock.picks.get(number) or Stay(error("PICK NOT FOUND"), "number")

    def display(self, pick: Pick) -> Result:
        self.values |= {"quantity": "", "check": ""}
        self.show(pick)
        return self.refusal(pick) or Stay(cursor="quantity")

    def show(self, pick: Pick) -> None:
        self.shown = pick
        done = self.stock.confirmed.get(pick.number)
        self.values |= {
            "pick": pick.number, "wave": pick.wave, "location": pick.location, "article": pick.article,
            "ordered": str(pick.quantity), "status": self.stock.status(pick),
            "picked": str(done.quantity) if done else "", "confirmed_by": done.by if done else "",
            "confirm_ref": done.reference if done else "",
        }  # fmt: skip

    def refusal(self, pick: Pick) -> Stay | None:
        if pick.number in self.stock.confirmed:
            return Stay(error("ALREADY CONFIRMED"), "number")
        if self.stock.waves[pick.wave].held:
            return Stay(error("WAVE ON HOLD"), "number")
        return None

    def carry_out(self, pick: Pick) -> Result:
        if mistake := self.mistake(pick):
            return mistake
        quantity = int(self.v("quantity"))
        if accept(self, "PICK", pick.number, quantity=quantity, wave=pick.wave, ref=self.stock.next_reference()):
            self.show(pick)
        return Stay(info("PICK CONFIRMED" if quantity == pick.quantity else "PICK CONFIRMED SHORT"), "number")

    def mistake(self, pick: Pick) -> Stay | None:
        """What is wrong with the quantity or the digits typed."""
        quantity = self.v("quantity")
        if not quantity.isdigit():
            return Stay(error("TYPE THE QUANTITY PICKED"), "quantity")
        if int(quantity) > pick.quantity:
            return Stay(error("MORE THAN ORDERED"), "quantity")
        return None if self.v("check") == pick.check else Stay(error("WRONG CHECK DIGITS"), "check")


PLAN = Plan(
    name="warehouse",
    sysid="CICSWHS1",
    screens=(sign_on("IAST DEMO WAREHOUSE"), WarehouseMenu, WaveInquiry, PickConfirmation, Abend, Broadcast),
    world=Stock,
)
