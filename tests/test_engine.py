"""Sessions at the mock mainframe: opened, typed into, waited for, closed, by the engine alone."""

import gc
import socket
import threading
import weakref
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from app.errors import HostLost, HostSilent, HostUnreachable, InputRefused, WaitTimeout
from app.screen.conditions import any_of, changed, cursor_at, field_at, text, text_at, unlocked
from app.screen.model import NULL, Field, Screen, State
from app.tn3270 import Engine, HostAddress, Session3270, snapshot
from app.tn3270.connection import Connection
from app.tn3270.history import History
from app.tn3270.typed import Typed, lay
from app.up.ports import LOOPBACK, free_port
from tests.certificates import authority, issued
from tests.demo_host import Host
from tests.processes import ROOT, wait_until
from tests.scripted_host import HELLO, NEGOTIATION, ScriptedHost, read_until

A_POLICY = (ROOT / "examples" / "policies.csv").read_text().split()[1]


@pytest.fixture(scope="module")
def host(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Host]:
    with Host(tmp_path_factory.mktemp("demo")) as started:
        yield started


@pytest.fixture(scope="module")
def engine() -> Iterator[Engine]:
    started = Engine().start()
    yield started
    started.stop()


def has(text: str):
    return lambda screen: any(text in row for row in screen.text())


def inputs(screen: Screen) -> list[Field]:
    return [field for field in screen.fields if not field.protected]


def sign_on(session: Session3270, user: str = "DEMO01") -> Screen:
    screen = session.wait(has("USERID ===>"), 0, 10)
    name, password = inputs(screen)
    before = session.submit("Enter", screen.cursor, [(name.start, user), (password.start, user.lower())], screen.serial, screen.layout)
    return session.wait(has("POLICY MENU"), before, 10)


@pytest.fixture
def session(engine: Engine, host: Host) -> Iterator[Session3270]:
    opened = engine.open(HostAddress(LOOPBACK, host.port))
    yield opened
    opened.close()


@pytest.fixture
def menu(session: Session3270) -> Session3270:
    sign_on(session)
    return session


def test_a_session_signs_on_and_asks_for_a_policy(menu: Session3270, host: Host) -> None:
    before = menu.submit("Enter", 0, [(inputs(menu.screen)[0].start, "1")])
    screen = menu.wait(has("POLICY INQUIRY"), before, 10)
    before = menu.submit("Enter", 0, [(inputs(screen)[0].start, A_POLICY)])
    assert "HOLDER" in "".join(menu.wait(has("PREMIUM"), before, 10).text())


def test_the_first_screen_says_where_it_came_from(session: Session3270) -> None:
    screen = session.wait(has("USERID ===>"), 0, 10)
    assert (screen.rows, screen.columns, screen.state, screen.locked) == (24, 80, State.TN3270E, False)
    assert [field.hidden for field in inputs(screen)] == [False, True]


def test_a_password_typed_is_on_no_screen(session: Session3270) -> None:
    seen: list[Screen] = []
    screen = session.wait(has("USERID ===>"), 0, 10)
    name, password = inputs(screen)
    before = session.submit("Enter", screen.cursor, [(name.start, "DEMO01"), (password.start, "zebra")])
    seen += [session.screen, session.wait(has("INVALID USERID OR PASSWORD"), before, 10)]
    assert not any("zebra" in shown.cells.lower() for shown in seen)


def test_an_answer_makes_another_serial_and_another_screen_another_layout(session: Session3270) -> None:
    first = session.wait(has("USERID ===>"), 0, 10)
    second = sign_on(session)
    assert second.serial > first.serial and second.layout > first.layout


def test_the_keyboard_is_locked_until_the_host_answers(engine: Engine, tmp_path: Path) -> None:
    with Host(tmp_path, "--delay", "20000") as slow:
        session = engine.open(HostAddress(LOOPBACK, slow.port))
        session.wait(has("USERID ===>"), 0, 10)
        session.submit("PF1", 0)
        assert session.screen.locked and session.screen.oia == "X Wait"
        assert refusal(session, "Enter", 0) == "locked"
        session.reset()
        assert not session.screen.locked
        session.close()


