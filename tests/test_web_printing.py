"""Print jobs over REST: listed, fetched as text, deleted; by whoever may see the session, and by nobody else."""

import pytest

from app.store import printed, sessions, shares
from tests.web_parts import Client

pytest_plugins = ["tests.web_fixtures"]
TEXT = "POLICY P0000001\n\fPAGE TWO\n"


def job_of(session: sessions.Session, over: bool = True) -> printed.PrintJob:
    job = printed.start(session, "PRT1")
    printed.write(job, 0, TEXT, pages=2, size=len(TEXT), note="", over=over)
    return job


def test_a_session_is_opened_with_the_printer_wished_for_or_its_hosts(web: Client, worker: str, me) -> None:  # type: ignore[no-untyped-def]
    made = web.post("/api/v1/sessions", {"host": "demo", "printer": "associate"}).json()
    assert (made["printer"], sessions.get(made["id"]).printer) == ("associate", "associate")
    assert web.post("/api/v1/sessions", {"host": "demo"}).json()["printer"] == ""
    assert web.get("/api/v1/hosts").json()["items"][0]["printer"] == ""
    refused = web.post("/api/v1/sessions", {"host": "demo", "printer": "no such name"})
    assert (refused.status_code, refused.json()["errors"][0]["at"]) == (422, "printer")


def test_a_job_is_listed_fetched_as_text_and_deleted(web: Client, worker: str, me) -> None:  # type: ignore[no-untyped-def]
    session = sessions.create(owner=me.id, host="demo", worker=worker)
    job, path = job_of(session), f"/api/v1/sessions/{session.id}/print-jobs"
    (listed,) = web.get(path).json()["items"]
    assert (listed["id"], listed["pages"], listed["size"], listed["lu"], listed["note"]) == (job.id, 2, len(TEXT), "PRT1", "")
    assert web.get(f"{path}/{job.id}").json() == listed
    answer = web.get(f"{path}/{job.id}/text")
    assert (answer.text, answer.headers["Content-Type"]) == (TEXT, "text/plain; charset=utf-8")
    assert answer.headers["Content-Disposition"].startswith('attachment; filename="demo-20')
    assert web.call("DELETE", f"{path}/{job.id}").status_code == 204
    gone = web.get(f"{path}/{job.id}/text")
    assert (gone.status_code, gone.headers["Content-Type"], gone.json()["detail"]) == (
        404, "application/problem+json", "There is no such print job.",
    )  # fmt: skip


def test_a_job_whose_worker_died_says_so(web: Client, worker: str, me) -> None:  # type: ignore[no-untyped-def]
    session = sessions.create(owner=me.id, host="demo", worker=worker)
    job_of(session, over=False)
    path = f"/api/v1/sessions/{session.id}/print-jobs"
    assert web.get(path).json()["items"][0]["ended"] == ""
    sessions.ended(session.id, "lost", "its worker died")
    (job,) = web.get(path).json()["items"]
    assert job["ended"] and job["note"] == "The session ended before the job did."


def test_nobody_elses_jobs_are_there_not_even_under_ones_own_session(web: Client, worker: str, me) -> None:  # type: ignore[no-untyped-def]
    theirs, mine = (sessions.create(owner=owner, host="demo", worker=worker) for owner in ("u-other", me.id))
    job = job_of(theirs)
    for session in (theirs, mine):
        path = f"/api/v1/sessions/{session.id}/print-jobs/{job.id}"
        answers = [web.get(path), web.get(f"{path}/text"), web.call("DELETE", path)]
        assert [answer.status_code for answer in answers] == [404] * 3
    assert web.get(f"/api/v1/sessions/{theirs.id}/print-jobs").status_code == 404
    assert "".join(printed.text(printed.get(theirs, job.id))) == TEXT


@pytest.mark.parametrize("may", ["watch", "control"])
def test_whom_a_session_is_shared_with_sees_its_jobs_and_deletes_none(web: Client, worker: str, me, may: shares.May) -> None:  # type: ignore[no-untyped-def]
    theirs = sessions.create(owner="u-other", host="demo", worker=worker)
    job, path = job_of(theirs), f"/api/v1/sessions/{theirs.id}/print-jobs"
    shares.put(theirs, me.id, may)
    assert web.get(f"{path}/{job.id}/text").text == TEXT
    assert web.call("DELETE", f"{path}/{job.id}").status_code == 404
    shares.delete(theirs.id, me.id)
    assert web.get(path).status_code == 404


def test_a_session_has_so_many_jobs_and_no_more(web: Client, worker: str, me, monkeypatch: pytest.MonkeyPatch) -> None:  # type: ignore[no-untyped-def]
    from app.errors import Conflict

    monkeypatch.setattr(printed, "MOST_JOBS", 2)
    session = sessions.create(owner=me.id, host="demo", worker=worker)
    first = job_of(session)
    job_of(session)
    with pytest.raises(Conflict, match="Delete some"):
        printed.start(session, "PRT1")
    printed.delete(first)
    printed.start(session, "PRT1")
