"""Items of a run, against a real DynamoDB-compatible server: claims, journal, ends, pages, counts."""

import base64
from collections import Counter
from concurrent.futures import ThreadPoolExecutor

import pytest

from app.errors import BadInput, Conflict, NotFound
from app.store import items, keys, runs, table
from tests.own_table import own_table  # noqa: F401

LEASE = 60.0


def a_run(count: int = 5, **more: object) -> str:
    """The id of a running run of policies P0, P1 ..."""
    rows = [(f"P{n}", {"policy": f"P{n}"}) for n in range(count)]
    run = runs.create(owner="u-1", ast="policy_inquiry", host="demo", rows=rows, **more)  # type: ignore[arg-type]
    return runs.start(run.id).id


def claimed(run: str, n: int = 0) -> items.Item:
    item = items.claim(run, n, "w1", "s-1", LEASE)
    assert item is not None
    return item


def ended(run: str, n: int, status: str) -> None:
    items.finish(run, n, claimed(run, n).attempt, status)


def everything(run: str, limit: int, status: str | None = None) -> list[list[int]]:
    """The numbers of all items, page by page."""
    pages, cursor = [], None
    while True:
        found, cursor = items.page(run, cursor, limit, status)
        pages.append([item.n for item in found])
        if cursor is None:
            return pages


def test_an_item_is_claimed_by_one_of_many_that_try_at_once() -> None:
    run = a_run(8)
    tries = [n for n in range(8) for _ in range(6)]
    with ThreadPoolExecutor(24) as pool:
        won = list(pool.map(lambda n: items.claim(run, n, "w1", "s-1", LEASE), tries))
    assert Counter(item.n for item in won if item) == dict.fromkeys(range(8), 1)


def test_a_claim_says_who_does_what_and_until_when() -> None:
    item = claimed(a_run())
    assert (item.status, item.attempt, item.worker, item.lane, item.journal) == ("running", 1, "w1", "s-1", "none")
    assert item.key == "P0" and item.input == {"policy": "P0"} and item.lease_until > item.started


def test_an_item_that_the_run_does_not_have_is_not_found() -> None:
    run = a_run(3)
    with pytest.raises(NotFound):
        items.claim(run, 3, "w1", "s-1", LEASE)
    with pytest.raises(NotFound):
        items.get(run, 3)


def test_a_commit_is_journalled_before_and_after_and_only_by_the_attempt_that_holds_the_item() -> None:
    run = a_run()
    first = claimed(run)
    with pytest.raises(Conflict):
        items.journal(run, 0, first.attempt, "committed")
    items.journal(run, 0, first.attempt, "committing")
    items.journal(run, 0, first.attempt, "committing")  # the same said twice: botocore repeats what it got no answer to
    with pytest.raises(Conflict):
        items.journal(run, 0, first.attempt + 1, "committed")
    items.journal(run, 0, first.attempt, "committed", "RENEWED")
    assert (items.get(run, 0).journal, items.get(run, 0).answer) == ("committed", "RENEWED")


def test_a_commit_that_was_not_sent_is_withdrawn_and_the_item_may_go_elsewhere() -> None:
    run = a_run()
    attempt = claimed(run).attempt
    items.journal(run, 0, attempt, "committing")
    with pytest.raises(Conflict):
        items.requeue(run, 0, attempt)
    items.journal(run, 0, attempt, "none")
    items.requeue(run, 0, attempt)
    assert claimed(run).attempt == attempt + 1


def test_an_item_that_has_begun_to_commit_is_never_requeued() -> None:
    run = a_run()
    attempt = claimed(run).attempt
    items.journal(run, 0, attempt, "committing")
    with pytest.raises(Conflict, match="committing"):
        items.requeue(run, 0, attempt)
    assert items.claim(run, 0, "w2", "s-2", LEASE) is None


def test_what_an_attempt_that_lost_its_item_says_is_refused() -> None:
    run = a_run()
    lost = claimed(run).attempt
    items.requeue(run, 0, lost)
    now = claimed(run).attempt
    for act in (
        lambda: items.finish(run, 0, lost, "succeeded"),
        lambda: items.journal(run, 0, lost, "committing"),
        lambda: items.renew(run, 0, lost, LEASE),
        lambda: items.requeue(run, 0, lost),
    ):
        with pytest.raises(Conflict):
            act()
    items.finish(run, 0, now, "succeeded", {"holder": "ADA"})
    assert items.get(run, 0).result == {"holder": "ADA"}


