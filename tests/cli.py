"""The `iast` command within this process: a tenth of what a process of its own takes."""

import io
import sys
from contextlib import redirect_stderr, redirect_stdout
from dataclasses import dataclass
from unittest import mock

from app import cli


@dataclass(frozen=True)
class Ended:
    """What a command printed, and its exit code."""

    code: int
    output: str
    errors: str


def iast(*arguments: str, given: bytes = b"", **environment: str) -> Ended:
    """Run `iast` with these variables set; `given` is its standard input."""
    output, errors = io.StringIO(), io.StringIO()
    stdin = io.TextIOWrapper(io.BytesIO(given))
    surroundings = mock.patch.dict("os.environ", environment), mock.patch.object(sys, "stdin", stdin)
    with surroundings[0], surroundings[1], redirect_stdout(output), redirect_stderr(errors):
        code = cli.main(list(arguments))
    return Ended(code, output.getvalue(), errors.getvalue())
