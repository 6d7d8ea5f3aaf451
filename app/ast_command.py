"""`iast ast`: write an AST, from nothing or from a recording, and check one against a recording or a host. No server is needed."""

import argparse
import getpass
import json
import os
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from app.asts import registry, writer
from app.asts.base import Ast, SecretStr, SignOn
from app.asts.drift import report
from app.asts.driver import Lane, play
from app.asts.film import Shot, Strip
from app.asts.recording import RecordedLane, Recording, read, shots
from app.asts.script import Done, Failed, Outcome, Refused, Script
from app.errors import BadInput
from app.screen.model import Screen
from app.tn3270 import Engine, HostAddress, Session3270

GOOD, DRIFTED = 0, 1
NOTHING = Recording([], {})
PASSWORD = "IAST_HOST_PASSWORD"  # for scripts; a person is asked
_NOBODY = SignOn(user="USER", password="PASSWORD")  # type: ignore[arg-type]


def main(arguments: list[str]) -> int:
    """0: as it should be; 1: the AST or its host's screens have changed. Raises BadInput, HostError."""
    options = parse(arguments)
    return new(options) if options.what == "new" else check(options)


def parse(arguments: list[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="iast ast", description="Write and check ASTs.")
    kinds = parser.add_subparsers(dest="what", required=True)
    make = kinds.add_parser("new", help="write NAME.py: an AST to fill in, or what a recording did")
    make.add_argument("name")
    make.add_argument("--folder", type=Path, default=_folder(), help=f"where to (the first folder of {registry.FOLDERS}, else here)")
    make.add_argument("--recording", metavar="FILE", help="frames as JSON: a recording or an item's film from the API")
    make.add_argument(
        "--column", type=_pair, action="append", default=[], metavar="NAME=TEXT", help="TEXT, as typed in the recording, is the column NAME"
    )
    make.add_argument("--commit", default="", metavar="KEY", help="the key whose last press in the recording commits")
    look = kinds.add_parser("check", help="play an AST against a recording, a host, or both")
    look.add_argument("ast", metavar="NAME|FILE.py")
    look.add_argument("--item", type=_pair, action="append", default=[], metavar="COLUMN=VALUE", help="(that of the recording)")
    look.add_argument("--set", type=_pair, action="append", default=[], metavar="NAME=VALUE", help="a parameter of the AST")
    look.add_argument("--recording", metavar="FILE", help="without --host: play against it; with: report what changed since")
    look.add_argument("--host", type=_host, metavar="HOST:PORT")
    look.add_argument("--user", default="", help=f"sign on as; the password is asked for, or is in {PASSWORD}")
    look.add_argument("--tls", choices=("no", "yes", "starttls"), default="no")
    look.add_argument("--model", default="2")
    look.add_argument("--code-page", default="cp037")
    look.add_argument("--commit", action="store_true", help="let it commit at the host; without, it stops before")
    look.add_argument("--save", type=Path, metavar="FILE", help="keep what was seen and pressed as a recording")
    return parser.parse_args(arguments)


def new(options: argparse.Namespace) -> int:
    """Write the file; one that is there is not touched."""
    writer.checked(options.name)
    if options.recording:
        marks = writer.Marks(options.name, dict(options.column), options.commit)
        text = writer.write(_recording(options.recording).shots, marks)
    else:
        text = writer.template(options.name)
    path = options.folder / f"{options.name}.py"
    try:
        with path.open("x", encoding="utf-8") as file:
            file.write(text)
    except FileExistsError:
        raise BadInput(f"{path} is there already. Choose another name, or move it away.") from None
    except OSError as error:
        raise BadInput(f"{path} can't be written: {error.strerror}.") from None
    print(f"{path}: written. Try it: iast ast check {path}")
    return GOOD


def check(options: argparse.Namespace) -> int:
    """Play the AST where it was asked to, and say what came of it."""
    ast = find(options.ast)
    recorded, given = _recording(options.recording) if options.recording else NOTHING
    if not recorded and not options.host:
        print(f"{ast.name}: can be loaded; columns: {', '.join(ast.Item.model_fields)}; {'commits' if ast.commits else 'reads only'}")
        return GOOD
    player = Player(ast, dict(options.item) or given, dict(options.set), options.commit or not options.host)
    if not options.host:
        return _told(player.on_recording(recorded), [])
    outcome = player.on_host(_address(options), _who(options))
    seen = shots(player.strip.frames())
    if options.save:
        options.save.write_text(json.dumps({"ast": ast.name, "input": player.shown_item(), "frames": player.strip.frames()}))
    return _told(outcome, report(recorded, seen) if recorded else [])


def find(name: str) -> type[Ast]:
    """An AST by its name, or the one in a file. Raises NotFound, BadInput."""
    if not name.endswith(".py"):
        return registry.get(name)
    path = Path(name)
    registry.use_folders([path.parent.absolute(), *registry.folders()])
    try:
        found = registry.asts_in(registry.load(path))
    except Exception as error:
        raise BadInput(f"{path} can't be loaded: {type(error).__name__}: {error}") from None
    if len(found) != 1:
        raise BadInput(f"{path} has {len(found)} ASTs; it should have one.")
    if wrong := registry.faults(found[0]):
        raise BadInput(f"{path}: {'; '.join(wrong)}.")
    return found[0]


class StoppedBeforeCommit(BadInput):
    """It came as far as its commit and stopped there. --commit lets it go on."""


class Journal:
    """Lets commits through, or stops before the first."""

    def __init__(self, may: bool) -> None:
        self._may = may

    def committing(self) -> None:
        if not self._may:
            raise StoppedBeforeCommit()

    def withdrawn(self) -> None: ...

    def committed(self, answer: str) -> None: ...

    def settle(self) -> None: ...


class HostLane:
    """A lane of one's own at a host: the driver's Lane over an engine's session."""

    def __init__(self, session: Session3270, quiet_ms: int) -> None:
        self._session, self._quiet_ms = session, quiet_ms

    def screen(self) -> Screen:
        return self._session.screen

    def submit(self, aid: str, cursor: int, fields: Sequence[tuple[int, str]], on: Screen) -> int:
        return self._session.submit(aid, cursor, fields, on.serial, on.layout)

    def wait(self, until: Callable[[Screen], bool], after: int, seconds: float) -> Screen:
        return self._session.wait(until, after, seconds, self._quiet_ms)


class Player:
    """Plays one item of an AST: sign-on where there is one to do, the work, sign-off."""

    def __init__(self, ast: type[Ast], item: dict[str, object], parameters: dict[str, object], may_commit: bool) -> None:
        self.ast = ast(ast.validate_parameters(parameters))
        self.item = ast.validate(item)
        self.strip = Strip()
        self._journal = Journal(may_commit)

    def shown_item(self) -> dict[str, str]:
        """The item as a list has it, in texts, without its secrets."""
        return {name: str(value) for name, value in self.item.model_dump().items() if not isinstance(value, SecretStr)}

    def on_recording(self, recorded: Sequence[Shot]) -> Outcome:
        """A recording that begins with a hidden field has the sign-on too."""
        lane = RecordedLane(recorded)
        begins = any(field.hidden for field in recorded[0].screen.fields)
        return self._all(lane, _NOBODY if begins else None, sign_off=False)

    def on_host(self, address: HostAddress, who: SignOn | None) -> Outcome:
        engine = Engine().start()
        try:
            session = engine.open(address)
            return self._all(HostLane(session, self.ast.quiet_ms), who, sign_off=True)
        finally:
            engine.stop()

    def _all(self, lane: Lane, who: SignOn | None, sign_off: bool) -> Outcome:
        if who is not None or sign_off:
            outcome = self._play(self.ast.sign_on(who), lane)
            if not isinstance(outcome, Done):
                return outcome
        try:
            outcome = self._play(self.ast.process(self.item), lane)
        except StoppedBeforeCommit as stopped:
            outcome = Failed(stopped.message, "before-commit")
        if sign_off and isinstance(outcome, Done | Refused):
            self._play(self.ast.sign_off(), lane)
        return outcome

    def _play(self, script: Script, lane: Lane) -> Outcome:
        seconds, step = self.ast.item_seconds, self.ast.step_seconds
        return play(script, lane, seconds=seconds, step_seconds=step, journal=self._journal, film=self.strip)


def _told(outcome: Outcome, drift: list[str]) -> int:
    """Print what came of it; a refusal by the business is as good as a result."""
    match outcome:
        case Done():
            print("done: " + json.dumps(outcome.result, ensure_ascii=False))
        case Refused():
            print(f"refused by the host: {outcome.reason}")
        case Failed() if outcome.code == "before-commit":
            print(outcome.reason)
        case _:
            print(f"{type(outcome).__name__.lower()}: {getattr(outcome, 'reason', '')} ({getattr(outcome, 'code', '')})")
    for line in drift:
        print(f"drift: {line}")
    well = isinstance(outcome, Done | Refused) or getattr(outcome, "code", "") == "before-commit"
    return GOOD if well and not drift else DRIFTED


def _address(options: argparse.Namespace) -> HostAddress:
    host, port = options.host
    return HostAddress(host, port, tls=options.tls, model=options.model, code_page=options.code_page)


def _who(options: argparse.Namespace) -> SignOn | None:
    if not options.user:
        return None
    password = os.environ.get(PASSWORD) or getpass.getpass(f"password of {options.user}: ")
    return SignOn(user=options.user, password=password)  # type: ignore[arg-type]


def _recording(path: str) -> Recording:
    try:
        return read(sys.stdin.buffer.read() if path == "-" else Path(path).read_bytes())
    except OSError as error:
        raise BadInput(f"{path} can't be read: {error.strerror}.") from None


def _folder() -> Path:
    return next(iter(registry.folders()), Path("."))


def _pair(text: str) -> tuple[str, Any]:
    name, equals, value = text.partition("=")
    if not name or not equals:
        raise argparse.ArgumentTypeError(f"{text!r} is not NAME=VALUE")
    return name, value


def _host(text: str) -> tuple[str, int]:
    host, _, port = text.rpartition(":")
    if not host or not port.isdigit() or not 0 < int(port) < 65536:
        raise argparse.ArgumentTypeError(f"{text!r} is not HOST:PORT")
    return host.strip("[]"), int(port)
