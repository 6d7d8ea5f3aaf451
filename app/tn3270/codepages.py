"""EBCDIC code pages as a terminal needs them: what each byte shows, what a typed character sends. Pure tables.

From Python and PyPI `ebcdic` where they have a page, else from pages.json.gz beside this file (docs/make_codepages.py makes it
from ICU). docs/codepages.md has the list, and says what is missing.
"""

import codecs
import gzip
import json
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

import ebcdic

from app.errors import BadInput
from app.screen.model import HARMLESS, NULL

OF_EBCDIC = frozenset(ebcdic.codec_names)  # using it also registers its codecs
_SHOWN = {0x00: NULL, 0x1C: "*", 0x1E: ";", 0x3F: "■", 0xFF: "●"}  # Dup, Field Mark, SUB and EO as s3270 shows them
_UNDEFINED = "\ufffd"

# What Python itself or PyPI ebcdic has; the other pages are in pages.json.gz.
LIBRARY = [
    "037", "273", "277", "278", "280", "284", "285", "290", "297", "420", "424", "500", "833", "838", "870", "871", "875", "1026",
    "1047", "1097", "1123", "1140", "1141", "1142", "1143", "1144", "1145", "1146", "1147", "1148", "1149",
]  # fmt: skip
ALIASES = {
    "belgian": "500", "belgian-euro": "1148", "brazilian": "275", "chinese-gb18030": "1388", "finnish": "278", "finnish-euro": "1143",
    "french": "297", "french-euro": "1147", "german": "273", "german-euro": "1141", "greek": "875", "hebrew": "424", "hebrew-old": "803",
    "icelandic": "871", "icelandic-euro": "1149", "italian": "280", "italian-euro": "1144", "japanese-kana": "930",
    "japanese-kana-extended": "1390", "japanese-latin": "939", "japanese-latin-extended": "1399", "korean": "933", "korean-euro": "1364",
    "norwegian": "277", "norwegian-euro": "1142", "oldibm": "bracket", "bracket437": "bracket", "polish": "870", "russian": "880",
    "simplified-chinese": "935", "slovenian": "870", "spanish": "284", "spanish-euro": "1145", "swedish": "278", "swedish-euro": "1143",
    "thai": "1160", "traditional-chinese": "937", "traditional-chinese-euro": "1371", "turkish": "1026", "uk": "285", "uk-euro": "1146",
    "us": "037", "us-euro": "1140", "us-intl": "037",
}  # fmt: skip  # the names that x3270 takes

# Coded graphic character sets (CGCSGID: set, code page) that Query Reply tells, where the set is not 697.
_SETS = {
    "424": 1349,
    "803": 1147,
    "870": 959,
    "875": 925,
    "880": 959,
    "1026": 1152,
    "1160": 1395,
    **dict.fromkeys(map(str, range(1140, 1150)), 695),
}
_MIXED = {  # the single-byte half and the double-byte half
    "930": (1172, 290, 370, 300), "933": (1173, 833, 934, 834), "935": (1174, 836, 1080, 837), "937": (1175, 37, 935, 835),
    "939": (1172, 1027, 370, 300), "1364": (1173, 833, 934, 834), "1371": (1175, 37, 935, 835), "1388": (1174, 836, 937, 837),
    "1390": (1172, 290, 370, 300), "1399": (1172, 1027, 370, 300),
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class CodePage:
    """`shown` has the character of each byte: NULL for 0, a blank for most controls, * for Dup, ; for Field Mark.
    `typed` has the byte of each character that can be typed. `double` is 16-bit code to character and `double_typed` its
    inverse, both None for a page of single bytes. The character sets are the CGCSGIDs that Query Reply tells."""

    name: str
    shown: str = field(repr=False)
    typed: dict[str, int] = field(repr=False)
    character_set: int
    double: dict[int, str] | None = field(default=None, repr=False)
    double_typed: dict[str, int] | None = field(default=None, repr=False)
    double_character_set: int = 0


def code_page(name: str) -> CodePage:
    """The code page of a name such as cp037, 1047, ibm-930, bracket or german-euro. Raises BadInput for one there is not."""
    plain = name.lower().removeprefix("ibm").removeprefix("cp").removeprefix("-")
    plain = ALIASES.get(name.lower(), plain.lstrip("0").zfill(3) if plain.isdigit() else plain)
    if plain not in names():
        raise BadInput(f"There is no code page {name[:40]!r}. There are: {', '.join(sorted(names()))}.")
    return _page(plain)


@cache
def names() -> frozenset[str]:
    """Every code page there is, without aliases."""
    return frozenset((*LIBRARY, "bracket", *_MIXED, *_kept()["single"]))


@cache
def _page(name: str) -> CodePage:
    characters = _single(name)
    shown = "".join(_shown(byte, character) for byte, character in enumerate(characters))
    typed = {
        character: byte
        for byte, character in reversed(list(enumerate(shown)))
        if 0x40 <= byte < 0xFF and (character != " " or byte == 0x40)
    }
    if name not in _MIXED:
        return CodePage(name, shown, typed, _SETS.get(name, 697) << 16 | (int(name) if name.isdigit() else 37))
    single_set, single_page, double_set, double_page = _MIXED[name]
    double = _double(name)
    inverse = {character: code for code, character in reversed(double.items())}  # the lowest code wins
    return CodePage(name, shown, typed, single_set << 16 | single_page, double, inverse, double_set << 16 | double_page)


def _single(name: str) -> list[str]:
    """The character of each byte; _UNDEFINED for none."""
    if name in ("bracket", *LIBRARY):
        characters = list(codecs.lookup("cp037" if name == "bracket" else f"cp{name}").decode(bytes(range(256)), "replace")[0])
        if name == "bracket":
            characters[0xAD], characters[0xBD], characters[0xBA], characters[0xBB] = "[]Ý¨"
        return characters
    return list(_kept()["single"][name])


def _double(name: str) -> dict[int, str]:
    rows = _kept()["double"][name]
    if isinstance(rows, str):  # the same as another page's
        return _double(rows)
    pairs = ((int(first, 16) << 8 | second, c) for first, row in sorted(rows.items()) for second, c in enumerate(row, 0x40))
    return {code: character for code, character in pairs if character != _UNDEFINED}


@cache
def _kept() -> dict[str, Any]:
    with gzip.open(Path(__file__).with_name("pages.json.gz"), "rt", encoding="utf-8") as file:
        return dict(json.load(file))


def _shown(byte: int, character: str) -> str:
    if byte in _SHOWN:
        return _SHOWN[byte]
    return character if byte >= 0x40 and (character.isprintable() or character in HARMLESS) and character != _UNDEFINED else " "
