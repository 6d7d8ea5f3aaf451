"""The `iast` command: which part answers which word. Does nothing itself."""

import importlib
import sys

from app.errors import BadInput, IastError

COMMANDS = {
    "up": ("app.up.supervisor", "start everything on this machine; --help lists its options"),
    "run": ("app.run_command", "run an AST over a list on a running IAST"),
    "ast": ("app.ast_command", "make a new AST from a recording or nothing, check one against a host"),
    "screen": ("app.tn3270.show", "connect to a host, type keys, print the screen"),
    "test": ("app.check", "check and test everything; arguments go to pytest alone"),
    "bench": ("bench", "measure: iast bench [NAME] [--json]"),
    "celery": ("app.up.celery", "the celery command on the IAST of `iast up`: iast celery status"),
    "ui": ("", "build the page"),  # by the launcher, on the way here
    "lock": ("app.relock", "make the lock files again, from pyproject.toml and ui/package.json"),
}
CANNOT_RUN = 3


def main(arguments: list[str]) -> int:
    word, rest = (arguments[0], arguments[1:]) if arguments else ("--help", [])
    if word in ("-h", "--help", "help"):
        print(usage())
        return 0
    if word not in COMMANDS:
        print(f"iast: there is no command {word!r}; there is: {', '.join(COMMANDS)}", file=sys.stderr)
        return 2
    module = COMMANDS[word][0]
    return _call(module, rest) if module else 0


def usage() -> str:
    lines = [f"  {word:8}{meaning}" for word, (_, meaning) in COMMANDS.items()]
    return "\n".join(["usage: iast COMMAND [options]", "", *lines])


def _call(module: str, arguments: list[str]) -> int:
    try:
        return int(importlib.import_module(module).main(arguments))
    except IastError as error:
        print(f"iast: {error.message}", file=sys.stderr)
        return 2 if isinstance(error, BadInput) else CANNOT_RUN
    except KeyboardInterrupt:
        return 130
    except BrokenPipeError:  # our reader went away: `iast ... | head`
        sys.stderr.close()
        return 141


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
