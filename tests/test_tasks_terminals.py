"""Terminals on a real worker: opened by a task, typed into through the input queue, seen through the session's channel."""

import socket
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from app.asts.view import View
from app.broker.inputs import send_input
from app.broker.listener import Listener
from app.broker.mailbox import Mailbox
from app.broker.names import session_channel, worker_queue
from app.broker.screens import latest_screen
from app.messages import AidPressed, Attached, ControlState, ControlTaken, Envelope, KeyRefused, KeyTaken, Message, SessionState
from app.screen.model import Screen
from app.store import sessions
from app.tasks.terminals import Terminal
from tests.demo_host import Host
from tests.farm_parts import OWNER, Farm, farm_of
from tests.processes import wait_until


@pytest.fixture(scope="module")
def farm(tmp_path_factory: pytest.TempPathFactory, platform: dict[str, str]) -> Iterator[Farm]:
    with farm_of(tmp_path_factory.mktemp("farm"), platform, 4) as farm:
        farm.start("desk")
        yield farm


@pytest.fixture
def listener(farm: Farm) -> Iterator[Listener]:
    listener = Listener().start()
    yield listener
    listener.stop()


class Page:
    """A page of `user` at a session of OWNER's."""

    def __init__(self, listener: Listener, session: sessions.Session, user: str = OWNER) -> None:
        self.session, self.user, self.connection = session, user, f"c-{user}"
        self.mailbox, self.seq = Mailbox(), 0
        listener.subscribe(session_channel(session.id), self.mailbox)

    def send(self, message: Message) -> None:
        send_input(self.session.worker, Envelope(self.session.id, self.user, self.connection, message))

    def press(self, aid: str, **typed: str) -> Message:
        """Type behind labels, press a key, and wait for its answer."""
        screen = self.screen()
        fields = [(self._field(screen, label).start, text) for label, text in typed.items()]
        self.seq += 1
        self.send(AidPressed(self.seq, screen.serial, screen.layout, aid, screen.cursor, tuple(fields)))  # type: ignore[arg-type]
        return self.answer()

    def answer(self) -> Message:
        return self.hear(lambda m: isinstance(m, KeyTaken | KeyRefused) and m.seq == self.seq and m.connection == self.connection)

    def hear(self, wanted: Any) -> Message:
        for _ in range(400):
            message = self.mailbox.get(5)
            assert message is not None, "nothing was heard"
            if wanted(message):
                return message
        raise AssertionError("not among 400 messages")

    def ending(self) -> SessionState:
        """What is told of the session once it is no longer open; that it is open may be told after the page came to listen."""
        told = self.hear(lambda m: isinstance(m, SessionState) and m.state != "open")
        assert isinstance(told, SessionState)
        return told

    def screen(self) -> Screen:
        found = latest_screen(self.session.id)
        assert found is not None
        return found

    def sees(self, text: str) -> Screen:
        wait_until(lambda: (screen := latest_screen(self.session.id)) is not None and View(screen).has(text), 10, text)
        return self.screen()

    @staticmethod
    def _field(screen: Screen, label: str) -> Any:
        field = View(screen).field(f"{label.replace('_', ' ')} ===>")
        assert field is not None
        return field


def opened(farm: Farm, host: str, worker: str = "desk") -> sessions.Session:
    session = sessions.create(owner=OWNER, host=host, worker=worker)
    farm.send("iast.terminals.open", session.id, queue=worker_queue(worker))
    wait_until(lambda: sessions.get(session.id).state != "opening", 20, f"opening\n{farm.logs()}")
    return sessions.get(session.id)


@pytest.fixture
def demo(tmp_path: Path) -> Iterator[Host]:
    with Host(tmp_path) as host:
        yield host


def test_a_person_signs_on_by_typing(farm: Farm, demo: Host, listener: Listener) -> None:
    page = Page(listener, opened(farm, farm.host(demo)))
    page.sees("USERID ===>")
    assert isinstance(page.press("Enter", USERID="DEMO07", PASSWORD="demo07"), KeyTaken)
    page.sees("POLICY MENU")
    assert "demo07" not in page.screen().cells
    farm.send("iast.terminals.close", page.session.id, queue=worker_queue("desk"))
    assert page.ending().state == "closed"
    assert sessions.get(page.session.id).state == "closed"
    wait_until(lambda: latest_screen(page.session.id) is None, 10)


