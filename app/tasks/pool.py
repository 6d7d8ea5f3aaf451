"""The worker's thread pool with bulkheads: no kind of work can take the threads of another. Knows no store and no host.

One pool for everything dead-locks: runs fill it with items that wait for lanes while the tasks that would open those
lanes, or a person's terminal, queue behind them. So a run's items have a crew of their own, somewhat larger than its
lanes here, and each other kind of task has its share. Nothing of one kind waits for anything of the same kind.
"""

import json
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from threading import Lock
from typing import Any

from celery.concurrency.base import apply_target
from celery.concurrency.thread import ApplyResult, TaskPool

from app.tasks import here

ON_LANES = ("iast.runs.items", "iast.runs.verify")
SHARES = {  # prefix of a task's name -> bulkhead
    "iast.terminals.": "terminals",
    "iast.lanes.": "lanes",
    "iast.schedules.": "schedules",
    "iast.transfers.": "transfers",
}
REST = "rest"


class Bulkheads(TaskPool):
    """`--pool=threads` of our workers. `limit` (IAST_WORKER_THREADS) bounds each bulkhead but those of runs."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._heads: dict[str, ThreadPoolExecutor] = {REST: self.executor}
        self._lock = Lock()

    def on_stop(self) -> None:
        for head in list(self._heads.values()):
            head.shutdown(wait=True, cancel_futures=True)
        super().on_stop()

    def on_apply(
        self,
        target: Callable[..., Any],
        args: tuple[Any, ...] | None = None,
        kwargs: dict[str, Any] | None = None,
        callback: Callable[..., Any] | None = None,
        accept_callback: Callable[..., Any] | None = None,
        **_: Any,
    ) -> ApplyResult:
        work = partial(apply_target, target, args, kwargs, callback, accept_callback)
        try:
            return ApplyResult(self._head(args or ("",)).submit(work))
        except RuntimeError:  # the run has just been left: its items say so on any thread
            return ApplyResult(self.executor.submit(work))

    def _head(self, args: tuple[Any, ...]) -> ThreadPoolExecutor:
        """`args` are what Celery gives its pool: the task's name, its id, the request, the message's body."""
        name = str(args[0])
        if name in ON_LANES:
            part = here.parts.get(json.loads(args[3])[0][0])
            return part.crew if part else self.executor  # not here, or no longer: its item says so at once
        return self._share(next((head for prefix, head in SHARES.items() if name.startswith(prefix)), REST))

    def _share(self, name: str) -> ThreadPoolExecutor:
        with self._lock:
            if name not in self._heads:
                self._heads[name] = ThreadPoolExecutor(self.limit, thread_name_prefix=name)
            return self._heads[name]


class Crew(ThreadPoolExecutor):
    """The threads of a run's items here. More than there are lanes, so that one item is claimed and another written down
    while the lanes work; never many more, since a claimed item should soon be played."""

    def __init__(self, run: str) -> None:
        super().__init__(1, thread_name_prefix=run)

    def for_lanes(self, lanes: int) -> None:
        """Grow to what so many lanes need. Threads that are no longer needed stay, and wait."""
        most = lanes + max(2, lanes // 2)
        while self._max_workers < most:  # the class has no public way to grow
            self._max_workers += 1
            self._adjust_thread_count()  # starts one if work waits
