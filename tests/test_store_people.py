"""Users, sign-ins, hosts and the table itself, against a real DynamoDB-compatible server."""

import time
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest

from app.config import settings
from app.errors import BadInput, NotFound, NotReady
from app.store import hosts, keys, make_table, ping, signins, table, users
from app.up.ports import LOOPBACK, free_port
from tests.own_table import own_table  # noqa: F401

HOST = {"name": "h1", "address": "127.0.0.1", "port": 23}


def test_somebody_who_signs_in_twice_at_once_is_one_user() -> None:
    with ThreadPoolExecutor(8) as pool:
        made = list(pool.map(lambda n: users.provision("https://idp", "ada", f"Ada {n}"), range(8)))
    assert len({user.id for user in made}) == 1 and made[0].id.startswith("u-")
    assert users.provision("https://idp", "ada", "Ada L", "ada@example.org").email == "ada@example.org"
    assert users.get(made[0].id).created <= made[0].created


def test_the_same_subject_of_another_issuer_is_somebody_else() -> None:
    assert users.provision("https://a", "ada").id != users.provision("https://b", "ada").id
    assert keys.user_id("https://a", "bob") != keys.user_id("https://ab", "ob")
    with pytest.raises(NotFound):
        users.get("u-nobody")


def test_a_sign_in_ends_when_it_is_ended_and_when_its_time_is_up() -> None:
    there, gone, late = (signins.start("u-1", timedelta(hours=h)) for h in (1, 1, 0))
    signins.end(gone.id)
    assert signins.get(there.id).user == "u-1"
    for ended in (gone, late):
        with pytest.raises(NotFound):
            signins.get(ended.id)


def test_a_hosts_credentials_lie_sealed_and_belong_to_that_host_alone() -> None:
    hosts.load([{**HOST, "credentials": [{"user": "OPER1", "password": "MARKERPASS"}]}])
    host = hosts.get("h1")
    assert "MARKERPASS" not in repr(host) and "MARKERPASS" not in repr(table.get(keys.host("h1")))
    assert hosts.credentials(host) == [hosts.Credential("OPER1", "MARKERPASS")]
    assert "MARKERPASS" not in repr(hosts.credentials(host))
    assert host in hosts.all()


@pytest.mark.parametrize(
    ("wrong", "named"),
    [
        ({"port": 0}, "port"),
        ({"name": "a b"}, "name"),
        ({"tls": "maybe"}, "tls"),
        ({"model": "9"}, "model"),
        ({"lus": ["A"]}, "lus"),
        ({"credentials": [{"user": "A", "passwrd": "MARKERPASS"}]}, "passw"),
    ],
)
def test_a_wrong_host_is_refused_by_the_name_of_the_field_and_without_its_value(wrong: dict[str, object], named: str) -> None:
    with pytest.raises(BadInput, match=named) as refusal:
        hosts.parse(HOST | wrong)
    assert "MARKERPASS" not in refusal.value.message


def test_an_unknown_host_is_not_found() -> None:
    with pytest.raises(NotFound, match="nowhere"):
        hosts.get("nowhere")


def test_the_table_is_made_once_however_many_processes_start(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("IAST_TABLE", "iast-many")
    settings.cache_clear()
    with ThreadPoolExecutor(6) as pool:
        list(pool.map(lambda _: make_table(), range(6)))
    ping()


def test_a_missing_table_or_server_is_not_ready_and_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("IAST_TABLE", "iast-none")
    settings.cache_clear()
    with pytest.raises(NotReady, match="iast-none"):
        ping()
    with pytest.raises(NotReady):
        users.get("u-1")
    monkeypatch.setenv("DYNAMODB_ENDPOINT", f"http://{LOOPBACK}:{free_port()}")
    settings.cache_clear()
    with pytest.raises(NotReady):
        ping()


def test_rows_past_their_expiry_are_not_there_though_nothing_deleted_them() -> None:
    past, to_come = int(time.time()) - 1, int(time.time()) + 100
    for n, expires in enumerate((past, to_come, past, to_come)):
        table.put(("OLD", f"{n}"), {"n": n, "expires": expires})
    assert table.get(("OLD", "0")) is None
    assert [row["n"] for row in table.rows(table.TABLE, "OLD")] == [1, 3]
    assert sorted(row["n"] for row in table.get_all(("OLD", str(n)) for n in range(5))) == [1, 3]


def test_a_batch_larger_than_dynamodb_takes_is_written_and_read_whole() -> None:
    table.put_all((("MANY", f"{n:04}"), {"n": n, "part": 0.5 * n}) for n in range(260))
    assert [row["n"] for row in table.rows(table.TABLE, "MANY")] == list(range(260))
    assert len(table.get_all(("MANY", f"{n:04}") for n in range(260))) == 260
