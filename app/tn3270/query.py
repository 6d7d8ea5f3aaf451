"""Query Replies (GA23-0059 chapter 6): what the terminal says it can do, in the bytes s3270 says it. Changes nothing.

Replaces tnz's `__query_reply`, which answers a list as if all had been asked, and claims less than the terminal can.
"""

from app.tn3270.codepages import CodePage
from app.tn3270.datastream import AID_STRUCTURED, Lock
from app.tn3270.reads import Reads
from app.tn3270.tn3270e import Rejected

SUMMARY, USABLE_AREA, ALPHANUMERIC, CHARACTER_SETS, COLOUR, HIGHLIGHTING, REPLY_MODES = 0x80, 0x81, 0x84, 0x85, 0x86, 0x87, 0x88
ASIA, DDM, RPQ_NAMES, IMPLICIT_PARTITION, NULL = 0x91, 0x95, 0xA1, 0xA6, 0xFF
CELL = b"\x09\x0c"  # a 3279-2's cell, in points
RATIOS = b"\x00\x0a\x02\xe5\x00\x02\x00\x6f"  # and the size of its points
PAPER = b"\x00\x84\x00\x84"  # columns and rows of a printer's buffer
APL2 = b"\x03\xc3\x01\x36"  # coded graphic character set of the APL characters that GE brings
TRANSFER_BLOCK = 16384  # bytes of a file transfer's block (DDM), either way
_LIST, _EQUIVALENT, _ALL = 0x00, 0x40, 0x80


class Query(Reads):
    """Answers to Read Partition Query and Query List."""

    def _query(self, asked: bytes | None) -> None:
        """Reply to a Query (None), or to a Query List: its kind, then the codes asked for."""
        codes = self._reply_codes()
        if asked is not None:
            if not asked or asked[0] not in (_LIST, _EQUIVALENT, _ALL):
                raise Rejected("Query List is malformed")
            if asked[0] == _LIST:
                codes = [code for code in codes if code in asked[1:]] or [NULL]
        self.send_3270_data(bytes((AID_STRUCTURED,)) + b"".join(self._reply(code) for code in codes))
        self.lock |= Lock.QUERY

    def _reply_codes(self) -> list[int]:
        codes = [SUMMARY, USABLE_AREA, ALPHANUMERIC, CHARACTER_SETS, COLOUR, HIGHLIGHTING, REPLY_MODES]
        return codes + ([ASIA] if self.code_page.double else []) + [DDM, RPQ_NAMES, IMPLICIT_PARTITION]

    def _reply(self, code: int) -> bytes:
        return _field(code, self._reply_body(code))

    def _reply_body(self, code: int) -> bytes:
        rows, columns = self.address_of_host.size
        match code:
            case 0x80:
                return bytes(self._reply_codes())
            case 0x81:
                sizes = columns.to_bytes(2) + rows.to_bytes(2)
                return b"\x01\x00" + sizes + b"\x01" + RATIOS + CELL + (rows * columns).to_bytes(2)
            case 0x84:
                return b"\x00" + (rows * columns).to_bytes(2) + b"\x00"
            case 0x85:
                return _character_sets(self.code_page)
            case 0x86:  # 16 colours, the default green; then one background, the default
                return b"\x00\x10\x00\xf4" + b"".join(bytes((n, n)) for n in range(0xF1, 0x100))
            case 0x87:
                return b"\x05\x00\xf0\xf1\xf1\xf2\xf2\xf4\xf4\xf8\xf8"
            case 0x88:
                return b"\x00\x01\x02"
            case 0x91:
                return b"\x00\x03\x01\x80\x03\x02\x01"
            case 0x95:
                return b"\x00\x00" + TRANSFER_BLOCK.to_bytes(2) * 2 + b"\x01\x01"
            case 0xA1:
                return b"\x00" * 8 + b"\x05" + "IAST".encode("cp037")
            case 0xA6:
                return b"\x00\x00\x0b\x01\x00\x00\x50\x00\x18" + columns.to_bytes(2) + rows.to_bytes(2)
        return b""


def printer_replies(page: CodePage, asked: bytes | None) -> bytes:
    """A printer's answer to a Query (None) or a Query List, after the header. Raises Rejected."""
    bodies = {
        USABLE_AREA: b"\x01\x00" + PAPER + b"\x01" + RATIOS + CELL + bytes(2),
        CHARACTER_SETS: _character_sets(page),
        HIGHLIGHTING: b"\x01\x00\xf0",
        REPLY_MODES: b"\x00\x01\x02",
        **({ASIA: b"\x00\x03\x01\x80\x03\x02\x01"} if page.double else {}),
        IMPLICIT_PARTITION: b"\x00\x00\x0b\x01\x00" + PAPER + PAPER,
    }
    bodies = {SUMMARY: bytes((SUMMARY, *bodies))} | bodies
    if asked is not None and asked[:1] == bytes((_LIST,)):
        bodies = {code: body for code, body in bodies.items() if code in asked[1:]} or {NULL: b""}
    elif asked is not None and asked[:1] not in (bytes((_EQUIVALENT,)), bytes((_ALL,))):
        raise Rejected("Query List is malformed")
    return bytes((AID_STRUCTURED,)) + b"".join(_field(code, body) for code, body in bodies.items())


def _field(code: int, body: bytes) -> bytes:
    return (len(body) + 4).to_bytes(2) + bytes((0x81, code)) + body


def _character_sets(page: CodePage) -> bytes:
    """The base set, the APL set that Graphic Escape brings, and the double-byte set of a page that has one."""
    if not page.double:
        head = b"\x82\x00" + CELL + bytes(4) + b"\x07"
        return head + b"\x00\x10\x00" + page.character_set.to_bytes(4) + b"\x01\x00\xf1" + APL2
    head = b"\x8e\x00" + CELL + bytes(4) + b"\x0b"
    single = bytes(3) + bytes(4) + page.character_set.to_bytes(4) + b"\x01\x00\xf1" + bytes(4) + APL2
    return head + single + b"\x80\x20\xf8\x12\x0c\x41\x7f" + page.double_character_set.to_bytes(4)
