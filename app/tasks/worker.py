"""The worker process: what starts and stops with it. Engine, publisher, heartbeat, the rounds, and the consumer of terminal input."""

import logging
import os
import resource
import sys
import time
from collections.abc import Callable
from functools import partial
from threading import Event, Thread
from typing import Any

from celery import bootsteps, signals
from celery.worker import consumer
from kombu import Consumer

from app.broker.celery import app
from app.broker.inputs import input_consumer
from app.broker.workers import WorkerLoad, beat, is_alive, retire
from app.clock import now
from app.config import settings
from app.errors import IastError, NotFound, NotReady
from app.store import hosts, make_table, sessions
from app.tasks import here, parked, recovery, signons, terminals, warm
from app.tasks.feeding import feed
from app.tasks.guards import all_guards
from app.tasks.part import Part, part_with
from app.tasks.publisher import Publisher
from app.tn3270 import Engine

log = logging.getLogger(__name__)

_TICK = 0.5  # seconds between looks at each run here
_IDLE_EVERY = 20.0
_TRIES = 60  # seconds
_STOP_SECONDS = 8.0  # for items that are being played when the worker is told to stop


@signals.setup_logging.connect  # its being connected keeps Celery from setting up its own
def set_up_logging(**_: Any) -> None:
    logging.basicConfig(level=settings().log_level, stream=sys.stderr, format="%(asctime)s %(levelname)s %(name)s: %(message)s")
    for name in ("celery.worker.strategy", "celery.app.trace", "botocore", "urllib3", "asyncio"):
        logging.getLogger(name).setLevel(logging.WARNING)  # two lines for each item would be most of the log


class WorkerStep(bootsteps.StartStopStep):
    """Engine, publisher, heartbeat and rounds. After the pool, so that they stop before it waits for its threads."""

    requires = ("celery.worker.components:Pool",)

    def start(self, worker: Any) -> None:
        """Raises NotReady when the store or Redis stays away."""
        _stay_on(settings().worker_core)  # before any thread is made: they inherit it
        here.stopping.clear()
        here.engine = Engine().start()
        here.publisher = Publisher().start()
        self._threads: list[Rounds] = []
        _patiently(make_table)
        _patiently(lambda: hosts.load(settings().hosts))
        _patiently(recovery.own_leftovers)
        self._threads = [Rounds("heartbeat", settings().heartbeat_seconds, Heartbeat()), Rounds("rounds", _TICK, Tour())]
        for thread in self._threads:
            thread.start()
        log.info("worker %s takes up to %s sessions", here.name(), settings().worker_sessions)

    def stop(self, worker: Any) -> None:
        """Items being played may end; terminals are told that they are lost; then everything closes."""
        here.stopping.set()
        for thread in self._threads:
            thread.stop()
        _quietly(lambda: retire(here.name()))
        for terminal in list(here.terminals.values()):
            terminal.close("lost", f"Worker {here.name()} was stopped. Open another session.")
        _finish_items(time.monotonic() + _STOP_SECONDS)
        here.publisher.stop()
        here.engine.stop()

    terminate = stop


class InputStep(bootsteps.ConsumerStep):
    """Consumes this worker's terminal input, on Celery's own connection and event loop."""

    def get_consumers(self, channel: Any) -> list[Consumer]:
        return [input_consumer(channel, here.name(), terminals.receive)]

    def stop(self, c: Any) -> None:
        """Celery has thrown a broken connection away by now, and our channel with it; it would fail to look for it there."""
        if c.connection is not None:
            super().stop(c)


class SteadyConsumer(consumer.Consumer):  # type: ignore[misc]
    """Celery's, for a worker whose host sessions outlive Redis."""

    def ensure_connected(self, conn: Any) -> Any:
        """Ask every two seconds. Celery's own pauses grow to half a minute: so long after Redis is back, people would type in vain."""
        conn.ensure_connection = partial(conn.ensure_connection, interval_step=0)
        return super().ensure_connected(conn)


class Rounds(Thread):
    """Calls something again and again, whatever it raises."""

    def __init__(self, name: str, seconds: float, work: Callable[[], None]) -> None:
        super().__init__(name=name, daemon=True)
        self._seconds, self._work = seconds, work
        self._stopping = Event()

    def run(self) -> None:
        while True:
            _quietly(self._work)
            if self._stopping.wait(self._seconds):
                return

    def stop(self) -> None:
        self._stopping.set()


