"""`iast run` against a server that answers as told: what it sends, what it says, its exit codes, a restart in the middle."""

import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from typing import Any

import pytest

from app.up.ports import LOOPBACK, free_port
from tests.cli import Ended, iast
from tests.processes import ROOT, wait_until

TOKEN = "t" * 40


class Api:
    """REST as `iast run` sees it: takes runs, and answers each look at one with the next of `looks` (the last one again and again)."""

    def __init__(self, port: int = 0) -> None:
        self.asked: list[dict[str, Any]] = []
        self.tokens: set[str | None] = set()
        self.refusal: tuple[int, dict[str, Any]] | None = None
        self.looks: list[dict[str, Any]] = []
        self.seen = 0
        self._server = ThreadingHTTPServer((LOOPBACK, port), type("Handler", (_Handler,), {"api": self}))
        self.port = self._server.server_address[1]
        Thread(target=self._server.serve_forever, daemon=True).start()

    def look(self) -> dict[str, Any]:
        self.seen += 1
        return self.looks.pop(0) if len(self.looks) > 1 else self.looks[0]

    def stop(self) -> None:
        self._server.shutdown()
        self._server.server_close()


class _Handler(BaseHTTPRequestHandler):
    api: Api

    def do_POST(self) -> None:
        self.api.asked.append(json.loads(self.rfile.read(int(self.headers["Content-Length"]))))
        self._send(*(self.api.refusal or (202, a_run("starting"))))

    def do_GET(self) -> None:
        self._send(200, self.api.look())

    def _send(self, status: int, body: dict[str, Any]) -> None:
        self.api.tokens.add(self.headers["Authorization"])
        self.send_response(status)
        self.end_headers()
        self.wfile.write(json.dumps(body).encode())

    def log_message(self, *_: object) -> None:
        pass


def a_run(status: str, reason: str = "", **counts: int) -> dict[str, Any]:
    counts = counts or {"pending": 3}
    return {"id": "r-1", "status": status, "reason": reason, "total": 3, "lanes": 1, "ast": "a", "host": "demo", "counts": counts}


@pytest.fixture
def api() -> Iterator[Api]:
    api = Api()
    yield api
    api.stop()


@pytest.fixture
def policies(tmp_path: Path) -> Path:
    path = tmp_path / "policies.csv"
    path.write_text("policy\nP1\nP2\nP3\n")
    return path


def command(*arguments: str) -> list[str]:
    return [sys.executable, "-m", "app.cli", "run", "policy_inquiry", "--host", "demo", *arguments]


def environment(port: int) -> dict[str, str]:
    return {**os.environ, "IAST_URL": f"http://{LOOPBACK}:{port}", "IAST_TOKEN": TOKEN}


def iast_run(port: int, *arguments: str, given: bytes = b"", token: str = TOKEN) -> Ended:
    url = f"http://{LOOPBACK}:{port}"
    return iast("run", "policy_inquiry", "--host", "demo", *arguments, given=given, IAST_URL=url, IAST_TOKEN=token)


def test_a_run_is_started_with_the_list_and_the_parameters_and_its_id_is_printed(api: Api, policies: Path) -> None:
    done = iast_run(api.port, "--items", str(policies), "--lanes", "7", "--set", "office=A=B")
    assert (done.code, done.output) == (0, "run r-1\n")
    expected = {"ast": "policy_inquiry", "host": "demo", "csv": policies.read_text(), "lanes": 7, "parameters": {"office": "A=B"}}
    assert api.asked == [expected] and api.tokens == {f"Bearer {TOKEN}"}


@pytest.mark.parametrize(
    ("end", "code", "told"),
    [
        (a_run("finished", succeeded=3), 0, "finished: 3 succeeded"),
        (a_run("finished", succeeded=2, refused=1), 1, "2 succeeded, 1 refused"),
        (a_run("cancelled", succeeded=2, cancelled=1), 1, "cancelled"),
        (a_run("failed", "No lane could sign on.", failed=3), 3, "No lane could sign on."),
    ],
)
def test_with_wait_the_end_decides_the_exit_code(api: Api, policies: Path, end: dict[str, Any], code: int, told: str) -> None:
    api.looks = [a_run("running", pending=2, running=1), end]
    done = iast_run(api.port, "--items", str(policies), "--wait")
    assert (done.code, told in done.output) == (code, True), done


