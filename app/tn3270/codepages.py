"""EBCDIC code pages as a terminal needs them: what each byte shows, what a typed character sends. Pure tables."""

import codecs
from dataclasses import dataclass
from functools import cache

import ebcdic

from app.errors import BadInput
from app.screen.model import NULL

ebcdic_names = ebcdic.codec_names  # importing it registered the codecs it adds to Python's
DUP, FIELD_MARK = 0x1C, 0x1E


@dataclass(frozen=True, slots=True)
class CodePage:
    """`shown` has the character of each byte: NULL for 0, a blank for controls, * for Dup, ; for Field Mark.
    `typed` has the byte of each character that can be typed. `double` is 1 byte pairs to character, None when single-byte.
    `character_set` is the coded graphic character set and code page (CGCSGID) that Query Reply tells."""

    name: str
    shown: str
    typed: dict[str, int]
    character_set: int
    double: None = None
    double_character_set: int = 0


@cache
def code_page(name: str) -> CodePage:
    """The code page of a name such as cp037, 1047 or bracket. Raises BadInput for one there is not."""
    number = name.lower().removeprefix("cp").removeprefix("ibm").removeprefix("-")
    base = "037" if number == "bracket" else number.zfill(3)
    try:
        codec = codecs.lookup(f"cp{base}")
    except LookupError:
        raise BadInput(f"There is no code page {name!r}. Examples: cp037, cp1047, cp273, bracket.") from None
    characters = list(codec.decode(bytes(range(256)), "replace")[0])
    if len(characters) != 256:
        raise BadInput(f"Code page {name!r} is not an EBCDIC page of single bytes.")
    if number == "bracket":
        characters[0xAD], characters[0xBD], characters[0xBA], characters[0xBB] = "[]Ý¨"
    shown = "".join(_shown(byte, character) for byte, character in enumerate(characters))
    typed = {character: byte for byte, character in enumerate(shown) if byte >= 0x40 and (character != " " or byte == 0x40)}
    return CodePage(name, shown, typed, 0x02B90000 | int(base) if base.isdigit() else 0x02B90025)


def _shown(byte: int, character: str) -> str:
    if byte == 0:
        return NULL
    if byte in (DUP, FIELD_MARK):
        return "*" if byte == DUP else ";"
    return character if 0x40 <= byte < 0xFF and character.isprintable() or byte == 0x41 else " "
