"""Writes an AST from a recording: readable Python that a person goes on with. Fields by label, screens asserted, items where marked."""

import json
import re
import textwrap
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from keyword import iskeyword

from app.asts.film import Shot
from app.asts.labels import inputs, label_of, led, telltale
from app.asts.view import View
from app.errors import BadInput
from app.screen.model import NULL, Screen

NAME = re.compile(r"^[a-z][a-z0-9_]{0,63}$")


@dataclass(frozen=True, slots=True)
class Marks:
    """What the person says about a recording: the AST's name; which typed text is a column of the list (column -> text as typed
    in the recording); the key whose last press in it commits ("" = nothing does)."""

    name: str
    columns: Mapping[str, str] = field(default_factory=dict)
    commit: str = ""


@dataclass(frozen=True, slots=True)
class Move:
    """A key with what was typed before it, and the screen it led to."""

    shot: Shot
    led_to: Screen

    @property
    def secret(self) -> bool:
        hidden = {f.start for f in self.shot.screen.fields if f.hidden}
        return any(start in hidden for start, _ in self.shot.fields)


def template(name: str) -> str:
    """A new AST to fill in."""
    checked(name)
    return _TEMPLATE.format(name=name, kind=class_name(name), title=name.replace("_", " ").capitalize())


def write(shots: Sequence[Shot], marks: Marks) -> str:
    """The source of an AST that does what was recorded. Raises BadInput when a mark fits nothing in the recording."""
    checked(marks.name, *marks.columns)
    moves = _moves(shots)
    _check(moves, marks)
    sign_on, process, sign_off = _parts(moves)
    parts = [*_item(marks), _class(marks)]
    parts += [_sign_on(sign_on)] if sign_on else []
    parts += [_process(process, marks)]
    parts += [_sign_off(sign_off)] if sign_off else []
    body = "\n".join(parts)
    return f"{_head(marks, body)}\n{body}"


def checked(*names: str) -> None:
    """Raises BadInput for what can't be a name in Python."""
    for name in names:
        if not NAME.match(name) or iskeyword(name):
            raise BadInput(f"{name[:64]!r} is no name: small letters, digits and _, a letter first, no word of Python's own.")


def class_name(name: str) -> str:
    return "".join(part.capitalize() for part in name.split("_"))


def _moves(shots: Sequence[Shot]) -> list[Move]:
    return [Move(shot, after.screen) for shot, after in zip(shots, shots[1:], strict=False) if shot.key]


def _check(moves: Sequence[Move], marks: Marks) -> None:
    if not moves:
        raise BadInput("Nothing was pressed in that recording.")
    typed = {_plain(text) for move in moves for _, text in move.shot.fields}
    for column, value in marks.columns.items():
        if value not in typed:
            raise BadInput(f"Nowhere in that recording was {value!r} typed, which is to be the column {column!r}.")
    if marks.commit and marks.commit not in [move.shot.key for move in moves]:
        raise BadInput(f"{marks.commit} was not pressed in that recording.")


def _parts(moves: list[Move]) -> tuple[list[Move], list[Move], list[Move]]:
    """Sign-on (up to the last hidden field), the work, and the way back to where the session began."""
    start = max((n + 1 for n, move in enumerate(moves) if move.secret), default=0)
    work, off = moves[start:], list[Move]()
    if not work:
        raise BadInput("That recording signs on and then ends: go on to the work, and record again.")
    first = View(moves[0].shot.screen).title
    if start and _same_title(work[-1].led_to, first):
        home = View(work[0].shot.screen).title
        back = [n for n, move in enumerate(work) if n and _same_title(move.shot.screen, home)]
        work, off = (work[: back[-1]], work[back[-1] :]) if back else (work, off)
    return moves[:start], work, off


def _same_title(screen: Screen, title: str) -> bool:
    return _words(View(screen).title) == _words(title)


def _words(title: str) -> str:
    return re.sub(r"[\d:./-]+", "", title)  # clocks and dates


