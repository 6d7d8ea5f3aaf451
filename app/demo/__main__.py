"""`python -m app.demo`: the mock mainframe as a process."""

import argparse
import asyncio
import codecs
import signal
import ssl
import sys
from pathlib import Path

from .applications import PLANS
from .control import Control
from .faults import Faults
from .host import Behaviour, HostApplication
from .ledger import Ledger, LedgerInUse
from .server import Line, Listener


def arguments(argv: list[str] | None = None) -> argparse.Namespace:
    """The command line, checked."""
    parser = argparse.ArgumentParser(prog="python -m app.demo", description="A mock mainframe; see docs/demo.md.")
    add = parser.add_argument
    add("--port", type=int, default=3270, help="0: let the system choose; it is printed")
    add("--ledger", type=Path, required=True, metavar="FILE", help="accepted transactions are written here, a JSON object a line")
    add("--application", choices=PLANS, default="insurance", help="what answers on --port")
    add("--also", type=also, action="append", default=[], metavar="APPLICATION=PORT", help="serve another application from this process")
    add("--delay", type=whole, default=0, metavar="MS", help="response time of every key that reaches the host")
    add("--seed", type=int, default=3270, help="what the data is made from")
    add("--single-sign-on", action="store_true", help="refuse a user who is signed on already")
    add("--control", type=int, metavar="PORT", help="take orders for faults and delays here, on the loopback (0: let the system choose)")
    add("--bind", default="127.0.0.1", metavar="ADDRESS", help="beyond the loopback only where strangers may play with it")
    add("--classic", action="store_true", help="TN3270 without TN3270E")
    add("--code-page", type=code_page, default="cp037", metavar="NAME", help="the host's EBCDIC, as Python names it")
    add("--tls", type=Path, metavar="PEM", help="speak TLS with the certificate and key in this file")
    return parser.parse_args(argv)


def also(text: str) -> tuple[str, int]:
    name, _, port = text.partition("=")
    if name not in PLANS or not port.isdigit():
        raise argparse.ArgumentTypeError(f"must be APPLICATION=PORT with one of {', '.join(PLANS)}")
    return name, int(port)


def whole(text: str) -> int:
    if not text.isdigit():
        raise argparse.ArgumentTypeError("must be a whole number from 0")
    return int(text)


def code_page(name: str) -> str:
    try:
        codecs.lookup(name)
    except LookupError:
        raise argparse.ArgumentTypeError(f"{name} is no code page that Python knows") from None
    return name


def line(options: argparse.Namespace) -> Line:
    tls = None
    if options.tls:
        tls = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
        tls.load_cert_chain(options.tls)
    return Line(options.bind, not options.classic, options.code_page, tls)


async def serve(options: argparse.Namespace) -> None:
    """Serve until a signal says stop."""
    stop = asyncio.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(number, stop.set)
    listeners = await listen(options)
    await stop.wait()
    for listener in listeners:
        await listener.stop()


async def listen(options: argparse.Namespace) -> list[Listener]:
    """Open all ports, and print them; `listening` comes last, when everything is ready."""
    behaviour = Behaviour(options.delay, options.single_sign_on, Faults(options.seed))
    ledger, how = Ledger(options.ledger), line(options)
    listeners, announced = [], []
    for name, wanted in [(options.application, options.port), *options.also]:
        listeners.append(Listener(HostApplication(PLANS[name], options.seed, ledger, behaviour), how))
        announced.append((name, await listeners[-1].start(wanted)))
    if options.control is not None:
        print(f"control 127.0.0.1:{await Control(behaviour, listeners).start(options.control)}")
    for name, port in announced[1:]:
        print(f"{name} {options.bind}:{port}")
    print(f"listening {options.bind}:{announced[0][1]}", flush=True)
    return listeners


def main(argv: list[str] | None = None) -> int:
    try:
        asyncio.run(serve(arguments(argv)))
    except (LedgerInUse, OSError) as problem:
        print(f"app.demo: {problem}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
