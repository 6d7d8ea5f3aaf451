"""The ledger: one JSON object a line for every transaction the mock mainframe accepted. Append-only; knows no screens."""

import fcntl
import json
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from app.clock import now

Entry = dict[str, Any]  # time, application, transaction, key, user, lu, and facts of the transaction


class LedgerInUse(RuntimeError):
    """Another mock mainframe writes this ledger. Stop that one, or choose another file with --ledger."""


class Ledger:
    """Appends entries to `path`, each by one write(2), so a kill loses none that was answered and tears none.

    Not synced to the disk: only a crash of the whole machine could lose an answered entry, and a sync for each would
    make every session wait for the disk.
    """

    def __init__(self, path: Path) -> None:
        path.parent.mkdir(parents=True, exist_ok=True)
        self.path = path
        self._file = os.open(path, os.O_RDWR | os.O_CREAT | os.O_APPEND, 0o600)
        self._take()
        self._end_torn_line()

    def _take(self) -> None:
        try:
            fcntl.flock(self._file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            os.close(self._file)
            raise LedgerInUse(LedgerInUse.__doc__) from None

    def _end_torn_line(self) -> None:
        size = os.fstat(self._file).st_size
        if size and os.pread(self._file, 1, size - 1) != b"\n":
            os.write(self._file, b"\n")  # the machine died in the middle of a line: keep the next one whole

    def write(self, application: str, transaction: str, key: str, user: str, **facts: Any) -> Entry:
        """Append one accepted transaction and return it as written. `facts` must be JSON values."""
        entry = {"time": now(), "application": application, "transaction": transaction, "key": key, "user": user, **facts}
        os.write(self._file, json.dumps(entry, separators=(",", ":")).encode() + b"\n")
        return entry

    def entries(self) -> Iterator[Entry]:
        """Every entry from the first, leaving out a torn line."""
        with self.path.open("rb") as lines:
            for line in lines:
                try:
                    entry = json.loads(line)
                except ValueError:
                    continue
                if isinstance(entry, dict):
                    yield entry

    def close(self) -> None:
        os.close(self._file)
