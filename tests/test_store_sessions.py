"""Sessions in the store: whose they are, and that what has ended stays ended."""

from concurrent.futures import ThreadPoolExecutor

import pytest

from app.errors import Conflict, NotFound
from app.store import sessions
from tests.own_table import own_table  # noqa: F401


def a_session(owner: str = "u-1", worker: str = "w1", **more: object) -> sessions.Session:
    return sessions.create(owner=owner, host="demo", worker=worker, **more)  # type: ignore[arg-type]


def test_a_session_is_its_owners_and_for_others_there_is_none() -> None:
    session = a_session("u-ada")
    assert sessions.get_owned(session.id, "u-ada") == session
    with pytest.raises(NotFound):
        sessions.get_owned(session.id, "u-eve")


def test_only_the_worker_it_was_given_to_can_open_a_session() -> None:
    session = a_session(worker="w1").id
    with pytest.raises(Conflict):
        sessions.opened(session, "w2", "LU1")
    opened = sessions.opened(session, "w1", "LU1")
    assert (opened.state, opened.lu) == ("open", "LU1")
    assert sessions.opened(session, "w1", "LU1").state == "open"  # the same said twice


def test_what_has_ended_is_never_open_again() -> None:
    session = a_session().id
    sessions.ended(session, "closed", "You closed it.")
    with pytest.raises(Conflict, match="closed"):
        sessions.opened(session, "w1", "LU1")
    with pytest.raises(Conflict):
        sessions.ended(session, "lost", "worker died")
    with pytest.raises(Conflict):
        sessions.touch(session)
    assert (sessions.get(session).state, sessions.get(session).reason) == ("closed", "You closed it.")


def test_of_many_who_end_a_session_one_tells_the_viewers() -> None:
    session = a_session().id

    def end(n: int) -> bool:
        try:
            return sessions.ended(session, "lost", f"seen by {n}").reason == f"seen by {n}"
        except Conflict:
            return False

    with ThreadPoolExecutor(8) as pool:
        assert sum(pool.map(end, range(8))) == 1


def test_recovery_finds_the_live_sessions_of_a_dead_worker_and_no_others() -> None:
    mine, ended, others = a_session(worker="dead").id, a_session(worker="dead").id, a_session(worker="dead2").id
    sessions.ended(ended, "closed")
    assert [s.id for s in sessions.on_worker("dead")] == [mine]
    live = {s.id for s in sessions.live()}
    assert {mine, others} <= live and ended not in live


def test_a_users_terminals_are_listed_newest_first_and_lanes_are_their_runs() -> None:
    made = [a_session("u-list").id for _ in range(3)]
    lane = a_session("u-list", purpose="lane", run="r-1").id
    first, cursor = sessions.of_owner("u-list", None, 2)
    rest, end = sessions.of_owner("u-list", cursor, 2)
    assert sorted(s.id for s in (*first, *rest)) == sorted(made) and len(first) == 2 and end is None
    assert [s.id for s in sessions.of_run("r-1")] == [lane]


def test_a_session_takes_a_new_name_and_one_that_is_not_there_takes_none() -> None:
    session = a_session(name="one").id
    assert sessions.renamed(session, "two").name == "two"
    with pytest.raises(NotFound):
        sessions.renamed("s-nothing", "x")
