"""NEW-ENVIRON (RFC 1572, and RFC 2877 for its names): what a host may know of the terminal. Pure; tells nothing of our machine
nor of the person at it."""

from app.tn3270.codepages import CodePage

KEYBOARDS = {
    37: "USB", 273: "AGB", 275: "BRB", 277: "NWB", 278: "SWB", 280: "ITB", 284: "SPB", 285: "UKB", 290: "KAB", 297: "FAB", 424: "NCB",
    833: "KQB", 836: "RCB", 1027: "JPB", 1146: "UKB", 1147: "FAB", 1148: "BLI", 1149: "ICB", 1158: "UAB", 1160: "THB",
}  # fmt: skip  # IBM's keyboard types by code page; for others the host's own default
VAR, VALUE, ESCAPE, USERVAR = 0, 1, 2, 3


def values(page: CodePage, device: str) -> dict[tuple[int, str], str]:
    """All there is to tell, by kind and name, in the order that s3270 tells it."""
    character_set, number = divmod(page.character_set, 0x10000)
    named = {(USERVAR, "DEVNAME"): device} if device else {}
    return {
        (VAR, "USER"): "UNKNOWN",
        **named,
        (USERVAR, "IBMELF"): "YES",
        (USERVAR, "IBMAPPLID"): "None",
        (USERVAR, "CODEPAGE"): f"{number:03}",
        (USERVAR, "CHARSET"): str(character_set),
        (USERVAR, "KBDTYPE"): KEYBOARDS.get(number, "*SYSVAL"),
    }


def asks_for(asked: bytes, name: str) -> bool:
    return any(requested == name for _, requested in _requests(asked))


def answer(asked: bytes, has: dict[tuple[int, str], str]) -> bytes | None:
    """The reply to a SEND, from its first kind on: what is asked for by name, a whole kind where no name follows, everything
    where nothing does. A name we don't have comes back without a value. None: what was asked makes no sense."""
    if asked and asked[0] not in (VAR, USERVAR):
        return None
    requests = _requests(asked) or [(VAR, ""), (USERVAR, "")]
    reply = b""
    for kind, name in requests:
        told = [key for key in has if key[0] == kind] if not name else [(kind, name)]
        for key in told:
            value = has.get(key)
            reply += bytes((kind,)) + _escaped(key[1]) + (b"" if value is None else bytes((VALUE,)) + _escaped(value))
    return reply


def _requests(asked: bytes) -> list[tuple[int, str]]:
    requests: list[tuple[int, str]] = []
    at = 0
    while at < len(asked):
        if asked[at] in (VAR, USERVAR):
            requests.append((asked[at], ""))
        elif requests:
            at += asked[at] == ESCAPE
            kind, name = requests[-1]
            requests[-1] = kind, name + asked[at : at + 1].decode("latin-1")
        at += 1
    return requests


def _escaped(text: str) -> bytes:
    return b"".join(bytes((ESCAPE, byte)) if byte <= USERVAR else bytes((byte,)) for byte in text.encode("latin-1"))
