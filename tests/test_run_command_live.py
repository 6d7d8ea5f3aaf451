"""`iast run` on real parts: web, workers, three kinds of host; the ledger is the judge."""

import csv
import json
import os
import signal
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import openpyxl
import pytest
import requests

from app.asts.recording import shots
from app.up.environment import demo_host
from tests.cli import Ended, iast
from tests.conftest import Web, WebFactory, WorkerFactory
from tests.demo_host import Host
from tests.processes import ROOT, wait_until

EXAMPLES = ROOT / "examples"


@pytest.fixture(scope="module")
def host(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Host]:
    with Host(tmp_path_factory.mktemp("live"), "--also", "warehouse=0", "--also", "orders=0") as host:
        yield host


@pytest.fixture(scope="module")
def web(host: Host, start_web: WebFactory, start_worker: WorkerFactory) -> Web:
    offered = [{**demo_host(host.port_of(name)), "name": f"live-{name}"} for name in ("insurance", "warehouse", "orders")]
    web = start_web(IAST_HOSTS=json.dumps(offered))
    for _ in range(2):
        start_worker()
    return web


def rows(name: str, count: int) -> list[dict[str, str]]:
    with (EXAMPLES / f"{name}.csv").open(newline="") as file:
        return list(csv.DictReader(file))[:count]


def listed(folder: Path, name: str, count: int) -> Path:
    path = folder / f"{name}.csv"
    lines = (EXAMPLES / f"{name}.csv").read_text().splitlines()[: count + 1]
    path.write_text("\n".join(lines) + "\n")
    return path


def arguments(ast: str, host: str, items: Path, *more: str) -> list[str]:
    return ["run", ast, "--host", f"live-{host}", "--items", str(items), "--wait", "--json", *more]


def iast_run(web: Web, ast: str, host: str, items: Path, *more: str) -> Ended:
    return iast(*arguments(ast, host, items, *more), IAST_URL=web.url, IAST_TOKEN=web.token)


def ended(done: Ended, code: int) -> dict[str, object]:
    assert done.code == code, f"{done.output}\n{done.errors}"
    said: dict[str, object] = json.loads(done.output)
    return said


@pytest.mark.parametrize(
    ("ast", "application", "name", "transaction"),
    [
        ("policy_renewal", "insurance", "policies", "RENEWAL"),
        ("pick_confirmation", "warehouse", "picks", "PICK"),
        ("order_payment", "orders", "orders", "PAYMENT"),
    ],
)
def test_each_item_of_a_list_is_committed_once(
    web: Web, host: Host, tmp_path: Path, ast: str, application: str, name: str, transaction: str
) -> None:
    said = ended(iast_run(web, ast, application, listed(tmp_path, name, 60), "--lanes", "8"), 0)
    keys = [next(iter(row.values())) for row in rows(name, 60)]
    assert said["counts"] == {**dict.fromkeys(said["counts"], 0), "succeeded": 60}  # type: ignore[call-overload]
    assert Counter(host.done(transaction)) == Counter(keys)


@pytest.mark.parametrize("kind", ["jsonl", "xlsx"])
def test_a_list_may_be_a_workbook_or_json_lines(web: Web, tmp_path: Path, kind: str) -> None:
    path, wanted = tmp_path / f"orders.{kind}", rows("orders", 4)
    if kind == "jsonl":
        path.write_text("".join(json.dumps(row) + "\n" for row in wanted))
    else:
        book = openpyxl.Workbook()
        for line in (["order"], *([row["order"]] for row in wanted)):
            book.active.append(line)
        book.save(path)
    said = ended(iast_run(web, "order_inquiry", "orders", path, "--lanes", "2", "--name", "as a file"), 0)
    assert said["counts"]["succeeded"] == 4  # type: ignore[index]


def test_what_the_host_refuses_is_exit_code_1_and_its_reason_is_kept(web: Web, tmp_path: Path) -> None:
    path = tmp_path / "waves.csv"
    path.write_text("wave\nW10001\nW99999\nW10002\n")
    said = ended(iast_run(web, "wave_status", "warehouse", path, "--lanes", "2"), 1)
    assert (said["counts"]["succeeded"], said["counts"]["refused"]) == (2, 1)  # type: ignore[index]
    found = api(web, f"runs/{said['run']}/items?status=refused")
    assert [(item["key"], item["error"]["message"]) for item in found["items"]] == [("W99999", "WAVE NOT FOUND")]


def test_the_film_of_an_item_shows_its_screens_and_keys(web: Web, tmp_path: Path) -> None:
    said = ended(iast_run(web, "order_inquiry", "orders", listed(tmp_path, "orders", 3), "--film", "always"), 0)
    item = api(web, f"runs/{said['run']}/items/1")
    seen = shots(item["frames"])
    assert [shot.key for shot in seen][-2:] == ["Enter", ""]
    assert any(f": {item['input']['order']}" in row for row in seen[-1].screen.text())
    without = ended(iast_run(web, "order_inquiry", "orders", listed(tmp_path, "orders", 3)), 0)
    assert api(web, f"runs/{without['run']}/items/1")["frames"] == []  # kept of failures only, unless asked for


def test_ctrl_c_leaves_the_run_going_to_its_end(web: Web, host: Host, tmp_path: Path) -> None:
    host.control(delay=40)
    run_it = arguments("policy_inquiry", "insurance", listed(tmp_path, "policies", 50), "--lanes", "2")
    env = {**os.environ, "IAST_URL": web.url, "IAST_TOKEN": web.token}
    process = subprocess.Popen([sys.executable, "-m", "app.cli", *run_it], cwd=ROOT, env=env, stderr=subprocess.PIPE, text=True)
    before = len(host.done("INQUIRY"))
    wait_until(lambda: len(host.done("INQUIRY")) > before, 60, "the first inquiry")
    process.send_signal(signal.SIGINT)
    _, errors = process.communicate(timeout=30)
    assert process.returncode == 130 and "goes on" in errors
    run = errors.split("run ")[1].split()[0]
    host.control(delay=0)
    wait_until(lambda: api(web, f"runs/{run}")["status"] == "finished", 90, "the run's end")
    assert api(web, f"runs/{run}")["counts"]["succeeded"] == 50


@pytest.mark.parametrize(
    ("ast", "name", "more", "told"),
    [
        ("no_such_ast", "policies", (), "no AST"),
        ("policy_inquiry", "orders", (), "policy"),
        ("policy_inquiry", "policies", ("--lanes", "5000"), "lanes"),
        ("policy_inquiry", "policies", ("--set", "colour=red"), "colour"),
    ],
)
def test_bad_input_is_refused_in_a_line_with_exit_code_2(
    web: Web, tmp_path: Path, ast: str, name: str, more: tuple[str, ...], told: str
) -> None:
    done = iast_run(web, ast, "insurance", listed(tmp_path, name, 3), *more)
    assert done.code == 2 and told in done.errors and done.errors.count("\n") == 1, done


def test_an_unknown_host_is_bad_input(web: Web, tmp_path: Path) -> None:
    done = iast_run(web, "policy_inquiry", "nowhere", listed(tmp_path, "policies", 3))
    assert done.code == 2 and "no host" in done.errors


def api(web: Web, path: str) -> dict[str, object]:
    answer = requests.get(f"{web.url}/api/v1/{path}", headers={"Authorization": f"Bearer {web.token}"}, timeout=30)
    answer.raise_for_status()
    found: dict[str, object] = answer.json()
    return found
