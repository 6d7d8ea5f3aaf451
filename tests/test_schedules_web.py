"""Schedules over REST: made, changed, tried out, refused with reasons, one's own only."""

from typing import Any

import pytest

from app.occurrences import When
from app.store import schedules
from tests.web_parts import Client

pytest_plugins = ["tests.web_fixtures"]
NIGHTLY = {
    "name": "Nightly", "ast": "policy_inquiry", "host": "demo", "items": [{"policy": "P1000001"}, {"policy": "P1000002"}],
    "when": {"cron": "0 2 * * MON-FRI"}, "zone": "Europe/Berlin", "holidays": "DE", "lanes": 2,
}  # fmt: skip


@pytest.fixture
def nightly(web: Client, here: None) -> str:
    answer = web.post("/api/v1/schedules", NIGHTLY)
    assert answer.status_code == 201, answer.text
    return str(answer.json()["id"])


def faults(answer: Any) -> list[str]:
    assert answer.status_code == 422, answer.text
    assert answer.headers["Content-Type"] == "application/problem+json"
    return [error["at"] for error in answer.json()["errors"]]


def patch(web: Client, id: str, change: dict[str, object]) -> Any:
    return web.call("PATCH", f"/api/v1/schedules/{id}", json=change)


def test_a_schedule_is_shown_as_it_was_made_with_its_next_occurrence(web: Client, nightly: str) -> None:
    shown = web.get(f"/api/v1/schedules/{nightly}").json()
    expected = {**NIGHTLY, "total": 2, "overlap": "skip", "missed": "skip", "paused": False, "queued": 0, "last_run": "", "priority": 5}
    del expected["items"]
    assert {name: shown[name] for name in expected} == expected
    assert shown["next"].endswith("Z") and shown["next"] > shown["created"]
    assert nightly in [each["id"] for each in web.get("/api/v1/schedules").json()["items"]]


def test_a_list_as_csv_makes_the_same(web: Client, here: None) -> None:
    wish = {**NIGHTLY, "items": None, "csv": "policy\nP1000001\nP1000002\n"}
    made = web.post("/api/v1/schedules", wish).json()
    assert [key for key, _ in schedules.rows_of(schedules.get(made["id"]))] == ["P1000001", "P1000002"]


def test_a_moment_without_an_offset_is_meant_on_the_clock_of_the_zone(web: Client, here: None) -> None:
    wish = {**NIGHTLY, "when": {"once": "2099-07-01T08:00"}, "holidays": ""}
    assert web.post("/api/v1/schedules", wish).json()["next"] == "2099-07-01T06:00:00.000Z"


@pytest.mark.parametrize(
    ("change", "at"),
    [
        ({"when": {}}, "when"),
        ({"when": {"cron": "0 2 * * *", "every": 60}}, "when"),
        ({"when": {"cron": "0 25 * * *"}}, "when.cron"),
        ({"when": {"every": 1}}, "when.every"),
        ({"when": {"once": "yesterday"}}, "when.once"),
        ({"when": {"once": "2001-01-01T00:00:00Z"}}, "when"),
        ({"when": {"weekly": True}}, "when.weekly"),
        ({"zone": "Berlin"}, "zone"),
        ({"zone": "../../etc/passwd"}, "zone"),
        ({"holidays": "Atlantis"}, "holidays"),
        ({"days_off": ["Monday"]}, "days_off.0"),
        ({"overlap": "maybe"}, "overlap"),
        ({"lanes": 900}, "lanes"),
        ({"items": []}, "items"),
        ({"items": [{"claim": "1"}]}, "items.0.policy"),
        ({"items": None}, "items"),
        ({"parameters": {"nonsense": 1}}, "parameters.nonsense"),
    ],
)
def test_what_can_not_be_used_is_named(web: Client, nightly: str, change: dict[str, object], at: str) -> None:
    assert at in faults(web.post("/api/v1/schedules", {**NIGHTLY, **change}))


@pytest.mark.parametrize("change", [{"ast": "nonsense"}, {"host": "nonsense"}])
def test_an_unknown_ast_or_host_is_not_found(web: Client, here: None, change: dict[str, object]) -> None:
    assert web.post("/api/v1/schedules", {**NIGHTLY, **change}).status_code == 404


def test_what_is_changed_changes_and_the_rest_stays(web: Client, nightly: str) -> None:
    before = web.get(f"/api/v1/schedules/{nightly}").json()
    after = patch(web, nightly, {"zone": "America/New_York", "lanes": 3, "name": "Later"}).json()
    assert (after["zone"], after["lanes"], after["name"], after["when"]) == ("America/New_York", 3, "Later", before["when"])
    assert after["next"] != before["next"] and after["holidays"] == "DE"
    assert patch(web, nightly, {"items": [{"policy": "P1000009"}]}).json()["total"] == 1
    assert patch(web, nightly, {}).json()["total"] == 1
    assert "when.cron" in faults(patch(web, nightly, {"when": {"cron": "never"}}))
    assert "lanes" in faults(patch(web, nightly, {"lanes": 900}))


def test_it_is_paused_resumed_and_deleted(web: Client, nightly: str) -> None:
    path = f"/api/v1/schedules/{nightly}"
    assert web.post(f"{path}/pause").json()["paused"] is True
    assert web.post(f"{path}/pause").status_code == 409
    assert web.post(f"{path}/fire").status_code == 409
    assert web.post(f"{path}/resume").json()["paused"] is False
    assert web.call("DELETE", path).status_code == 204
    assert web.get(path).status_code == 404


def test_asked_for_now_it_is_queued_and_the_workers_are_told(web: Client, nightly: str) -> None:
    answer = web.post(f"/api/v1/schedules/{nightly}/fire")
    assert (answer.status_code, answer.json()["queued"]) == (202, 1)


def test_its_history_is_shown_newest_first(web: Client, nightly: str) -> None:
    schedule = schedules.get(nightly)
    for n, outcome in enumerate(("missed", "started"), 1):
        schedules.record(schedule, schedules.Fired(n, f"2026-11-2{n}T01:00:00.000Z", "", outcome, "r-1", "why"))  # type: ignore[arg-type]
    shown = web.get(f"/api/v1/schedules/{nightly}/history").json()
    assert [each["outcome"] for each in shown["items"]] == ["started", "missed"] and shown["next"] is None


def test_another_users_schedule_is_not_found(web: Client, here: None) -> None:
    rows = [("P1", {"policy": "P1"})]
    others = schedules.create(owner="u-eve", ast="policy_inquiry", host="demo", when=When(cron="0 2 * * *"), rows=rows)
    path = f"/api/v1/schedules/{others.id}"
    asked = [web.get(path), web.get(f"{path}/history"), patch(web, others.id, {"name": "mine"}), web.call("DELETE", path)]
    asked += [web.post(f"{path}/{verb}") for verb in ("pause", "resume", "fire")]
    assert {answer.status_code for answer in asked} == {404}
    assert schedules.get(others.id) == others


def test_a_time_can_be_tried_out(web: Client) -> None:
    found = web.get("/api/v1/schedules/preview", params={"cron": "30 2 * * *", "zone": "Europe/Berlin"}).json()["next"]
    assert len(found) == 5 and found == sorted(found)
    assert faults(web.get("/api/v1/schedules/preview", params={"cron": "x"})) == ["when.cron"]
