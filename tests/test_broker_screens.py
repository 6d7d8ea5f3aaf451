"""Publishing and listening over a real Valkey: order, lost connections, sealed snapshots."""

from collections.abc import Iterator
from threading import Thread

import pytest
from redis import Redis

from app.broker.connection import client, ping
from app.broker.listener import Listener
from app.broker.mailbox import Mailbox
from app.broker.names import screen_key, session_channel
from app.broker.screens import forget_screen, keep_screen, latest_screen, publish, publish_screen
from app.config import settings
from app.errors import NotReady
from app.messages import KeyTaken, Message, ScreenShown, decode_screen
from app.screen.model import Screen, State, Style
from app.up.ports import LOOPBACK, free_port
from tests.processes import wait_until


def screen(text: str, serial: int = 1) -> Screen:
    return Screen(24, 80, text.ljust(1920), bytes(1920), (Style(),), (), 0, serial, 1, False, State.TN3270E)


@pytest.fixture
def listener(configured: dict[str, str]) -> Iterator[Listener]:
    listener = Listener().start()
    yield listener
    listener.stop()


def received(box: Mailbox, count: int) -> list[Message]:
    found: list[Message] = []
    while len(found) < count:
        message = box.get(60)
        assert message is not None, f"only {len(found)} of {count} came"
        found.append(message)
    return found


def connections(name: str = "pubsub") -> list[str]:
    """Ids of the server's connections of that kind."""
    return [str(c["id"]) for c in client().client_list(_type=name)]


def test_everyone_who_looks_at_a_session_hears_everything_in_order(listener: Listener) -> None:
    boxes = [Mailbox(), Mailbox()]
    for box in boxes:
        listener.subscribe(session_channel("s-order"), box)
    for n in range(200):
        publish(session_channel("s-order"), KeyTaken(n, "s-order"))
    for box in boxes:
        assert [m.seq for m in received(box, 200) if isinstance(m, KeyTaken)] == list(range(200))


def test_one_connection_serves_all_sockets_of_a_process(listener: Listener) -> None:
    listener.subscribe(session_channel("s-many"), Mailbox())
    before = len(connections())
    for n in range(40):
        listener.subscribe(session_channel(f"s-many{n}"), Mailbox())
    assert len(connections()) == before


def test_who_has_left_hears_nothing_and_holds_no_subscription(listener: Listener) -> None:
    channel = session_channel("s-left")
    stays, leaves = Mailbox(), Mailbox()
    for box in (stays, leaves):
        listener.subscribe(channel, box)
    listener.unsubscribe(channel, leaves)
    publish(channel, KeyTaken(1, "s-left"))
    assert received(stays, 1) and leaves.get(0) is None
    listener.unsubscribe(channel, stays)
    wait_until(lambda: client().pubsub_numsub(channel)[0][1] == 0, seconds=60, what="the last subscription")
    listener.unsubscribe(channel, stays)  # twice is no error


def test_a_lost_connection_comes_back_and_tells_every_reader_to_look_again(listener: Listener) -> None:
    box = Mailbox()
    listener.subscribe(session_channel("s-cut"), box)
    for id in connections():
        client().client_kill_filter(_id=id)
    wait_until(lambda: box.stale, seconds=60, what="staleness")
    wait_until(lambda: publish(session_channel("s-cut"), KeyTaken(7, "s-cut")) > 0, seconds=60, what="the new subscription")
    assert box.take_stale()
    assert received(box, 1) == [KeyTaken(7, "s-cut")]


def test_subscribing_at_once_from_many_threads_loses_no_message(listener: Listener) -> None:
    boxes = {n: Mailbox() for n in range(30)}
    threads = [Thread(target=listener.subscribe, args=(session_channel(f"s-rush{n}"), box)) for n, box in boxes.items()]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    for n in boxes:
        assert publish(session_channel(f"s-rush{n}"), KeyTaken(n, f"s-rush{n}")) == 1
    assert [received(box, 1)[0] for box in boxes.values()] == [KeyTaken(n, f"s-rush{n}") for n in boxes]


def test_what_is_no_message_of_ours_is_dropped_and_the_next_one_arrives(listener: Listener) -> None:
    box = Mailbox()
    listener.subscribe(session_channel("s-bad"), box)
    client().publish(session_channel("s-bad"), b"not sealed")
    publish(session_channel("s-bad"), KeyTaken(1, "s-bad"))
    assert received(box, 1) == [KeyTaken(1, "s-bad")]


def test_the_newest_screen_waits_for_those_who_come_later_and_is_sealed(configured: dict[str, str]) -> None:
    keep_screen("s-keep", screen("BALANCE MARKERTEXT"))
    assert latest_screen("s-keep") == screen("BALANCE MARKERTEXT")
    assert b"MARKERTEXT" not in (client().get(screen_key("s-keep")) or b"")
    assert 0 < client().ttl(screen_key("s-keep")) <= 24 * 3600  # type: ignore[operator]
    forget_screen("s-keep")
    assert latest_screen("s-keep") is None


def test_a_snapshot_of_one_session_does_not_open_as_anothers(configured: dict[str, str]) -> None:
    keep_screen("s-one", screen("ONE"))
    client().copy(screen_key("s-one"), screen_key("s-two"), replace=True)
    assert latest_screen("s-two") is None


def test_who_hears_of_a_screen_finds_that_one_or_a_newer(listener: Listener) -> None:
    box = Mailbox()
    listener.subscribe(session_channel("s-pub"), box)
    for serial in range(1, 20):
        publish_screen("s-pub", screen(f"SCREEN {serial}", serial))
    seen = 0
    while seen < 19:
        message = box.get(60)
        assert isinstance(message, ScreenShown)
        seen = decode_screen(message.screen).serial
        latest = latest_screen("s-pub")
        assert latest is not None and latest.serial >= seen


def test_without_redis_everything_is_not_ready_in_time(configured: dict[str, str], monkeypatch: pytest.MonkeyPatch) -> None:
    ping()
    monkeypatch.setenv("REDIS_URL", f"redis://{LOOPBACK}:{free_port()}/0")
    settings.cache_clear()
    for act in (ping, lambda: latest_screen("s"), lambda: publish("c", KeyTaken(1, "s"))):
        with pytest.raises(NotReady):
            act()
    assert Redis.from_url(configured["REDIS_URL"]).ping()
