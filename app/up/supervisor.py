"""`iast up`: which processes there are, in which order they start and stop, and what the person at the terminal is told."""

import fcntl
import io
import logging
import multiprocessing
import os
import signal
import sys
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import honcho.manager
import requests
from honcho.manager import Manager
from honcho.printer import Message, Printer

from app import config
from app.errors import BadInput, Conflict
from app.up import commands, environment, leftovers, ports, running
from app.up.groups import end_group
from app.up.kept import END_SECONDS, Kept
from app.up.leftovers import POLITE_SECONDS
from app.up.options import Options, parse

STORAGE = ("valkey", "dynamodb")  # started first, stopped last
SLOW_SECONDS = 60  # after which we say that it is not ready yet, and why
LOCK_SECONDS = END_SECONDS + POLITE_SECONDS + 5  # the processes of a killed `up` take so long at most to end


def main(arguments: list[str]) -> int:
    """Runs until Ctrl-C or SIGTERM. Returns 0 when that stopped it, 1 when it fell over by itself."""
    options = parse(arguments)
    multiprocessing.set_start_method("fork")  # the keepers inherit the lock, and need nothing of ours pickled
    logging.getLogger("urllib3").setLevel(logging.ERROR)
    honcho.manager.KILL_WAIT = END_SECONDS
    signal.signal(signal.SIGHUP, lambda *_: os.kill(os.getpid(), signal.SIGTERM))  # the terminal was closed
    with only_one(options.data) as lock:
        return _supervise(options, lock)


@contextmanager
def only_one(data: Path) -> Iterator[int]:
    """Hold the data directory. Every process inherits the lock: after a kill -9 it is free once the last of them has ended."""
    data.mkdir(parents=True, exist_ok=True)
    data.chmod(0o700)
    with open(data / "lock", "a") as lock:
        deadline = time.monotonic() + LOCK_SECONDS
        while not _locked(lock.fileno()):
            other = running.read(data)
            if not other and time.monotonic() > deadline - POLITE_SECONDS:
                leftovers.end_all(data / "pids")
            if other or time.monotonic() > deadline:
                where = f"at {other['url']} (process {other['pid']})" if other else "and is still ending"
                raise Conflict(f"an `iast up` runs on {data} already, {where}. Stop that one first, or choose another --data.")
            time.sleep(0.2)
        yield lock.fileno()


def _locked(lock: int) -> bool:
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        return False
    return True


def _supervise(options: Options, lock: int) -> int:
    chosen = choose_ports(options)
    hosts = offered_hosts(options, chosen)
    env = environment.build(environment.load_secrets(options.data), chosen, hosts, options.data)
    config.read(env)  # a wrong setting is named before anything starts
    supervisor = Supervisor(options, chosen, env, lock)
    running.announce(options.data, facts(options, chosen, env))
    try:
        supervisor.loop()
    finally:
        supervisor.leave_nothing()
        running.withdraw(options.data)
    return 0 if supervisor.wanted else 1


def choose_ports(options: Options) -> dict[str, int]:
    names = [name for name in ports.PREFERRED if options.demo or name not in ports.DEMO]
    if options.port and not ports.is_free(options.port):
        raise BadInput(f"port {options.port} is taken. Choose another --port, or leave it out to have a free one chosen.")
    return ports.choose(names, {"web": options.port} if options.port else {})


def offered_hosts(options: Options, chosen: dict[str, int]) -> list[dict[str, Any]]:
    """The mock mainframe, those of --host, and those of IAST_HOSTS."""
    hosts = [environment.demo_host(chosen[name], name) for name in environment.DEMO_HOSTS if name in chosen]
    hosts += [*options.hosts, *config.read({"IAST_HOSTS": os.environ.get("IAST_HOSTS", "")}).hosts]
    names = [host["name"] for host in hosts]
    twice = {name for name in names if names.count(name) > 1}
    if twice:
        raise BadInput(f"two hosts are called {', '.join(sorted(twice))}. Give each its own name (the mock mainframe is demo).")
    return hosts


def facts(options: Options, chosen: dict[str, int], env: dict[str, str]) -> dict[str, Any]:
    """What DATA/up.json holds."""
    addresses = {name: f"http://{ports.LOOPBACK}:{chosen[name]}" for name in ("web", "flower")}
    return {
        "url": addresses["web"],
        "token": env["IAST_LOCAL_TOKEN"],
        "pid": os.getpid(),
        "flower": addresses["flower"],
        "data": str(options.data),
        "ports": chosen,
        "started": time.time(),
    }


class Quiet(Printer):  # type: ignore[misc]
    """honcho's Printer, whose reader may go away (`iast up | head`): that ends us in order, not in the middle of a line."""

    def write(self, message: Message) -> None:
        try:
            super().write(message)
        except OSError:
            self.output = io.StringIO()
            os.kill(os.getpid(), signal.SIGTERM)