def _head(marks: Marks, body: str) -> str:
    """What the file is, and imports of what it uses."""

    def used(*names: str) -> str:
        return ", ".join(name for name in names if re.search(rf"\b{name}\b", body))

    return (
        f'"""{marks.name}: made from a recording. Read it, name what it should note, then try it: `iast ast check`."""\n\n'
        f"from app.asts.base import {used('Ast', 'Columns', 'Field', 'SignOn')}\n"
        f"from app.asts.script import {used('Commit', 'Done', 'Expect', 'Fill', 'Press', 'Refused', 'Script')}\n"
    )


def _item(marks: Marks) -> list[str]:
    columns = [f'    {name}: str = Field(min_length=1, title="{_title(name)}")' for name in marks.columns]
    return [f'\nclass {class_name(marks.name)}Item(Columns):\n    """One a line."""\n', *columns, ""]


def _class(marks: Marks) -> str:
    kind = class_name(marks.name)
    lines = [
        f"\nclass {kind}(Ast):",
        f'    """{_title(marks.name)}."""\n',
        f'    name = "{marks.name}"',
        f'    title = "{_title(marks.name)}"',
        '    description = "Made from a recording."',
        f"    Item = {kind}Item",
    ]
    if marks.commit:
        lines += ["    commits = True  # TODO: write verify(), so that a lost answer can be cleared up without a person (docs/asts.md)"]
    return "\n".join([*lines, ""])


def _sign_on(moves: Sequence[Move]) -> str:
    body = ["if who is None:", '    return Refused("store the credentials of this host with the host")', _expected(moves[0])]
    for move in moves:
        names = _credentials(move)
        body += [_fill(move.shot.screen, start, text, names.get(start)) for start, text in move.shot.fields]
        body.append(f"yield {_press(move, 'Press', frozenset())}")
    body.append("return Done()")
    return _function("sign_on(self, who: SignOn | None)", f"From {_place(moves[0].shot.screen)} to {_place(moves[-1].led_to)}.", body)


def _credentials(move: Move) -> dict[int, str]:
    """Where the user and the password go, of a screen that asks for both."""
    hidden = {f.start for f in move.shot.screen.fields if f.hidden}
    names = {start: "who.password.get_secret_value()" for start, _ in move.shot.fields if start in hidden}
    if names:
        names |= {start: "who.user" for start, _ in move.shot.fields[:1] if start not in hidden}
    return names


def _process(moves: Sequence[Move], marks: Marks) -> str:
    by_value = {value: f"item.{column}" for column, value in marks.columns.items()}
    commit = max((n for n, move in enumerate(moves) if move.shot.key == marks.commit), default=-1)
    richest = max(range(len(moves)), key=lambda n: (len(led(moves[n].led_to)), n))
    avoid = frozenset(_plain(text) for move in moves for _, text in move.shot.fields if len(_plain(text)) > 1)
    body = [_expected(moves[0])]
    for n, move in enumerate(moves):
        body += [_fill(move.shot.screen, start, text, by_value.get(_plain(text))) for start, text in move.shot.fields]
        step = _press(move, "Commit" if n == commit else "Press", avoid)
        body.append(f"shown = yield {step}" if n == richest and led(move.led_to) else f"yield {step}")
    body += _result(moves[richest].led_to)
    return _function(f"process(self, item: {class_name(marks.name)}Item)", _way(moves), body)


def _result(screen: Screen) -> list[str]:
    labels = led(screen)
    if not labels:
        return ["return Done()"]
    notes = [f"    {_identifier(label)}=shown.after({_quoted(label)})," for label in labels]
    return ["return Done(", *dict.fromkeys(notes), ")"]


def _sign_off(moves: Sequence[Move]) -> str:
    body = [f"yield {_press(move, 'Press', frozenset())}" for move in moves] + ["return Done()"]
    return _function("sign_off(self)", f"From {_place(moves[0].shot.screen)} to {_place(moves[-1].led_to)}.", body)


