"""What users keep and share: settings, the library, sessions. And what a run is bound by."""

import pytest

from app.errors import BadInput, Conflict, InputRefused, NotFound
from app.store import items, library, runs, sessions, settings, shares, users

pytest_plugins = ["tests.web_fixtures"]
pytestmark = pytest.mark.usefixtures("here")


def test_settings_are_each_users_own_and_bounded() -> None:
    settings.put("u-1", {"theme": "green"})
    assert (settings.get("u-1"), settings.get("u-2")) == ({"theme": "green"}, {})
    with pytest.raises(BadInput):
        settings.put("u-1", {"theme": "x" * 70_000})


def test_an_entry_is_its_owners_until_shared_and_changed_by_nobody_else() -> None:
    mine = library.create("MACRO", "u-anna", "Anna", "Sign on", {"steps": [1]})
    assert mine.id not in {e.id for e in library.visible("MACRO", "u-bert")}
    with pytest.raises(NotFound):
        library.get_visible("MACRO", mine.id, "u-bert")
    from dataclasses import replace

    library.change(replace(mine, shared=True))
    assert mine.id in {e.id for e in library.visible("MACRO", "u-bert")}
    assert library.get_visible("MACRO", mine.id, "u-bert").body == {"steps": [1]}
    with pytest.raises(NotFound):
        library.get_owned("MACRO", mine.id, "u-bert")
    library.delete(mine)
    with pytest.raises(NotFound):
        library.change(mine)


def test_people_are_found_by_address_however_it_is_written() -> None:
    anna = users.provision("https://i.example", "anna", "Anna", "Anna.Store@Example.com")
    assert users.with_email("anna.store@example.COM") == [anna]
    users.provision("https://i.example", "anna", "Anna", "")
    assert users.with_email("anna.store@example.com") == []


def test_a_share_says_who_may_what_and_ends_at_once() -> None:
    session = sessions.create(owner="u-anna", host="demo", worker="w")
    shares.allowed(session, "u-anna", "control")
    with pytest.raises(NotFound):
        shares.allowed(session, "u-bert", "watch")
    shares.put(session, "u-bert", "watch")
    assert shares.get_allowed(session.id, "u-bert", "watch") == session
    with pytest.raises(InputRefused) as refused:
        shares.allowed(session, "u-bert", "control")
    assert refused.value.facts["code"] == "watch-only"
    shares.put(session, "u-bert", "control")
    shares.allowed(session, "u-bert", "control")
    assert [(s.id, share.may) for s, share in shares.with_user("u-bert") if s.id == session.id] == [(session.id, "control")]
    shares.delete(session.id, "u-bert")
    with pytest.raises(NotFound):
        shares.allowed(session, "u-bert", "watch")
    with pytest.raises(BadInput):
        shares.put(session, "u-anna", "watch")


def run_of(n: int, **bounds: object) -> runs.Run:
    rows = [(f"P{i}", {"policy": f"P{i}"}) for i in range(n)]
    return runs.start(runs.create(owner="u-1", ast="policy_inquiry", host="demo", rows=rows, **bounds).id)


def test_a_held_run_says_why_and_waits_for_the_same_only_once() -> None:
    run = run_of(3, canary=1, failure_budget="5%")
    held = runs.hold(run.id, "canary", "The first item is done: look at it, then go on.")
    assert (held.status, held.held) == ("paused", "canary")
    gone_on = runs.resume(run.id)
    assert (gone_on.status, gone_on.canary, gone_on.failure_budget, gone_on.reason) == ("running", 0, "5%", "")


def test_a_run_is_changed_while_it_runs_and_not_afterwards() -> None:
    run = run_of(1)
    assert runs.change(run.id, lanes=7, priority=9).lanes == 7
    runs.fail(run.id, "gone")
    with pytest.raises(Conflict):
        runs.change(run.id, lanes=8)


def test_a_person_decides_what_waits_and_nothing_else() -> None:
    run = run_of(3)
    for n, status in ((0, "parked"), (1, "uncertain"), (2, "succeeded")):
        claimed = items.claim(run.id, n, "w", "s-1", 60)
        assert claimed
        items.journal(run.id, n, 1, "committing")
        items.finish(run.id, n, 1, status)
    items.decide(run.id, 0, "succeeded", {"reference": "7"})
    items.decide(run.id, 1, "pending")
    assert (items.get(run.id, 0).status, items.get(run.id, 0).result) == ("succeeded", {"reference": "7"})
    assert (items.get(run.id, 1).status, items.get(run.id, 1).journal) == ("pending", "none")
    with pytest.raises(Conflict):
        items.decide(run.id, 2, "failed")


def test_a_pending_item_is_skipped_and_then_claimed_by_nobody() -> None:
    run = run_of(2)
    items.skip(run.id, 1)
    items.skip(run.id, 1)
    assert items.claim(run.id, 1, "w", "s-1", 60) is None
    assert items.counts(run.id)["skipped"] == 1
    with pytest.raises(NotFound):
        items.skip(run.id, 2)
