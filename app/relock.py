"""`iast lock`: makes the lock files again. They hold hashes and no registry's address, so any mirror serves them."""

import subprocess
import sys
from pathlib import Path

from app.launch import ROOT, UI, find_node, npm

UV = [str(Path(sys.executable).with_name("uv")), "pip", "compile", "--universal", "--python-version=3.12", "-q"]
UV += ["--generate-hashes", "--no-header", "--no-emit-index-url"]
LOCKS = [
    ["pyproject.toml", "-o", "requirements.lock"],
    ["--group=test", "-c", "requirements.lock", "-o", "requirements-test.lock"],
    ["--group=node", "-o", "requirements-node.lock"],
]


def main(arguments: list[str]) -> int:
    """`--upgrade` takes the newest versions; without it what is locked stays where it still fits."""
    upgrade = [argument for argument in arguments if argument == "--upgrade"]
    for lock in LOCKS:
        subprocess.run([*UV, *upgrade, *lock], cwd=ROOT, check=True)
    command = [find_node(), str(npm(find_node())), "update" if upgrade else "install"]
    subprocess.run([*command, "--package-lock-only", "--omit-lockfile-registry-resolved", "--no-audit"], cwd=UI, check=True)
    return 0
