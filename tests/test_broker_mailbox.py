"""Mailbox: bounded, never in anybody's way, and honest about what it left out."""

import time
from threading import Thread

from app.broker.mailbox import Mailbox
from app.messages import KeyTaken, Message, ScreenChanged, ScreenShown


def delta(serial: int) -> ScreenChanged:
    return ScreenChanged("s-1", serial - 1, serial, 1, 0, False, "", False, "tn3270e", ())


def whole(serial: int) -> ScreenShown:
    return ScreenShown("s-1", {"serial": serial})


def drained(box: Mailbox) -> list[Message]:
    found = []
    while (message := box.get(0)) is not None:
        found.append(message)
    return found


def test_messages_come_out_in_the_order_they_went_in() -> None:
    box = Mailbox()
    sent = [delta(1), KeyTaken(1, "s-1"), delta(2), KeyTaken(2, "s-1")]
    for message in sent:
        box.put(message)
    assert drained(box) == sent and not box.stale


def test_a_reader_too_slow_for_screens_is_told_to_fetch_the_newest_and_keeps_the_answers_to_its_keys() -> None:
    box = Mailbox(most=10)
    for n in range(30):
        box.put(delta(n))
        if n % 10 == 0:
            box.put(KeyTaken(n, "s-1"))
    assert box.stale
    left = drained(box)
    assert [m.seq for m in left if isinstance(m, KeyTaken)] == [0, 10, 20] and len(left) <= 10
    assert box.take_stale() and not box.take_stale()


def test_a_whole_screen_replaces_every_screen_still_waiting() -> None:
    box = Mailbox(most=3)
    for n in range(5):
        box.put(delta(n))
    box.put(KeyTaken(1, "s-1"))
    box.put(whole(6))
    assert drained(box)[-2:] == [KeyTaken(1, "s-1"), whole(6)]
    assert not box.take_stale()


def test_not_even_answers_fill_it_without_end() -> None:
    box = Mailbox(most=5)
    for n in range(100):
        box.put(KeyTaken(n, "s-1"))
    assert [m.seq for m in drained(box) if isinstance(m, KeyTaken)] == [95, 96, 97, 98, 99]


def test_a_waiting_reader_wakes_for_a_message_for_staleness_and_for_the_end() -> None:
    for wake in (lambda box: box.put(delta(1)), lambda box: box.mark_stale(), lambda box: box.close()):
        box, got = Mailbox(), []
        reader = Thread(target=lambda box=box, got=got: got.append(box.get(30)))
        reader.start()
        wake(box)
        reader.join(10)
        assert not reader.is_alive() and len(got) == 1


def test_a_closed_mailbox_takes_nothing_more() -> None:
    box = Mailbox()
    box.put(delta(1))
    box.close()
    box.put(delta(2))
    assert box.closed and box.get(0) is None


def test_a_wait_ends_at_its_time() -> None:
    begun = time.monotonic()
    assert Mailbox().get(0.05) is None
    assert time.monotonic() - begun >= 0.05
