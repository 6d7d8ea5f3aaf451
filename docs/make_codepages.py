"""Makes app/tn3270/pages.json.gz: the EBCDIC tables that neither Python nor PyPI `ebcdic` has. Run by hand, never by IAST.

Usage: python docs/make_codepages.py. Takes them from ICU (libicuuc; its data is under the Unicode License V3) and, for 275 and
880, which ICU lacks, from the C library's iconv. Characters that take more than one code point (1390's combining kana) are
left out: a cell of a screen has one.
"""

import ctypes
import ctypes.util
import gzip
import json
import re
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

TARGET = Path(__file__).resolve().parent.parent / "app" / "tn3270" / "pages.json.gz"
SINGLE = [
    "275", "803", "880", "918", "1025", "1112", "1122", "1130", "1132", "1137", "1153", "1154", "1155", "1156", "1157", "1158",
    "1160", "1164", "12712", "16804",
]  # fmt: skip
MIXED = ["930", "933", "935", "937", "939", "1364", "1371", "1388", "1390", "1399"]  # single bytes, and pairs between SO and SI
NONE = "\ufffd"
SO, SI = b"\x0e", b"\x0f"


def decoder(name: str) -> Callable[[bytes], str]:
    """A function from bytes to text, "" where there is none. Raises LookupError."""
    try:
        return icu("ibm-" + name)
    except LookupError:
        return iconv("IBM" + name.zfill(3))


def icu(name: str) -> Callable[[bytes], str]:
    found = ctypes.util.find_library("icuuc")
    if found is None:
        raise SystemExit("ICU (libicuuc) is not installed.")
    library, version = ctypes.CDLL(found), re.search(r"\.so\.(\d+)", found)
    suffix = f"_{version[1]}" if version else ""
    opened, convert = library[f"ucnv_open{suffix}"], library[f"ucnv_toUChars{suffix}"]
    opened.restype, status = ctypes.c_void_p, ctypes.c_int(0)
    converter = opened(name.encode(), ctypes.byref(status))
    if status.value > 0 or not converter:
        raise LookupError(name)
    out = ctypes.create_string_buffer(64)

    def decode(data: bytes) -> str:
        error = ctypes.c_int(0)
        length = convert(ctypes.c_void_p(converter), out, 16, data, len(data), ctypes.byref(error))
        return out.raw[: 2 * length].decode("utf-16-le") if error.value <= 0 else ""

    return decode


def iconv(name: str) -> Callable[[bytes], str]:
    def decode(data: bytes) -> str:
        done = subprocess.run(["iconv", "-f", name, "-t", "UTF-8"], input=data, capture_output=True, check=False)
        return done.stdout.decode() if done.returncode == 0 else ""

    if not decode(b"\xc1"):
        raise LookupError(name)
    return decode


def one(text: str) -> str:
    """The character, or NONE: for none, several, controls and what stands for "no such character"."""
    return text if len(text) == 1 and text.isprintable() | ("\ue000" <= text <= "\uf8ff") and text != NONE else NONE


def singles(decode: Callable[[bytes], str]) -> str:
    return "".join(one(decode(bytes((byte,)))) if 0x40 < byte < 0xFF else NONE for byte in range(256))


def pairs(decode: Callable[[bytes], str]) -> dict[str, str]:
    """A row of 191 characters, second byte X'40' to X'FE', for each first byte that has any."""
    rows = {}
    for first in range(0x41, 0xFF):
        row = "".join(one(decode(SO + bytes((first, second)) + SI)) for second in range(0x40, 0xFF))
        if row.strip(NONE):
            rows[f"{first:02x}"] = row
    rows["40"] = "\u3000" + NONE * 190  # X'4040', the ideographic space
    return rows


def main() -> None:
    made: dict[str, dict[str, Any]] = {"single": {}, "double": {}}
    for name in SINGLE + MIXED:
        made["single"][name] = singles(decoder(name))
    for name in MIXED:
        rows = pairs(decoder(name))
        same = next((n for n, other in made["double"].items() if other == rows), None)
        made["double"][name] = same or rows
    data = json.dumps(made, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode()
    TARGET.write_bytes(gzip.compress(data, mtime=0))
    counts = {n: r if isinstance(r, str) else sum(len(row.replace(NONE, "")) for row in r.values()) for n, r in made["double"].items()}
    print(f"{TARGET.stat().st_size} bytes, {len(made['single'])} single-byte pages, characters of two bytes: {counts}")


if __name__ == "__main__":
    main()
