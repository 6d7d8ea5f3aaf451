"""What a printer has put on paper: the lines and pages of one job, bounded, no control character in them. Knows no protocol."""

from dataclasses import dataclass

from app.screen.model import printable

MOST_TEXT = 8 << 20  # characters of a job: some two thousand full pages
CUT = f"It was cut off here: a job has at most {MOST_TEXT >> 20} million characters."
TRANSPARENT = "Bytes for a printer's own use (TRN) were left out."


@dataclass(frozen=True, slots=True)
class Piece:
    """What came to a job since the piece before. `text` ends in a whole line, "\\f" begins a page; `pending` is what is not printed
    yet, a line or a buffer, as it would be: the next piece has it again, or printed. `pages` are those of the whole job so far;
    `note` says what is amiss."""

    job: int
    text: str
    pending: str
    pages: int
    over: bool
    note: str


class Paper:
    """One job's paper. Lines beyond MOST_TEXT are dropped, and `full` says so."""

    def __init__(self) -> None:
        self.size, self.pages, self.full = 0, 0, False
        self._notes: list[str] = []
        self._new: list[str] = []
        self._unkept = 0
        self._feeds: list[int] = []  # page ends after which nothing was printed yet; blank lines at the top of each next page

    @property
    def unkept(self) -> int:
        """Characters not taken yet."""
        return self._unkept

    @property
    def note(self) -> str:
        return " ".join(self._notes)

    def line(self, text: str) -> None:
        """Print a line. Whatever could steer what shows it is a blank."""
        self.page()
        self._put(printable(text).rstrip(" ") + "\n")

    def page(self) -> None:
        """Be on the page that the next line belongs to."""
        for blanks in self._feeds:
            self._put("\f" + "\n" * blanks)
            self.pages += 1
        self._feeds.clear()
        self.pages = max(self.pages, 1)

    def feed(self, blanks: int = 0) -> None:
        """End the page; the next begins with so many blank lines. A job neither begins nor ends with an empty page."""
        if self.pages and not self.full:
            self._feeds.append(blanks)
            if len(self._feeds) > MOST_TEXT // 64:
                self.cut()

    def remark(self, note: str) -> None:
        if note not in self._notes:
            self._notes.append(note)

    def cut(self) -> None:
        self.full = True
        self._feeds.clear()
        self.remark(CUT)

    def take(self) -> str:
        """What was printed since it was last taken."""
        text, self._new, self._unkept = "".join(self._new), [], 0
        return text

    def _put(self, text: str) -> None:
        if self.full:
            return
        if self.size + len(text) > MOST_TEXT:
            self.cut()
            return
        self._new.append(text)
        self.size += len(text)
        self._unkept += len(text)