def refusal(session: Session3270, aid: str, cursor: int, *fields: tuple[int, str], layout: int | None = None) -> str:
    serial = session.screen.serial
    with pytest.raises(InputRefused) as refused:
        session.submit(aid, cursor, fields, layout=layout)
    assert session.screen.serial == serial, "something was sent"
    return str(refused.value.facts["code"])


def test_what_a_keyboard_refuses_is_refused_by_its_name_and_nothing_is_sent(menu: Session3270) -> None:
    screen = menu.screen
    option = inputs(screen)[0]
    fixed = next(field for field in screen.fields if field.protected and field.length)
    assert refusal(menu, "Enter", 0, (fixed.start, "X")) == "protected"
    assert refusal(menu, "Enter", 0, (option.start, "1" * (option.length + 1))) == "too-long"
    assert refusal(menu, "Enter", 0, (option.start, "\N{SNOWMAN}")) == "code-page"
    assert refusal(menu, "Enter", 0, (option.start + 1, "1")) == "no-such-field"
    assert refusal(menu, "Enter", 1920) == "cursor-outside"
    assert refusal(menu, "PF25", 0) == "no-such-key"


def test_a_numeric_field_takes_numbers_only() -> None:
    terminal, _ = formatted(0x10)
    with pytest.raises(InputRefused) as refused:
        type_into(terminal, "12A")
    assert refused.value.facts["code"] == "numeric"
    type_into(terminal, "-12.50")
    assert terminal.code_page.shown[terminal.plane_dc[1]] == "-"


def test_nulls_are_not_sent_and_blanks_are() -> None:
    terminal, sent = formatted(0x00)
    type_into(terminal, "A\0 B")
    assert bytes(sent) == bytes.fromhex("7d 4040 11 40c1 c1 40 c2 ffef")


def test_erase_input_leaves_a_field_unmodified_and_typing_makes_it_modified() -> None:
    terminal, sent = formatted(0x01)
    type_into(terminal, "")
    assert bytes(sent) == bytes.fromhex("7d 4040 ffef")


def test_what_the_host_hid_in_a_field_is_replaced_whole() -> None:
    terminal, sent = formatted(0x0C, "SECRET")
    type_into(terminal, "a b\0")
    assert bytes(sent) == bytes.fromhex("7d 4040 11 40c1 81 40 82 ffef")


def test_a_key_typed_on_an_unformatted_screen_sends_the_screen() -> None:
    terminal, sent = started()
    terminal._data_received(bytes.fromhex("f5c3ffef"))
    type_into(terminal, "HI".ljust(1920, NULL), start=0)
    assert bytes(sent) == bytes.fromhex("7d 4040 c8c9 ffef")


def test_clear_empties_the_screen_and_sends_no_data() -> None:
    terminal, sent = formatted(0x00, "X")
    terminal.press("Clear")
    assert bytes(sent) == bytes.fromhex("6d ffef") and not any(terminal.plane_dc) and not terminal.attributes()


def started() -> tuple[Connection, bytearray]:
    """A classic TN3270 connection without a network, and what it sends."""
    sent = bytearray()
    terminal = Connection(HostAddress("host"), sent.extend)
    terminal.connected()
    terminal._data_received(bytes.fromhex("fffd18 fffd19 fffb19 fffd00 fffb00"))
    sent.clear()
    return terminal, sent


def formatted(attribute: int, text: str = "") -> tuple[Connection, bytearray]:
    """One field of that attribute at address 1, eight cells long, protected ones around it."""
    terminal, sent = started()
    data = text.encode("cp037").ljust(8, b"\0")
    terminal._data_received(b"\xf5\xc3\x1d" + bytes((attribute,)) + data + b"\x1d\x20" + b"\xff\xef")
    return terminal, sent


def type_into(terminal: Connection, text: str, start: int = 1) -> None:
    lay(terminal, snapshot.take(terminal, 0), {}, Typed("Enter", 0, [(start, text)]))
    terminal.press("Enter")


