"""Before and while a run runs: preview, bounds, and a person's word on single items."""

import pytest

from app.store import items, runs
from tests.web_parts import Client

pytest_plugins = ["tests.web_fixtures"]
INQUIRY = {"ast": "policy_inquiry", "host": "demo"}
ROWS = [{"policy": f"P100000{n}"} for n in range(4)]


def test_a_preview_names_every_bad_row_and_writes_nothing(web: Client, worker: str) -> None:
    before = web.get("/api/v1/runs?limit=1").json()["items"]
    text = "policy\n" + "P1000001\n" * 30 + "bad\n" * 300
    seen = web.post("/api/v1/runs/preview", {**INQUIRY, "csv": text}).json()
    assert (seen["total"], seen["columns"], len(seen["rows"]), seen["duplicates"]) == (330, ["policy"], 20, 29)
    assert (seen["errors_in_all"], len(seen["errors"])) == (300, 200)
    assert (seen["errors"][0]["line"], seen["errors"][0]["row"]) == (32, 31)
    assert web.get("/api/v1/runs?limit=1").json()["items"] == before
    assert web.post("/api/v1/runs/preview", {**INQUIRY, "csv": ""}).status_code == 422


def test_a_preview_of_a_file_needs_no_worker(web: Client, here: None) -> None:
    seen = web.call("POST", "/api/v1/runs/preview", data=INQUIRY, files={"file": ("l.jsonl", b'{"policy":"P1000001"}')})
    assert (seen.status_code, seen.json()["errors"]) == (200, [])


def test_a_run_is_bound_as_asked(web: Client, worker: str) -> None:
    bounds = {"priority": 9, "canary": 2, "failure_budget": "5%", "film": "always", "item_seconds": 30, "park": 3, "dry_run": True}
    run = web.post("/api/v1/runs", {**INQUIRY, "items": ROWS, **bounds, "deadline": "2030-01-01T00:00:00Z"}).json()
    assert {name: run[name] for name in bounds} == bounds
    form = {**INQUIRY, **{name: str(value).lower() for name, value in bounds.items()}}
    sent = web.call("POST", "/api/v1/runs", data=form, files={"file": ("l.csv", b"policy\nP1000001\n")})
    assert {name: sent.json()[name] for name in bounds} == bounds


@pytest.mark.parametrize(
    "wrong", [{"priority": 10}, {"canary": -1}, {"failure_budget": "0"}, {"failure_budget": "101%"}, {"film": "some"}, {"deadline": "soon"}]
)
def test_a_bound_that_makes_no_sense_is_named(web: Client, worker: str, wrong: dict[str, object]) -> None:
    answer = web.post("/api/v1/runs", {**INQUIRY, "items": ROWS, **wrong})
    assert [fault["at"] for fault in answer.json()["errors"]] == list(wrong)


@pytest.fixture
def run(web: Client, worker: str) -> str:
    """A running run: item 0 parked, 1 uncertain, 2 failed, 3 pending."""
    id = web.post("/api/v1/runs", {**INQUIRY, "items": ROWS}).json()["id"]
    runs.start(id)
    for n, status in enumerate(("parked", "uncertain", "failed")):
        assert items.claim(id, n, "paper", "s-lane", 60)
        items.finish(id, n, 1, status, error={"code": "x", "message": "y"})
    return str(id)


def test_lanes_and_bounds_change_while_it_runs(web: Client, run: str) -> None:
    changed = web.call("PATCH", f"/api/v1/runs/{run}", json={"lanes": 7, "failure_budget": "50"}).json()
    assert (changed["lanes"], changed["failure_budget"], changed["status"]) == (7, "50", "running")
    assert web.call("PATCH", f"/api/v1/runs/{run}", json={"lanes": 999}).status_code == 422
    assert web.call("PATCH", f"/api/v1/runs/{run}", json={"ast": "login"}).status_code == 422
    runs.fail(run, "gone")
    assert web.call("PATCH", f"/api/v1/runs/{run}", json={"lanes": 3}).status_code == 409


