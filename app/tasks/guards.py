"""Guards: what a host allows now, as this worker last heard. One a host; asks Redis seldom, tells it what goes wrong at once."""

import logging
import time
from collections import Counter
from collections.abc import Callable
from datetime import UTC, datetime
from threading import Lock

from app import windows
from app.broker import protection
from app.errors import IastError
from app.store import hosts
from app.tasks import here

log = logging.getLogger(__name__)

_FRESH = 1.0  # seconds
_HOST_FRESH = 10.0  # seconds until a changed limit is heard of


class Guard:
    """What stands between lanes and one host."""

    def __init__(self, host: hosts.Host) -> None:
        self.host = host
        self.breaker = protection.Breaker()
        self._open_now = True
        self._asked = self._read = 0.0
        self._asking = Lock()
        self._pressed: Counter[str] = Counter()

    def look(self) -> "Guard":
        """Ask again if it is time. When Redis or the store is away, what was known holds."""
        if time.monotonic() - self._asked > _FRESH and self._asking.acquire(blocking=False):
            try:
                self._ask()
            except IastError as error:
                log.warning("limits of host %s not read: %s", self.host.name, error)
            finally:
                self._asked = time.monotonic()
                self._asking.release()
        return self

    def within_hours(self) -> bool:
        """Whether the host's windows are open."""
        return self.look()._open_now

    def most(self, wanted: int) -> int:
        """How many of `wanted` things may be tried on the host: all, one as a probe, or none."""
        if not self.within_hours():
            return 0
        if self.breaker.state == "closed":
            return wanted
        return min(1, wanted) if self.breaker.due else 0

    def admits(self) -> bool:
        """Whether an item may begin. Raises NotReady."""
        self.look()
        if self.breaker.state == "closed":
            return True
        return self.breaker.due and protection.probe(self.host.name)

    def judge(self, code: str, answered: bool) -> None:
        """What an item showed of the host: something that speaks against it, that it answers, be it with a lock, or nothing."""
        if code in protection.FAILURES:
            self.failed(code)
        elif answered:
            self.worked()
        elif self.breaker.state != "closed":
            self._tell(lambda: protection.undecided(self.host.name))

    def worked(self) -> None:
        """It has answered an item."""
        if self.breaker.failures or self.breaker.state != "closed":
            self._tell(lambda: protection.worked(self.host.name))

    def failed(self, code: str) -> None:
        """An item, or a sign-on, did not. Only what speaks against the host counts."""
        if code in protection.FAILURES:
            self._tell(lambda: protection.failed(self.host, protection.FAILURES[code]))

    def pace(self) -> None:
        """Wait for a lane's turn to press a key. Raises NotReady: a limit that can't be asked is not ignored."""
        self._pressed["keys"] += 1
        if self.host.max_rate:
            wait = protection.turn(self.host)
            if wait:
                here.stopping.wait(wait)

    def tell(self) -> None:
        """Add up what was pressed here. Raises NotReady."""
        keys = self._pressed.pop("keys", 0)
        if keys:
            protection.pressed(self.host.name, keys)

    def _ask(self) -> None:
        if time.monotonic() - self._read > _HOST_FRESH:
            self.host = hosts.get(self.host.name)
            self._read = time.monotonic()
        self.breaker = protection.breaker(self.host.name)
        self._open_now = windows.is_open(self.host.windows, self.host.time_zone, datetime.now(UTC))

    def _tell(self, tell: Callable[[], None]) -> None:
        try:
            tell()
        except IastError as error:
            log.warning("breaker of host %s not told: %s", self.host.name, error)
        self._asked = 0.0


_guards: dict[str, Guard] = {}
_making = Lock()


def guard(host: hosts.Host) -> Guard:
    """The guard of a host in this process."""
    with _making:
        return _guards.setdefault(host.name, Guard(host))


def all_guards() -> list[Guard]:
    return list(_guards.values())