def test_a_field_that_the_host_wrote_meanwhile_is_the_hosts() -> None:
    terminal, sent = formatted(0x00)
    history = History(terminal)
    before = history.look()
    terminal._data_received(bytes.fromhex("f1c3 1140c1 d5c5e6 ffef"))
    lay(terminal, history.look(), history.written, Typed("Enter", 0, [(1, "OLD")], before.serial, before.layout))
    assert history.layout == before.layout and terminal.plane_dc[1:4] == "NEW".encode("cp037")


def test_what_was_typed_on_another_layout_is_refused(menu: Session3270) -> None:
    old = menu.screen
    option = inputs(old)[0]
    menu.wait(has("POLICY INQUIRY"), menu.submit("Enter", 0, [(option.start, "1")]), 10)
    assert refusal(menu, "Enter", 0, (option.start, "1"), layout=old.layout) == "stale-screen"


def test_a_wait_that_fails_keeps_the_screen_there_was(menu: Session3270) -> None:
    with pytest.raises(WaitTimeout, match="did not show") as late:
        menu.wait(has("NO SUCH PANEL"), 0, 0.2)
    assert isinstance(late.value.screen, Screen) and has("POLICY MENU")(late.value.screen)


def test_a_wait_that_fails_says_what_it_waited_for(menu: Session3270) -> None:
    wanted = any_of(text("NO SUCH PANEL"), text_at(0, 0, "X"), cursor_at(23, 79), field_at(23, 79), changed(menu.screen))
    with pytest.raises(WaitTimeout, match="'NO SUCH PANEL' or 'X' at row 1, column 1 or the cursor at row 24, column 80 or an input field"):
        menu.wait(wanted, 0, 0.2)
    assert menu.wait(any_of(text("NO SUCH PANEL"), unlocked()), 0, 10) == menu.screen


def test_a_wait_ends_when_the_host_hangs_up(engine: Engine, tmp_path: Path) -> None:
    ended: list[tuple[str, str]] = []
    with Host(tmp_path) as host:
        session = engine.open(HostAddress(LOOPBACK, host.port), on_end=lambda *how: ended.append(how))
        session.wait(has("USERID ===>"), 0, 10)
        with ThreadPoolExecutor(1) as pool:
            waiting = pool.submit(session.wait, has("NEVER"), 0, 30)
            host.child.kill()
            with pytest.raises(HostLost) as lost:
                waiting.result(10)
    assert isinstance(lost.value.screen, Screen) and lost.value.screen.state is State.LOST
    wait_until(lambda: bool(ended))
    assert ended == [("lost", HostLost.__doc__)]
    with pytest.raises(HostLost):
        session.submit("Enter", 0)


def test_closing_is_told_once_and_leaves_no_session(engine: Engine, host: Host) -> None:
    ended: list[tuple[str, str]] = []
    before = engine.sessions
    session = engine.open(HostAddress(LOOPBACK, host.port), on_end=lambda *how: ended.append(how))
    session.close()
    session.close()
    wait_until(lambda: bool(ended))
    assert ended == [("closed", "")] and engine.sessions == before


def test_an_ended_session_leaves_nothing_for_the_collector(engine: Engine, host: Host) -> None:
    gc.disable()
    try:
        session = engine.open(HostAddress(LOOPBACK, host.port))
        session.wait(has("USERID ===>"), 0, 10)
        terminal = weakref.ref(session._link.terminal)
        session.close()
        del session
        wait_until(lambda: terminal() is None, what="the terminal's end")
    finally:
        gc.enable()


def test_a_listener_that_fails_does_not_make_a_sent_key_look_unsent(engine: Engine, host: Host) -> None:
    def fails(screen: Screen) -> None:
        raise RuntimeError("the listener's own fault")

    session = engine.open(HostAddress(LOOPBACK, host.port), fails)
    assert has("POLICY MENU")(sign_on(session))
    session.close()


