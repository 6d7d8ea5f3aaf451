"""The terminal socket: what a page hears and what becomes of its keys. The worker here is paper: tests publish what it would."""

import json
from collections.abc import Callable, Iterator
from types import SimpleNamespace
from typing import Any

import pytest
from websocket import WebSocket, WebSocketBadStatusException, WebSocketConnectionClosedException

from app.broker import inputs, screens
from app.broker.inputs import input_consumer
from app.broker.names import session_channel, user_channel
from app.messages import (
    AidPressed,
    Attached,
    ControlState,
    Detached,
    Envelope,
    KeyRefused,
    KeyTaken,
    Message,
    RunProgress,
    SessionState,
    shown,
)
from app.messages.screens import update
from app.store import runs, sessions
from app.web.terminal import Terminal
from tests.processes import wait_until
from tests.web_parts import Client, screen_of

pytest_plugins = ["tests.web_fixtures"]
ENTER = {"type": "aid", "v": 1, "seq": 1, "screen": 1, "layout": 1, "aid": "Enter", "cursor": 0, "fields": [[0, "DEMO01"]]}


@pytest.fixture
def session(me, worker: str) -> sessions.Session:  # type: ignore[no-untyped-def]
    """An open session of the local user, with a screen."""
    made = sessions.create(owner=me.id, host="demo", worker=worker)
    screens.keep_screen(made.id, screen_of("SIGN-ON"))
    return sessions.opened(made.id, worker, "LU01")


@pytest.fixture
def inbox(session: sessions.Session, worker: str, web_platform: dict[str, str]) -> Iterator[Callable[[], Envelope]]:
    """What the worker is sent for this session, next one first."""
    from kombu import Connection

    got: list[Envelope] = []
    def keep(envelope: Envelope) -> None:
        if envelope.session == session.id:
            got.append(envelope)

    with Connection(web_platform["REDIS_URL"]) as connection, input_consumer(connection.channel(), worker, keep):

        def following() -> Envelope:
            while not got:
                connection.drain_events(timeout=20)
            return got.pop(0)

        yield following


def hear(ws: WebSocket, kind: str) -> dict[str, Any]:
    """The next message of this type; others are passed over."""
    while True:
        message = json.loads(ws.recv())
        if message["type"] == kind:
            return message  # type: ignore[no-any-return]


def ended(ws: WebSocket) -> int:
    """The close code, once everything before it is read."""
    while True:
        code, data = ws.recv_data()
        if code == 8:
            return int.from_bytes(data[:2], "big")


def tell(session: sessions.Session, message: Message) -> None:
    """As the owner would. Waits until the web process listens, for a page that has only just come."""
    wait_until(lambda: screens.publish(session_channel(session.id), message) > 0, what="a listener")


def test_a_page_hears_state_control_and_the_latest_screen_first(web: Client, session: sessions.Session, me) -> None:  # type: ignore[no-untyped-def]
    ws = web.socket(f"/terminal/{session.id}")
    first, second, third = (json.loads(ws.recv()) for _ in range(3))
    assert (first["type"], first["state"], first["lu"], first["host"]) == ("session", "open", "LU01", "demo")
    assert (second["type"], second["controller"]) == ("control", me.id)
    assert third["screen"]["cells"].startswith("SIGN-ON")
    ws.close()


def test_the_owner_hears_of_viewers_coming_keys_and_viewers_going(web, session, inbox, me) -> None:  # type: ignore[no-untyped-def]
    ws = web.socket(f"/terminal/{session.id}")
    came = inbox()
    assert isinstance(came.message, Attached) and came.message.name == "Local user"
    ws.send(json.dumps(ENTER))
    key = inbox()
    assert (key.session, key.user, key.connection) == (session.id, me.id, came.connection)
    assert key.message == AidPressed(1, 1, 1, "Enter", 0, ((0, "DEMO01"),))
    ws.close()
    assert inbox().message == Detached(me.id, came.connection)


def test_an_answer_goes_to_the_page_that_asked_and_no_other(web, session, inbox) -> None:  # type: ignore[no-untyped-def]
    one = web.socket(f"/terminal/{session.id}")
    mine = inbox().connection
    other = web.socket(f"/terminal/{session.id}")
    hear(other, "screen")
    tell(session, KeyTaken(1, session.id, mine))
    tell(session, KeyRefused(2, session.id, "locked", "The keyboard is locked.", mine))
    tell(session, SessionState(session.id, "open", "", "demo", "LU02"))
    assert hear(one, "taken")["seq"] == 1 and hear(one, "refused")["code"] == "locked"
    assert json.loads(other.recv())["type"] == "session"
    one.close(), other.close()


