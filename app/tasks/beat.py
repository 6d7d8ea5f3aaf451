"""Celery beat's scheduler: reads from the store which schedules are due and hands them to workers. Decides nothing, remembers nothing
that matters: a worker fires an occurrence only if it gets it by a conditional write, so two beats do no more than one."""

import logging
import time
from itertools import batched
from typing import Any

from celery.beat import Scheduler

from app.broker import celery
from app.clock import now, time_of
from app.errors import IastError
from app.store import make_table, schedules

log = logging.getLogger(__name__)

LOOK_EVERY = 0.5  # seconds; what comes due before the next look is handed over at its moment
AGAIN_AFTER = 10.0  # seconds after which a schedule that is still due is handed over again: its message may be lost
AWAY = 2.0  # seconds to wait for a store or a broker that does not answer
MOST_IN_ONE = 50  # schedules in one task
SPREAD = 16  # tasks that what is due at one moment is spread over, at least


class DueSchedules(Scheduler):
    """`celery beat --scheduler=app.tasks.beat:DueSchedules`. Celery's own periodic tasks are not used here."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        self._handed: dict[tuple[str, str], float] = {}  # (id, wake) -> when
        super().__init__(*args, **kwargs)

    def setup_schedule(self) -> None:
        """Nothing to load: it is read at each tick, from a table that may still have to be made."""
        try:
            make_table()
        except IastError as error:
            log.warning("schedules: %s", error.message)  # each tick finds out for itself

    def tick(self, *_: Any, **__: Any) -> float:
        """Hand over what is due. Seconds until the next look: the sooner, the sooner something is due."""
        started = time.monotonic()
        try:
            soon = schedules.due(LOOK_EVERY)
            moment = now()
            self._hand_over([pair for pair in soon if pair[1] <= moment])
        except IastError as error:
            log.warning("schedules: %s", error.message)
            return AWAY
        waits = (time_of(wake).timestamp() - time.time() for _, wake in soon if wake > moment)
        return max(0.01, min(next(waits, LOOK_EVERY), LOOK_EVERY - (time.monotonic() - started)))

    def _hand_over(self, due: list[tuple[str, str]]) -> None:
        at = time.monotonic()
        self._handed = {pair: then for pair in due if (then := self._handed.get(pair, 0.0)) > at - AGAIN_AFTER}
        fresh = [pair for pair in due if pair not in self._handed]
        for some in batched(fresh, max(1, min(MOST_IN_ONE, len(fresh) // SPREAD))):
            celery.send("iast.schedules.fire", *(id for id, _ in some), expires=AGAIN_AFTER)
            self._handed |= dict.fromkeys(some, at)
