"""pick_confirmation: confirms what was picked. Commits once a pick; `verify` asks the host whether it did."""

from app.asts.base import Columns, Field
from app.asts.panels import said
from app.asts.script import Commit, Done, Expect, Fill, NotDone, Refused, Script
from app.asts.view import View
from app.asts.warehouse import PICK, WarehouseAst

OFFER = "PF5=CONFIRM PICK"


class PickItem(Columns):
    """One pick a line."""

    pick: str = Field(pattern=r"^K[0-9]{7}$", title="Pick number", description="K and seven digits")
    quantity: int = Field(ge=0, le=9999, title="Quantity picked")
    check: str = Field(pattern=r"^[0-9]{2}$", title="Check digits", description="The two digits posted at the location")


class PickConfirmation(WarehouseAst):
    """Confirms picks."""

    name = "pick_confirmation"
    title = "Pick confirmation"
    description = "Confirms each pick with its quantity and check digits. Whatever breaks, no pick is confirmed twice."
    Item = PickItem
    commits = True

    def process(self, item: PickItem) -> Script:
        """From MENU or a panel to PICK CONFIRMATION."""
        outcome = yield from PICK.show(item.pick)
        if not isinstance(outcome, Done):
            return outcome
        screen = yield Expect(PICK.proof)
        if said(screen) or not screen.has(OFFER):
            return Refused(said(screen) or "PF5 is not offered")
        yield Fill("QUANTITY PICKED ===>", str(item.quantity))
        yield Fill("CHECK DIGITS ===>", item.check)
        screen = yield Commit("PF5", until=PICK.decided)
        if said(screen).startswith("PICK CONFIRMED"):
            return confirmed(screen)
        return PICK.judge(screen)  # a refusal or an abend: the host has backed it out

    def verify(self, item: PickItem) -> Script:
        """Our commit was pressed under the host's offer; a host that now says ALREADY CONFIRMED took it. As `process`."""
        outcome = yield from PICK.show(item.pick)
        if not isinstance(outcome, Done):
            return outcome
        screen = yield Expect(PICK.proof)
        if screen.has(OFFER) and not said(screen):
            return NotDone()
        return confirmed(screen) if said(screen) == "ALREADY CONFIRMED" else Refused(said(screen))


def confirmed(screen: View) -> Done:
    return Done(picked=screen.after("PICKED"), status=screen.after("STATUS"), reference=screen.after("CONFIRM REF"))
