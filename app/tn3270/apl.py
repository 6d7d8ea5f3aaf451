"""The APL set that Graphic Escape brings (code page 310), as s3270 shows it. A table."""

import unicodedata

import tnz.cp310

# Where s3270 shows another of the characters that IBM's table allows, or none. X'E2' and X'E3' are s3270's own choice too.
_AS_S3270 = {
    0x81: " ", 0x82: " ", 0x95: "■", 0x9C: "¤", 0xA3: "•", 0xA4: " ", 0xB1: "∊", 0xB7: "\\", 0xBF: "∣", 0xC1: "⁼", 0xC2: "+", 0xC3: "∎",
    0xD2: "-", 0xDB: "!", 0xE2: "ʂ", 0xE3: "ʃ",
}  # fmt: skip


def _shown(byte: int, character: str) -> str:
    if byte in _AS_S3270:
        return _AS_S3270[byte]
    if character == "\ufffd":
        return " "
    plain = unicodedata.normalize("NFKC", character)  # underlined A to Z are slanted ones there
    return plain if "A" <= plain <= "Z" else character


APL_SHOWN = "".join(_shown(byte, character) for byte, character in enumerate(tnz.cp310.DECODING_TABLE))