def test_an_end_is_final_and_saying_it_again_is_no_conflict() -> None:
    run = a_run()
    attempt = claimed(run).attempt
    items.finish(run, 0, attempt, "refused", error={"code": "refused", "message": "POLICY NOT FOUND"})
    items.finish(run, 0, attempt, "refused", error={"code": "refused", "message": "POLICY NOT FOUND"})
    with pytest.raises(Conflict):
        items.finish(run, 0, attempt, "succeeded")
    assert items.claim(run, 0, "w1", "s-1", LEASE) is None
    assert items.get(run, 0).error == {"code": "refused", "message": "POLICY NOT FOUND"}


def test_no_item_ends_as_running_or_with_more_than_a_row_holds() -> None:
    run = a_run()
    attempt = claimed(run).attempt
    with pytest.raises(BadInput):
        items.finish(run, 0, attempt, "running")
    with pytest.raises(BadInput, match="larger"):
        items.finish(run, 0, attempt, "succeeded", {"screen": "x" * 400_000})
    with pytest.raises(BadInput):
        items.finish(run, 0, attempt, "succeeded", {"share": float("nan")})


def test_only_what_failed_without_touching_the_host_is_retried() -> None:
    run = a_run(4)
    ended(run, 0, "failed")
    ended(run, 1, "refused")
    ended(run, 2, "succeeded")
    doubtful = claimed(run, 3)
    items.journal(run, 3, doubtful.attempt, "committing")
    items.finish(run, 3, doubtful.attempt, "failed")
    for n in (1, 2, 3):
        with pytest.raises(Conflict):
            items.retry(run, n)
    assert items.retry_all(run) == 1
    assert items.counts(run)["pending"] == 1
    assert claimed(run, 0).attempt == 2


def test_an_item_that_a_person_left_out_before_it_began_can_be_taken_back_in() -> None:
    run = a_run()
    items.skip(run, 1)
    items.skip(run, 1)
    assert items.claim(run, 1, "w1", "s-1", LEASE) is None
    with pytest.raises(Conflict, match="skipped"):
        items.finish(run, 1, 1, "succeeded")
    items.retry(run, 1)
    assert claimed(run, 1).attempt == 1


def test_an_item_in_doubt_is_taken_over_with_its_journal_by_one_of_many() -> None:
    run = a_run()
    attempt = claimed(run).attempt
    assert items.take_over(run, 0, attempt, "w2", "s-2", LEASE) is None  # nothing was committed: it is requeued instead
    items.journal(run, 0, attempt, "committing")
    with ThreadPoolExecutor(8) as pool:
        won = [item for item in pool.map(lambda n: items.take_over(run, 0, attempt, f"w{n}", "s-2", LEASE), range(8)) if item]
    assert [(item.attempt, item.journal) for item in won] == [(attempt + 1, "committing")]
    with pytest.raises(Conflict):
        items.finish(run, 0, attempt, "succeeded")


def test_a_persons_word_ends_an_item_that_waits_for_it_and_no_other() -> None:
    run = a_run()
    ended(run, 0, "uncertain")
    ended(run, 1, "succeeded")
    items.decide(run, 0, "succeeded", {"by": "hand"})
    assert items.get(run, 0).result == {"by": "hand"}
    for n in (0, 1, 2):
        with pytest.raises(Conflict):
            items.decide(run, n, "failed")
    with pytest.raises(BadInput):
        items.decide(run, 0, "running")


def test_a_retried_item_shows_nothing_of_its_last_attempt() -> None:
    run = a_run()
    items.finish(run, 0, claimed(run).attempt, "failed", {"half": "done"}, {"code": "locked", "message": "LOCKED"})
    items.retry(run, 0)
    again = claimed(run)
    assert (again.result, again.error, again.answer, again.finished) == (None, None, "", "")


def test_counts_are_made_from_the_items_and_add_up() -> None:
    run = a_run(12)
    for n, status in enumerate(("succeeded", "succeeded", "refused", "failed", "uncertain")):
        ended(run, n, status)
    claimed(run, 7)
    found = items.counts(run)
    assert {status: n for status, n in found.items() if n} == {
        "succeeded": 2, "refused": 1, "failed": 1, "uncertain": 1, "running": 1, "pending": 6,
    }  # fmt: skip
    assert sum(found.values()) == 12 and set(found) == set(items.STATUSES)


def test_what_a_cancelled_run_has_not_begun_reads_as_cancelled_everywhere() -> None:
    run = a_run(6)
    ended(run, 0, "succeeded")
    runs.cancel(run)
    assert (items.counts(run)["cancelled"], items.counts(run)["pending"]) == (5, 0)
    assert everything(run, 4, "cancelled") == [[1, 2, 3, 4], [5]]
    assert everything(run, 4, "pending") == [[]]
    assert items.get(run, 3).status == "cancelled"


