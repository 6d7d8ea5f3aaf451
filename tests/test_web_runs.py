"""Runs over REST: every kind of list, what is refused and how, steering, results. The worker here only beats; tests play its part."""

import io
import json

import pytest
from openpyxl import Workbook, load_workbook

from app.broker import rates
from app.broker.connection import client
from app.broker.names import lock_key, rates_key
from app.store import frames, items, runs
from tests.web_parts import Client

pytest_plugins = ["tests.web_fixtures"]
INQUIRY = {"ast": "policy_inquiry", "host": "demo"}
ROWS = [{"policy": "P1000001"}, {"policy": "P1000002"}, {"policy": "P1000001"}]


@pytest.fixture
def started(web: Client, worker: str) -> str:
    """A run of three items, sent to nobody."""
    return web.post("/api/v1/runs", {**INQUIRY, "items": ROWS, "name": "Three"}).json()["id"]  # type: ignore[no-any-return]


def faults(answer) -> list[dict[str, object]]:  # type: ignore[no-untyped-def]
    assert answer.status_code == 422, answer.text
    assert answer.headers["Content-Type"] == "application/problem+json"
    return answer.json()["errors"]  # type: ignore[no-any-return]


def test_a_run_over_json_is_accepted_with_its_duplicates_marked(web: Client, started: str) -> None:
    listed = web.get(f"/api/v1/runs/{started}/items").json()["items"]
    assert [(each["n"], each["key"], each["duplicate"], each["status"]) for each in listed] == [
        (0, "P1000001", False, "pending"), (1, "P1000002", False, "pending"), (2, "P1000001", True, "pending"),
    ]  # fmt: skip
    run = web.get(f"/api/v1/runs/{started}").json()
    assert (run["status"], run["total"], run["counts"]["pending"], run["name"]) == ("starting", 3, 3, "Three")
    assert web.get("/api/v1/runs").json()["items"][0]["id"] == started


@pytest.mark.parametrize(
    ("name", "data"),
    [
        ("list.csv", b"policy\nP1000001\n\nP1000002\n"),
        ("excel.csv", "\ufeffpolicy;\r\nP1000001;\r\nP1000002;\r\n".encode()),
        ("list.jsonl", b'{"policy":"P1000001"}\n{"policy":"P1000002"}\n'),
        ("list.json", b'[{"policy":"P1000001"},{"policy":"P1000002"}]'),
    ],
)
def test_a_file_of_any_kind_makes_the_same_run(web: Client, worker: str, name: str, data: bytes) -> None:
    answer = web.call("POST", "/api/v1/runs", data={**INQUIRY, "lanes": "3"}, files={"file": (name, data)})
    assert answer.status_code == 202, answer.text
    assert (answer.json()["total"], answer.json()["lanes"]) == (2, 3)


def test_a_workbook_makes_a_run_of_its_first_sheet(web: Client, worker: str) -> None:
    book, file = Workbook(), io.BytesIO()
    for row in (["policy"], ["P1000001"], [None], ["P1000002"]):
        book.active.append(row)
    book.save(file)
    answer = web.call("POST", "/api/v1/runs", data=INQUIRY, files={"file": ("list.xlsx", file.getvalue())})
    assert answer.json()["total"] == 2
    bad = web.call("POST", "/api/v1/runs", data=INQUIRY, files={"file": ("list.xlsx", b"PK\x03\x04 no workbook")})
    assert "no XLSX" in str(faults(bad)[0]["message"])


def test_csv_comes_as_a_field_or_as_the_body(web: Client, worker: str) -> None:
    text = "policy\nP1000001\n"
    assert web.post("/api/v1/runs", {**INQUIRY, "csv": text}).json()["total"] == 1
    body = web.call("POST", "/api/v1/runs", params={**INQUIRY, "lanes": "2"}, data=text, headers={"Content-Type": "text/csv"})
    assert (body.status_code, body.json()["lanes"]) == (202, 2)


def test_a_wrong_row_is_named_by_line_and_column_and_nothing_starts(web: Client, worker: str) -> None:
    before = web.get("/api/v1/runs").json()["items"][:1]
    answer = web.post("/api/v1/runs", {**INQUIRY, "csv": "policy\nP1000001\n\nX99\n"})
    fault = faults(answer)[0]
    assert (fault["at"], fault["row"], fault["column"], fault["line"]) == ("items.1.policy", 2, "policy", 4)
    assert str(fault["message"]).startswith("Line 4, policy: ")
    assert "X99" not in answer.text
    assert web.get("/api/v1/runs").json()["items"][:1] == before


