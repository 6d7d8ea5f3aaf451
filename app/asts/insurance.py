"""The demo insurer, as its ASTs know it: the item, the menu and the panels."""

from typing import ClassVar

from app.asts.base import Columns, Field
from app.asts.panels import Panel, PanelAst

MENU = "POLICY MENU"
INQUIRY = Panel("POLICY INQUIRY", "1", "POLICY NUMBER ===>", "POLICY", "HOLDER")
RENEWAL = Panel("POLICY RENEWAL", "2", "POLICY NUMBER ===>", "POLICY", "HOLDER")


class PolicyItem(Columns):
    """One policy a line."""

    policy: str = Field(pattern=r"^P[0-9]{7}$", title="Policy number", description="P and seven digits")


class InsuranceAst(PanelAst):
    """Base of the insurer's ASTs."""

    Item = PolicyItem
    menu: ClassVar[str] = MENU
