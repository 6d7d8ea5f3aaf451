"""What the keyboard does to a screen before the host hears of it. Pure: a Keyboard is a value, a key makes the next one.

Rules of GA23-0059, "Keyboard and Operator Controls", and where it leaves a choice, x3270's. The vectors in
tests/vectors/keyboard.json bind this and ui/src/keyboard.ts alike; docs/keyboard.md says what they hold. A key is one
character, which stands for itself, or a name: those of EDITS, an AID, or Reset.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from enum import StrEnum

from app.screen import moves, wide
from app.screen.model import NULL, WIDE_TAIL, Screen, State

DUP, FIELD_MARK = "\x1c", "\x1e"  # as they stand in typed text; a person sees * and ;
NUMERIC = frozenset("0123456789+-.,")  # what the numeric lock lets through
AIDS = frozenset(("Enter", "Clear", "PA1", "PA2", "PA3", *(f"PF{n}" for n in range(1, 25))))
NOT_WAITED_FOR = frozenset(("Attn", "SysReq"))  # they go to the host whatever the keyboard is waiting for
_MARKS = {"Dup": DUP, "FieldMark": FIELD_MARK}
SELECTED, UNSELECTED, ENTERS, SELECTS = ">", "?", "&", (NULL, " ")  # designators of a detectable field


class OperatorError(StrEnum):
    """Why the terminal itself refuses keys until Reset, in the words of the operator information area."""

    NONE = ""
    PROTECTED = "X Protected"
    NUMERIC = "X Numeric"
    OVERFLOW = "X Overflow"
    DBCS = "X DBCS"


@dataclass(frozen=True, slots=True)
class Keyboard:
    """A screen with what was typed on it.

    `cells` is the screen's buffer with the typed characters in it, those in hidden fields too: not to be shown. `edited`
    has the start of each field typed in (0 on an unformatted screen), `erased` of each field that Erase Input emptied and
    nobody typed in since. `aid` is the key that the host must be told of, with `modified`; "" when there is none.
    """

    screen: Screen
    cells: str
    cursor: int
    insert: bool = False
    error: OperatorError = OperatorError.NONE
    edited: frozenset[int] = frozenset()
    erased: frozenset[int] = frozenset()
    aid: str = ""

    @property
    def waiting(self) -> bool:
        """Has the host got the keyboard?"""
        return self.screen.locked or self.aid not in NOT_WAITED_FOR | {""} or self.screen.state in (State.UNBOUND, State.LOST)

    @property
    def oia(self) -> str:
        """Why keys are refused; "" when they are not."""
        return self.error or ("X Wait" if self.aid and self.waiting else self.screen.oia)

    @property
    def modified(self) -> tuple[tuple[int, str], ...]:
        """(start, whole new text) of each field typed in, for AidPressed: NULL for a null, and "" for a field that Erase
        Input emptied, which is nulls and no longer modified. On an unformatted screen (0, the whole buffer)."""
        if not self.screen.fields:
            return ((0, self.cells),) if self.edited | self.erased else ()
        texts = dict.fromkeys(self.erased, "")
        for field in self.screen.fields:
            if field.start in self.edited:
                texts[field.start] = "".join(self.cells[at] for at in moves.addresses(self.screen, field))
        return tuple(sorted(texts.items()))

    @property
    def seen(self) -> Screen:
        """The screen as the person at it sees it: with what was typed, but nothing of a hidden field."""
        cells, typed = list(self.cells.replace(DUP, "*").replace(FIELD_MARK, ";")), self.edited
        for field in self.screen.fields:
            if field.hidden:
                for at in moves.addresses(self.screen, field):
                    cells[at] = " "
        fields = tuple(replace(f, modified=f.start in typed or (f.modified and f.start not in self.erased)) for f in self.screen.fields)
        return replace(self.screen, cells="".join(cells), cursor=self.cursor, fields=fields, locked=bool(self.oia), oia=str(self.oia))


def on(screen: Screen) -> Keyboard:
    """The keyboard in front of a screen. What an unprotected hidden field holds is not known here: it counts as empty."""
    cells = list(screen.cells)
    for field in screen.fields:
        if field.hidden and not field.protected:
            for at in moves.addresses(screen, field):
                cells[at] = NULL
    return Keyboard(screen, "".join(cells), screen.cursor)


def press(k: Keyboard, key: str) -> Keyboard:
    """One key. While the host has the keyboard, and after an operator error, it changes nothing (but see RELEASES)."""
    if key == "Reset":
        return replace(k, error=OperatorError.NONE, insert=False)
    if key in NOT_WAITED_FOR:
        return replace(k, aid=key)
    if k.waiting or (k.error and key not in RELEASES):
        return k
    k = replace(k, error=OperatorError.NONE)
    if key in AIDS:
        return _aid(k, key)
    if (among := _among_wide(k, key)) is not None:
        return among
    if key in EDITS:
        return EDITS[key](k)
    return _typed(k, key, moves.advance) if len(key) == 1 else k


def point(k: Keyboard, cursor: int) -> Keyboard:
    """Put the cursor on a cell, as a click does."""
    return k if k.waiting else replace(k, cursor=cursor % moves.size(k.screen), error=OperatorError.NONE)


def _aid(k: Keyboard, aid: str) -> Keyboard:
    if aid == "Clear":
        k = replace(k, cells=NULL * len(k.cells), cursor=0, edited=frozenset(), erased=frozenset())
    return replace(k, aid=aid, insert=False)


# Editing: none of it reaches the host.


def _among_wide(k: Keyboard, key: str) -> Keyboard | None:
    """A key where double-width characters are concerned; None where they are not."""
    field = moves.field_at(k.screen, k.cursor)
    if field is None or field.protected:
        return None
    character = _MARKS.get(key, key)
    places = moves.addresses(k.screen, field)
    done = wide.edit([k.cells[at] for at in places], places.index(k.cursor), character, k.insert, field.double)
    if done is None:
        return None
    if field.numeric and len(character) == 1 and character not in NUMERIC:
        return _refuse(k, OperatorError.NUMERIC)
    if isinstance(done, str):
        return _refuse(k, OperatorError(done))
    cells, at = done
    cursor = places[at] if at < len(places) else moves.advance(k.screen, places[-1])
    return _to(_written(k, dict(zip(places, cells, strict=True))), moves.tab(k.screen, k.cursor) if key == "Dup" else cursor)


def _step(k: Keyboard, step: int) -> Keyboard:
    """One cell to the left or right, and past the right half of a double-width character."""
    n = moves.size(k.screen)
    at = (k.cursor + step) % n
    return _to(k, (at + step) % n if k.cells[at] == WIDE_TAIL else at)


def _to(k: Keyboard, cursor: int) -> Keyboard:
    return replace(k, cursor=cursor)


def _refuse(k: Keyboard, error: OperatorError) -> Keyboard:
    return replace(k, error=error)


def _typed(k: Keyboard, character: str, move: Callable[[Screen, int], int]) -> Keyboard:
    """A character, over what stands there or before it, and the move that follows."""
    field = moves.field_at(k.screen, k.cursor)
    if not moves.is_open(k.screen, k.cursor):
        return _refuse(k, OperatorError.PROTECTED)
    if field is not None and field.numeric and character not in NUMERIC:
        return _refuse(k, OperatorError.NUMERIC)
    changes = _inserted(k, character) if k.insert else {k.cursor: character}
    if changes is None:
        return _refuse(k, OperatorError.OVERFLOW)
    return _to(_written(k, changes), move(k.screen, k.cursor))


def _inserted(k: Keyboard, character: str) -> dict[int, str] | None:
    """What changes when a character is pushed in: the next null is pushed out, for blanks are data. None without one."""
    places = _shifted(k, k.cursor)
    room = next((i for i, at in enumerate(places) if k.cells[at] == NULL), None)
    if room is None:
        return None
    pushed = [character] + [k.cells[at] for at in places[:room]]
    return dict(zip(places[: room + 1], pushed, strict=True))


def _delete(k: Keyboard, at: int) -> Keyboard:
    if not moves.is_open(k.screen, at):
        return _refuse(k, OperatorError.PROTECTED)
    places = _rest(k, at)
    pulled = [k.cells[place] for place in places[1:]] + [NULL]
    return _written(k, dict(zip(places, pulled, strict=True)))


def _back_space(k: Keyboard) -> Keyboard:
    """Delete the character before the cursor, nothing at a field's start. On an attribute that is an operator error as well, as it
    is in a protected field, where the cursor steps back all the same: so has it x3270."""
    before = (k.cursor - 1) % moves.size(k.screen)
    if k.cursor and moves.is_attribute(k.screen, before) and not moves.is_attribute(k.screen, k.cursor):
        return k
    done = _to(_delete(k, before), before)
    return _refuse(done, OperatorError.PROTECTED) if moves.is_attribute(k.screen, k.cursor) else done


def _erase_eof(k: Keyboard) -> Keyboard:
    if not moves.is_open(k.screen, k.cursor):
        return _refuse(k, OperatorError.PROTECTED)
    return _written(k, dict.fromkeys(_rest(k, k.cursor), NULL))


def _erase_field(k: Keyboard) -> Keyboard:
    """x3270's DeleteField: nothing on an unformatted screen."""
    field = moves.field_at(k.screen, k.cursor)
    if not k.screen.fields:
        return k
    return _erase_eof(_to(k, field.start) if field is not None and not field.protected else k)