def _way(moves: Sequence[Move]) -> str:
    start, end = moves[0].shot.screen, moves[-1].led_to
    way = f"From {_place(start)} to {_place(end)}."
    if not _same_title(end, View(start).title):
        way += " The next item starts there: make the first step fit both, or go back at the end."
    return way


def _place(screen: Screen) -> str:
    return telltale(None, screen, frozenset()) or "an untitled screen"


def _expected(move: Move) -> str:
    return f"yield Expect({_quoted(_place(move.shot.screen))})"


def _fill(screen: Screen, start: int, text: str, name: str | None) -> str:
    label, nth = label_of(screen, start)
    which = f", nth={nth}" if nth else ""
    return f"yield Fill({_quoted(label)}, {name or _quoted(_plain(text))}{which})"


def _press(move: Move, step: str, avoid: frozenset[str]) -> str:
    text = telltale(move.shot.screen, move.led_to, avoid)
    if text:
        return f"{step}({_quoted(move.shot.key)}, until={_quoted(text)})"
    if step == "Commit":
        return f"Commit({_quoted(move.shot.key)}, until=lambda screen: True)  # TODO: which text of the answer says that it was done?"
    return f"Press({_quoted(move.shot.key)})  # no text of the screen is new: any newer screen will do"


def _function(signature: str, says: str, body: Sequence[str]) -> str:
    says = re.sub(r"[^\w .,:/#&()'-]", "", says)  # a host's words stand in it: nothing that could end the docstring
    lines = [f"def {signature} -> Script:", *textwrap.wrap(f'"""{says}"""', 110, initial_indent="    ", subsequent_indent="    ")]
    return textwrap.indent("\n".join([*lines, *(f"    {line}" for line in body)]), "    ") + "\n"


def _plain(text: str) -> str:
    return text.replace(NULL, " ").strip()


def _quoted(text: str) -> str:
    return json.dumps(text, ensure_ascii=False)


def _title(name: str) -> str:
    return name.replace("_", " ").capitalize()


def _identifier(label: str) -> str:
    name = re.sub(r"\W+", "_", label.lower()).strip("_") or "value"
    if not name.isidentifier():
        return "value"
    return f"{name}_" if iskeyword(name) else name


def typed_fields(shots: Sequence[Shot]) -> list[tuple[str, str]]:
    """(label, text) of everything typed that is not hidden: what a person may mark as a column."""
    found: dict[tuple[str, str], None] = {}
    for shot in shots:
        shown = {f.start for f in inputs(shot.screen) if not f.hidden}
        found |= {(label_of(shot.screen, start)[0], _plain(text)): None for start, text in shot.fields if start in shown}
    return list(found)


_TEMPLATE = '''"""{name}: what it does, in a line. Reads only."""

from app.asts.base import Ast, Columns, Field, SignOn
from app.asts.script import Done, Expect, Fill, Press, Refused, Script


class {kind}Item(Columns):
    """One a line of the list: one field a column."""

    key: str = Field(min_length=1, title="Key")


class {kind}(Ast):
    """{title}."""

    name = "{name}"
    title = "{title}"
    description = "What it does, for whoever chooses it from the list."
    Item = {kind}Item

    def sign_on(self, who: SignOn | None) -> Script:
        """From the first screen to the menu."""
        if who is None:
            return Refused("this host needs a user and a password: store its credentials with the host")
        yield Expect("USERID ===>")
        yield Fill("USERID ===>", who.user)
        yield Fill("PASSWORD ===>", who.password.get_secret_value())
        yield Press("Enter", until="MENU")
        return Done()

    def process(self, item: {kind}Item) -> Script:
        """Starts and ends where sign_on ends."""
        yield Fill("KEY ===>", item.key)
        screen = yield Press("Enter", until=("NAME", "NOT FOUND"))
        if screen.has("NOT FOUND"):
            return Refused("NOT FOUND")
        return Done(name=screen.after("NAME"))
'''