def test_pages_are_full_and_hold_every_item_once_whatever_their_status() -> None:
    run = a_run(25)
    for n in range(0, 25, 3):
        ended(run, n, "succeeded")
    assert everything(run, 10) == [list(range(10)), list(range(10, 20)), list(range(20, 25))]
    assert everything(run, 4, "succeeded") == [[0, 3, 6, 9], [12, 15, 18, 21], [24]]
    assert everything(run, 7, "pending") == [[1, 2, 4, 5, 7, 8, 10], [11, 13, 14, 16, 17, 19, 20], [22, 23]]
    assert everything(run, 5, "failed") == [[]]


def test_a_cursor_says_nothing_to_people_and_takes_nothing_but_a_place() -> None:
    run = a_run(5)
    _, cursor = items.page(run, None, 2)
    assert cursor and run not in cursor and cursor.isascii()
    for forged in ("", "x", "....", base64.urlsafe_b64encode(b'"RUN#other"').decode(), base64.urlsafe_b64encode(b"-5").decode(), "é"):
        with pytest.raises(BadInput):
            items.page(run, forged, 2)
    for limit in (0, -1, 1001):
        with pytest.raises(BadInput):
            items.page(run, None, limit)


def test_pending_items_are_found_in_order_from_any_place() -> None:
    run = a_run(30)
    for n in (0, 1, 2, 11):
        claimed(run, n)
    assert items.pending(run, 0, 5) == [3, 4, 5, 6, 7]
    assert items.pending(run, 10, 3) == [10, 12, 13]
    assert items.pending(run, 28, 10) == [28, 29]


def test_the_last_pending_items_of_a_long_list_are_found(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(items, "_STRETCH", 10)
    monkeypatch.setattr(items, "_LONG", 40)
    run = a_run(130)
    left = {15, 29, 110, 129}
    rows = {"status": "succeeded", "attempt": 1, "journal": "none", "gsi2pk": keys.items_in(run, "succeeded")}
    done = (n for n in range(130) if n not in left)
    table.put_all((keys.item(run, n), {**rows, "n": n, "gsi2sk": keys.number(n)}) for n in done)
    again, later = claimed(run, 29), claimed(run, 110)
    items.requeue(run, 29, again.attempt)
    items.requeue(run, 110, later.attempt, seconds=3600)
    assert items.pending(run, 0, 10) == [15, 29, 129]
    assert items.pending(run, 16, 1) == [29]
    assert items.pending(run, 0, 10, 20) == [15]


def test_recovery_finds_the_items_that_somebody_still_holds() -> None:
    run = a_run(6)
    ended(run, 0, "succeeded")
    claimed(run, 4)
    claimed(run, 2)
    assert [(item.n, item.worker) for item in items.running(run)] == [(2, "w1"), (4, "w1")]


def test_a_key_that_comes_twice_makes_two_items_the_second_one_marked() -> None:
    rows = [("P1", {"policy": "P1"}), ("P2", {"policy": "P2"}), ("P1", {"policy": "P1"}), ("", {}), ("", {})]
    run = runs.create(owner="u-1", ast="a", host="demo", rows=rows)
    assert [item.duplicate for item in items.page(run.id)[0]] == [False, False, True, False, False]


def test_ten_thousand_items_are_fifty_rows_until_they_are_claimed() -> None:
    run = a_run(10_000)
    written = list(table.rows(table.TABLE, keys.run(run)[0]))
    assert len(written) == 51  # and the run's own
    assert items.counts(run)["pending"] == 10_000
    assert items.get(run, 9_999).input == {"policy": "P9999"}
    ended(run, 5_000, "succeeded")
    assert len(list(table.rows(table.TABLE, keys.run(run)[0]))) == 52


def test_wide_items_are_packed_so_that_no_row_grows_too_large() -> None:
    rows = [(f"K{n}", {"note": f"{n:05}" * 5_000}) for n in range(40)]
    run = runs.create(owner="u-1", ast="a", host="demo", rows=rows)
    assert [item.input["note"][:5] for item in items.page(run.id)[0]] == [f"{n:05}" for n in range(40)]
    with pytest.raises(BadInput, match="Item 2 is larger"):
        runs.create(owner="u-1", ast="a", host="demo", rows=[("", {}), ("", {"note": "x" * 40_000})])


def test_what_a_person_typed_into_a_list_lies_sealed_in_the_table() -> None:
    run = runs.create(owner="u-1", ast="a", host="demo", rows=[("MARKERKEY", {"password": "MARKERVALUE"})])
    written = list(table.rows(table.TABLE, keys.run(run.id)[0]))
    assert len(written) == 2 and "MARKER" not in repr(written)


def test_a_page_of_one_status_goes_past_what_one_read_holds() -> None:
    run = a_run(230)
    for n in range(230):
        ended(run, n, "failed")
    assert everything(run, 1000, "failed") == [list(range(230))]