def _erase_input(k: Keyboard) -> Keyboard:
    """Null every unprotected field and say that none is modified (GA23-0059: MDT bits are reset)."""
    if not k.screen.fields:
        return replace(_written(k, dict.fromkeys(range(len(k.cells)), NULL)), cursor=0)
    cells, starts = list(k.cells), []
    for field in k.screen.fields:
        if not field.protected and field.length:
            starts.append(field.start)
            for at in moves.addresses(k.screen, field):
                cells[at] = NULL
    kept = k.edited - set(starts)
    return replace(k, cells="".join(cells), cursor=moves.first_open(k.screen), edited=kept, erased=frozenset(starts))


def _cursor_select(k: Keyboard) -> Keyboard:
    """The light pen at the cursor: its field's designator says what happens (GA23-0059, "Field Selection")."""
    field = moves.field_at(k.screen, k.cursor)
    if field is None or not field.detectable:
        return k
    designator = k.cells[field.start]
    if designator in (SELECTED, UNSELECTED):
        return _marked(k, field.start, UNSELECTED if designator == SELECTED else SELECTED)
    if designator in SELECTS:
        return _aid(_marked(k, field.start, designator), "CursorSelect")
    return _aid(_marked(k, field.start, designator), "Enter") if designator == ENTERS else k


