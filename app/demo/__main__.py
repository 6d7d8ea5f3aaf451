"""`python -m app.demo`: the mock mainframe as a process."""

import argparse
import asyncio
import signal
import sys
from pathlib import Path

from .applications import APPLICATIONS, make_application
from .control import Control
from .faults import Faults
from .ledger import Ledger, LedgerInUse
from .server import Line, Listener


def arguments(argv: list[str] | None = None) -> argparse.Namespace:
    """The command line, checked."""
    parser = argparse.ArgumentParser(prog="python -m app.demo", description="A mock mainframe on the loopback, for trying and testing IAST. See docs/demo.md.")
    parser.add_argument("--port", type=int, default=3270, help="0: let the system choose; it is printed")
    parser.add_argument("--ledger", type=Path, required=True, metavar="FILE", help="where accepted transactions are written, a JSON object a line")
    parser.add_argument("--application", choices=APPLICATIONS, default="insurance")
    parser.add_argument("--delay", type=int, default=0, metavar="MS", help="response time of every key that reaches the host")
    parser.add_argument("--seed", type=int, default=3270, help="what the data is made from")
    parser.add_argument("--single-sign-on", action="store_true", help="refuse a user who is signed on already")
    parser.add_argument("--control", type=int, metavar="PORT", help="take orders for faults and delays here (0: let the system choose)")
    return parser.parse_args(argv)


async def serve(options: argparse.Namespace) -> None:
    """Serve until a signal says stop."""
    stop = asyncio.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(number, stop.set)
    application = make_application(options.application, Ledger(options.ledger), Faults(options.seed), seed=options.seed, delay_ms=options.delay, single_sign_on=options.single_sign_on)
    listener = Listener(application, Line())
    port = await listener.start(options.port)
    if options.control is not None:
        print(f"control 127.0.0.1:{await Control([listener]).start(options.control)}")
    print(f"listening 127.0.0.1:{port}", flush=True)
    await stop.wait()
    await listener.stop()


def main(argv: list[str] | None = None) -> int:
    try:
        asyncio.run(serve(arguments(argv)))
    except (LedgerInUse, OSError) as problem:
        print(f"app.demo: {problem}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
