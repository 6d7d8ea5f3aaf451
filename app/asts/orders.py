"""The demo's orders-and-payments system, as its ASTs know it: the item, the menu and the panels."""

from typing import ClassVar

from app.asts.base import Columns, Field
from app.asts.panels import Panel, PanelAst

MENU = "ORDER MENU"
INQUIRY = Panel("ORDER INQUIRY", "1", "ORDER NUMBER ===>", "ORDER", "CUSTOMER . .")
PAYMENT = Panel("PAYMENT", "3", "ORDER NUMBER ===>", "ORDER", "CUSTOMER . .")


class OrderItem(Columns):
    """One order a line."""

    order: str = Field(pattern=r"^O[0-9]{7}$", title="Order number", description="O and seven digits")


class OrdersAst(PanelAst):
    """Base of the ASTs on orders."""

    Item = OrderItem
    menu: ClassVar[str] = MENU
