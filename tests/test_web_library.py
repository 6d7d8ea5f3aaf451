"""Settings, macros, configurations, usage: what a user keeps, and what others see of it."""

import pytest
from boto3.dynamodb.conditions import Attr

from app.sealing import seal_text
from app.store import items, keys, library, runs, table, users
from tests.conftest import WebFactory
from tests.web_parts import Client

pytest_plugins = ["tests.web_fixtures"]
STEPS = [{"key": "Home"}, {"type": "1"}, {"ask": "PASSWORD ===>"}, {"key": "Enter"}, {"expect": "POLICY MENU"}]


def test_settings_come_back_as_they_were_put(web: Client, here: None) -> None:
    put = web.call("PUT", "/api/v1/settings", json={"settings": {"theme": "green", "keys": {"F1": "PF1"}}})
    assert put.status_code == 200
    assert web.get("/api/v1/settings").json() == {"settings": {"theme": "green", "keys": {"F1": "PF1"}}}
    large = web.call("PUT", "/api/v1/settings", json={"settings": {"x": "y" * 70_000}})
    assert (large.status_code, "64 KB" in large.json()["detail"]) == (422, True)


def test_a_macro_is_kept_changed_shared_and_deleted(web: Client, here: None) -> None:
    made = web.post("/api/v1/macros", {"name": "Sign on", "host": "demo", "steps": STEPS})
    macro = made.json()
    assert (made.status_code, macro["steps"], macro["shared"]) == (201, STEPS, False)
    path = f"/api/v1/macros/{macro['id']}"
    assert web.call("PATCH", path, json={"shared": True}).json()["steps"] == STEPS
    assert [m["shared"] for m in web.get("/api/v1/macros").json()["items"] if m["id"] == macro["id"]] == [True]
    assert web.call("DELETE", path).status_code == 204
    assert web.call("PATCH", path, json={"name": "x"}).status_code == 404


@pytest.mark.parametrize("step", [{}, {"key": "F1", "type": "x"}, {"type": "x" * 2001}, {"key": "<script>"}, {"run": "rm"}])
def test_a_step_is_one_thing_and_nothing_else(web: Client, here: None, step: dict[str, str]) -> None:
    assert web.post("/api/v1/macros", {"name": "m", "steps": [step]}).status_code == 422


def test_what_others_share_can_be_read_and_cloned_but_not_changed(web: Client, here: None) -> None:
    body = {"ast": "policy_inquiry", "host": "demo", "lanes": 5, "parameters": {}, "priority": 5, "canary": 0}
    body |= {"failure_budget": "", "film": "never", "item_seconds": 0}
    theirs = library.create("CONFIGURATION", "u-other", "Bert", "Nightly", body, shared=True)
    hidden = library.create("CONFIGURATION", "u-other", "Bert", "Secret plans", body)
    listed = {c["id"]: c for c in web.get("/api/v1/configurations").json()["items"]}
    assert listed[theirs.id]["owner_name"] == "Bert" and hidden.id not in listed
    path = f"/api/v1/configurations/{theirs.id}"
    assert web.call("PATCH", path, json={"name": "mine"}).status_code == 404
    assert web.call("DELETE", path).status_code == 404
    copy = web.post(f"{path}/clone").json()
    assert (copy["name"], copy["lanes"], copy["film"], copy["shared"]) == ("Nightly (copy)", 5, "never", False)
    assert web.post(f"/api/v1/configurations/{hidden.id}/clone").status_code == 404


def test_an_entry_that_no_key_opens_is_left_out_and_the_others_are_listed(web: Client, me) -> None:  # type: ignore[no-untyped-def]
    good = library.create("MACRO", me.id, "Me", "Good", {"host": "", "steps": STEPS})
    locked = [library.create("MACRO", owner, "Me", "Locked", {"host": "", "steps": []}, shared=True) for owner in (me.id, "u-other")]
    for entry in locked:
        table.update(keys.entry("MACRO", entry.id), {"body": seal_text("{}", "somewhere else")}, Attr("pk").exists())
    answer = web.get("/api/v1/macros")
    assert answer.status_code == 200
    listed = {m["id"] for m in answer.json()["items"]}
    assert good.id in listed and not listed & {entry.id for entry in locked}
    assert web.get("/api/v1/configurations").status_code == 200
    for entry in locked:
        table.delete(keys.entry("MACRO", entry.id))


