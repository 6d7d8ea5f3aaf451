"""The options of `iast up`."""

import argparse
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NoReturn

from app.up.running import DEFAULT_DATA


@dataclass(frozen=True, slots=True)
class Options:
    port: int | None
    data: Path
    workers: int
    demo: bool
    demo_delay: int  # milliseconds
    hosts: list[dict[str, Any]]
    verbose: bool


class OneLine(argparse.ArgumentParser):
    """Says what is wrong in one line."""

    def error(self, message: str) -> NoReturn:
        self.exit(2, f"{self.prog}: {message} (--help lists the options)\n")


def host(text: str) -> dict[str, Any]:
    """NAME=HOST:PORT as a host to offer; an IPv6 address goes in brackets."""
    name, _, address = text.partition("=")
    machine, _, port = address.rpartition(":")
    if not (name and machine and port.isdigit() and 0 < int(port) < 65536):
        raise argparse.ArgumentTypeError(f"{text!r} is not NAME=HOST:PORT")
    return {"name": name, "address": machine.strip("[]"), "port": int(port)}


def parse(arguments: list[str]) -> Options:
    parser = OneLine(prog="iast up", description="Start a whole IAST on this machine, for this machine alone.")
    parser.add_argument("--port", type=_port, help="port of the page and the API (8000, or a free one where that is taken)")
    parser.add_argument("--data", type=Path, default=DEFAULT_DATA, metavar="DIR", help="where everything is kept (./data)")
    parser.add_argument("--workers", type=_count, default=2, metavar="N", help="Celery workers (2)")
    parser.add_argument(
        "--host", type=host, action="append", default=[], metavar="NAME=HOST:PORT", help="a TN3270 host to offer; may be repeated"
    )
    parser.add_argument("--no-demo", action="store_true", help="without the mock mainframe")
    parser.add_argument("--demo-delay", type=_milliseconds, default=0, metavar="MS", help="response time of the mock mainframe (0)")
    parser.add_argument("--verbose", action="store_true", help="show what every process says, beside writing it to DIR/logs")
    given = parser.parse_args(arguments)
    data = given.data.expanduser().absolute()
    return Options(given.port, data, given.workers, not given.no_demo, given.demo_delay, given.host, given.verbose)


def _port(text: str) -> int:
    return _within(text, 1, 65535)


def _count(text: str) -> int:
    return _within(text, 1, 64)


def _milliseconds(text: str) -> int:
    return _within(text, 0, 3_600_000)


def _within(text: str, least: int, most: int) -> int:
    if not text.isdigit() or not least <= int(text) <= most:
        raise argparse.ArgumentTypeError(f"{text!r} is not a number from {least} to {most}")
    return int(text)