def test_with_json_standard_output_is_one_object(api: Api, policies: Path) -> None:
    api.looks = [a_run("finished", succeeded=3)]
    done = iast_run(api.port, "--items", "-", "--wait", "--json", given=policies.read_bytes())
    said = json.loads(done.output)
    assert (said["run"], said["status"], said["counts"]) == ("r-1", "finished", {"succeeded": 3}) and said["seconds"] >= 0


@pytest.mark.parametrize(
    ("given", "told"),
    [(b"policy\nP1\nP\xfc2\n", "not UTF-8 (line 3)"), (b"", "empty"), (b"policy\n\n \n", "empty")],
)
def test_a_list_that_can_not_be_used_is_refused_in_a_line_and_nothing_is_sent(api: Api, given: bytes, told: str) -> None:
    done = iast_run(api.port, "--items", "-", given=given)
    assert done.code == 2 and told in done.errors and done.errors.count("\n") == 1
    assert not api.asked


def test_a_byte_order_mark_is_no_part_of_the_first_column(api: Api) -> None:
    iast_run(api.port, "--items", "-", given=b"\xef\xbb\xbfpolicy\nP1\n")
    assert api.asked[0]["csv"] == "policy\nP1\n"


def test_what_the_server_refuses_is_told_in_a_line(api: Api, policies: Path) -> None:
    faults = [{"at": f"line {n}", "message": "policy: is missing"} for n in range(2, 7)]
    api.refusal = 422, {"detail": "The list has wrong rows.", "code": "bad-input", "errors": faults}
    done = iast_run(api.port, "--items", str(policies))
    assert done.code == 2 and done.errors.count("\n") == 1
    assert "line 2: policy: is missing" in done.errors and "and 2 more" in done.errors


@pytest.mark.parametrize(("status", "code"), [(404, 2), (401, 3), (503, 3)])
def test_a_refusal_is_bad_input_unless_the_server_is_the_reason(api: Api, policies: Path, status: int, code: int) -> None:
    api.refusal = status, {"detail": "There is no host 'demo'."}
    done = iast_run(api.port, "--items", str(policies))
    assert done.code == code and "There is no host" in done.errors


def test_without_a_server_it_says_how_to_start_one(policies: Path) -> None:
    done = iast_run(free_port(), "--items", str(policies))
    assert done.code == 3 and "./iast up" in done.errors and done.errors.count("\n") == 1
    done = iast_run(1, "--items", str(policies), token="")
    assert done.code == 3 and "IAST_TOKEN" in done.errors


def test_a_server_that_restarts_in_the_middle_is_waited_for(policies: Path) -> None:
    first = Api()
    first.looks = [a_run("running", pending=3)]
    watching = subprocess.Popen(
        command("--items", str(policies), "--wait"), stdout=subprocess.PIPE, env=environment(first.port), cwd=ROOT, text=True
    )
    wait_until(lambda: first.seen > 0, 30, "the first look")
    first.stop()
    again = Api(first.port)
    again.looks = [a_run("running", running=3), a_run("finished", succeeded=3)]
    output, _ = watching.communicate(timeout=60)
    again.stop()
    assert watching.returncode == 0 and "finished: 3 succeeded" in output
    assert len(first.asked) == 1 and not again.asked  # started once, whatever happened


def test_ctrl_c_leaves_the_run_going_and_says_so(api: Api, policies: Path) -> None:
    api.looks = [a_run("running", pending=3)]
    watching = subprocess.Popen(
        command("--items", str(policies), "--wait"), stdout=subprocess.PIPE, stderr=subprocess.PIPE, env=environment(api.port), cwd=ROOT
    )
    wait_until(lambda: api.seen > 0, 30, "the first look")
    watching.send_signal(signal.SIGINT)
    _, errors = watching.communicate(timeout=30)
    assert watching.returncode == 130 and b"r-1 goes on" in errors
