"""Line mode: text of a host that speaks no 3270 (RFC 854's network virtual terminal). Knows no record.

What is typed is sent with Enter, as a line: a terminal for panels sends nothing between AIDs. The host's echo (RFC 857) is
respected: without it the line stays on the screen, with it the host writes it.
"""

import codecs

from app.errors import InputRefused
from app.screen.model import NULL, WIDE_TAIL, State
from app.tn3270 import options as o
from app.tn3270.sscp import SscpLu
from app.tn3270.vt import Vt

_FUNCTION_KEYS = (11, 12, 13, 14, 15, 17, 18, 19, 20, 21, 23, 24, 25, 26, 28, 29, 31, 32, 33, 34, 35, 36, 37, 38)  # as s3270
_SENT = {
    "Clear": "\x1b[2K",
    **{f"PF{n}": f"\x1b[{code}~" for n, code in enumerate(_FUNCTION_KEYS, 1)},
    **{f"P{kind}{n}": f"\x1bO{'PQRS'[n - 1]}" for n in range(1, 5) for kind in "FA"},
}


class LineMode(SscpLu):
    """NVT text in, lines out."""

    def _line_mode_init(self) -> None:
        self.texts: list[str] = []  # the character of each cell of set TEXT, while in line mode
        self._vt = Vt(self, self._send_text, self._spend)
        self._decoder = codecs.getincrementaldecoder("utf-8")("replace")

    def _start_lines(self) -> None:
        if self.state is State.CONNECTING:
            return  # what is on the screen stays until it is known how to go on
        self.texts = [""] * self.buffer_size if self.state is State.NVT else []
        self._decoder = codecs.getincrementaldecoder("utf-8")("replace")
        self._vt.reset()

    def _line_mode_end(self) -> None:
        """Cut the circle of terminal and display."""
        del self._vt

    def _on_state(self, state: State) -> None:
        super()._on_state(state)
        self._start_lines()

    def _on_text(self, data: bytes) -> None:
        if self.state is State.CONNECTING:
            self._become(State.NVT)  # text before any option: the host speaks lines
        self.generation += 1
        if not self._in_e() and o.ECHO not in self._theirs:
            data = data.replace(b"\n", b"\r\n")
        self._vt.feed(self._decoder.decode(data).replace("\ufffd", "?"))

    def _send_text(self, text: str) -> None:
        data = text.encode()
        if self._in_e():
            self.send_3270_data(data)
        else:
            self._write(data.replace(o.IAC, o.IAC + o.IAC))

    def type_line(self, text: str, cursor: int, key: str) -> None:
        """Send what was typed, and a key. `text` is the whole screen as it was when the key was pressed: what differs from the
        host's, up to the cursor, was typed."""
        start = self.curadd
        shown = self.line_text()
        changed = [at for at in range(start, len(shown)) if text[at : at + 1] not in ("", shown[at])]
        end = max([cursor, *(at + 1 for at in changed)]) if cursor >= start or changed else start
        line = text[start:end].replace(NULL, " ").replace(WIDE_TAIL, "")
        echoes = o.ECHO in self._theirs
        if not echoes:
            self._vt.feed(line)
        if key == "Enter":
            self._send_text(line + ("\r\0" if echoes else "\r\n"))
            self._vt.feed("" if echoes else "\r\n")
        elif key in _SENT:
            self._send_text(line + _SENT[key])
        else:
            raise InputRefused("X -f: a line mode host has no such key.", code="minus-function")
        self.generation += 1

    def line_text(self) -> str:
        """The screen's characters, one a cell."""
        return "".join(text or NULL for text in self.texts)
