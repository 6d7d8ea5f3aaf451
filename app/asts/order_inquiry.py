"""order_inquiry: what an order is worth and whether it was paid. Reads only."""

from app.asts.orders import INQUIRY, OrderItem, OrdersAst
from app.asts.panels import noted
from app.asts.script import Done, Expect, Script


class OrderInquiry(OrdersAst):
    """Looks orders up."""

    name = "order_inquiry"
    title = "Order inquiry"
    description = "Looks up each order and notes customer, total, status and payment. Changes nothing."

    def process(self, item: OrderItem) -> Script:
        """From MENU or a panel to ORDER INQUIRY."""
        outcome = yield from INQUIRY.show(item.order)
        if not isinstance(outcome, Done):
            return outcome
        screen = yield Expect(INQUIRY.proof)
        return Done(**noted(screen, "CUSTOMER", "NAME", "LINES", "TOTAL", "STATUS", "PAYMENT REF", "REFUNDED"))
