"""IND$FILE's own language: the command that starts it, how it turns text into "ASCII", how CUT frames spell bytes. Pure.

After IBM 3270 Personal Computer "IND$FILE" (GC26-4194 and the CMS, TSO and CICS guides), and what x3270 found out about the
translation that hosts do.
"""

from dataclasses import dataclass

from app.errors import BadInput
from app.tn3270.codepages import CodePage

SO, SI, CR, LF, EOF_MARK = 0x0E, 0x0F, 0x0D, 0x0A, 0x1A
HOSTS, FORMATS, UNITS = ("tso", "cms", "cics"), ("fixed", "variable", "undefined"), ("tracks", "cylinders", "avblock")
LONGEST_COMMAND = 250


@dataclass(frozen=True, slots=True)
class Request:
    """What is to be moved: `direction` "get" (from the host) or "put" (to it), the file's name on the host, and how.

    `text` translates between the host's code page and UTF-8, and record ends and line ends; else bytes are moved as they are.
    The record format, its lengths and space are for files that "put" makes anew, and only where the host has them: TSO all,
    CMS format and record length, CICS none. Raises BadInput for what does not go together.
    """

    direction: str
    name: str
    host: str = "tso"
    text: bool = True
    append: bool = False
    record_format: str = ""
    record_length: int = 0
    block_size: int = 0
    units: str = ""
    primary: int = 0
    secondary: int = 0
    average_block: int = 0
    other: str = ""  # further options, as the host takes them

    def __post_init__(self) -> None:
        _check(self.direction in ("get", "put"), "The direction of a transfer is get or put.")
        _check(self.host in HOSTS, "The host of a transfer is tso, cms or cics.")
        _check(bool(self.name.strip()), "Name the file on the host.")
        _check(
            all(part.isprintable() and part.isascii() for part in (self.name, self.other)), "A file's name has printable characters only."
        )
        self._check_format()
        self._check_space()
        _check(len(self.command()) <= LONGEST_COMMAND, f"The command for this transfer is longer than {LONGEST_COMMAND} characters.")

    def _check_format(self) -> None:
        given = (self.record_format, self.record_length, self.block_size, self.units)
        _check(self.direction == "put" or not any(given), "Record formats and space are for files put on the host.")
        _check(self.record_format in ("", *FORMATS), "The record format is fixed, variable or undefined.")
        _check(not (self.record_length or self.block_size) or bool(self.record_format), "A record length goes with a record format.")
        _check(0 <= self.record_length <= 32760 and 0 <= self.block_size <= 32760, "Records and blocks have 32,760 bytes at most.")
        _check(self.host != "cics" or not any(given), "CICS has no record formats.")
        _check(self.host == "tso" or not (self.block_size or self.units), "Block size and space are TSO's.")
        _check(self.host == "tso" or self.record_format != "undefined", "The undefined record format is TSO's.")

    def _check_space(self) -> None:
        _check(self.units in ("", *UNITS), "Space is in tracks, cylinders or avblock.")
        _check(bool(self.units) == bool(self.primary), "Space needs its units and its primary quantity.")
        _check(self.primary >= 0 and self.secondary >= 0, "Space is no negative quantity.")
        _check((self.units == "avblock") == (self.average_block > 0), "avblock goes with the length of the average block.")

    def command(self) -> str:
        """The command to type, such as `IND$FILE PUT MY.DATA ASCII CRLF RECFM(F) LRECL(80)`."""
        words = ["IND$FILE", self.direction.upper(), self.name.strip()]
        options = self._kind() + (["APPEND"] if self.append and self.direction == "put" else []) + self._format() + self._space()
        options += [self.other.strip()] if self.other.strip() else []
        if options and self.host != "tso":
            words.append("(" + options.pop(0))
        return " ".join(words + options)

    def _kind(self) -> list[str]:
        if self.text:
            return ["ASCII", "CRLF"]
        return ["BINARY", "NOCRLF"] if self.host == "cics" else []

    def _format(self) -> list[str]:
        if not self.record_format:
            return []
        parts = [("RECFM", self.record_format[0].upper()), ("LRECL", self.record_length), ("BLKSIZE", self.block_size)]
        spell = "{}({})" if self.host == "tso" else "{} {}"
        return [spell.format(*part) for part in parts if part[1]]

    def _space(self) -> list[str]:
        if not self.units:
            return []
        second = f",{self.secondary}" if self.secondary else ""
        units = self.units.upper() + (f"({self.average_block})" if self.units == "avblock" else "")
        return [f"SPACE({self.primary}{second})", units]


def _check(holds: bool, otherwise: str) -> None:
    if not holds:
        raise BadInput(otherwise)


# Text. The host's side of IND$FILE turns EBCDIC into "ASCII" and back by one fixed table, whatever the code page. The table is
# undone here, so that what arrives in EBCDIC is what the code page says.


def _host_table() -> bytes:
    """The byte that stands for each EBCDIC byte. Printable ASCII is where code page 037 has it, but for [ ] ^ |; all the rest is in
    EBCDIC's order from X'A0' on, X'E1' being X'9F'. Controls (below X'40') stand for themselves."""
    table = bytearray(range(256))
    moved = {0x4A: "[", 0x4F: "]", 0x5F: "^", 0x6A: "|"}
    following = iter(range(0xA0, 0x100))
    for byte in range(0x40, 0x100):
        character = moved.get(byte) or bytes((byte,)).decode("cp037")
        if character.isascii() and (byte in moved or character not in moved.values()):
            table[byte] = ord(character)
        else:
            table[byte] = 0x9F if byte == 0xE1 else next(following)
    return bytes(table)


