"""A session shared with a colleague: what they see, what they may, and the end of it. Two people by two tokens."""

import json

import pytest

from app.broker import screens
from app.broker.names import session_channel
from app.messages import ControlState
from app.store import sessions, users
from app.up.ports import free_port
from tests.auth_parts import AUDIENCE, provider
from tests.processes import wait_until
from tests.test_terminal_socket import ENTER, ended, hear
from tests.web_parts import Client, screen_of

pytest_plugins = ["tests.web_fixtures"]


@pytest.fixture(scope="module")
def people(start_web, web_platform):  # type: ignore[no-untyped-def]
    """Anna and Bert at a web process, each by their own token."""
    with provider() as issuer:
        port = str(free_port())
        oidc = {"OIDC_ISSUER": issuer.issuer, "OIDC_CLIENT_ID": "iast", "OIDC_CLIENT_SECRET": "s" * 20, "OIDC_AUDIENCE": AUDIENCE}
        places = {"IAST_PORT": port, "IAST_PUBLIC_URL": f"http://127.0.0.1:{port}"}
        url = start_web(**oidc, **places, REDIS_URL=web_platform["REDIS_URL"], IAST_TABLE="iast-web").url
        anna = Client(url, issuer.token(email="anna@example.com"))
        bert = Client(url, issuer.token(sub="bert", name="Bert", email="Bert@Example.com"))
        yield anna, bert


@pytest.fixture
def session(people, worker: str) -> sessions.Session:  # type: ignore[no-untyped-def]
    """Anna's open session."""
    anna, bert = people
    bert.get("/auth/me")  # colleagues are those who have signed in
    made = sessions.create(owner=anna.get("/auth/me").json()["id"], host="demo", worker=worker)
    screens.keep_screen(made.id, screen_of("MENU"))
    return sessions.opened(made.id, worker, "LU01")


def test_a_colleague_sees_nothing_then_watches_then_nothing_again(people, session) -> None:  # type: ignore[no-untyped-def]
    anna, bert = people
    path = f"/api/v1/sessions/{session.id}"
    assert bert.get(path).status_code == 404
    made = anna.post(f"{path}/shares", {"email": "bert@example.com", "may": "watch"})
    who = made.json()
    assert (made.status_code, who["name"], who["may"]) == (201, "Bert", "watch")
    listed = [each for each in bert.get("/api/v1/sessions").json()["items"] if each["id"] == session.id]
    assert [(each["may"], each["owner_name"]) for each in listed] == [("watch", "Anna")]
    assert bert.get(f"{path}/screen").json()["rows"][0].startswith("MENU")
    assert bert.call("DELETE", path).status_code == 404
    assert bert.call("PATCH", path, json={"name": "mine"}).status_code == 404
    assert bert.get(f"{path}/shares").status_code == 404
    assert bert.post(f"{path}/shares", {"user": who["user"], "may": "control"}).status_code == 404
    assert anna.call("DELETE", f"{path}/shares/{who['user']}").status_code == 204
    assert bert.get(path).status_code == 404


def test_a_watcher_sees_screens_and_types_nothing(people, session) -> None:  # type: ignore[no-untyped-def]
    anna, bert = people
    anna.post(f"/api/v1/sessions/{session.id}/shares", {"email": "bert@example.com", "may": "watch"})
    ws = bert.socket(f"/terminal/{session.id}")
    assert hear(ws, "screen")["screen"]["cells"].startswith("MENU")
    for message in (ENTER, {"type": "take", "v": 1, "seq": 2}, {"type": "reset", "v": 1, "seq": 3}):
        ws.send(json.dumps(message))
        assert hear(ws, "refused")["code"] == "watch-only"
    ws.close()


def test_the_end_of_a_share_shuts_the_colleague_out_at_once(people, session) -> None:  # type: ignore[no-untyped-def]
    anna, bert = people
    shared = anna.post(f"/api/v1/sessions/{session.id}/shares", {"email": "bert@example.com", "may": "control"}).json()
    mine, theirs = anna.socket(f"/terminal/{session.id}"), bert.socket(f"/terminal/{session.id}")
    hear(mine, "screen"), hear(theirs, "screen")
    anna.call("DELETE", f"/api/v1/sessions/{session.id}/shares/{shared['user']}")
    assert ended(theirs) == 4404
    wait_until(lambda: screens.publish(session_channel(session.id), ControlState(session.id, session.owner)) > 0)
    assert hear(mine, "control")
    mine.close()


def test_one_who_may_type_gets_less_when_the_share_says_less(people, session) -> None:  # type: ignore[no-untyped-def]
    anna, bert = people
    share = lambda may: anna.post(f"/api/v1/sessions/{session.id}/shares", {"email": "bert@example.com", "may": may})  # noqa: E731
    share("control")
    ws = bert.socket(f"/terminal/{session.id}")
    hear(ws, "screen")
    share("watch")
    hear(ws, "session")
    ws.send(json.dumps(ENTER))
    assert hear(ws, "refused")["code"] == "watch-only"
    ws.close()


def test_a_colleague_hears_at_once_of_what_is_shared(people, session) -> None:  # type: ignore[no-untyped-def]
    anna, bert = people
    ws = bert.socket("/live")
    me = bert.get("/auth/me").json()["id"]
    wait_until(lambda: screens.publish(f"iast.user.{me}", ControlState(session.id, None)) > 0)
    anna.post(f"/api/v1/sessions/{session.id}/shares", {"user": me, "may": "watch"})
    assert hear(ws, "session")["session"] == session.id
    ws.close()


def test_nobody_is_guessed_when_sharing(people, session) -> None:  # type: ignore[no-untyped-def]
    anna, _ = people
    share = lambda body: anna.post(f"/api/v1/sessions/{session.id}/shares", {"may": "watch", **body})  # noqa: E731
    assert share({"email": "nobody@example.com"}).status_code == 422
    assert share({}).status_code == 422
    assert share({"user": session.owner}).status_code == 422
    users.provision("https://other.example", "bert", "Another Bert", "bert@example.com")
    assert "more than one" in share({"email": "bert@example.com"}).json()["detail"].lower()
    users.provision("https://other.example", "bert", "Another Bert", "")
