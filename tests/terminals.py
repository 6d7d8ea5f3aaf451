"""A terminal without a network: bytes of a host in, bytes for the host out."""

from app.screen.model import Screen
from app.tn3270 import HostAddress, snapshot
from app.tn3270.connection import Connection
from app.tn3270.history import History
from app.tn3270.typed import Typed, lay

CLASSIC = "fffd18 fffa1801fff0 fffd19 fffb19 fffd00 fffb00"
TN3270E = "fffd28 fffa280802fff0 fffa280204 49424d2d333237382d322d45 01 4c5531 fff0"  # device IBM-3278-2-E, LU LU1
BIND = "0300000000 31010303b1903080008787f8870002800000000018502b507f0000 03 c1d7d7 ffef"  # 24x80 and 43x80, name APP


class Wire:
    """`says` takes what the host says, as hexadecimal text, and gives what the terminal answered, likewise."""

    def __init__(self, **settings: object) -> None:
        self._sent = bytearray()
        self.terminal = Connection(HostAddress("host", **settings), self._sent.extend)  # type: ignore[arg-type]
        self.history = History(self.terminal)
        self.terminal.connected()

    def says(self, text: str | bytes) -> str:
        self.terminal._data_received(text if isinstance(text, bytes) else bytes.fromhex(text))
        return self.sent()

    def sent(self) -> str:
        sent = self._sent.hex()
        self._sent.clear()
        return sent

    def agrees(self, *functions: int) -> None:
        """TN3270E with these functions."""
        self.says(TN3270E)
        self.says("fffa280304" + bytes(functions).hex() + "fff0")

    def record(self, kind: int, data: str = "", request: int = 0, response: int = 0, sequence: int = 0) -> str:
        """A TN3270E record of the host's; what the terminal answered."""
        body = bytes((kind, request, response)) + sequence.to_bytes(2) + bytes.fromhex(data)
        return self.says(body.replace(b"\xff", b"\xff\xff") + b"\xff\xef")

    def types(self, aid: str, *fields: tuple[int, str], cursor: int = 0) -> str:
        """Type and press; what went to the host."""
        lay(self.terminal, self.screen, {}, Typed(aid, cursor, fields))
        self.terminal.press(aid)
        return self.sent()

    @property
    def screen(self) -> Screen:
        return snapshot.take(self.terminal, 0)

    @property
    def rows(self) -> list[str]:
        """The rows that have something."""
        return [row.rstrip() for row in self.screen.text() if row.strip()]


def ebcdic(text: str) -> str:
    return text.encode("cp037").hex()
