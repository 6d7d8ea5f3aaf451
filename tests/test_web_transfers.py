"""Files to the host and from it over REST, on a real worker against a host with IND$FILE."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest

from app.broker import transfers
from app.broker.screens import latest_screen
from app.store import hosts, sessions
from tests.farm_parts import Farm, farm_of
from tests.indfile_host import Behaviour, IndFileHost
from tests.processes import wait_until
from tests.web_parts import Client

BINARY = bytes(range(256)) * 300


@pytest.fixture(scope="module")
def farm(tmp_path_factory, platform) -> Iterator[Farm]:  # type: ignore[no-untyped-def]
    with farm_of(tmp_path_factory.mktemp("files"), platform, 9) as farm:
        farm.start("files")
        yield farm


@pytest.fixture(scope="module")
def client(farm: Farm, start_web) -> Client:  # type: ignore[no-untyped-def]
    web = start_web(**{name: value for name, value in farm.env.items() if name != "IAST_PORT"})
    return Client(web.url, web.token)


@contextmanager
def ready(client: Client, **behaviour: Any) -> Iterator[tuple[IndFileHost, str]]:
    """A host of some behaviour, and the address of an open session at its READY."""
    with IndFileHost(Behaviour(**behaviour)) as host:
        name = f"files{host.port}"
        hosts.load([{"name": name, "address": "127.0.0.1", "port": host.port}])
        id = str(client.post("/api/v1/sessions", {"host": name}).json()["id"])
        session = f"/api/v1/sessions/{id}"
        wait_until(lambda: client.get(session).json()["state"] == "open", 30, "the session")
        wait_until(lambda: (s := latest_screen(id)) is not None and "READY" in s.text()[0], 30, "READY")
        try:
            yield host, session
        finally:
            client.call("DELETE", session)
            wait_until(lambda: client.get(session).json()["state"] == "closed", 30, "the end of the session")


def moved(client: Client, session: str, file: bytes | None = None, **form: Any) -> tuple[str, dict[str, Any]]:
    """The transfer's address, and what it came to."""
    files = {"file": ("local.bin", file)} if file is not None else {"file": ("", b"")}
    started = client.call("POST", f"{session}/transfers", data=form, files=files)
    assert started.status_code == 202, started.text
    path = f"{session}/transfers/{started.json()['id']}"
    wait_until(lambda: client.get(path).json()["state"] in transfers.OVER, 30, "the end of the transfer")
    return path, client.get(path).json()


def test_a_file_goes_to_the_host_and_comes_back_the_same(client: Client) -> None:
    with ready(client) as (host, session):
        _, sent = moved(client, session, BINARY, direction="put", name="MY.DATA", text="false")
        assert (sent["state"], sent["moved"], sent["total"]) == ("done", len(BINARY), len(BINARY)), sent
        assert host.files["MY.DATA"] == BINARY
        path, came = moved(client, session, direction="get", name="MY.DATA", text="false")
        assert came["state"] == "done", came
        content = client.get(f"{path}/content")
        assert content.content == BINARY
        assert content.headers["Content-Disposition"] == 'attachment; filename="MY.DATA"'


def test_what_the_host_says_no_to_is_told_and_leaves_no_file(client: Client) -> None:
    with ready(client, fault="missing") as (_, session):
        path, failed = moved(client, session, direction="get", name="NO.SUCH", text="true")
        assert failed["state"] == "failed" and "host said" in failed["message"].lower(), failed
        assert client.get(f"{path}/content").status_code == 409


def test_a_transfer_is_cancelled(client: Client) -> None:
    with ready(client, fault="stall", stop_after=2) as (_, session):
        form = {"direction": "put", "name": "MY.DATA", "text": "false"}
        started = client.call("POST", f"{session}/transfers", data=form, files={"file": ("x", BINARY)}).json()
        path = f"{session}/transfers/{started['id']}"
        wait_until(lambda: client.get(path).json()["moved"] > 0, 30)
        assert client.post(f"{path}/cancel").status_code == 200
        wait_until(lambda: client.get(path).json()["state"] == "cancelled", 60)


def test_what_makes_no_sense_is_refused_before_the_host_hears_of_it(client: Client) -> None:
    with ready(client) as (host, session):
        for form in ({"direction": "put", "name": "A"}, {"direction": "up", "name": "A"}, {"direction": "get", "name": "Ä"}, {}):
            answer = client.call("POST", f"{session}/transfers", data=form, files={"other": ("", b"")})
            assert answer.status_code == 422, (form, answer.text)
        assert host.commands == []


def test_others_see_nothing_of_it(client: Client, farm: Farm) -> None:
    theirs = sessions.create(owner="u-other", host="demo", worker="files")
    transfers.write(transfers.Transfer("f-theirs", theirs.id, "u-other", {"direction": "get", "name": "A"}))
    assert client.get(f"/api/v1/sessions/{theirs.id}/transfers/f-theirs").status_code == 404
    mine = sessions.create(owner=client.get("/auth/me").json()["id"], host="demo", worker="files")
    assert client.get(f"/api/v1/sessions/{mine.id}/transfers/f-theirs").status_code == 404


def test_a_transfer_is_over_with_its_session_and_begun_once(client: Client, farm: Farm) -> None:
    me = client.get("/auth/me").json()["id"]
    mine = sessions.create(owner=me, host="demo", worker="files")
    transfers.write(transfers.Transfer("f-mine", mine.id, me, {"direction": "get", "name": "A"}, state="running"))
    assert (transfers.claim("f-mine"), transfers.claim("f-mine")) == (True, False)
    sessions.ended(mine.id, "lost", "Worker files stopped.")
    told = client.get(f"/api/v1/sessions/{mine.id}/transfers/f-mine").json()
    assert (told["state"], told["message"]) == ("failed", "The session is lost. Worker files stopped.")
