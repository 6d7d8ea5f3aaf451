"""A Screen as a script reads it: by label, as a person does. Refuses to change it."""

import re
from functools import cached_property

from app.screen.model import Field, Screen

LEADER = re.compile(r"[ .]*(?:=+>|[:=]|\.)[ ]*")  # between a label and its value: dots, a colon, an arrow
GAP = re.compile(r" {2,}")  # two blanks end a value: the next column begins


class View:
    """What a script may ask of a screen. Texts compare exactly, upper and lower case kept; rows count from 0."""

    def __init__(self, screen: Screen) -> None:
        self.screen = screen

    @cached_property
    def rows(self) -> list[str]:
        return self.screen.text()

    @cached_property
    def text(self) -> str:
        return "\n".join(self.rows)

    @property
    def title(self) -> str:
        """The first row that is not blank."""
        return next((row.strip() for row in self.rows if row.strip()), "")

    def has(self, *texts: str) -> bool:
        """Whether any of the texts is on the screen, each within one row."""
        return any(text in self.text for text in texts)

    def row(self, n: int) -> str:
        return self.rows[n].strip()

    def line(self, text: str) -> str:
        """The whole row that has `text`, stripped; "" if none has."""
        return next((row.strip() for row in self.rows if text in row), "")

    def after(self, label: str) -> str:
        """The value behind `label` on its row, up to two blanks or the row's end: `HOLDER . . : A SMITH` gives
        `A SMITH`. A label that dots, a colon or an arrow follow goes before one that stands in running text; "" if
        there is none."""
        rests = re.findall(re.escape(label) + "(.*)", self.text)  # of each row that has it
        led = [rest for rest in rests if LEADER.match(rest)]
        if led:
            rests = [LEADER.sub("", led[0], count=1)]
        return GAP.split(rests[0].lstrip(), maxsplit=1)[0].strip() if rests else ""

    def field(self, label: str, nth: int = 0) -> Field | None:
        """The nth input field behind `label`, in the order of the screen; None if there is none."""
        at = self._end_of(label)
        if at is None:
            return None
        behind = [f for f in self.screen.fields if not f.protected and f.start >= at]
        return behind[nth] if nth < len(behind) else None

    def _end_of(self, label: str) -> int | None:
        """The buffer address behind `label` (cells, not characters, so that double-width text does not shift it)."""
        n = self.screen.columns
        cells = self.screen.cells.replace("\x00", " ")
        for start in range(0, len(cells), n):
            at = cells.find(label, start, start + n)
            if at >= 0:
                return at + len(label)
        return None
