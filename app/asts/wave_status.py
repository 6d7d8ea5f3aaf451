"""wave_status: how far a wave of picks is, read from all pages of its list. Reads only."""

import re

from app.asts.base import Columns, Field
from app.asts.panels import noted
from app.asts.script import Done, Expect, Failed, Press, Script
from app.asts.view import View
from app.asts.warehouse import WAVE, WarehouseAst

PICK_LINE = re.compile(r"^\s*(K\d{7})\s.*\s(OPEN|SHORT|CONFIRMED)\s*$")
MOST_PAGES = 50


class WaveItem(Columns):
    """One wave a line."""

    wave: str = Field(pattern=r"^W[0-9]{5}$", title="Wave number", description="W and five digits")


class WaveStatus(WarehouseAst):
    """Looks waves up and pages through their picks."""

    name = "wave_status"
    title = "Wave status"
    description = "Reads each wave's numbers and pages through its picks for those still open or short. Changes nothing."
    Item = WaveItem

    def process(self, item: WaveItem) -> Script:
        """From MENU or a panel to WAVE INQUIRY."""
        outcome = yield from WAVE.show(item.wave)
        if not isinstance(outcome, Done):
            return outcome
        screen = yield Expect(WAVE.proof)
        facts, found = noted(screen, "STATUS", "PICKS", "OPEN", "CONFIRMED", "SHORT"), picks(screen)
        for _ in range(MOST_PAGES):
            if last_page(screen):
                return Done(**facts, open_picks=named(found, "OPEN"), short_picks=named(found, "SHORT"))
            here = screen.after("ROW")
            screen = yield Press("PF8", until=lambda view, here=here: view.after("ROW") not in ("", here))  # type: ignore[misc]
            found |= picks(screen)
        return Failed(f"the list did not end within {MOST_PAGES} pages", "unexpected-screen")


def picks(screen: View) -> dict[str, str]:
    """Pick number -> status, of the lines on this page."""
    return {line[1]: line[2] for row in screen.rows if (line := PICK_LINE.match(row))}


def last_page(screen: View) -> bool:
    """`ROW 21 TO 24 OF 24`"""
    numbers = re.findall(r"\d+", screen.after("ROW"))
    return len(numbers) == 3 and numbers[1] == numbers[2]


def named(found: dict[str, str], status: str) -> list[str]:
    return [pick for pick, its in found.items() if its == status]
