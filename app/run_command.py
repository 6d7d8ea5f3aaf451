"""`iast run`: an AST over a list, on a running IAST, over its REST API alone. The run is the server's: this only starts and watches it."""

import argparse
import getpass
import json
import os
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import requests
from requests.auth import AuthBase
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TaskID, TextColumn, TimeRemainingColumn

from app.errors import BadInput, IastError, NotReady, NotSignedIn
from app.up import running

SUCCEEDED, SOME_DID_NOT, COULD_NOT, INTERRUPTED = 0, 1, 3, 130  # bad input is 2, by app.cli
OVER = ("finished", "cancelled", "failed")
PATIENCE = 600.0  # seconds that a server may be away while we watch: a restart, an upgrade
LOOK_EVERY, LOOK_SELDOM = 0.5, 5.0  # seconds
_ANSWER_SECONDS = 30.0
_START_SECONDS = 180.0  # a list of a million lines takes a while to check and write
_REFUSALS_SHOWN = 3
FILES = (".xlsx", ".xlsm", ".jsonl", ".ndjson")  # what the server reads better than we
OPTIONAL = ("lanes", "name", "film", "dry_run", "canary", "priority")  # the server has its own defaults
_LOOK_FIRST = "See the list of runs before you start it again."

Run = dict[str, Any]  # as the API gives it


def main(arguments: list[str]) -> int:
    """0: all items succeeded (or, without --wait, the run was started); 1: some did not; 3: it could not be run.

    Raises BadInput and the other errors of app.errors, which app.cli prints in a line.
    """
    options = parse(arguments)
    asked = request(options)
    server = Server()
    run = server.start(**asked)
    return _watch(server, run, options) if options.wait else _started(run, options)


