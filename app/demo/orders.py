"""The orders-and-payments application: order inquiry, basket, payment, refund. Screens only; orders and money are in shop.py."""

from typing import Any

from mfmock import Layout, Stay
from mfmock.core.ui.results import Result

from .common import Abend, Broadcast, Menu, Numbered, sign_on
from .host import Plan, accept, world
from .look import HostScreen, dotted, error, info
from .shop import MOST_LINES, PRICES, Line, Order, Shop, money


class OrderMenu(Menu):
    title = "ORDER MENU"
    map = "ORDMENU"
    choices = (
        ("1", "ORDER INQUIRY", "DISPLAY AN ORDER BY ITS NUMBER", "ORDER"),
        ("2", "BASKET", "FILL A BASKET AND PLACE THE ORDER", "BASKET"),
        ("3", "PAYMENT", "CHARGE AN ORDER TO ITS CUSTOMER", "PAYMENT"),
        ("4", "REFUND", "GIVE MONEY BACK FOR AN ORDER", "REFUND"),
    )


class OrderScreen(Numbered):
    asks = "ORDER NUMBER"
    missing = "ENTER AN ORDER NUMBER"
    facts = ("ORDER", "CUSTOMER", "NAME", "LINES", "TOTAL", "STATUS", "PAYMENT REF", "REFUNDED", "REFUND REF")

    @property
    def shop(self) -> Shop:
        shop: Shop = world(self)
        return shop

    def find(self, number: str) -> Order | Stay:
        return self.shop.orders.get(number) or Stay(error("ORDER NOT FOUND"), "number")

    def show(self, order: Order) -> None:
        self.shown = order
        shop = self.shop
        self.values |= {
            "order": order.number, "customer": order.customer, "name": shop.customers.get(order.customer, ""),
            "lines": str(len(order.lines)), "total": money(order.total), "status": shop.status(order),
            "payment_ref": shop.paid.get(order.number, ""), "refunded": money(shop.refunded.get(order.number, 0)),
            "refund_ref": shop.refund_refs.get(order.number, ""),
        }  # fmt: skip


class OrderInquiry(OrderScreen):
    """Shows an order; a transaction of its own for every number looked up."""

    name = "ORDER"
    title = "ORDER INQUIRY"
    map = "ORDINQ1"

    def display(self, order: Order) -> Result:
        if accept(self, "INQUIRY", order.number):
            self.show(order)
        return Stay(cursor="number")


class Payment(OrderScreen):
    """Shows an order, then charges it with PF5."""

    name = "PAYMENT"
    title = "PAYMENT"
    map = "ORDPAY1"
    offers = "ENTER=DISPLAY   PF3=MENU   PF5=PAY   PF12=CANCEL"

    @classmethod
    def draw_offer(cls, page: Layout) -> None:
        page.text(18, 4, "CHECK THE ORDER, THEN PRESS PF5", "yellow")

    def refusal(self, order: Order) -> Stay | None:
        if order.number in self.shop.paid:
            return Stay(error("ALREADY PAID"), "number")
        return Stay(error("CUSTOMER BLOCKED"), "number") if order.blocked else None

    def carry_out(self, order: Order) -> Result:
        if order.declined:
            return Stay(error("CARD DECLINED BY THE BANK"), "number")
        if accept(self, "PAYMENT", order.number, amount=order.total, ref=self.shop.next_reference("Y")):
            self.show(order)
        return Stay(info("PAYMENT ACCEPTED"), "number")