@pytest.mark.parametrize(
    ("body", "at", "says"),
    [
        ({"items": []}, "items", "no item in it"),
        ({"csv": ""}, "items", "no item in it"),
        ({"csv": "policy\n"}, "items", "no item in it"),
        ({}, "items", "one of the two"),
        ({"csv": "policy\nP1000001\n", "items": ROWS}, "items", "one of the two"),
        ({"csv": "number\nP1000001\n"}, "items.0.policy", "is missing"),
        ({"csv": "policy,policy\nP1000001,P1000001\n"}, "items", "names one twice"),
        ({"csv": "policy\nP1000001,x\n"}, "items", "2 cells under 1 columns"),
        ({"csv": 'policy\n"P1000001\n'}, "items", "Line"),
        ({"items": ROWS, "lanes": 999}, "lanes", "at most 50 lanes"),
        ({"items": ROWS, "lanes": "3"}, "lanes", "integer"),
        ({"items": ROWS, "parameters": {"colour": "red"}}, "parameters.colour", "not a column or parameter"),
    ],
)
def test_what_cannot_be_run_is_refused_with_the_reason(web: Client, worker: str, body: dict[str, object], at: str, says: str) -> None:
    answer = web.post("/api/v1/runs", {**INQUIRY, **body})
    assert any(fault["at"] == at and says in str(fault["message"]) for fault in faults(answer)), answer.text


def test_a_part_of_a_form_without_a_name_is_refused(web: Client) -> None:
    body = b"--x\r\nContent-Disposition: form-data\r\n\r\nP1000001\r\n--x--\r\n"
    answer = web.call("POST", "/api/v1/runs", data=body, headers={"Content-Type": "multipart/form-data; boundary=x"})
    assert answer.status_code == 422
    assert "has no name" in answer.json()["detail"]


def test_a_list_that_is_not_utf_8_names_the_line(web: Client, worker: str) -> None:
    answer = web.call("POST", "/api/v1/runs", data=INQUIRY, files={"file": ("l.csv", b"policy\nP1000001\nM\xfcller\n")})
    assert (faults(answer)[0]["line"], "UTF-8" in str(faults(answer)[0]["message"])) == (3, True)


def test_unknown_asts_and_hosts_say_so(web: Client, worker: str) -> None:
    for wrong in ({"ast": "nothing"}, {"host": "nowhere"}):
        answer = web.post("/api/v1/runs", {**INQUIRY, "items": ROWS, **wrong})
        assert answer.status_code == 404
        assert next(iter(wrong.values())) in answer.json()["detail"]


def test_a_hundred_thousand_lines_are_one_run_and_one_more_is_refused(web: Client, worker: str) -> None:
    text = "policy\n" + "".join(f"P{n:07}\n" for n in range(100_000))
    answer = web.call("POST", "/api/v1/runs", data=INQUIRY, files={"file": ("l.csv", text)}, timeout=60)
    assert (answer.status_code, answer.json()["total"]) == (202, 100_000)
    tail = web.get(f"/api/v1/runs/{answer.json()['id']}/items?start=99998&limit=1000").json()
    assert ([each["n"] for each in tail["items"]], tail["next"]) == ([99_998, 99_999], None)
    more = web.call("POST", "/api/v1/runs", data=INQUIRY, files={"file": ("l.csv", text + "P9999999\n")}, timeout=60)
    assert "at most 100,000" in str(faults(more)[0]["message"])


def test_a_secret_parameter_is_never_told_again(web: Client, worker: str) -> None:
    body = {"ast": "login", "host": "demo", "items": [{"user": "DEMO01"}], "parameters": {"password": "marker-4711"}}
    answer = web.post("/api/v1/runs", body)
    assert answer.status_code == 202 and "marker-4711" not in answer.text
    run = runs.get(answer.json()["id"])
    assert runs.parameters(run) == {"password": "marker-4711"}
    assert "marker-4711" not in web.get(f"/api/v1/runs/{run.id}").text + repr(run)


def test_no_worker_no_run(web_alone: Client, me) -> None:  # type: ignore[no-untyped-def]
    answer = web_alone.post("/api/v1/runs", {**INQUIRY, "items": ROWS})
    assert (answer.status_code, answer.json()["code"]) == (503, "no-capacity")


def test_a_run_is_paused_resumed_and_cancelled_and_says_what_it_cannot(web: Client, started: str) -> None:
    steer = lambda verb: web.post(f"/api/v1/runs/{started}/{verb}")  # noqa: E731
    assert steer("resume").status_code == 409
    assert steer("pause").json()["status"] == "paused"
    assert steer("resume").json()["status"] == "running"
    assert steer("cancel").json()["status"] == "cancelling"
    assert steer("pause").json()["detail"] == "This run is cancelling, so it can't pause."
    assert steer("retry").status_code == 409


def test_every_change_asks_a_worker_to_look_at_the_run(web: Client, started: str, valkey_here) -> None:  # type: ignore[no-untyped-def]
    web.post(f"/api/v1/runs/{started}/pause")
    waiting = [json.loads(text) for text in valkey_here.lrange("iast", 0, 1)]
    assert [each["headers"]["task"] for each in waiting] == ["iast.runs.steer", "iast.runs.start"]
    assert started in waiting[0]["headers"]["argsrepr"]


