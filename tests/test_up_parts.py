"""The pieces of `iast up`: ports, secrets, leftovers, hosts."""

import json
import socket
import stat
import sys
from pathlib import Path

import pytest

from app.errors import BadInput
from app.up import environment, leftovers, ports
from app.up.options import parse
from app.up.supervisor import choose_ports, offered_hosts
from tests.processes import Child, wait_until


def listening() -> tuple[socket.socket, int]:
    server = socket.create_server((ports.LOOPBACK, 0))
    return server, int(server.getsockname()[1])


def test_a_port_in_use_is_replaced_by_a_free_one(monkeypatch: pytest.MonkeyPatch) -> None:
    server, taken = listening()
    with server:
        monkeypatch.setitem(ports.PREFERRED, "flower", taken)
        chosen = ports.choose(["flower"])["flower"]
    assert chosen != taken and ports.is_free(chosen)


def test_no_two_choices_are_the_same_port() -> None:
    chosen = [ports.free_port() for _ in range(50)]
    assert len(set(chosen)) == 50


def test_a_wished_port_in_use_is_refused_with_a_way_out(tmp_path: Path) -> None:
    server, taken = listening()
    with server, pytest.raises(BadInput, match=f"{taken} is taken.*--port"):
        choose_ports(parse(["--port", str(taken), "--data", str(tmp_path)]))


def test_secrets_are_made_once_and_are_their_owners_alone(tmp_path: Path) -> None:
    made = environment.load_secrets(tmp_path)
    assert environment.load_secrets(tmp_path) == made
    assert stat.S_IMODE((tmp_path / "secrets.json").stat().st_mode) == 0o600
    assert len(set(made.values())) == len(made) and min(map(len, made.values())) >= 32


def test_a_secret_that_is_new_in_this_version_is_added_to_those_kept(tmp_path: Path) -> None:
    made = environment.load_secrets(tmp_path)
    (tmp_path / "secrets.json").write_text(json.dumps({"seal_keys": made["seal_keys"]}))
    again = environment.load_secrets(tmp_path)
    assert again["seal_keys"] == made["seal_keys"] and again.keys() == made.keys()


def test_what_would_change_our_processes_unseen_is_left_out_of_their_environment() -> None:
    mixed = {"PATH": "/bin", "TNZ_LOGGING": "x", "AWS_PROFILE": "x", "CELERY_BROKER_URL": "x", "SESSION_PORT": "x"}
    assert environment.clean(mixed) == {"PATH": "/bin"}


def test_hosts_of_the_command_line_are_offered_beside_the_mock_ones(tmp_path: Path) -> None:
    options = parse(["--data", str(tmp_path), "--host", "payroll=mvs.example.org:992", "--host", "six=[2001:db8::1]:23"])
    hosts = {host["name"]: host for host in offered_hosts(options, {"demo": 1, "warehouse": 2, "orders": 3})}
    assert set(hosts) == {"demo", "warehouse", "orders", "payroll", "six"}
    assert (hosts["payroll"]["address"], hosts["payroll"]["port"]) == ("mvs.example.org", 992)
    assert hosts["six"]["address"] == "2001:db8::1"


def test_two_hosts_of_one_name_are_refused(tmp_path: Path) -> None:
    with pytest.raises(BadInput, match="two hosts are called demo"):
        offered_hosts(parse(["--data", str(tmp_path), "--host", "demo=mvs:23"]), {"demo": 1})


def test_a_process_that_outlived_its_up_is_ended_by_the_next(tmp_path: Path) -> None:
    stubborn = "import signal, time; signal.signal(signal.SIGTERM, signal.SIG_IGN); print('up', flush=True); time.sleep(100)"
    child = Child([sys.executable, "-c", stubborn], tmp_path / "out")
    child.wait_until(lambda: "up" in child.output())
    leftovers.note(tmp_path / "pids", "worker1", child.pid)
    leftovers.end_all(tmp_path / "pids")
    wait_until(lambda: not child.alive, what="its end")


def test_another_process_with_the_number_of_an_ended_one_is_left_alone(tmp_path: Path) -> None:
    child = Child([sys.executable, "-c", "import time; time.sleep(100)"], tmp_path / "out")
    leftovers.note(tmp_path / "pids", "worker1", child.pid)
    (tmp_path / "pids" / "worker1").write_text(f"{child.pid}\nMon Jan  1 00:00:00 2001\n")
    leftovers.end_all(tmp_path / "pids")
    assert child.alive
    child.kill()