class Supervisor(Manager):  # type: ignore[misc]
    """honcho's Manager, with processes that are kept, and storage told to stop only after those who write to it have."""

    def __init__(self, options: Options, chosen: dict[str, int], env: dict[str, str], lock: int) -> None:
        super().__init__(Quiet(sys.stdout))
        self._terminating: bool = False
        self._lock = lock
        self.wanted = False  # somebody asked us to stop
        self._stopping = multiprocessing.Event()
        self._storage_told = False
        self._options, self._ports, self._env = options, chosen, env
        for name, (command, more) in processes(options, chosen).items():
            self._add(name, command, more)

    def _add(self, name: str, command: list[str], more: dict[str, str]) -> None:
        log = self._options.data / "logs" / f"{name}.log"
        needs = [] if name in (*STORAGE, "demo") else [self._ports[part] for part in STORAGE]
        kept = Kept(name, command, {**self._env, **more}, log, needs, self._stopping, self._options.verbose, self._lock)
        self._process_ctor = lambda *_, **__: kept
        self.add_process(name, command)

    def _start(self) -> None:
        super()._start()
        threading.Thread(target=self._announce, daemon=True).start()  # only now: threads and fork don't mix
        threading.Thread(target=self._watch_keepers, daemon=True).start()

    def terminate(self) -> None:
        """Stop everything but storage now, storage when that is done. Asked a second time: kill."""
        self.wanted = self.wanted or self.returncode in (130, 143)
        self._stopping.set()
        if self._terminating:
            self.kill()
            return
        self._terminating = True
        self._say("stopping; Ctrl-C again kills")
        self._tell([name for name in self._processes if name not in STORAGE])

    def leave_nothing(self) -> None:
        """After the loop, however it ended: no keeper and no command outlives us."""
        self._stopping.set()
        self._killall(force=True)
        for process in self._processes.values():
            if process.get("process"):
                process["process"].join(END_SECONDS)

    def _system_print(self, data: str) -> None:
        if self._options.verbose:
            super()._system_print(data)

    def _all_started(self) -> bool:
        return True  # a process that waits for its needs counts too: it hears of the stop by itself

    def _all_stopped(self) -> bool:
        left = [name for name, process in self._processes.items() if "returncode" not in process]
        if self._terminating and not self._storage_told and set(left) <= set(STORAGE):
            self._storage_told = True
            self._tell(left)
        return not left

    def _killall(self, force: bool = False) -> None:
        self._tell(list(self._processes), signal.SIGKILL if force else signal.SIGTERM)

    def _tell(self, names: Sequence[str], number: signal.Signals = signal.SIGTERM) -> None:
        for name in names:
            process = self._processes[name]
            if process.get("pid") and "returncode" not in process:
                end_group(process["pid"], number)

    def _watch_keepers(self) -> None:
        """A keeper that was killed reports no stop; without its report we would wait for ever."""
        while True:
            time.sleep(1)
            for name, process in self._processes.items():
                if not process["process"].is_alive() and "returncode" not in process:
                    self.events.put(Message("stop", {"returncode": 1}, self._clock.now(), name, None))

    def _say(self, line: str) -> None:
        self.events.put(Message("line", line + "\n", self._clock.now(), "iast", None))

    def _announce(self) -> None:
        """Tell the addresses once a session can be opened and a run started; say so when that takes long."""
        url, started, warned = f"http://{ports.LOOPBACK}:{self._ports['web']}", time.monotonic(), False
        while not self._stopping.is_set():
            state = ready(url)
            if not state:
                self._welcome(url, time.monotonic() - started)
                return
            if not warned and time.monotonic() - started > SLOW_SECONDS:
                warned = True
                self._say(f"not ready yet: {state} (logs: {self._options.data / 'logs'})")
            time.sleep(0.2)

    def _welcome(self, url: str, seconds: float) -> None:
        self._say(f"ready in {seconds:.1f} s")
        self._say(f"page    {url}")
        self._say(f"Flower  http://{ports.LOOPBACK}:{self._ports['flower']}")
        for name in [name for name in environment.DEMO_HOSTS if name in self._ports]:
            self._say(f"host    {name} is {environment.DEMO_HOSTS[name]} (sign on as DEMO51, password demo51)")
        self._say(f"data    {self._options.data}")
        self._say("Ctrl-C stops all of it")


def ready(url: str) -> str:
    """Empty when /health/ready answers 200, else what it says instead."""
    try:
        answer = requests.get(f"{url}/health/ready", timeout=5)
    except requests.RequestException:
        return "the web process does not answer"
    return "" if answer.status_code == 200 else answer.text[:300]


def processes(options: Options, chosen: dict[str, int]) -> dict[str, tuple[list[str], dict[str, str]]]:
    """Each process: its command, and what it needs in its environment beside what all have."""
    data = options.data
    made = environment.load_secrets(data)
    all_of_them: dict[str, tuple[list[str], dict[str, str]]] = {
        "valkey": (commands.valkey(chosen["valkey"], data / "valkey", made["valkey_password"]), {}),
        "dynamodb": (commands.dynalite(chosen["dynamodb"], data / "dynamodb"), {}),
        "web": (commands.web(), {}),
        "beat": (commands.beat(), {}),
        "flower": (commands.flower(chosen["flower"], data / "flower"), {}),
    }
    if options.demo:
        also = {name: chosen[name] for name in ("warehouse", "orders")}
        ledger = data / "demo" / "ledger.jsonl"
        all_of_them["demo"] = (commands.demo(chosen["demo"], ledger, options.demo_delay, also, chosen["demo-control"]), {})
    threads, cores = config.settings().worker_threads, _cores()
    for n in range(1, options.workers + 1):
        core = {"IAST_WORKER_CORE": str(cores[n - 1])} if options.workers <= len(cores) else {}
        all_of_them[f"worker{n}"] = (commands.worker(f"worker{n}", threads), {"IAST_WORKER": f"worker{n}", **core})
    return all_of_them


def _cores() -> list[int]:
    """Those that we may use, where the system can keep a process on one."""
    return sorted(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else []
