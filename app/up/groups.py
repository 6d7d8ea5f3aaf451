"""Signals to a process and all it started."""

import os
import signal


def end_group(pid: int, number: signal.Signals) -> None:
    """Signal a process and the children in its group; nothing when they are gone."""
    try:
        os.killpg(pid, number)
    except (ProcessLookupError, PermissionError):  # macOS says the latter of a group of zombies
        pass