class Heartbeat:
    """Says that this worker lives, and keeps the leases of its lanes. A thread of its own: nothing else may delay it."""

    def __init__(self) -> None:
        self._started = now()
        self._beaten = self._missed = False
        self._cpu = (time.monotonic(), _cpu_seconds())

    def __call__(self) -> None:
        self._missed = self._missed or (self._beaten and not is_alive(here.name()))
        beat(self._load())
        self._beaten = True
        recovery.pulse.beat()
        signons.renew()
        if self._missed:
            _give_up_what_was_taken()
            self._missed = False  # only now: a store that was away is asked again with the next beat

    def _load(self) -> WorkerLoad:
        then, before = self._cpu
        self._cpu = (time.monotonic(), _cpu_seconds())
        share = (self._cpu[1] - before) / max(self._cpu[0] - then, 0.001)
        return WorkerLoad(here.name(), here.sessions(), settings().worker_sessions, here.lanes(), self._started, round(share, 2))


class Tour:
    """What is looked at now and then: the runs here, idle terminals, and what other workers left behind."""

    def __init__(self) -> None:
        self._swept = self._idled = 0.0

    def __call__(self) -> None:
        for part in list(here.parts.values()):
            _quietly(lambda part=part: look_at(part))  # type: ignore[misc]
        _quietly(warm.close_old)
        for guard in all_guards():
            _quietly(guard.tell)
        if time.monotonic() - self._swept > recovery.SWEEP_SECONDS:
            _quietly(recovery.sweep)
            self._swept = time.monotonic()
        if time.monotonic() - self._idled > _IDLE_EVERY:
            _quietly(terminals.close_idle)
            self._idled = time.monotonic()


def look_at(part: Part) -> None:
    """Tell the progress of a run here, send it more if lanes are idle, and leave it when it is over. Raises NotReady."""
    try:
        run = part.look()
    except NotFound:
        return part_with(part)
    part.tally.tell(run, len(part.lanes) if run.active else 0)
    parked.look(part)
    if not run.active:
        part_with(part)
    elif not part.guard.within_hours():
        part.leave()
    elif part.idle_lanes():
        feed(part)


def _give_up_what_was_taken() -> None:
    """This worker was silent so long that others took it for dead: close what they have given up."""
    log.warning("worker %s was taken for dead: it was silent for %s s", here.name(), settings().worker_expiry_seconds)
    for terminal in list(here.terminals.values()):
        if not sessions.get(terminal.record.id).live:
            terminal.close("lost", "Its worker was silent for too long.")
    for part in list(here.parts.values()):
        for lane in list(part.lanes.values()):
            if not sessions.get(lane.id).live:
                part.drop(lane, "Its worker was silent for too long.")


def _finish_items(end: float) -> None:
    """Wait for the items being played, then hang up."""
    for kept in list(here.warm.values()):
        here.warm.pop(kept.lane.id, None)
        kept.lane.close("closed", f"Worker {here.name()} was stopped.")
    for part in list(here.parts.values()):
        while part.idle_lanes() < len(part.lanes) and time.monotonic() < end:
            time.sleep(0.05)
        for lane in list(part.lanes.values()):
            part.drop(lane, f"Worker {here.name()} was stopped.")
        here.parts.pop(part.id, None)
        parked.let_go_all(part, f"Worker {here.name()} was stopped.")
        part.crew.shutdown(wait=False, cancel_futures=True)


def _patiently(work: Callable[[], Any]) -> None:
    """At start the store and Redis may come after us. Raises NotReady in the end."""
    for attempt in range(_TRIES):
        try:
            work()
            return
        except NotReady as away:
            if attempt == _TRIES - 1:
                raise
            log.warning("waiting: %s", away)
            time.sleep(1)


def _stay_on(core: int | None) -> None:
    """Our threads take turns anyway (Python's lock): on one core, and not cutting in when they are woken, that costs them less."""
    if core is None or not hasattr(os, "sched_setaffinity"):
        return
    try:
        os.sched_setaffinity(0, {core})
        os.sched_setscheduler(0, os.SCHED_BATCH, os.sched_param(0))
    except OSError as refused:
        log.warning("worker %s is not kept on core %s: %s", here.name(), core, refused)


def _cpu_seconds() -> float:
    used = resource.getrusage(resource.RUSAGE_SELF)
    return used.ru_utime + used.ru_stime


def _quietly(work: Callable[[], Any]) -> None:
    """Whatever fails now is tried again on the next round."""
    try:
        work()
    except IastError as error:
        log.warning("%s", error)
    except Exception:
        log.exception("a round failed")


app.steps["worker"].add(WorkerStep)
app.steps["consumer"].add(InputStep)
