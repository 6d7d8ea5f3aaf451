"""Drift: how a host's screen differs from the one that was recorded, as far as a script can notice. Pure."""

from collections.abc import Iterator, Sequence

from app.asts.film import Shot
from app.asts.labels import constants, inputs, label_of, led, title_of
from app.asts.view import View
from app.screen.model import Field, Screen


def report(recorded: Sequence[Shot], seen: Sequence[Shot]) -> list[str]:
    """A line for each thing that has changed, screen by screen in the order of the keys that were pressed."""
    old, new = [s for s in recorded if s.key], [s for s in seen if s.key]
    lines = []
    for n, (before, now) in enumerate(zip(old, new, strict=False), 1):
        where = f"screen {n} ({title_of(before.screen)})"
        lines += [f"{where}: {line}" for line in differences(before.screen, now.screen)]
        if before.key != now.key:
            lines.append(f"{where}: the recording presses {before.key}, the script {now.key}")
            break
    return lines


def differences(old: Screen, new: Screen) -> Iterator[str]:
    """What a script might have relied on in `old` that is not so in `new`: size, texts, labels, fields."""
    if (old.rows, old.columns) != (new.rows, new.columns):
        yield f"it was {old.rows}x{old.columns} and is {new.rows}x{new.columns}"
    yield from _texts(old, new)
    yield from _labels(old, new)
    yield from _fields(old, new)


def _texts(old: Screen, new: Screen) -> Iterator[str]:
    """Headings and legends; a label that leads to a value or a field is told by that."""
    now, told = View(new), {*led(old), *led(old, "===>")}
    for row, _, text in constants(old):
        if row == 0 and text not in now.text:
            yield f"the text {text!r} is gone; the title is {title_of(new)!r}"
        elif row == old.rows - 1 and text not in now.text and not any(label in text for label in told):
            yield f"the text {text!r} of the last row is gone"


def _labels(old: Screen, new: Screen) -> Iterator[str]:
    before, after = led(old), led(new)
    for label in before:
        if label not in after:
            yield f"the label {label!r} leads to no value any more"


def _fields(old: Screen, new: Screen) -> Iterator[str]:
    view = View(new)
    for field in inputs(old):
        label, nth = label_of(old, field.start)
        now = view.field(label, nth) if label else None
        if now is None:
            yield f"the input field behind {label!r} is gone"
        else:
            yield from _changes(old, new, label, field, now)


def _changes(old: Screen, new: Screen, label: str, before: Field, now: Field) -> Iterator[str]:
    """A field that only moved is still found by its label, so that is said last and as a remark."""
    if now.length < before.length:
        yield f"the field behind {label!r} was {before.length} long and takes {now.length}"
    if now.hidden != before.hidden:
        yield f"the field behind {label!r} is {'hidden now' if now.hidden else 'not hidden any more'}"
    if now.numeric and not before.numeric:
        yield f"the field behind {label!r} takes only numbers now"
    if old.position(before.start) != new.position(now.start):
        row, column = new.position(now.start)
        yield f"the field behind {label!r} moved to row {row + 1}, column {column + 1} (found by its label all the same)"
