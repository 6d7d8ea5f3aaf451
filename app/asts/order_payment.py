"""order_payment: charges orders to their customers. Commits once an order; `verify` asks the host whether it did."""

from app.asts.orders import PAYMENT, OrderItem, OrdersAst
from app.asts.panels import said
from app.asts.script import Commit, Done, Expect, NotDone, Refused, Script
from app.asts.view import View

OFFER = "PF5=PAY"


class OrderPayment(OrdersAst):
    """Charges orders."""

    name = "order_payment"
    title = "Order payment"
    description = "Charges each order and notes amount and reference. Whatever breaks, no order is charged twice."
    commits = True

    def process(self, item: OrderItem) -> Script:
        """From MENU or a panel to PAYMENT."""
        outcome = yield from PAYMENT.show(item.order)
        if not isinstance(outcome, Done):
            return outcome
        screen = yield Expect(PAYMENT.proof)
        if said(screen) or not screen.has(OFFER):
            return Refused(said(screen) or "PF5 is not offered")
        screen = yield Commit("PF5", until=PAYMENT.decided)
        if said(screen) == "PAYMENT ACCEPTED":
            return paid(screen)
        return PAYMENT.judge(screen)  # a refusal or an abend: the host has backed it out

    def verify(self, item: OrderItem) -> Script:
        """Our commit was pressed under the host's offer; a host that now says ALREADY PAID took it. As `process`."""
        outcome = yield from PAYMENT.show(item.order)
        if not isinstance(outcome, Done):
            return outcome
        screen = yield Expect(PAYMENT.proof)
        if screen.has(OFFER) and not said(screen):
            return NotDone()
        return paid(screen) if said(screen) == "ALREADY PAID" else Refused(said(screen))


def paid(screen: View) -> Done:
    return Done(amount=screen.after("TOTAL"), reference=screen.after("PAYMENT REF"))
