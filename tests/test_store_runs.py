"""Runs in the store: whose they are, which moves they allow, their secrets, their lists."""

from concurrent.futures import ThreadPoolExecutor

import pytest

from app.config import settings
from app.errors import BadInput, Conflict, NotFound
from app.store import calls, keys, runs
from tests.own_table import own_table  # noqa: F401


def a_run(owner: str = "u-1", **more: object) -> runs.Run:
    rows = [("P1", {"policy": "P1"})]
    return runs.create(owner=owner, ast="policy_inquiry", host="demo", rows=rows, **more)  # type: ignore[arg-type]


def test_a_run_is_its_owners_and_for_others_there_is_none() -> None:
    run = a_run("u-ada")
    assert runs.get_owned(run.id, "u-ada") == runs.get(run.id) == run
    with pytest.raises(NotFound) as others:
        runs.get_owned(run.id, "u-eve")
    with pytest.raises(NotFound) as nobodys:
        runs.get_owned("r-nothing", "u-eve")
    assert others.value.message == nobodys.value.message  # the answer does not tell that it exists


@pytest.mark.parametrize("strange", ["", "x" * 5_000, "r-../..", "RUN#", "\0"])
def test_an_id_that_is_none_of_ours_is_not_found(strange: str) -> None:
    with pytest.raises(NotFound):
        runs.get(strange)


def test_a_run_goes_through_its_states_and_no_others() -> None:
    run = a_run().id
    assert runs.pause(run).status == "paused"
    assert runs.resume(run).status == "running"
    with pytest.raises(Conflict, match="running"):
        runs.start(run)
    assert runs.cancel(run).status == "cancelling"
    for move in (runs.pause, runs.resume, runs.cancel):
        with pytest.raises(Conflict, match="cancelling"):
            move(run)
    over = runs.cancelled(run, {"cancelled": 1})
    assert (over.status, over.counts) == ("cancelled", {"cancelled": 1}) and over.finished
    with pytest.raises(Conflict):
        runs.reopen(run)


def test_a_run_is_finished_by_one_of_many_who_see_its_end() -> None:
    run = runs.start(a_run().id).id

    def finish(_: int) -> bool:
        try:
            return bool(runs.finish(run, {"succeeded": 1}))
        except Conflict:
            return False

    with ThreadPoolExecutor(8) as pool:
        assert sum(pool.map(finish, range(8))) == 1


def test_a_stretch_of_items_is_sent_out_by_one_of_many_and_only_while_running() -> None:
    run = runs.start(a_run().id).id
    with ThreadPoolExecutor(8) as pool:
        assert sum(pool.map(lambda _: runs.send_out(run, 0, 200), range(8))) == 1
    assert runs.get(run).next == 200
    runs.pause(run)
    assert not runs.send_out(run, 200, 400)


def test_active_runs_are_found_until_they_are_over_and_again_when_reopened() -> None:
    run = a_run().id

    def active() -> bool:
        return run in [r.id for r in runs.active()]

    assert active()
    runs.start(run)
    runs.finish(run, {})
    assert not active()
    again = runs.reopen(run)
    assert active() and (again.status, again.next, again.finished) == ("running", 0, "")


def test_a_failed_run_says_why() -> None:
    run = runs.fail(a_run().id, "No lane could sign on.")
    assert (run.status, run.reason) == ("failed", "No lane could sign on.") and run.finished


def test_a_users_runs_are_listed_newest_first_in_full_pages() -> None:
    made = [a_run("u-list").id for _ in range(5)]
    seen, cursor = [], None
    for _ in range(3):
        page, cursor = runs.of_owner("u-list", cursor, 2)
        seen.append([run.id for run in page])
    assert cursor is None and [len(page) for page in seen] == [2, 2, 1]
    assert sorted(sum(seen, [])) == sorted(made)
    created = [runs.get(id).created for id in sum(seen, [])]
    assert created == sorted(created, reverse=True)
    with pytest.raises(BadInput):
        runs.of_owner("u-list", "forged", 2)


def test_secret_parameters_lie_sealed_and_open_only_for_the_worker() -> None:
    run = a_run(parameters={"limit": 3, "password": "MARKERPASS"}, secret=["password"])
    assert run.parameters == {"limit": 3} and "MARKERPASS" not in repr(run)
    row = calls.client().get_item(TableName=settings().table, Key={"pk": {"S": keys.run(run.id)[0]}, "sk": {"S": "RUN"}})
    assert "MARKERPASS" not in repr(row["Item"])
    assert runs.parameters(runs.get(run.id)) == {"limit": 3, "password": "MARKERPASS"}


def test_a_run_that_is_created_again_under_its_id_is_left_as_it_is() -> None:
    first = runs.start(a_run(id="r-given").id)
    again = a_run(id="r-given")
    assert again == first and again.status == "running"


def test_counts_are_kept_for_lists_and_numbers_come_back_as_they_went() -> None:
    run = a_run(parameters={"share": 0.25, "many": 10**12, "flag": True, "none": None}).id
    runs.note_counts(run, {"succeeded": 1})
    kept = runs.get(run)
    assert kept.counts == {"succeeded": 1}
    assert kept.parameters == {"share": 0.25, "many": 10**12, "flag": True, "none": None}
    with pytest.raises(NotFound):
        runs.note_counts("r-nothing", {})