def test_a_key_that_comes_twice_is_pressed_once(farm: Farm, demo: Host, listener: Listener) -> None:
    page = Page(listener, opened(farm, farm.host(demo)))
    page.sees("USERID ===>")
    page.press("Enter", USERID="DEMO08", PASSWORD="demo08")
    screen = page.sees("OPTION ===>")
    key = AidPressed(9, screen.serial, screen.layout, "Enter", 0, ((page._field(screen, "OPTION").start, "1"),))
    page.send(key)
    page.send(key)
    page.sees("POLICY INQUIRY")
    page.seq = 10
    page.send(ControlTaken(10))
    heard = []
    page.hear(lambda m: heard.append(m) or (isinstance(m, KeyTaken) and m.seq == 10))
    assert [m.seq for m in heard if isinstance(m, KeyTaken)] == [9, 10]


def test_what_the_page_should_have_refused_is_refused_here(farm: Farm, demo: Host, listener: Listener) -> None:
    page = Page(listener, opened(farm, farm.host(demo)))
    screen = page.sees("USERID ===>")
    page.seq = 1
    page.send(AidPressed(1, screen.serial, screen.layout, "Enter", 0, ((0, "TITLE"),)))
    answer = page.answer()
    assert isinstance(answer, KeyRefused) and answer.code in ("protected", "no-such-field")


def test_a_stranger_can_neither_type_nor_take_control(farm: Farm, demo: Host, listener: Listener) -> None:
    session = opened(farm, farm.host(demo))
    stranger = Page(listener, session, "u-stranger")
    stranger.sees("USERID ===>")
    stranger.seq = 1
    stranger.send(ControlTaken(1))
    refused = stranger.answer()
    assert isinstance(refused, KeyRefused) and refused.code == "not-found"
    pressed = stranger.press("Enter")
    assert isinstance(pressed, KeyRefused)


def test_viewers_are_told_who_looks_on(farm: Farm, demo: Host, listener: Listener) -> None:
    page = Page(listener, opened(farm, farm.host(demo)))
    page.send(Attached(OWNER, page.connection, "Ada"))
    told = page.hear(lambda m: isinstance(m, ControlState))
    assert isinstance(told, ControlState) and told.controller == OWNER
    assert told.viewers == ({"user": OWNER, "name": "Ada"},)


def test_a_session_to_a_host_that_is_down_is_lost_and_says_why(farm: Farm) -> None:
    session = opened(farm, farm.host())
    assert session.state == "lost" and "does not accept connections" in session.reason


def test_a_session_to_a_host_that_never_answers_is_lost_and_says_why(farm: Farm) -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent:
        session = opened(farm, farm.host(port=silent.getsockname()[1], connect_seconds=1))
    assert session.state == "lost" and "took the connection" in session.reason


def test_a_host_that_hangs_up_ends_the_session_and_its_viewers_hear_of_it(farm: Farm, demo: Host, listener: Listener) -> None:
    page = Page(listener, opened(farm, farm.host(demo)))
    page.sees("USERID ===>")
    demo.child.kill()
    assert page.ending().state == "lost"
    wait_until(lambda: sessions.get(page.session.id).state == "lost", 5)
    page.seq = 1
    page.send(ControlTaken(1))
    refused = page.answer()
    assert isinstance(refused, KeyRefused) and refused.code == "not-open"


def test_the_sessions_of_a_killed_worker_are_lost(farm: Farm, demo: Host) -> None:
    victim = farm.start("mortal")
    session = opened(farm, farm.host(demo), victim)
    farm.kill(victim)
    wait_until(lambda: sessions.get(session.id).state == "lost", 20, farm.logs())
    assert victim in sessions.get(session.id).reason


def test_a_worker_that_is_started_again_gives_up_the_sessions_of_its_earlier_life(farm: Farm, demo: Host) -> None:
    name = farm.start("phoenix")
    session = opened(farm, farm.host(demo), name)
    farm.kill(name)
    farm.start(name)
    assert sessions.get(session.id).state == "lost"


def test_a_worker_that_is_asked_to_stop_says_that_its_sessions_are_lost(farm: Farm, demo: Host) -> None:
    name = farm.start("polite")
    session = opened(farm, farm.host(demo), name)
    assert farm.workers.pop(name).stop(20) == 0
    assert sessions.get(session.id).state == "lost" and "was stopped" in sessions.get(session.id).reason


def test_a_terminal_is_idle_when_nobody_has_used_it_for_as_long_as_its_host_allows() -> None:
    terminal = Terminal(sessions.Session("s-1", OWNER, "demo"))
    assert not terminal.idle()
    terminal.idle_seconds = 60
    assert not terminal.idle()
    terminal.used -= 61
    assert terminal.idle()
