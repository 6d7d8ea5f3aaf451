"""What a measurement found, as `./iast bench` prints it: figures against their targets, on this machine."""

import json
import os
import platform
import re
from collections.abc import Sequence
from pathlib import Path
from typing import Any

type Figure = dict[str, Any]


def figure(
    name: str, value: float, unit: str, target: float | None = None, yardstick: float | None = None, least: bool = False
) -> Figure:
    """`target` bounds the value from above, or from below where `least`; None: it is only told. `yardstick` is what to compare with."""
    met = None if target is None else value >= target if least else value <= target
    ratio = round(value / yardstick, 3) if yardstick else None
    found = {"name": name, "value": round(value, 3), "unit": unit, "yardstick": _rounded(yardstick), "ratio": ratio}
    return found | {"target": _rounded(target), "met": met}


def show(name: str, figures: Sequence[Figure], as_json: bool, **more: Any) -> int:
    """Prints them, as one JSON object or as lines; the exit code: 0 when every target is met."""
    if as_json:
        print(json.dumps({"name": name, "machine": machine(), **more, "figures": list(figures)}))
    else:
        print(f"{name}: {machine()}")
        for one in figures:
            target = "" if one["target"] is None else f"target {one['target']:>12,}  {'met' if one['met'] else 'MISSED'}"
            print(f"{one['name']:<48} {one['value']:>14,} {one['unit']:<9} {target}".rstrip())
    return 1 if any(one["met"] is False for one in figures) else 0


def machine() -> str:
    return f"{os.cpu_count()} x {_processor()}, {platform.system()} {platform.release()}"


def _processor() -> str:
    try:
        found = re.search(r"^model name\s*: (.+)$", Path("/proc/cpuinfo").read_text(), re.MULTILINE)
    except OSError:
        found = None
    return found[1] if found else platform.machine()


def _rounded(value: float | None) -> float | None:
    return None if value is None else round(value, 3)