TO_ASCII = _host_table()
TO_EBCDIC = {ascii_: byte for byte, ascii_ in enumerate(TO_ASCII) if byte >= 0x40}


class TextToHost:
    """Text into the bytes of a transfer, a piece at a time. Lines end with CR LF there."""

    def __init__(self, page: CodePage) -> None:
        self._page, self._double, self._after_cr = page, False, False

    def encode(self, text: str, final: bool = False) -> bytes:
        """Raises BadInput for a character that the code page has not."""
        out = bytearray()
        for character in text:
            self._put(out, character)
        if final:
            self._single(out)
        return bytes(out)

    def _put(self, out: bytearray, character: str) -> None:
        code = ord(character)
        pair = (self._page.double_typed or {}).get(character)
        if code < 0x20 or 0x80 <= code < 0xA0:
            self._single(out)
            out += b"\r\n" if character == "\n" and not self._after_cr else bytes((code,))
        elif (byte := self._page.typed.get(character)) is not None:
            self._single(out)
            out.append(TO_ASCII[byte])
        elif pair is not None:
            out += b"" if self._double else bytes((SO,))
            self._double = True
            out += bytes((TO_ASCII[pair >> 8], TO_ASCII[pair & 0xFF]))
        else:
            raise BadInput(
                f"The host's code page {self._page.name} has no {character!r} (U+{code:04X}). Take it out, or send the file as binary."
            )
        self._after_cr = character == "\r"

    def _single(self, out: bytearray) -> None:
        if self._double:
            out.append(SI)
        self._double = False


class TextFromHost:
    """The bytes of a transfer into text, a piece at a time. Lines end with LF there."""

    def __init__(self, page: CodePage) -> None:
        self._page, self._double, self._first = page, False, -1

    def decode(self, data: bytes) -> str:
        return "".join(self._take(byte) for byte in data)

    def _take(self, byte: int) -> str:
        if byte in (CR, EOF_MARK):
            return ""
        if self._page.double is not None and byte in (SO, SI):
            self._double, self._first = byte == SO, -1
            return ""
        if self._double and byte >= 0x20:
            return self._half(TO_EBCDIC.get(byte, 0x40))
        if byte < 0x20 or 0x80 <= byte < 0x9F:
            return chr(byte)
        return self._page.shown[TO_EBCDIC[byte]] if byte in TO_EBCDIC else "\ufffd"

    def _half(self, byte: int) -> str:
        if self._first < 0:
            self._first = byte
            return ""
        pair, self._first = self._first << 8 | byte, -1
        return (self._page.double or {}).get(pair, "\ufffd")


# CUT frames carry printable characters only: a selector says which of four sets of bytes the characters after it stand for.

_SPELT = " ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789%&_()<+,-./:>?"
_SETS = (  # selector, the bytes that the characters above stand for (None: none)
    (0x5E, _SPELT.encode("cp037")),
    (0x7E, _SPELT.translate(str.maketrans("_<>", "'*;")).encode("ascii")),
    (
        0x5C,
        bytes.fromhex(
            "00000102030405060708090a0b0c0d0e0f10111213141516171819" + "00" * 26 + "3c3d3e00fafbfcfdfeff" + "7b7c7d7e7f1a1b1c1d1e1f000000"
        ),
    ),
    (
        0x7D,
        bytes.fromhex(
            "00a0a1eaebecedeeefe0e1aaabacadaeafb0b1b2b3b4b5b6b7b8b9"
            "8000cacbcccdcecfc0008a8b8c8d8e8f9000dadbdcdddedfd0"
            "000021222324 5b5c005e5f009c9d9e9fbabbbcbdbebf9a9b00"
        ),
    ),
)
_PLACE = {byte: n for n, byte in enumerate(_SPELT.encode("cp037"))}
_NULL_SET = 2
SIX_BITS = "abcdefghijklmnopqrstuvwxyz&-.,:+ABCDEFGHIJKLMNOPQRSTUVWXYZ012345".encode("cp037")


class Speller:
    """Bytes to characters of CUT frames; the set in force is kept from frame to frame."""

    def __init__(self) -> None:
        self._set = -1

    def spell(self, byte: int) -> bytes:
        """One or two characters (in EBCDIC) for a byte."""
        candidates = ([self._set] if self._set >= 0 else []) + list(range(len(_SETS)))
        if byte == 0:
            candidates = [_NULL_SET]
        n = next(n for n in candidates if _place(n, byte) >= 0)
        changed, self._set = n != self._set, n
        character = _SPELT.encode("cp037")[_place(n, byte)]
        return bytes((_SETS[n][0], character)) if changed else bytes((character,))


class Reader:
    """Characters of CUT frames to bytes. Raises ValueError for one that stands for nothing."""

    def __init__(self) -> None:
        self._set = -1

    def read(self, data: bytes) -> bytes:
        out = bytearray()
        for character in data:
            selected = next((n for n, (selector, _) in enumerate(_SETS) if selector == character), -1)
            if selected >= 0:
                self._set = selected
            elif self._set < 0 or character not in _PLACE:
                raise ValueError(f"X'{character:02X}' stands for nothing in this set")
            else:
                out.append(_SETS[self._set][1][_PLACE[character]])
        return bytes(out)


def _place(n: int, byte: int) -> int:
    """Where a set has a byte, -1 for nowhere. Zeros are gaps, but for the first letter of the set that has the null."""
    if byte == 0:
        return 1 if n == _NULL_SET else -1
    return _SETS[n][1].find(byte)


def six(value: int) -> int:
    """A number up to 63 as a character of a frame."""
    return SIX_BITS[value & 0x3F]


def from_six(character: int) -> int:
    return max(0, SIX_BITS.find(character))
