"""Where things stand on a screen, in words: the label of a field, the constant texts, the values behind labels. Pure."""

import re
from collections.abc import Iterator

from app.asts.view import View
from app.screen.model import NULL, Field, Screen

GAP = re.compile(r" {2,}")
LED = re.compile(r"(?P<label>[^\W\d_](?:[\w/#&'-]| (?! |\.))*?)[ .]*(?P<lead>=+>|:)(?= |$)")  # LABEL . . : or LABEL ===>
CHANGING = re.compile(r"\d\d|\d[.,:/-]\d")  # dates, times, amounts, numbers of things
LEAST = 3  # characters of a text that tells a screen from another
_MOST_FIELDS = 200


def inputs(screen: Screen) -> list[Field]:
    """The fields a person can type into."""
    return [field for field in screen.fields if not field.protected]


def label_of(screen: Screen, start: int) -> tuple[str, int]:
    """A label and `nth` for which `View.field` finds the field that starts there: the text before it on its row, else the
    nearest text above, else the screen's title."""
    view = View(screen)
    for label in (*_texts_before(screen, start), view.title):
        nth = _nth(view, label, start) if label else None
        if nth is not None:
            return label, nth
    return "", 0


def constants(screen: Screen) -> Iterator[tuple[int, int, str]]:
    """(row, column, text) of what is likely there on every such screen: protected text without numbers that change."""
    for row, line in enumerate(_protected(screen)):
        for match in re.finditer(r"\S+(?: \S+)*", line):
            text = _bare(match[0])
            if len(text) >= LEAST and not CHANGING.search(text) and re.search(r"[^\W\d_]{2}", text):
                yield row, match.start(), text


def led(screen: Screen, lead: str = ":") -> dict[str, str]:
    """Labels that are led to a value by dots and a colon (or, for `===>`, to a field), and the value."""
    view, found = View(screen), dict[str, str]()
    for line in view.rows:
        for match in LED.finditer(line):
            if match["lead"].endswith(lead[-1]) and len(match["label"]) > 1:
                found.setdefault(match["label"].strip(), view.after(match["label"].strip()))
    return found


def title_of(screen: Screen) -> str:
    """Of the first row with words, those nearest to its middle; "" on a screen without any."""
    found = list(constants(screen))
    first = [(_off(screen, column, text), text) for row, column, text in found if row == found[0][0]]
    return min(first)[1] if first else ""


def telltale(before: Screen | None, after: Screen, avoid: frozenset[str]) -> str:
    """A text that is on `after` and not on `before`: the title if it is new, else the label of a field, else what is nearest to
    the top; "" if there is none. `avoid` are texts that were typed, and so belong to one item."""
    known = View(before).text if before is not None else ""
    told = led(after, "===>")

    def rank(row: int, column: int, text: str) -> tuple[int, int, float]:
        kind = 0 if text == title_of(after) else 1 if text.removesuffix(" ===>") in told else 2
        return kind, row, _off(after, column, text)

    fresh = [
        (rank(row, column, text), text)
        for row, column, text in constants(after)
        if text not in known and not any(value in text for value in avoid)
    ]
    return min(fresh)[1] if fresh else ""


def _texts_before(screen: Screen, start: int) -> Iterator[str]:
    row, column = screen.position(start)
    lines = _protected(screen)
    yield GAP.split(lines[row][:column].strip())[-1]
    yield lines[row][:column].strip()
    for above in range(row - 1, -1, -1):
        if text := lines[above].strip():
            yield GAP.split(text)[-1]
            return


def _off(screen: Screen, column: int, text: str) -> float:
    return abs(column + len(text) / 2 - screen.columns / 2)


def _nth(view: View, label: str, start: int) -> int | None:
    for nth in range(_MOST_FIELDS):
        field = view.field(label, nth)
        if field is None:
            return None
        if field.start == start:
            return nth
    return None


def _protected(screen: Screen) -> list[str]:
    """The rows without what stands in input fields."""
    cells = list(screen.cells.replace(NULL, " "))
    for field in inputs(screen):
        for at in range(field.start, field.start + field.length):
            cells[at % len(cells)] = " "
    n = screen.columns
    return ["".join(cells[r * n : (r + 1) * n]) for r in range(screen.rows)]


def _bare(text: str) -> str:
    """A label without the dots that lead to its value, and without the value."""
    match = LED.match(text)
    return match["label"].strip() if match and match["lead"] == ":" else text