def parse(arguments: list[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="iast run",
        description="Run an AST over a list. The server is the one of `iast up`, or that of IAST_URL and IAST_TOKEN.",
        epilog="Exit codes: 0 all succeeded, 1 some did not, 2 bad input, 3 could not be run.",
    )
    add = parser.add_argument
    add("ast", metavar="AST")
    add("--host", required=True, metavar="NAME", help="which host, by its name")
    add("--items", required=True, metavar="FILE|-", help="the list: CSV in UTF-8 with a header line, .xlsx or .jsonl; - reads CSV")
    add("--lanes", type=int, metavar="N", help="host sessions to use at once (1)")
    add("--set", action="append", default=[], metavar="NAME=VALUE", help="a parameter of the AST; NAME alone asks for it, for secrets")
    add("--name", help="what to call the run")
    add("--film", choices=("always", "failures", "never"), help="of which items to keep the screens and keys (failures)")
    add("--dry-run", action="store_true", default=None, help="check the list and sign on, touch nothing")
    add("--canary", type=int, metavar="N", help="wait for a word after the first N items")
    add("--priority", type=int, metavar="0-9", help="9 goes first (5)")
    add("--wait", action="store_true", help="stay until it is over, with a progress bar on standard error")
    add("--json", action="store_true", help="print one JSON object instead of lines")
    return parser.parse_args(arguments)


def request(options: argparse.Namespace) -> dict[str, Any]:
    """What to send to POST /api/v1/runs, as `requests` takes it: JSON, or a form with the file. Raises BadInput."""
    data, parameters = _read(options.items), dict(map(_parameter, options.set))
    asked = {"ast": options.ast, "host": options.host}
    asked |= {name: given for name in OPTIONAL if (given := getattr(options, name)) is not None}
    if not options.items.lower().endswith(FILES):
        return {"json": {**asked, "csv": text_of(data), "parameters": parameters}}
    form = {name: str(value).lower() if value is True else value for name, value in asked.items()}
    form |= {f"parameters.{name}": value for name, value in parameters.items()}
    return {"data": form, "files": {"file": (Path(options.items).name, data)}}


def _read(path: str) -> bytes:
    try:
        return sys.stdin.buffer.read() if path == "-" else Path(path).read_bytes()
    except OSError as error:
        raise BadInput(f"{path} can't be read: {error.strerror}.") from None


def text_of(data: bytes) -> str:
    """The text of a CSV list, with a header and at least a line. Raises BadInput."""
    try:
        text = data.decode("utf-8-sig")  # spreadsheets put a byte order mark before it
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        raise BadInput(f"The list is not UTF-8 (line {line}). Save it as CSV in UTF-8.") from None
    if sum(bool(line.strip()) for line in text.splitlines()[:10_000]) < 2:
        raise BadInput("The list is empty: it needs a header line and at least one item.")
    return text


def _parameter(text: str) -> tuple[str, str]:
    name, equals, value = text.partition("=")
    if not name:
        raise BadInput(f"--set {text!r} is not NAME=VALUE.")
    return name, value if equals else getpass.getpass(f"{name}: ")  # what is typed after --set stands in the process list


class Bearer(AuthBase):
    """A token that goes with each request. As a header alone it would yield to ~/.netrc."""

    def __init__(self, token: str) -> None:
        self._token = token

    def __call__(self, prepared: requests.PreparedRequest) -> requests.PreparedRequest:
        prepared.headers["Authorization"] = f"Bearer {self._token}"
        return prepared


class Server:
    """The REST API of an IAST."""

    def __init__(self) -> None:
        self._session = requests.Session()
        self._url, self._token = address()

    def start(self, **asked: Any) -> Run:
        """Start a run. Asked once only: were the answer lost and we asked again, the list would be worked twice."""
        try:
            return self._answer("POST", "runs", _START_SECONDS, **asked)
        except (requests.ConnectTimeout, requests.ConnectionError) as error:
            if _never_sent(error):
                raise NotReady(f"No IAST answers at {self._url}. Is it running? `./iast up` starts one.") from None
            raise NotReady(f"The server went away while the run was being started. {_LOOK_FIRST}") from None
        except requests.Timeout:
            raise NotReady(f"The server took the list and has not answered. {_LOOK_FIRST}") from None

    def get(self, run: str) -> Run:
        """The run as it is now. Raises NotReady when there is no answer just now."""
        try:
            return self._answer("GET", f"runs/{run}", _ANSWER_SECONDS)
        except requests.RequestException:
            self._look_again()
            raise NotReady() from None

    def _look_again(self) -> None:
        """`iast up` may be back under another address."""
        try:
            self._url, self._token = address()
        except IastError:
            pass

    def _answer(self, method: str, path: str, seconds: float, **content: Any) -> Run:
        url, auth = f"{self._url}/api/v1/{path}", Bearer(self._token)
        answer = self._session.request(method, url, auth=auth, timeout=seconds, allow_redirects=False, **content)
        if answer.status_code not in (200, 201, 202):
            raise problem(answer)
        run: Run = answer.json()
        return run


def address() -> tuple[str, str]:
    """URL and token of the server to use. Raises NotReady, NotSignedIn."""
    url, token = os.environ.get("IAST_URL"), os.environ.get("IAST_TOKEN")
    if url:
        if not token:
            raise NotSignedIn("IAST_URL is set, so IAST_TOKEN must be too: a bearer token of that server.")
        return url.rstrip("/"), token
    found = running.find()
    if found is None:
        raise NotReady("No IAST runs here. `./iast up` starts one; or set IAST_URL and IAST_TOKEN to use another.")
    return str(found["url"]).rstrip("/"), str(found["token"])


def problem(answer: requests.Response) -> IastError:
    """A refusal (RFC 9457 problem details) as one of our errors."""
    try:
        said = answer.json()
    except ValueError:
        said = {}
    text = str(said.get("detail") or said.get("title") or f"The server answered {answer.status_code}.")
    faults = [f"{fault['at']}: {fault['message']}" for fault in said.get("errors") or ()]
    if faults and not any(fault in text for fault in faults):
        more = len(faults) - _REFUSALS_SHOWN
        text = f"{text} {'; '.join(faults[:_REFUSALS_SHOWN])}" + (f"; and {more} more" if more > 0 else "")
    if answer.status_code in (401, 403):
        return NotSignedIn(text)
    return NotReady(text) if answer.status_code >= 500 else BadInput(" ".join(text.split()))


def _never_sent(error: requests.RequestException) -> bool:
    return isinstance(error, requests.ConnectTimeout) or "NewConnectionError" in repr(error)


def _started(run: Run, options: argparse.Namespace) -> int:
    print(json.dumps(_summary(run)) if options.json else f"run {run['id']}")
    return SUCCEEDED


def _watch(server: Server, run: Run, options: argparse.Namespace) -> int:
    if not options.json:
        print(f"run {run['id']}", flush=True)
    begun = time.monotonic()
    try:
        with _bar() as bar:
            run = follow(server, run, _shown_on(bar, run))
    except KeyboardInterrupt:
        print(f"iast: run {run['id']} goes on without us. Pause or cancel it on the page.", file=sys.stderr)
        return INTERRUPTED
    except NotReady:
        print(f"iast: no answer from the server for {PATIENCE:.0f} s. Run {run['id']} goes on with it.", file=sys.stderr)
        return COULD_NOT
    seconds = round(time.monotonic() - begun, 3)
    print(json.dumps(_summary(run) | {"seconds": seconds}) if options.json else f"{told(run)} in {seconds:.1f} s")
    return code(run)


def follow(server: Server, run: Run, show: Callable[[Run, str], None]) -> Run:
    """Look at the run until it is over, however often the server goes away meanwhile. Raises NotReady when it stays away."""
    heard, pause = time.monotonic(), LOOK_EVERY
    while run["status"] not in OVER:
        time.sleep(pause)
        asked = time.monotonic()
        try:
            run, heard = server.get(run["id"]), time.monotonic()
            pause = min(max(LOOK_EVERY, 10 * (heard - asked)), LOOK_SELDOM)  # counting a long list is work for the server
            show(run, "")
        except NotReady:
            if time.monotonic() - heard > PATIENCE:
                raise
            show(run, "waiting for the server")
    return run


def code(run: Run) -> int:
    """The exit code for a run that is over."""
    if run["status"] == "failed":
        return COULD_NOT
    return SUCCEEDED if run["counts"].get("succeeded", 0) == run["total"] and run["status"] == "finished" else SOME_DID_NOT


def told(run: Run) -> str:
    """How a run ended, for people: `finished: 498 succeeded, 2 refused`."""
    parts = ", ".join(f"{n} {status}" for status, n in run["counts"].items() if n)
    return f"{run['status']}: {parts}" + (f". {run['reason']}" if run.get("reason") else "")


def _summary(run: Run) -> Run:
    parts = {name: run.get(name) for name in ("status", "reason", "ast", "host", "total", "lanes", "counts")}
    return {"run": run["id"], **parts}


def _bar() -> Progress:
    first, last = TextColumn("{task.description}"), TextColumn("{task.fields[note]}")
    return Progress(first, BarColumn(), MofNCompleteColumn(), TimeRemainingColumn(), last, console=Console(stderr=True))


def _shown_on(bar: Progress, run: Run) -> Callable[[Run, str], None]:
    task: TaskID = bar.add_task(run["status"], total=run["total"], note="")

    def show(run: Run, trouble: str) -> None:
        counts = run["counts"]
        done = run["total"] - counts.get("pending", 0) - counts.get("running", 0)
        amiss = ", ".join(f"{n} {status}" for status, n in counts.items() if n and status not in ("pending", "running", "succeeded"))
        bar.update(task, completed=done, description=trouble or run["status"], note=amiss)

    return show
