"""`iast celery ...`: the celery command with the settings of the IAST that `iast up` runs here."""

import os
import sys

from app.errors import NotReady
from app.launch import ROOT
from app.up import environment, running


def main(arguments: list[str]) -> int:
    """Becomes the celery command. Raises NotReady when nothing runs here."""
    facts = running.find()
    if facts is None:
        raise NotReady("no `iast up` is running here. Start it, or set IAST_DATA to the --data it was given.")
    data = running.data_of(facts)
    env = environment.build(environment.load_secrets(data), facts["ports"], [], data)
    os.chdir(ROOT)  # celeryconfig.py lies there
    os.execve(sys.executable, [sys.executable, "-m", "celery", "-A", "app.broker.celery", *arguments], env)
