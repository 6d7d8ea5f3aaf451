"""`./iast screen`: one host, some keys, the screen as one JSON object; its exit code says how it went."""

import json
import socket
import threading
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from app.cli import main
from app.screen.model import NULL, Field, Screen, State, Style
from app.tn3270 import show
from app.up.ports import LOOPBACK, free_port
from tests import traces
from tests.demo_host import Host

Shown = tuple[int, dict[str, Any]]
ENTER = bytes.fromhex("fffd18 fffa1801fff0 fffd19 fffb19 fffd00 fffb00")


@pytest.fixture(scope="module")
def host(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    with Host(tmp_path_factory.mktemp("demo")) as started:
        yield f"{LOOPBACK}:{started.port}"


@pytest.fixture
def shown(capsys: pytest.CaptureFixture[str]) -> Callable[..., Shown]:
    def run(*arguments: str) -> Shown:
        code = main(["screen", *arguments, "--json"])
        return code, json.loads(capsys.readouterr().out)

    return run


def test_the_first_screen_is_printed_as_one_object(shown: Callable[..., Shown], host: str):
    code, screen = shown(host, "--wait", "10")
    assert code == 0 and screen["size"] == [24, 80] and len(screen["rows"]) == 24
    assert any("IAST DEMO INSURANCE" in row for row in screen["rows"])
    assert screen["state"] in ("3270", "tn3270e") and screen["locked"] is False
    hidden = next(field for field in screen["fields"] if field["hidden"])
    assert not hidden["protected"] and hidden["text"].strip() == ""


def test_keys_sign_a_user_on(shown: Callable[..., Shown], host: str):
    code, screen = shown(host, "--keys", "String(DEMO01) Tab String(demo01) Enter String(1)", "--wait", "10")
    assert code == 0 and any("POLICY MENU" in row for row in screen["rows"])
    assert any(field["modified"] and field["text"].startswith("1") for field in screen["fields"])  # typed, not sent


def test_a_password_that_was_typed_is_not_printed(shown: Callable[..., Shown], host: str):
    _, screen = shown(host, "--keys", "String(DEMO01) Tab String(marker9)", "--wait", "10")
    assert "marker9" not in json.dumps(screen) and "DEMO01" in json.dumps(screen)


def test_a_key_in_a_protected_field_leaves_keys_over(capsys: pytest.CaptureFixture[str], host: str):
    code = main(["screen", host, "--keys", "MoveCursor(0,1) String(x) Enter", "--wait", "10", "--json"])
    printed = capsys.readouterr()
    assert code == 1 and "X Protected: key 2 of 3" in printed.err
    assert json.loads(printed.out)["oia"] == "X Protected"


def test_without_json_the_rows_are_printed(capsys: pytest.CaptureFixture[str], host: str):
    assert main(["screen", host, "--wait", "10"]) == 0
    assert "IAST DEMO INSURANCE" in capsys.readouterr().out


def test_a_larger_model_is_asked_for(shown: Callable[..., Shown], host: str):
    assert shown(host, "--model", "4", "--wait", "10")[0] == 0


@pytest.mark.parametrize(
    "arguments",
    [
        ["nonsense:port"],
        ["localhost:1", "--model", "9"],
        ["localhost:1", "--keys", "Fly"],
        ["localhost:1", "--code-page", "cp9999"],
        ["localhost:1", "--lu", "A B"],
        ["localhost:1", "--wait", "-1"],
        ["localhost:1", "--ca", "/no/such/file"],
        ["localhost:99999"],
        [],
    ],
)
def test_bad_arguments_exit_2_before_anything_is_sent(arguments: list[str], capsys: pytest.CaptureFixture[str]):
    try:
        code = main(["screen", *arguments])
    except SystemExit as end:  # argparse
        code = end.code
    assert code == 2 and capsys.readouterr().err


def test_a_host_that_is_not_there_exits_3(capsys: pytest.CaptureFixture[str]):
    assert main(["screen", f"{LOOPBACK}:{free_port()}", "--wait", "2"]) == 3
    assert "does not accept connections" in capsys.readouterr().err


def test_a_lost_host_still_shows_its_last_screen_and_exits_3(shown: Callable[..., Shown]):
    record = b"\xf5\xc3\x11\x40\x40" + "GOOD BYE".encode("cp037") + b"\xff\xef"
    with serving(ENTER + record) as port:
        code, screen = shown(f"{LOOPBACK}:{port}", "--wait", "10")
    assert code == 3 and screen["state"] == "lost" and screen["rows"][0].startswith("GOOD BYE")


def test_nothing_that_steers_a_terminal_is_printed():
    screen = Screen(
        1, 6, "A\x1b\x9b\u202e" + NULL + "Z", bytes(6), (Style(),), (Field(0, 6),), 0, 1, 1, False, State.NVT, lu="\x1b]0;x\x07"
    )
    seen = show.described(screen)
    assert seen["rows"] == ["A    Z"] and seen["fields"][0]["text"] == "A    Z" and seen["lu"] == " ]0;x "


@pytest.mark.skipif(not traces.AT_HAND, reason="the recorded hosts are not at hand")
@pytest.mark.parametrize("name", ["login", "target", "sruvm"])
def test_a_recorded_host_ends_as_s3270_saw_it(name: str, shown: Callable[..., Shown]):
    player = traces.replay().Replay(traces.FOLDER / f"{name}.trc", lock=0.1)
    thread = threading.Thread(target=played, args=(player,))
    thread.start()
    _, screen = shown(f"{LOOPBACK}:{player.port}", "--model", "4", "--code-page", "bracket", "--wait", "4")
    player.closed = True
    thread.join(10)
    player.close()
    wanted = traces.golden()[name][-1]
    assert [row.rstrip() for row in screen["rows"]] == [row.rstrip() for row in wanted["rows"]]
    assert screen["cursor"] == list(wanted["cursor"])


def played(player: Any) -> None:
    player.accept()
    while player.step() == "rec":
        pass
    player.poll(8, lambda: player.closed)


class serving:
    """A host on a port of its own that says one thing to one terminal, hears its answers, and hangs up."""

    def __init__(self, said: bytes) -> None:
        self.said, self.listener = said, socket.create_server((LOOPBACK, 0))
        self.thread = threading.Thread(target=self._serve)

    def __enter__(self) -> int:
        self.thread.start()
        return int(self.listener.getsockname()[1])

    def __exit__(self, *_: object) -> None:
        self.thread.join(10)
        self.listener.close()

    def _serve(self) -> None:
        line, _ = self.listener.accept()
        line.settimeout(10)
        line.sendall(self.said)
        heard = b""
        while b"\xff\xfd\x00" not in heard and (more := line.recv(4096)):
            heard += more
        line.close()