def test_deltas_are_passed_on_and_a_gap_is_filled_with_the_whole_screen(web, session) -> None:  # type: ignore[no-untyped-def]
    ws = web.socket(f"/terminal/{session.id}")
    hear(ws, "screen")
    old, new, newest = (screen_of(f"SIGN-ON {n}", n) for n in (1, 2, 4))
    tell(session, update(session.id, old, new))
    assert (hear(ws, "delta")["base"]) == 1
    screens.keep_screen(session.id, newest)
    tell(session, update(session.id, screen_of("SIGN-ON 3", 3), newest))
    assert hear(ws, "screen")["screen"]["serial"] == 4
    ws.close()


def test_a_key_whose_answer_never_comes_does_not_lock_the_page_for_ever(web, session, inbox, me, monkeypatch) -> None:  # type: ignore[no-untyped-def]
    told: list[Any] = []
    ws = SimpleNamespace(send=lambda text: told.append(json.loads(text)))
    page = Terminal(ws, SimpleNamespace(user=me), session)  # type: ignore[arg-type]
    page.begin()
    inbox()
    page.received(json.dumps(ENTER))
    assert inbox().message.seq == 1
    page.check()
    monkeypatch.setattr(inputs, "MOST_AGE", 0.0)
    page.check()
    page.check()
    refused = [message for message in told if message["type"] == "refused"]
    assert [(one["seq"], one["code"]) for one in refused] == [(1, "unknown")]


def test_what_a_key_changes_on_the_screen_it_was_pressed_on_is_passed_on(web, session) -> None:  # type: ignore[no-untyped-def]
    ws = web.socket(f"/terminal/{session.id}")
    hear(ws, "screen")
    before, typed = (screen_of(text, 1, locked=locked) for text, locked in (("SIGN-ON 1", False), ("DEMO01", True)))
    tell(session, update(session.id, before, typed))
    assert hear(ws, "delta")["locked"]
    tell(session, update(session.id, screen_of("SIGN-ON 0", 0), before))  # the screen it was shown had this in it
    tell(session, update(session.id, typed, screen_of("DEMO01 IS IN", 2)))
    assert hear(ws, "delta")["base"] == 1
    ws.close()


def test_an_older_screen_never_follows_a_newer_one(web, session) -> None:  # type: ignore[no-untyped-def]
    ws = web.socket(f"/terminal/{session.id}")
    hear(ws, "screen")
    tell(session, shown(session.id, screen_of("S5", 5)))
    assert hear(ws, "screen")["screen"]["serial"] == 5
    for serial in (3, 6):
        tell(session, shown(session.id, screen_of(f"S{serial}", serial)))
    assert hear(ws, "screen")["screen"]["serial"] == 6
    ws.close()


def test_a_repaint_is_answered_with_the_whole_screen(web, session) -> None:  # type: ignore[no-untyped-def]
    ws = web.socket(f"/terminal/{session.id}")
    hear(ws, "screen")
    ws.send('{"type":"repaint","v":1}')
    assert hear(ws, "screen")["screen"]["serial"] == 1
    ws.close()


def test_a_key_for_a_session_that_is_still_opening_is_refused_not_lost(web, me, worker) -> None:  # type: ignore[no-untyped-def]
    opening = sessions.create(owner=me.id, host="demo", worker=worker)
    ws = web.socket(f"/terminal/{opening.id}")
    ws.send(json.dumps(ENTER))
    refused = hear(ws, "refused")
    assert (refused["seq"], refused["code"]) == (1, "not-open")
    sessions.opened(opening.id, worker, "LU09")
    tell(opening, SessionState(opening.id, "open", "", "demo", "LU09", worker))
    assert hear(ws, "session")["lu"] == "LU09"
    ws.close()


def test_a_key_of_one_who_only_watches_is_refused(web, session) -> None:  # type: ignore[no-untyped-def]
    ws = web.socket(f"/terminal/{session.id}")
    tell(session, ControlState(session.id, "u-colleague"))
    while hear(ws, "control")["controller"] != "u-colleague":
        pass
    ws.send(json.dumps(ENTER))
    assert hear(ws, "refused")["code"] == "not-in-control"
    ws.close()


def test_the_end_of_a_session_is_told_with_its_reason_and_closes_the_socket(web, session) -> None:  # type: ignore[no-untyped-def]
    ws = web.socket(f"/terminal/{session.id}")
    hear(ws, "screen")
    sessions.ended(session.id, "lost", "The host hung up.")
    tell(session, SessionState(session.id, "lost", "The host hung up.", "demo"))
    assert hear(ws, "session")["reason"] == "The host hung up."
    assert ended(ws) == 4410


def test_a_session_that_is_over_says_so_and_closes(web, session) -> None:  # type: ignore[no-untyped-def]
    sessions.ended(session.id, "closed", "signed off")
    ws = web.socket(f"/terminal/{session.id}")
    assert json.loads(ws.recv())["state"] == "closed"
    assert ended(ws) == 4410


