"""`iast bench [NAME] [--json]`: which measurements there are. A measurement is bench/NAME.py with `main(json: bool) -> int`."""

import importlib
import sys
from pathlib import Path


def names() -> list[str]:
    return sorted(path.stem for path in Path(__file__).parent.glob("*.py") if not path.stem.startswith("_"))


def main(arguments: list[str]) -> int:
    """Runs the named measurements, or all; exit code 0 when each met its targets."""
    as_json = "--json" in arguments
    wanted = [word for word in arguments if word != "--json"] or names()
    unknown = [word for word in wanted if word not in names()]
    if unknown:
        print(f"iast bench: there is no {unknown[0]!r}; there is: {', '.join(names()) or 'nothing yet'}", file=sys.stderr)
        return 2
    return max((importlib.import_module(f"bench.{name}").main(as_json) for name in wanted), default=0)
