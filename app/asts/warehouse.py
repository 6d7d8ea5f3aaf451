"""The demo warehouse, as its ASTs know it: the menu and the panels."""

from typing import ClassVar

from app.asts.panels import Panel, PanelAst

MENU = "WAREHOUSE MENU"
WAVE = Panel("WAVE INQUIRY", "1", "WAVE NUMBER ===>", "WAVE", "CONFIRMED")
PICK = Panel("PICK CONFIRMATION", "2", "PICK NUMBER ===>", "PICK", "LOCATION")


class WarehouseAst(PanelAst):
    """Base of the warehouse's ASTs."""

    menu: ClassVar[str] = MENU