def play(run: str, n: int, status: str, **how: object) -> None:
    """What a worker does with an item."""
    item = items.claim(run, n, "paper", "s-lane", 60)
    assert item is not None
    items.finish(run, n, item.attempt, status, **how)  # type: ignore[arg-type]


def test_failed_items_are_done_again_all_or_chosen_and_others_are_not(web: Client, started: str) -> None:
    runs.start(started)
    play(started, 0, "failed", error={"code": "host-lost", "message": "The host hung up."})
    play(started, 1, "refused", error={"code": "refused", "message": "LAPSED"})
    play(started, 2, "failed", error={"code": "host-lost", "message": "The host hung up."})
    runs.finish(started, items.counts(started))
    assert web.post(f"/api/v1/runs/{started}/retry", {"items": [1]}).status_code == 409
    chosen = web.post(f"/api/v1/runs/{started}/retry", {"items": [2]}).json()
    assert (chosen["status"], chosen["counts"]["pending"], chosen["counts"]["failed"]) == ("running", 1, 1)
    assert web.call("POST", f"/api/v1/runs/{started}/retry").json()["counts"]["pending"] == 2
    assert web.call("POST", f"/api/v1/runs/{started}/retry").json()["counts"]["refused"] == 1


def test_results_errors_frames_and_search(web: Client, started: str) -> None:
    runs.start(started)
    play(started, 0, "succeeded", result={"holder": "=SUM(A1)", "premium": "-12.50"})
    play(started, 1, "failed", error={"code": "host-lost", "message": "The host hung up."})
    frames.put(started, 0, 1, [{"rows": ["POLICY INQUIRY"], "aid": "Enter"}])
    item = web.get(f"/api/v1/runs/{started}/items/0").json()
    assert (item["result"]["premium"], item["frames"]) == ("-12.50", [{"rows": ["POLICY INQUIRY"], "aid": "Enter"}])
    assert web.get(f"/api/v1/runs/{started}/items/3").status_code == 404
    numbers = lambda query: [i["n"] for i in web.get(f"/api/v1/runs/{started}/items?{query}").json()["items"]]  # noqa: E731
    assert numbers("search=HUNG+up") == [1]
    assert numbers("status=succeeded") == [0]
    assert numbers("status=pending") == [2]
    assert numbers("start=1&limit=1") == [1]


def test_exports_agree_and_hold_no_formula(web: Client, started: str) -> None:
    runs.start(started)
    play(started, 0, "succeeded", result={"holder": "=SUM(A1)", "premium": "-12.50"})
    text = web.get(f"/api/v1/runs/{started}/export.csv").content.decode("utf-8-sig").splitlines()
    assert text[0].startswith("n,key,status,policy,holder,premium,attempt,error_code")
    assert text[1].startswith("0,P1000001,succeeded,P1000001,'=SUM(A1),-12.50,1,")
    assert len(text) == 4
    sheet = load_workbook(io.BytesIO(web.get(f"/api/v1/runs/{started}/export.xlsx").content)).active
    assert (sheet["E2"].value, sheet["E2"].data_type) == ("=SUM(A1)", "s")
    whole = web.get(f"/api/v1/runs/{started}/export.json").json()
    assert (whole[0]["result"]["holder"], len(whole)) == ("=SUM(A1)", 3)


def test_how_quickly_it_went_can_be_asked_from_its_beginning_on(web: Client, started: str) -> None:
    assert web.get(f"/api/v1/runs/{started}/rates").json() == {"items": []}
    for at, ended in ((100, 0), (102, 20), (104, 60), (112, 60), (200, 148)):
        client().rpush(rates_key(started), f"{at}.0 {ended}")
    curve = web.get(f"/api/v1/runs/{started}/rates").json()["items"]
    told = [(point["at"][14:19], point["rate"]) for point in curve]
    assert told == [("01:42", 10), ("01:44", 15), ("01:52", 4), ("03:20", 1)]


def test_notes_of_a_runs_rate_lie_apart(here: None) -> None:
    for ended in range(5):
        rates.note("r-long", 3600, ended)
    assert [note.split()[1] for note in client().lrange(rates_key("r-long"), 0, -1)] == [b"0"]
    assert 11_000 < client().pttl(lock_key("rate.r-long")) <= 12_000


def test_another_users_run_is_not_there_on_any_path(web: Client, worker: str) -> None:
    theirs = runs.create(owner="u-other", ast="policy_inquiry", host="demo", rows=[("P1000001", {"policy": "P1000001"})])
    document = web.get("/api/v1/openapi.json").json()
    for path, operations in document["paths"].items():
        if "/runs/{id}" not in path:
            continue
        for method in operations:
            address = path.replace("{id}", theirs.id).replace("{n}", "0").replace("{verdict}", "done")
            answer = web.call(method, address, json={})
            assert answer.status_code == 404, (method, path, answer.text)
    assert runs.get(theirs.id).status == "starting"
    assert theirs.id not in web.get("/api/v1/runs").text
