"""`iast test`: the checks and all the tests, and a line for each that says how it went."""

import os
import shutil
import subprocess
import sys
import time

from app.launch import ROOT, UI, find_node

PACKAGES = {  # Debian package: what it is found by, and the tests that use it
    "chromium": (("chromium", "chromium-browser", "google-chrome"), "the tests in a browser"),
    "s3270": (("s3270",), "the comparisons with s3270"),
    "hercules": (("hercules",), "the tests at a Hercules console"),
}
SIDE_BY_SIDE = [f"--numprocesses={min(4, max(2, os.cpu_count() or 2))}", "--dist=loadfile"]  # each with servers of its own
MODULES = [sys.executable, "-m"]


def main(arguments: list[str]) -> int:
    """With arguments: pytest alone with them. Without: everything. Exit code 0 when all of it passed."""
    install_packages()
    if arguments:
        return _run([*MODULES, "pytest", *arguments])
    failed = [name for name, command, folder in checks() if not _passes(name, command, folder)]
    print(f"iast test: failed: {', '.join(failed)}" if failed else "iast test: all passed")
    return 1 if failed else 0


def checks() -> list[tuple[str, list[str], str]]:
    """Each check: name, command, folder to run it in. The quick ones first."""
    packages = str(UI / "node_modules")
    return [
        ("ruff", [*MODULES, "ruff", "check", "app", "tests", "bench"], str(ROOT)),
        ("imports", [sys.executable, "-c", "from importlinter.cli import lint_imports_command as run; run()"], str(ROOT)),
        ("mypy", [*MODULES, "mypy"], str(ROOT)),
        ("tsc", [find_node(), f"{packages}/typescript/bin/tsc", "--noEmit"], str(UI)),
        ("tsc of the pure parts", [find_node(), f"{packages}/typescript/bin/tsc", "--noEmit", "--project", "tsconfig.pure.json"], str(UI)),
        ("vitest", [find_node(), f"{packages}/vitest/vitest.mjs", "run"], str(UI)),
        ("pytest", [*MODULES, "pytest", *SIDE_BY_SIDE, "--durations=15"], str(ROOT)),
    ]


def install_packages() -> None:
    """What the tests use of Debian's: installed when we may, else a line says which tests are left out."""
    missing = [package for package, (commands, _) in PACKAGES.items() if not any(map(shutil.which, commands))]
    if missing and (ask := _may_install()) is not None:
        print(f"iast test: installing {' and '.join(missing)} by apt-get ...", flush=True)
        env = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
        for step in (["update", "-qq"], ["install", "-y", "-qq", "--no-install-recommends", *missing]):
            subprocess.run([*ask, "apt-get", *step], env=env, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    for package in missing:
        commands, tests = PACKAGES[package]
        if not any(map(shutil.which, commands)):
            print(f"iast test: no {package}, and no right to install it: {tests} are left out (apt-get install {package})", flush=True)


def _may_install() -> list[str] | None:
    """How to call apt-get: as we are, by sudo without a question, or (None) not at all."""
    if not shutil.which("apt-get"):
        return None
    if os.geteuid() == 0:
        return []
    return ["sudo", "-n"] if shutil.which("sudo") and _run(["sudo", "-n", "true"], quiet=True) == 0 else None


def _passes(name: str, command: list[str], folder: str) -> bool:
    print(f"iast test: {name}", flush=True)
    started = time.monotonic()
    code = _run(command, folder)
    print(f"iast test: {name} {'passed' if code == 0 else 'FAILED'} in {time.monotonic() - started:.0f} s", flush=True)
    return code == 0


def _run(command: list[str], folder: str = str(ROOT), quiet: bool = False) -> int:
    output = subprocess.DEVNULL if quiet else None
    return subprocess.run(command, cwd=folder, stdout=output, stderr=output).returncode
