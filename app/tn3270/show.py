"""`./iast screen`: the engine alone at one host: connect, type keys, wait for quiet, print the screen. Needs no server.

Exit codes: 0 shown; 1 shown, but not all keys could be typed; 2 bad arguments; 3 the host was lost (the last screen is
printed all the same) or could not be reached.
"""

import argparse
import json
import re
import sys
from collections.abc import Iterable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from app.errors import BadInput, HostError, InputRefused, WaitTimeout
from app.screen import keyboard, moves, script
from app.screen.model import NULL, WIDE_TAIL, Field, Screen, State, Style, printable
from app.tn3270 import Engine, HostAddress, Session3270

QUIET_MS = 1000.0  # a host is taken to be done when it wrote nothing for so long
PORTS = {"no": 23, "starttls": 23, "yes": 992}
MOST_SECONDS = 3600.0
_PLACE = re.compile(r"(?:\[([0-9A-Fa-f:.%]+)\]|([^\[\]:/\s]+))(?::(\d{1,5}))?")
_SHOWN, _KEYS_LEFT, _LOST = 0, 1, 3


def main(argv: list[str]) -> int:
    """Run the command. Raises BadInput for what can't be used and HostError for a host that can't be reached."""
    options = _parser().parse_args(argv)
    keys = script.parse(options.keys)
    address = address_of(options)
    engine = Engine().start()
    try:
        outcome = visit(engine, address, keys, options.wait)
    finally:
        engine.stop()
    print(
        json.dumps(described(outcome.screen), ensure_ascii=False)
        if options.json
        else "\n".join(printable(row).rstrip() for row in outcome.screen.text())
    )
    if outcome.why:
        print(f"iast: {printable(outcome.why)}", file=sys.stderr)
    return outcome.code


@dataclass(frozen=True, slots=True)
class Outcome:
    """What there was to see at the end, the exit code, and why it is not 0."""

    screen: Screen
    code: int = _SHOWN
    why: str = ""


def visit(engine: Engine, address: HostAddress, keys: Iterable[str], seconds: float) -> Outcome:
    """Connect, type the keys, wait at most `seconds` for each screen, hang up."""
    try:
        session = engine.open(replace(address, connect_seconds=min(address.connect_seconds, max(seconds, 1.0))))
    except HostError as error:
        if isinstance(error.screen, Screen):
            return Outcome(replace(error.screen, state=State.LOST), _LOST, str(error))
        raise
    try:
        return _at(session, list(keys), seconds)
    finally:
        if session.ended is None:
            session.close()


def _at(session: Session3270, keys: list[str], seconds: float) -> Outcome:
    try:
        k, left, why = _typed(session, keys, seconds)
    except HostError as error:
        if not isinstance(error, WaitTimeout):
            return Outcome(session.screen, _LOST, str(error))
        return Outcome(session.screen, _KEYS_LEFT if keys else _SHOWN, str(error) if keys else "")
    return Outcome(k.seen, _KEYS_LEFT if left else _SHOWN, why)


def _typed(session: Session3270, keys: list[str], seconds: float) -> tuple[keyboard.Keyboard, int, str]:
    """The keyboard after the keys, how many of them were left over, and why. Raises HostError."""
    k = keyboard.on(_quiet(session, -1, seconds))
    for n, key in enumerate(keys):
        place = script.move_to(key)
        k = keyboard.press(k, key) if place is None else keyboard.point(k, place[0] * k.screen.columns + place[1])
        if k.error:
            return k, len(keys) - n, f"{k.error}: key {n + 1} of {len(keys)} and those after it were not typed."
        if k.aid:
            try:
                before = session.submit(k.aid, k.cursor, k.modified, k.screen.serial, k.screen.layout)
            except InputRefused as error:
                return k, len(keys) - n, str(error)
            k = keyboard.on(_quiet(session, before, seconds))
    return k, 0, ""


def _quiet(session: Session3270, after: int, seconds: float) -> Screen:
    """The screen on which the host came to rest. Raises HostError."""
    return session.wait(lambda screen: True, after, seconds, QUIET_MS)


