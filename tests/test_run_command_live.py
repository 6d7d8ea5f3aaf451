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


def command(web: Web, ast: str, host: str, items: Path, *more: str) -> subprocess.Popen[str]:
    env = {**os.environ, "IAST_URL": web.url, "IAST_TOKEN": web.token}
    arguments = ["run", ast, "--host", f"live-{host}", "--items", str(items), "--wait", "--json", *more]
    return subprocess.Popen(
        [sys.executable, "-m", "app.cli", *arguments], cwd=ROOT, env=env, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    )


def ended(process: subprocess.Popen[str], code: int) -> dict[str, object]:
    output, errors = process.communicate(timeout=110)
    assert process.returncode == code, f"{output}\n{errors}"
    said: dict[str, object] = json.loads(output)
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
    said = ended(command(web, ast, application, listed(tmp_path, name, 120), "--lanes", "8"), 0)
    keys = [next(iter(row.values())) for row in rows(name, 120)]
    assert said["counts"] == {**dict.fromkeys(said["counts"], 0), "succeeded": 120}  # type: ignore[call-overload]
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
    said = ended(command(web, "order_inquiry", "orders", path, "--lanes", "2", "--name", "as a file"), 0)
    assert said["counts"]["succeeded"] == 4  # type: ignore[index]


def test_what_the_host_refuses_is_exit_code_1_and_its_reason_is_kept(web: Web, tmp_path: Path) -> None:
    said = ended(command(web, "wave_status", "warehouse", listed(tmp_path, "waves", 62), "--lanes", "4"), 1)
    assert (said["counts"]["succeeded"], said["counts"]["refused"]) == (61, 1)  # type: ignore[index]
    found = api(web, f"runs/{said['run']}/items?status=refused")
    assert [(item["key"], item["error"]["message"]) for item in found["items"]] == [("W99999", "WAVE NOT FOUND")]


def test_the_film_of_an_item_shows_its_screens_and_keys(web: Web, tmp_path: Path) -> None:
    said = ended(command(web, "order_inquiry", "orders", listed(tmp_path, "orders", 3), "--film", "always"), 0)
    item = api(web, f"runs/{said['run']}/items/1")
    seen = shots(item["frames"])
    assert [shot.key for shot in seen][-2:] == ["Enter", ""]
    assert any(f": {item['input']['order']}" in row for row in seen[-1].screen.text())
    without = ended(command(web, "order_inquiry", "orders", listed(tmp_path, "orders", 3)), 0)
    assert api(web, f"runs/{without['run']}/items/1")["frames"] == []  # kept of failures only, unless asked for


def test_ctrl_c_leaves_the_run_going_to_its_end(web: Web, host: Host, tmp_path: Path) -> None:
    host.control(delay=20)
    process = command(web, "policy_inquiry", "insurance", listed(tmp_path, "policies", 150), "--lanes", "2")
    before = len(host.done("INQUIRY"))
    wait_until(lambda: len(host.done("INQUIRY")) > before, 60, "the first inquiry")
    process.send_signal(signal.SIGINT)
    _, errors = process.communicate(timeout=30)
    assert process.returncode == 130 and "goes on" in errors
    run = errors.split("run ")[1].split()[0]
    wait_until(lambda: api(web, f"runs/{run}")["status"] == "finished", 90, "the run's end")
    assert api(web, f"runs/{run}")["counts"]["succeeded"] == 150


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
    process = command(web, ast, "insurance", listed(tmp_path, name, 3), *more)
    _, errors = process.communicate(timeout=60)
    assert process.returncode == 2 and told in errors and errors.count("\n") == 1, errors


def test_an_unknown_host_is_bad_input(web: Web, tmp_path: Path) -> None:
    process = command(web, "policy_inquiry", "nowhere", listed(tmp_path, "policies", 3))
    assert process.wait(60) == 2 and "no host" in process.communicate()[1]


def api(web: Web, path: str) -> dict[str, object]:
    answer = requests.get(f"{web.url}/api/v1/{path}", headers={"Authorization": f"Bearer {web.token}"}, timeout=30)
    answer.raise_for_status()
    found: dict[str, object] = answer.json()
    return found
