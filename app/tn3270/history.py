"""What changed from one look at the terminal to the next: its layout, and which fields the host wrote. Sends nothing."""

from app.screen.model import Field, Screen
from app.tn3270 import snapshot
from app.tn3270.connection import Connection


class History:
    """Looks at one terminal. `written` has, for each field of the current layout that the host wrote into, the serial."""

    def __init__(self, terminal: Connection) -> None:
        self._terminal = terminal
        self.layout = 0
        self.written: dict[int, int] = {}
        self._shape: tuple[object, ...] = ()
        self._characters = b""

    def look(self) -> Screen:
        """The screen now. A screen begun anew (Erase/Write) is another layout even where its fields lie alike: what was typed
        for the one must not go into the other."""
        terminal = self._terminal
        found = snapshot.layout_of(terminal)
        shape = (terminal.erased, terminal.state, terminal.maxcol, terminal.maxrow, found.shape)
        if shape != self._shape:
            self._shape, self.layout, self.written = shape, terminal.generation, {}
        elif self._characters != terminal.plane_dc:
            self._find_written(found.fields)
        self._characters = bytes(terminal.plane_dc)
        return snapshot.take(terminal, self.layout, found)

    def typed(self) -> None:
        """The buffer was changed by us, not by the host."""
        self._characters = bytes(self._terminal.plane_dc)

    def _find_written(self, fields: tuple[Field, ...]) -> None:
        now = bytes(self._terminal.plane_dc)
        for field in fields or (Field(0, len(now)),):
            if not field.protected and _content(now, field) != _content(self._characters, field):
                self.written[field.start] = self._terminal.generation


def _content(plane: bytes, field: Field) -> bytes:
    end = field.start + field.length
    return plane[field.start : end] + plane[: max(0, end - len(plane))]