def test_another_users_session_and_no_session_look_the_same(web, session, worker) -> None:  # type: ignore[no-untyped-def]
    theirs = sessions.create(owner="u-other", host="demo", worker=worker)
    assert ended(web.socket(f"/terminal/{theirs.id}")) == ended(web.socket("/terminal/s-nothing")) == 4404


def test_nobody_is_told_anything_without_a_sign_in(web, session) -> None:  # type: ignore[no-untyped-def]
    assert ended(Client(web.url, "").socket(f"/terminal/{session.id}")) == 4401
    assert ended(Client(web.url, "wrong").socket("/live")) == 4401


@pytest.mark.parametrize("origin", ["https://evil.example", "null", "http://localhost.evil.example"])
def test_another_sites_page_gets_no_socket(web, session, origin: str) -> None:  # type: ignore[no-untyped-def]
    for path in (f"/terminal/{session.id}", "/live"):
        with pytest.raises(WebSocketBadStatusException) as refused:
            web.socket(path, origin=origin)
        assert refused.value.status_code == 403


def test_our_own_page_gets_one(web, session) -> None:  # type: ignore[no-untyped-def]
    ws = web.socket(f"/terminal/{session.id}", origin=web.url)
    assert hear(ws, "screen")
    ws.close()


def test_nonsense_is_answered_a_while_and_then_ends_the_socket(web, session) -> None:  # type: ignore[no-untyped-def]
    ws = web.socket(f"/terminal/{session.id}")
    ws.send('{"type":"attached","v":1,"user":"u-admin","connection":"x"}')
    assert hear(ws, "problem")["code"] == "bad-input"
    for _ in range(20):
        ws.send("{}")
    assert ended(ws) == 1008


def test_a_message_larger_than_any_screen_ends_the_socket(web, session) -> None:  # type: ignore[no-untyped-def]
    ws = web.socket(f"/terminal/{session.id}")
    ws.send("x" * (65 * 1024))
    assert ended(ws) == 1009


def test_a_page_that_reads_nothing_holds_up_nobody(web, session) -> None:  # type: ignore[no-untyped-def]
    stalled, brisk = web.socket(f"/terminal/{session.id}"), web.socket(f"/terminal/{session.id}")
    hear(brisk, "screen")
    for serial in range(2, 1502):
        tell(session, shown(session.id, screen_of("x" * 1920, serial)))
    screens.keep_screen(session.id, screen_of("LAST", 1501))
    while hear(brisk, "screen")["screen"]["serial"] < 1501:
        pass
    while hear(stalled, "screen")["screen"]["serial"] < 1501:
        pass
    stalled.close(), brisk.close()


def test_live_tells_a_users_runs_and_nobody_elses(web, me) -> None:  # type: ignore[no-untyped-def]
    ws = web.socket("/live")
    theirs, mine = (RunProgress(run, "running", 10, {"pending": 10}) for run in ("r-theirs", "r-mine"))
    screens.publish(user_channel("u-other"), theirs)
    wait_until(lambda: screens.publish(user_channel(me.id), mine) > 0)
    assert hear(ws, "run")["run"] == "r-mine"
    ws.close()


def test_a_stopping_process_tells_every_page_to_come_back_at_once(start_web, web_platform, session) -> None:  # type: ignore[no-untyped-def]
    stopping = start_web(REDIS_URL=web_platform["REDIS_URL"], IAST_TABLE="iast-web")
    ws = Client(stopping.url, stopping.token).socket(f"/terminal/{session.id}")
    hear(ws, "screen")
    stopping.child.process.terminate()
    assert ended(ws) == 1012
    assert stopping.child.process.wait(40) == 0


def test_a_lost_connection_to_the_browser_leaves_nothing_behind(web, session, inbox) -> None:  # type: ignore[no-untyped-def]
    ws = web.socket(f"/terminal/{session.id}")
    came = inbox()
    ws.sock.close()
    assert isinstance(inbox().message, Detached) and came
    with pytest.raises((WebSocketConnectionClosedException, OSError, AttributeError)):
        ws.recv()


def test_a_page_that_asks_is_told_where_its_runs_are(web, me) -> None:  # type: ignore[no-untyped-def]
    run = runs.create(owner=me.id, ast="policy_inquiry", host="demo", rows=[("P1", {"policy": "P1"})])
    ws = web.socket("/live")
    ws.send('{"type":"repaint","v":1}')
    told = hear(ws, "run")
    assert (told["run"], told["status"], told["counts"]) == (run.id, "starting", {"pending": 1})
    ws.close()


@pytest.mark.parametrize("headers", [{}, {"Upgrade": "websocket", "Connection": "Upgrade"}])
def test_what_is_no_socket_is_told_so(web: Client, here: None, headers: dict[str, str]) -> None:
    assert web.get("/live", headers=headers).status_code == 400
