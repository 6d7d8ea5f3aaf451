"""Key scripts such as `String(abc) Tab PF(3)`: text into keys of the keyboard. Pure; the names are those of x3270's actions."""

import re

from app.errors import BadInput
from app.screen.keyboard import AIDS, EDITS, NOT_WAITED_FOR

_WORD = re.compile(r"""\s*([A-Za-z][A-Za-z0-9]*)(?:\((?:"((?:[^"\\]|\\.)*)"|'((?:[^'\\]|\\.)*)'|([^()"'][^()]*|))\))?\s*""")
_ESCAPE = re.compile(r"\\(.)")
_ESCAPED = {"n": "\n", "r": "\r", "t": "\t"}
_LINE = {"\n": "Enter", "\r": "NewLine", "\t": "Tab"}  # in a String, as x3270 takes them
_OTHER_NAMES = {
    "erase": "BackSpace",
    "deletefield": "EraseField",
    "nextword": "WordRight",
    "previousword": "WordLeft",
    "toggleinsert": "Insert",
}
_NAMES = {name.lower(): name for name in (*EDITS, *AIDS, *NOT_WAITED_FOR, "Reset")} | _OTHER_NAMES


def parse(script: str) -> list[str]:
    """The keys of a script, each a character, a name, or `MoveCursor(row,column)` (from 0). Raises BadInput at the first
    word that is none; its message never holds what a String types."""
    keys: list[str] = []
    position = 0
    while position < len(script.rstrip()):
        match = _WORD.match(script, position)
        if match is None:
            raise BadInput(f"The key script can't be read at character {position + 1}. Example: String(abc) Tab PF(3)")
        name, *arguments = match.groups()
        keys += _keys(name, next((a for a in arguments if a is not None), None), arguments[2] is None)
        position = match.end()
    return keys


def move_to(key: str) -> tuple[int, int] | None:
    """Row and column, from 0, of a `MoveCursor(row,column)`; None for any other key."""
    match = re.fullmatch(r"MoveCursor\((\d+),(\d+)\)", key)
    return (int(match[1]), int(match[2])) if match else None


def _keys(name: str, argument: str | None, quoted: bool) -> list[str]:
    lower = name.lower()
    if lower == "string" and argument is not None:
        text = _ESCAPE.sub(lambda m: _ESCAPED.get(m[1], m[1]), argument) if quoted or "\\" in argument else argument
        return [_LINE.get(character, character) for character in text]
    if lower in ("movecursor", "cursor") and argument is not None and re.fullmatch(r"\s*\d{1,5}\s*,\s*\d{1,5}\s*", argument):
        return [f"MoveCursor({re.sub(r'\s', '', argument)})"]
    key = _NAMES.get(lower + argument.strip() if lower in ("pf", "pa") and argument else lower)
    if key is None or (argument is not None and lower not in ("pf", "pa")):
        raise BadInput(f"There is no key {name!r}. Keys: String(...), MoveCursor(row,column), {', '.join(sorted(set(_NAMES.values())))}.")
    return [key]
