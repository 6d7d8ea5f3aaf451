"""Line mode: text of a host that speaks no 3270 (RFC 854's network virtual terminal). Knows no record."""

from app.screen.model import State
from app.tn3270.query import Query


class LineMode(Query):
    """NVT and SSCP-LU text."""

    def _line_mode_init(self) -> None:
        self.texts: dict[int, str] = {}

    def _on_text(self, data: bytes) -> None:
        if self.state is State.CONNECTING:
            self._become(State.NVT)  # text before any option: the host speaks lines

    def _on_sscp_lu(self, data: bytes) -> None:
        pass