class Refund(OrderScreen):
    """Shows a paid order, then gives back the amount typed with PF5; several times, up to what was paid."""

    name = "REFUND"
    title = "REFUND"
    map = "ORDREF1"
    offers = "ENTER=DISPLAY   PF3=MENU   PF5=REFUND   PF12=CANCEL"

    @classmethod
    def draw_offer(cls, page: Layout) -> None:
        page.text(17, 4, "AMOUNT ===>", "label")
        page.input("amount", 17, 16, 10)
        page.text(18, 4, "TYPE THE AMOUNT TO GIVE BACK, THEN PRESS PF5", "yellow")

    def left(self, order: Order) -> int:
        return order.total - self.shop.refunded.get(order.number, 0)

    def refusal(self, order: Order) -> Stay | None:
        if order.number not in self.shop.paid:
            return Stay(error("ORDER NOT PAID"), "number")
        return Stay(error("ALREADY REFUNDED"), "number") if self.left(order) == 0 else None

    def carry_out(self, order: Order) -> Result:
        typed = self.values.pop("amount", "").replace(",", "")
        try:
            amount = round(float(typed) * 100)
        except ValueError:
            return Stay(error("TYPE THE AMOUNT"), "amount")
        if not 0 < amount <= self.left(order):
            return Stay(error("AMOUNT EXCEEDS PAYMENT"), "amount")
        if accept(self, "REFUND", order.number, amount=amount, ref=self.shop.next_reference("Z")):
            self.show(order)
        return Stay(info("REFUND ACCEPTED"), "number")


class Basket(HostScreen):
    """Lines for a customer, one with each Enter, then the order with PF5."""

    name = "BASKET"
    title = "BASKET"
    map = "ORDBSK1"
    legend = "ENTER=ADD LINE   PF3=MENU   PF5=PLACE ORDER   PF12=EMPTY BASKET"
    default_cursor = "customer"

    def setup(self) -> None:
        self.filled: list[Line] = []

    @classmethod
    def draw(cls, page: Layout) -> None:
        for i, (label, name, length) in enumerate((("CUSTOMER", "customer", 6), ("ARTICLE", "article", 5), ("QUANTITY", "quantity", 3))):
            page.text(5 + i, 4, f"{label:<8} ===>", "label")
            page.input(name, 5 + i, 18, length)
        page.output("name", 5, 30, 30)
        page.text(10, 4, "ARTICLE  QUANTITY      AMOUNT", "heading")
        for i in range(MOST_LINES):
            page.output(f"line{i}", 11 + i, 4, 40)
        dotted(page, 18, "TOTAL", "total")
        dotted(page, 19, "ORDER PLACED", "placed")

    def refresh(self) -> None:
        self.clear_outputs("line")
        for i, line in enumerate(self.filled):
            self.values[f"line{i}"] = f"{line.article:<8} {line.quantity:>8}  {money(line.amount):>10}"
        shop: Shop = world(self)
        self.values |= {"total": money(sum(line.amount for line in self.filled)), "name": shop.customers.get(self.v("customer"), "")}

    def enter(self) -> Result:
        if mistake := self.no_customer():
            return mistake
        article, quantity = self.v("article"), self.v("quantity")
        if article not in PRICES:
            return Stay(error("ARTICLE NOT FOUND" if article else "TYPE AN ARTICLE"), "article")
        if not quantity.isdigit() or int(quantity) == 0:
            return Stay(error("TYPE A QUANTITY"), "quantity")
        if len(self.filled) == MOST_LINES:
            return Stay(error("BASKET IS FULL"), "article")
        self.filled.append(Line(article, int(quantity)))
        self.values |= {"article": "", "quantity": "", "placed": ""}
        return Stay(info("LINE ADDED"), "article")

    def no_customer(self) -> Stay | None:
        shop: Shop = world(self)
        return None if self.v("customer") in shop.customers else Stay(error("CUSTOMER NOT FOUND"), "customer")

    def pf(self, n: int) -> Result | None:
        if n == 12:
            self.filled.clear()
            return Stay(info("BASKET EMPTIED"), "customer")
        return self.place() if n == 5 else None

    def place(self) -> Result:
        if mistake := self.no_customer():
            return mistake
        if not self.filled:
            return Stay(error("BASKET IS EMPTY"), "article")
        shop: Shop = world(self)
        number = shop.next_order()
        facts: dict[str, Any] = {"customer": self.v("customer"), "lines": [[line.article, line.quantity] for line in self.filled]}
        if accept(self, "ORDER", number, **facts):
            self.filled.clear()
            self.values |= {"placed": number}
        return Stay(info("ORDER PLACED"), "customer")


PLAN = Plan(
    name="orders",
    sysid="CICSORD1",
    screens=(sign_on("IAST DEMO ORDERS"), OrderMenu, OrderInquiry, Basket, Payment, Refund, Abend, Broadcast),
    world=Shop,
)