# What is printed


def described(screen: Screen) -> dict[str, Any]:
    """A screen as the JSON object that DESIGN.md promises."""
    return {
        "rows": [printable(row) for row in screen.text()],
        "cursor": list(screen.position(screen.cursor)),
        "fields": [_field(screen, field) for field in screen.fields],
        "state": str(screen.state),
        "locked": screen.locked,
        "size": [screen.rows, screen.columns],
        "lu": printable(screen.lu),
        "oia": screen.oia,
    }


def _field(screen: Screen, field: Field) -> dict[str, Any]:
    places = moves.addresses(screen, field)
    text = "".join(screen.cells[at] for at in places).replace(NULL, " ").replace(WIDE_TAIL, "")
    return {
        "start": field.start,
        "length": field.length,
        "protected": field.protected,
        "hidden": field.hidden,
        "numeric": field.numeric,
        "intensified": field.intensified,
        "modified": field.modified,
        "colour": _style(screen, places).colour if places else field.colour & 0x0F,
        "highlight": field.highlight,
        "text": printable(text),
    }


def _style(screen: Screen, places: list[int]) -> Style:
    return screen.palette[screen.styles[places[0]]]


# What is asked for


def address_of(options: argparse.Namespace) -> HostAddress:
    """The host that the options name. Raises BadInput."""
    match = _PLACE.fullmatch(options.host)
    if match is None:
        raise BadInput(f"{printable(options.host)!r} is no HOST:PORT. Examples: mainframe.example:23, 10.0.0.7:992, [::1]:3270")
    return HostAddress(
        host=match[1] or match[2],
        port=int(match[3]) if match[3] else PORTS[options.tls],
        tls=options.tls,
        verify=not options.no_verify,
        ca=_pem(options.ca),
        server_name=options.server_name,
        client_certificate=_pem(options.client_certificate),
        code_page=options.code_page,
        model=options.model,
        lu=tuple(name for names in options.lu for name in names.split(",") if name),
        tn3270e=not options.no_tn3270e,
    )


def _pem(path: Path | None) -> str:
    try:
        return path.read_text(encoding="ascii") if path else ""
    except (OSError, UnicodeError) as error:
        raise BadInput(f"{path} can't be read as PEM: {getattr(error, 'strerror', None) or 'it is not text'}.") from None


def _seconds(text: str) -> float:
    seconds = float(text)
    if not 0 <= seconds <= MOST_SECONDS:
        raise ValueError
    return seconds


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        "iast screen", description="Connect to a TN3270 host, type keys, print the screen.", allow_abbrev=False
    )
    add = parser.add_argument
    add("host", metavar="HOST:PORT")
    add("--model", default="2", help="2, 3, 4, 5 or ROWSxCOLUMNS (default 2)")
    add("--lu", action="append", default=[], metavar="NAME", help="LU to ask for; several, by comma or repeated, are tried in order")
    add(
        "--tls",
        choices=sorted(PORTS),
        default="no",
        nargs="?",
        const="yes",
        help="TLS from the start (yes), or when the host offers it (starttls)",
    )
    add("--ca", type=Path, metavar="FILE", help="PEM file of the authority that signed the host's certificate")
    add("--server-name", default="", metavar="NAME", help="the name that the host's certificate must carry")
    add("--client-certificate", type=Path, metavar="FILE", help="PEM file of our certificate and its key")
    add("--no-verify", action="store_true", help="don't check the host's certificate at all")
    add("--code-page", default="cp037", metavar="NAME", help="the host's code page (default cp037)")
    add("--no-tn3270e", action="store_true", help="refuse TN3270E, as an old terminal does")
    add("--keys", default="", metavar="SCRIPT", help="keys to press, such as: String(abc) Tab PF(3)")
    add("--wait", type=_seconds, default=5.0, metavar="SECONDS", help="longest wait for the host to come to rest (default 5)")
    add("--json", action="store_true", help="print one JSON object")
    return parser