def test_a_configuration_keeps_no_secret(web: Client, here: None) -> None:
    wish = {"name": "Check", "ast": "login", "parameters": {"password": "marker-4712"}}
    made = web.post("/api/v1/configurations", wish)
    assert made.status_code == 201 and made.json()["parameters"] == {}
    again = web.call("PATCH", f"/api/v1/configurations/{made.json()['id']}", json={"parameters": {"password": "marker-4712"}, "lanes": 3})
    assert (again.json()["parameters"], again.json()["lanes"]) == ({}, 3)
    assert web.get("/api/v1/configurations?ast=login").json()["items"][0]["name"] == "Check"
    assert web.get("/api/v1/configurations?ast=other").json()["items"] == []


def test_usage_adds_up_runs_by_ast_and_host(web: Client, worker: str, me) -> None:  # type: ignore[no-untyped-def]
    before = {u["name"]: u for u in web.get("/api/v1/usage").json()["by_ast"]}.get("wave_status", {"runs": 0, "succeeded": 0})
    run = runs.create(owner=me.id, ast="wave_status", host="demo", rows=[("1", {}), ("2", {})])
    runs.start(run.id)
    for n in range(2):
        assert items.claim(run.id, n, "w", "s-1", 60)
        items.finish(run.id, n, 1, "succeeded" if n else "failed")
    runs.finish(run.id, items.counts(run.id))
    after = {u["name"]: u for u in web.get("/api/v1/usage?days=1").json()["by_ast"]}["wave_status"]
    assert (after["runs"] - before["runs"], after["succeeded"] - before["succeeded"]) == (1, 1)
    assert web.get("/api/v1/usage?days=1000").status_code == 422


def ended_run(owner: str, ast: str) -> None:
    run = runs.create(owner=owner, ast=ast, host="demo", rows=[("1", {})])
    runs.start(run.id)
    assert items.claim(run.id, 0, "w", "s-1", 60)
    items.finish(run.id, 0, 1, "succeeded")
    runs.finish(run.id, items.counts(run.id))


def test_an_administrator_sees_everybodys_usage_and_nobody_else_does(web: Client, start_web: WebFactory, web_platform, me) -> None:  # type: ignore[no-untyped-def]
    other = users.provision("https://idp.test", "ulla", "Ulla")
    ended_run(other.id, "wave_status")
    refused = web.get("/api/v1/usage?everybody=true")
    assert (refused.status_code, web.get("/api/v1/usage").json()["administrator"]) == (403, False)
    assert "IAST_ADMINISTRATORS" in refused.json()["detail"]

    ours = {name: web_platform[name] for name in ("REDIS_URL", "IAST_TABLE")}
    started = start_web(**ours, IAST_ADMINISTRATORS=f"u-somebody, {me.id}")
    admin = Client(started.url, started.token)
    found = {use["name"]: use for use in admin.get("/api/v1/usage?everybody=true").json()["by_user"]}
    assert found["Ulla"]["succeeded"] >= 1
    own = admin.get("/api/v1/usage").json()
    assert own["administrator"] is True and "Ulla" not in {use["name"] for use in own["by_user"]}


HALF = '"\\ud800"'  # as JSON: the first half of a surrogate pair, alone


@pytest.mark.parametrize(
    ("method", "path", "body"),
    [
        ("PUT", "settings", '{"settings": {"theme": %s}}'),
        ("PUT", "settings", '{"settings": {%s: "green"}}'),
        ("POST", "macros", '{"name": %s, "steps": []}'),
        ("POST", "macros", '{"name": "m", "steps": [{"type": %s}]}'),
        ("POST", "sessions", '{"host": "demo", "name": %s}'),
        ("POST", "runs", '{"ast": "policy_inquiry", "host": "demo", "items": [{"policy": %s}]}'),
        ("POST", "runs", '{"ast": "policy_inquiry", "host": "demo", "csv": %s}'),
    ],
)
def test_half_a_character_is_refused_wherever_json_is_read(web: Client, worker: str, method: str, path: str, body: str) -> None:
    answer = web.call(method, f"/api/v1/{path}", data=body % HALF, headers={"Content-Type": "application/json"})
    assert (answer.status_code, answer.json()["code"]) == (422, "bad-input")
    assert "whole characters" in answer.json()["errors"][0]["message"]


def test_a_whole_character_in_two_halves_is_taken(web: Client, here: None) -> None:
    sent = web.call("PUT", "/api/v1/settings", data='{"settings": {"x": "\\ud83d\\ude00"}}', headers={"Content-Type": "application/json"})
    assert (sent.status_code, sent.json()) == (200, {"settings": {"x": "\U0001f600"}})


def test_half_a_character_in_a_file_of_json_lines_is_refused(web: Client, worker: str) -> None:
    file = {"file": ("l.jsonl", b'{"policy": %s}' % HALF.encode())}
    answer = web.call("POST", "/api/v1/runs", data={"ast": "policy_inquiry", "host": "demo"}, files=file)
    assert answer.status_code == 422 and "whole characters" in answer.text
