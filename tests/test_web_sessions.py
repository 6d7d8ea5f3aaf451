"""Sessions over REST: opened on a worker, listed, renamed, closed, looked at; and nobody else's."""

import json

from app.broker import screens
from app.broker.names import worker_queue
from app.store import sessions
from tests.web_parts import Client, screen_of

pytest_plugins = ["tests.web_fixtures"]


def tasks(valkey_here, worker: str) -> list[tuple[str, list[object]]]:  # type: ignore[no-untyped-def]
    """(name, arguments) of the tasks that wait for this worker, oldest first."""
    waiting = [json.loads(text) for text in reversed(valkey_here.lrange(worker_queue(worker), 0, -1))]
    import base64

    return [(each["headers"]["task"], json.loads(base64.b64decode(each["body"]))[0]) for each in waiting]


def test_opening_gives_the_worker_a_task_with_nothing_but_the_id(web: Client, worker: str, me, valkey_here) -> None:  # type: ignore[no-untyped-def]
    answer = web.post("/api/v1/sessions", {"host": "demo", "name": "Mornings"})
    session = answer.json()
    assert answer.status_code == 201
    assert (session["state"], session["host"], session["name"], session["worker"]) == ("opening", "demo", "Mornings", "paper")
    assert answer.headers["Location"] == f"/api/v1/sessions/{session['id']}"
    assert tasks(valkey_here, worker)[-1] == ("iast.terminals.open", [session["id"]])
    assert sessions.get(session["id"]).owner == me.id


def test_a_session_that_no_worker_can_take_is_a_503_and_leaves_nothing_opening(web_alone: Client, me) -> None:  # type: ignore[no-untyped-def]
    client = web_alone
    before = client.get("/api/v1/sessions").json()["items"]
    answer = client.post("/api/v1/sessions", {"host": "demo"})
    assert (answer.status_code, answer.json()["code"]) == (503, "no-capacity")
    assert answer.headers["Retry-After"]
    assert client.get("/api/v1/sessions").json()["items"] == before


def test_only_hosts_of_the_list_can_be_opened(web: Client, worker: str) -> None:
    answer = web.post("/api/v1/sessions", {"host": "10.0.0.1:23"})
    assert (answer.status_code, answer.json()["code"]) == (404, "not-found")
    assert "list of hosts" in answer.json()["detail"]


def test_a_field_that_is_not_known_is_named(web: Client, worker: str) -> None:
    answer = web.post("/api/v1/sessions", {"host": "demo", "port": 23, "model": "9"})
    assert answer.status_code == 422
    assert {fault["at"] for fault in answer.json()["errors"]} == {"port", "model"}


def test_sessions_are_renamed_and_listed_newest_first(web: Client, worker: str, me) -> None:  # type: ignore[no-untyped-def]
    first = sessions.create(owner=me.id, host="demo", worker=worker)
    second = sessions.create(owner=me.id, host="demo", worker=worker)
    assert web.call("PATCH", f"/api/v1/sessions/{first.id}", json={"name": "Claims"}).json()["name"] == "Claims"
    page = web.get("/api/v1/sessions?limit=1").json()
    assert page["items"][0]["id"] == second.id
    following = web.get(f"/api/v1/sessions?limit=1&cursor={page['next']}").json()
    assert (following["items"][0]["id"], following["items"][0]["name"]) == (first.id, "Claims")


def test_another_users_session_is_not_there_on_any_path(web: Client, worker: str, me) -> None:  # type: ignore[no-untyped-def]
    theirs = sessions.create(owner="u-other", host="demo", worker=worker)
    path = f"/api/v1/sessions/{theirs.id}"
    answers = [
        web.get(path), web.get(f"{path}/screen"), web.call("DELETE", path), web.call("PATCH", path, json={"name": "mine"}),
    ]  # fmt: skip
    assert [answer.status_code for answer in answers] == [404] * 4
    assert theirs.id not in web.get("/api/v1/sessions").text
    assert sessions.get(theirs.id).name == ""


def test_closing_asks_the_worker_and_closing_again_changes_nothing(web: Client, worker: str, me, valkey_here) -> None:  # type: ignore[no-untyped-def]
    session = sessions.create(owner=me.id, host="demo", worker=worker)
    assert web.call("DELETE", f"/api/v1/sessions/{session.id}").status_code == 202
    assert tasks(valkey_here, worker)[-1] == ("iast.terminals.close", [session.id])
    sessions.ended(session.id, "closed", "signed off")
    sent = len(tasks(valkey_here, worker))
    assert web.call("DELETE", f"/api/v1/sessions/{session.id}").json()["state"] == "closed"
    assert len(tasks(valkey_here, worker)) == sent


def test_a_lane_is_not_closed_under_its_run(web: Client, worker: str, me) -> None:  # type: ignore[no-untyped-def]
    lane = sessions.create(owner=me.id, host="demo", worker=worker, purpose="lane", run="r-1")
    assert web.call("DELETE", f"/api/v1/sessions/{lane.id}").status_code == 409


def test_the_latest_screen_is_told_as_rows(web: Client, worker: str, me) -> None:  # type: ignore[no-untyped-def]
    session = sessions.create(owner=me.id, host="demo", worker=worker)
    assert web.get(f"/api/v1/sessions/{session.id}/screen").status_code == 404
    screens.keep_screen(session.id, screen_of("SIGN-ON"))
    told = web.get(f"/api/v1/sessions/{session.id}/screen").json()
    assert (told["rows"][0].strip(), len(told["rows"]), told["cursor"], told["size"]) == ("SIGN-ON", 24, [0, 0], [24, 80])
