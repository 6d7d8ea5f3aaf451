"""10,000 schedules: how late they start their runs, due one after the other and all at one moment. Real servers, beat, worker, host."""

import os
import statistics
import sys
import tempfile
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path

import redis

from app.clock import text_of, time_of
from app.config import settings
from app.occurrences import When
from app.store import hosts, keys, make_table, schedules, table
from app.store.schedules import Schedule
from app.up import commands, environment
from app.up.ports import answers, free_port
from bench._figures import Figure, figure, show
from tests.processes import Child, wait_until

TOTAL = 10_000
STREAM = 90  # due one after the other
PER_SECOND = 3  # as 10,000 hourly ones would be
TOGETHER = 50  # due at one moment
TARGET = 1.0  # second


def main(as_json: bool) -> int:
    with tempfile.TemporaryDirectory(prefix="iast-bench-") as folder:
        figures = _measure(Path(folder))
    return show("schedules", figures, as_json)


def _measure(folder: Path) -> list[Figure]:
    ports = {name: free_port() for name in ("valkey", "dynamodb", "web", "flower", "demo")}
    made = {**environment.make_secrets(), "valkey_password": "x" * 32}
    env = environment.build(made, ports, [environment.demo_host(ports["demo"])], folder)
    os.environ.update(env)
    settings.cache_clear()
    parts = [
        Child(commands.valkey(ports["valkey"], folder / "valkey", made["valkey_password"]), folder / "valkey.log", env),
        Child(commands.demo(ports["demo"], folder / "ledger.jsonl"), folder / "demo.log", env),
        Child(commands.dynalite(ports["dynamodb"], folder / "dynamodb"), folder / "dynamodb.log", env),
    ]
    try:
        for name, part in zip(("valkey", "demo", "dynamodb"), parts, strict=True):
            part.wait_until(lambda name=name: answers(ports[name]))  # type: ignore[misc]
        return _with_storage(folder, env, parts)
    finally:
        for part in reversed(parts):
            part.kill()


def _with_storage(folder: Path, env: dict[str, str], parts: list[Child]) -> list[Figure]:
    make_table()
    hosts.load(settings().hosts)
    _say(f"writing {TOTAL} schedules")
    ids = _write(TOTAL)
    parts.append(Child(commands.worker("worker1", 64), folder / "worker.log", {**env, "IAST_WORKER": "worker1"}))
    with redis.Redis.from_url(env["REDIS_URL"]) as server:
        parts[-1].wait_until(lambda: bool(server.exists("iast.worker.worker1")) or "ready" in parts[-1].output(), 60)
    parts.append(Child(commands.beat(), folder / "beat.log", env))
    parts[-1].wait_until(lambda: "Starting" in parts[-1].output(), 60)
    _say("a steady stream")
    start = datetime.now(UTC) + timedelta(seconds=5)
    stream = _lateness(ids[:STREAM], [start + timedelta(seconds=n / PER_SECOND) for n in range(STREAM)])
    _say("many at one moment")
    together = _lateness(ids[STREAM : STREAM + TOGETHER], [datetime.now(UTC) + timedelta(seconds=5)] * TOGETHER)
    idle = _idle_cost(parts)
    return [
        figure(f"lateness, {PER_SECOND} a second of {TOTAL}, median", statistics.median(stream), "s", TARGET),
        figure(f"lateness, {PER_SECOND} a second of {TOTAL}, 99%", _percentile(stream, 99), "s", TARGET),
        figure(f"lateness, {TOGETHER} at one moment, median", statistics.median(together), "s"),
        figure(f"lateness, {TOGETHER} at one moment, last", max(together), "s"),
        figure("CPU of beat with nothing due, of a core", idle, ""),
    ]


def _write(count: int) -> list[str]:
    """Schedules that share one list: what differs is when they are due."""
    template = schedules.create(
        owner="u-bench", ast="policy_inquiry", host="demo", when=When(cron="0 0 1 1 *"), rows=[("P1", {"policy": "P1000001"})]
    )
    row = _row(template.id)
    ids = [keys.new_id("c") for _ in range(count)]
    table.put_all((keys.schedule(id), row | {"id": id} | schedules._woken(id, template.next)) for id in ids)
    return ids


def _lateness(ids: list[str], moments: list[datetime]) -> list[float]:
    """Seconds between an occurrence and its entry in the history, of each."""
    due = dict(zip(ids, map(text_of, moments), strict=True))
    table.put_all((keys.schedule(id), _row(id) | {"next": at} | schedules._woken(id, at)) for id, at in due.items())
    wait_until(lambda: datetime.now(UTC) > moments[-1], 600)
    found: dict[str, Schedule] = {}
    deadline = time.monotonic() + 120
    while len(found) < len(ids) and time.monotonic() < deadline:
        time.sleep(0.5)
        found |= {id: one for id in ids if id not in found and (one := schedules.get(id)).last == due[id]}
    return [_late(id, due[id]) for id in found]


def _late(id: str, at: str) -> float:
    (entry, *_), _ = schedules.history(id)
    return (time_of(entry.fired) - time_of(at)).total_seconds()


def _row(id: str) -> table.Row:
    return {name: value for name, value in (table.get(keys.schedule(id)) or {}).items() if name not in ("pk", "sk")}


def _idle_cost(parts: list[Child]) -> float:
    """CPU seconds a second that beat takes (Linux)."""
    if sys.platform != "linux":
        return 0.0
    before, began = _cpu(parts[-1].pid), time.monotonic()
    time.sleep(5)
    return (_cpu(parts[-1].pid) - before) / (time.monotonic() - began)


def _cpu(pid: int) -> float:
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def _percentile(values: list[float], percent: int) -> float:
    return statistics.quantiles(values, n=100)[percent - 1]


def _say(line: str) -> None:
    print(f"bench schedules: {line} ...", file=sys.stderr, flush=True)