def _marked(k: Keyboard, start: int, designator: str) -> Keyboard:
    return replace(k, cells=k.cells[:start] + designator + k.cells[start + 1 :], edited=k.edited | {start})


def _rest(k: Keyboard, start: int) -> list[int]:
    """The cells from an address to the end of its field, or of an unformatted screen."""
    field = moves.field_at(k.screen, start)
    if field is None:
        return list(range(start, len(k.cells)))
    places = moves.addresses(k.screen, field)
    return places[places.index(start) :]


def _shifted(k: Keyboard, start: int) -> list[int]:
    """The cells that Insert moves: to the end of the field; on an unformatted screen up to the last cell, which stays."""
    rest = _rest(k, start)
    return rest if k.screen.fields else rest[:-1]


def _written(k: Keyboard, changes: Mapping[int, str]) -> Keyboard:
    """Characters in cells of one field."""
    cells = list(k.cells)
    for at, character in changes.items():
        cells[at] = character
    field = moves.field_at(k.screen, next(iter(changes)))
    start = field.start if field is not None else 0
    return replace(k, cells="".join(cells), edited=k.edited | {start}, erased=k.erased - {start})


EDITS: dict[str, Callable[[Keyboard], Keyboard]] = {
    "Tab": lambda k: _to(k, moves.tab(k.screen, k.cursor)),
    "BackTab": lambda k: _to(k, moves.back_tab(k.screen, k.cursor)),
    "Home": lambda k: _to(k, moves.home(k.screen)),
    "NewLine": lambda k: _to(k, moves.new_line(k.screen, k.cursor)),
    "Left": lambda k: _step(k, -1),
    "Right": lambda k: _step(k, 1),
    "Up": lambda k: _to(k, (k.cursor - k.screen.columns) % moves.size(k.screen)),
    "Down": lambda k: _to(k, (k.cursor + k.screen.columns) % moves.size(k.screen)),
    "WordLeft": lambda k: _to(k, moves.previous_word(k.screen, k.cells, k.cursor)),
    "WordRight": lambda k: _to(k, moves.next_word(k.screen, k.cells, k.cursor)),
    "FieldEnd": lambda k: _to(k, moves.field_end(k.screen, k.cells, k.cursor)),
    "Insert": lambda k: replace(k, insert=not k.insert),
    "Delete": lambda k: _delete(k, k.cursor),
    "BackSpace": _back_space,
    "EraseEOF": _erase_eof,
    "EraseInput": _erase_input,
    "EraseField": _erase_field,
    "Dup": lambda k: _typed(k, DUP, moves.tab),
    "FieldMark": lambda k: _typed(k, FIELD_MARK, moves.advance),
    "CursorSelect": _cursor_select,
}
# What ends an operator error, as in x3270; other keys are dropped until Reset.
RELEASES = frozenset(("Tab", "BackTab", "Home", "Left", "Right", "Up", "Down", "FieldEnd", "EraseEOF", "EraseInput", "EraseField"))
