"""One process that is kept running: started when its needs answer, started again when it dies, ended with its supervisor."""

import ctypes
import logging
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Mapping, Sequence
from functools import partial
from logging.handlers import RotatingFileHandler
from multiprocessing.synchronize import Event
from pathlib import Path
from typing import Any

from honcho.process import Process

from app.launch import ROOT
from app.up.groups import end_group
from app.up.leftovers import note
from app.up.ports import wait_for

END_SECONDS = 15  # what a process has to end in after SIGTERM, before SIGKILL
LONGEST_PAUSE = 10.0  # seconds between two starts of a process that keeps dying
STEADY_SECONDS = 30.0  # having run so long, its next death is not part of a series
LOG_BYTES = 10_000_000
PR_SET_PDEATHSIG = 1  # prctl(2)
_libc = ctypes.CDLL(None) if sys.platform == "linux" else None


class Kept(Process):  # type: ignore[misc]
    """Runs in a process of its own, which honcho makes for each command; that process outlives the command's deaths."""

    def __init__(
        self,
        name: str,
        command: Sequence[str],
        env: Mapping[str, str],
        log: Path,
        needs: Sequence[int],
        stopping: Event,
        show: bool,
        lock: int,
    ) -> None:
        super().__init__(command, name=name, env=dict(env), cwd=str(ROOT), quiet=not show)
        self._log, self._needs, self._stopping, self._lock = log, needs, stopping, lock

    def run(self, events: Any = None, ignore_signals: bool = False) -> None:
        self._events, self._pause = events, 0.5
        for number in (signal.SIGINT, signal.SIGTERM):  # a handler and not SIG_IGN, which the command would inherit
            signal.signal(number, lambda *_: None)
        threading.Thread(target=self._end_with, args=(os.getppid(),), daemon=True).start()
        log = _rotating(self._log)
        code = 0
        while not self._stopping.is_set():
            if wait_for(self._needs, 1) and not self._stopping.is_set():
                code = self._once(log)
        self._send_message({"returncode": code}, type="stop")

    def _once(self, log: logging.Logger) -> int:
        """Start the command and stay with it until it is over; when nobody wanted that, say so and wait a little."""
        started = time.monotonic()
        child = subprocess.Popen(
            self.cmd,
            env=self.env,
            cwd=self.cwd,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            start_new_session=True,
            pass_fds=(self._lock,),  # as long as it lives, nobody else starts on this data
            preexec_fn=partial(_die_with, os.getpid()),
        )
        self._child = child
        note(self._log.parent.parent / "pids", self.name, child.pid)
        self._send_message({"pid": child.pid}, type="start")
        if self._stopping.is_set():  # the order to stop went to the pid before this one
            end_group(child.pid, signal.SIGTERM)
        for line in child.stdout or ():
            log.info("%s", line.decode(errors="replace").rstrip())
            if not self.quiet:
                self._send_message(line)
        code = child.wait()
        end_group(child.pid, signal.SIGKILL)  # what it may have left behind
        if not self._stopping.is_set():
            self._send_message(f"ended with {code}; starting it again (log: {self._log})\n".encode())
            self._wait_a_little(time.monotonic() - started)
        return code

    def _wait_a_little(self, ran: float) -> None:
        self._pause = 0.5 if ran > STEADY_SECONDS else min(self._pause * 2, LONGEST_PAUSE)
        self._stopping.wait(self._pause)

    def _end_with(self, supervisor: int) -> None:
        """A supervisor that was killed can't tell us: notice, and leave nothing running."""
        while os.getppid() == supervisor:
            time.sleep(0.5)
        self._stopping.set()
        deadline = time.monotonic() + END_SECONDS
        while self._child is not None and self._child.poll() is None and time.monotonic() < deadline:
            end_group(self._child.pid, signal.SIGTERM)
            time.sleep(0.5)
        if self._child is not None:
            end_group(self._child.pid, signal.SIGKILL)
        os._exit(1)


def _die_with(keeper: int) -> None:
    """Linux: should the keeper itself be killed, the system ends its command."""
    if _libc is not None:
        _libc.prctl(PR_SET_PDEATHSIG, signal.SIGTERM)
        if os.getppid() != keeper:  # it was quicker
            os._exit(1)


def _rotating(path: Path) -> logging.Logger:
    path.parent.mkdir(parents=True, exist_ok=True)
    handler = RotatingFileHandler(path, maxBytes=LOG_BYTES, backupCount=2)
    logger = logging.Logger(path.stem, logging.INFO)
    logger.addHandler(handler)
    return logger