def test_what_waits_is_decided_by_a_person(web: Client, run: str) -> None:
    path = f"/api/v1/runs/{run}/items"
    done = web.post(f"{path}/0/done", {"result": {"reference": "R7"}}).json()
    assert (done["status"], done["result"]) == ("succeeded", {"reference": "R7", "decided_by": "Local user"})
    failed = web.post(f"{path}/1/fail", {"reason": "Rang the branch: it is gone."}).json()
    assert (failed["status"], failed["error"]["message"]) == ("failed", "Rang the branch: it is gone.")
    assert web.post(f"{path}/2/retry").json()["status"] == "pending"
    assert web.post(f"{path}/3/skip").json()["status"] == "skipped"
    assert web.post(f"{path}/0/fail").status_code == 409
    assert web.post(f"{path}/9/skip").status_code == 404
    assert web.post(f"{path}/3/explode").status_code == 404


def test_an_item_done_again_reopens_its_run(web: Client, run: str) -> None:
    for n in (0, 1, 3):
        web.post(f"/api/v1/runs/{run}/items/{n}/skip")
    runs.finish(run, items.counts(run))
    assert web.post(f"/api/v1/runs/{run}/items/2/retry").status_code == 200
    assert runs.get(run).status == "running"


@pytest.mark.parametrize(("verdict", "said"), [("done", {"result": {"x": "y" * 70_000}}), ("fail", {"reason": "y" * 2_001})])
def test_a_word_too_long_to_keep_is_refused_and_the_item_waits_on(web: Client, run: str, verdict: str, said: dict[str, object]) -> None:
    answer = web.post(f"/api/v1/runs/{run}/items/0/{verdict}", said)
    assert (answer.status_code, [fault["at"] for fault in answer.json()["errors"]]) == (422, list(said))
    assert items.get(run, 0).status == "parked"


def test_what_waits_in_any_run_is_listed_newest_run_first_a_page_at_a_time(web: Client, run: str, me) -> None:  # type: ignore[no-untyped-def]
    older = runs.create(owner=me.id, ast="policy_inquiry", host="demo", rows=[(f"K{n}", {"policy": f"P100000{n}"}) for n in range(3)])
    theirs = runs.create(owner="u-other", ast="policy_inquiry", host="demo", rows=[("K", {"policy": "P1000001"})])
    for id, n, status in ((older.id, 2, "parked"), (older.id, 0, "uncertain"), (theirs.id, 0, "parked")):
        assert items.claim(id, n, "paper", "s-lane", 60)
        items.finish(id, n, 1, status)
    runs.start(older.id)
    runs.finish(older.id, items.counts(older.id))
    seen, cursor = [], ""
    while cursor is not None:
        page = web.get(f"/api/v1/waiting?limit=1{cursor and '&cursor='}{cursor}").json()
        assert len(page["items"]) == 1
        seen += [(one["run"]["id"], one["item"]["n"], one["item"]["status"]) for one in page["items"]]
        cursor = page["next"]
    assert [one for one in seen if one[0] in (older.id, run)] == [
        (older.id, 0, "uncertain"), (older.id, 2, "parked"), (run, 0, "parked"), (run, 1, "uncertain")
    ]  # fmt: skip
    assert theirs.id not in {one[0] for one in seen}
    first = web.get("/api/v1/waiting/runs?limit=1").json()
    others = web.get(f"/api/v1/waiting/runs?cursor={first['next']}").json()["items"]
    told = {one["id"]: one["counts"] for one in (*first["items"], *others)}
    assert (len(first["items"]), older.id in told, theirs.id in told) == (1, True, False)
    assert (told[older.id]["parked"], told[older.id]["uncertain"]) == (1, 1)
    assert web.get("/api/v1/waiting?cursor=Im5vbnNlbnNlIg").status_code == 422