def test_neither_what_was_typed_nor_a_key_file_is_in_a_representation() -> None:
    assert "secret" not in repr(Typed("Enter", 0, [(1, "secret")])) + repr(HostAddress("host", client_certificate="secret"))


def test_every_new_screen_is_told_and_the_last_one_is_the_newest(engine: Engine, host: Host) -> None:
    told: list[Screen] = []
    session = engine.open(HostAddress(LOOPBACK, host.port), told.append)
    shown = sign_on(session)
    wait_until(lambda: told[-1].serial == shown.serial)
    assert [screen.serial for screen in told] == sorted(screen.serial for screen in told)
    session.close()


def test_many_threads_use_many_sessions_of_one_loop(engine: Engine, host: Host) -> None:
    def work(n: int) -> str:
        session = engine.open(HostAddress(LOOPBACK, host.port))
        sign_on(session, f"DEMO{n:02}")
        for _ in range(5):
            inquiry = session.wait(has("POLICY INQUIRY"), session.submit("Enter", 0, [(inputs(session.screen)[0].start, "1")]), 20)
            session.wait(has("POLICY MENU"), session.submit("PF3", inquiry.cursor), 20)
        session.close()
        return threading.current_thread().name

    with ThreadPoolExecutor(12) as pool:
        assert len(list(pool.map(work, range(1, 25)))) == 24


def test_a_host_that_is_not_there_is_unreachable(engine: Engine) -> None:
    with pytest.raises(HostUnreachable, match="does not accept connections"):
        engine.open(HostAddress(LOOPBACK, free_port(), connect_seconds=5))
    with pytest.raises(HostUnreachable, match="no host named"):
        engine.open(HostAddress("no-such-host.invalid", 23, connect_seconds=5))


def test_a_host_that_says_nothing_is_silent_by_its_deadline(engine: Engine) -> None:
    with socket.create_server((LOOPBACK, 0)) as mute, pytest.raises(HostSilent):
        engine.open(HostAddress(LOOPBACK, mute.getsockname()[1], connect_seconds=0.5))


@pytest.mark.parametrize("tls", ["no", "yes"])
@pytest.mark.parametrize("options", [[], ["--classic"]])
def test_each_model_is_at_home_at_the_mock_mainframe(engine: Engine, tmp_path: Path, tls: str, options: list[str]) -> None:
    ca = authority()
    secure = ["--tls", str(issued(ca, LOOPBACK).file(tmp_path))] if tls == "yes" else []
    with Host(tmp_path, *options, *secure) as host:
        for model in ("2", "3", "4", "5", "62x160"):
            session = engine.open(HostAddress(LOOPBACK, host.port, tls=tls, ca=ca.pem if secure else "", model=model))
            assert sign_on(session).state is (State.TN3270 if options else State.TN3270E)
            session.close()


def test_a_silent_line_is_kept_alive(engine: Engine) -> None:
    nop = bytes.fromhex("fff1")
    with ScriptedHost(NEGOTIATION + HELLO) as host:
        session = engine.open(HostAddress(LOOPBACK, host.port, keep_alive_seconds=0.1))
        assert nop in read_until(host.lines[0], nop)
        session.close()


def test_a_stopped_engine_opens_nothing_and_lets_nobody_wait() -> None:
    engine = Engine().start()
    with ScriptedHost(b"") as mute, ThreadPoolExecutor(1) as pool:
        opening = pool.submit(engine.open, HostAddress(LOOPBACK, mute.port))
        wait_until(lambda: bool(mute.lines))
        engine.stop()
        with pytest.raises(HostLost, match="not running"):
            opening.result(10)
        with pytest.raises(HostLost, match="not running"):
            engine.open(HostAddress(LOOPBACK, mute.port))


def test_a_stopped_engine_closes_its_sessions(host: Host) -> None:
    ended: list[str] = []
    engine = Engine().start()
    engine.open(HostAddress(LOOPBACK, host.port), on_end=lambda state, why: ended.append(state))
    engine.stop()
    assert ended == ["closed"]
