"""Terminal input on its way to a worker, over a real Valkey: in order, once, sealed, and never late."""

import base64
import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from itertools import count

import pytest
from kombu import Connection
from kombu.exceptions import LimitExceeded

from app.broker import inputs
from app.broker.connection import client
from app.broker.inputs import input_consumer, send_input
from app.broker.listener import Listener
from app.broker.mailbox import Mailbox
from app.broker.names import input_queue, session_channel
from app.config import settings
from app.errors import NotReady
from app.messages import AidPressed, Detached, Envelope, KeyRefused
from app.sealing import seal

NUMBERS = count(1)


@pytest.fixture
def worker(configured: dict[str, str]) -> str:
    return f"in{next(NUMBERS)}"


def key(n: int, text: str = "") -> Envelope:
    return Envelope("s-1", "u-1", "c-1", AidPressed(n, 1, 1, "Enter", 0, ((5, text),)))


@contextmanager
def consuming(worker: str, got: list[Envelope]) -> Iterator[Connection]:
    with Connection(settings().redis_url) as connection, input_consumer(connection.channel(), worker, got.append):
        yield connection


def drain(worker: str, wanted: int) -> list[Envelope]:
    got: list[Envelope] = []
    with consuming(worker, got) as connection:
        while len(got) < wanted:
            connection.drain_events(timeout=60)
    return got


def test_keys_arrive_once_each_and_in_the_order_they_were_pressed(worker: str) -> None:
    for n in range(300):
        send_input(worker, key(n))
    assert [e.message.seq for e in drain(worker, 300)] == list(range(300))  # type: ignore[attr-defined]
    assert client().llen(input_queue(worker)) == 0


def test_an_envelope_tells_the_worker_who_sent_what(worker: str) -> None:
    send_input(worker, key(5, "TYPED"))
    (got,) = drain(worker, 1)
    assert replace(got, sent=0.0) == key(5, "TYPED") and got.sent > 0


def test_what_a_person_typed_is_sealed_while_it_waits(worker: str) -> None:
    send_input(worker, key(1, "MARKERPASS"))
    waiting = client().lrange(input_queue(worker), 0, -1)
    assert len(waiting) == 1  # type: ignore[arg-type]
    body = base64.b64decode(json.loads(waiting[0])["body"])  # type: ignore[index]
    assert b"MARKERPASS" not in body and b"MARKERPASS" not in waiting[0]  # type: ignore[index]


def test_input_of_one_worker_does_not_open_as_anothers(worker: str) -> None:
    body = seal(key(1).encode(), input_queue("another"))
    assert inputs._open(body, worker) is None
    assert inputs._open(b"nonsense", worker) is None


def test_a_key_that_waited_too_long_is_refused_and_its_page_is_told(worker: str, monkeypatch: pytest.MonkeyPatch) -> None:
    listener, box = Listener().start(), Mailbox()
    listener.subscribe(session_channel("s-1"), box)
    send_input(worker, key(1))
    send_input(worker, Envelope("s-1", "u-1", "c-1", Detached("u-1", "c-1")))
    monkeypatch.setattr(inputs, "MOST_AGE", -1.0)
    got = drain(worker, 1)
    refusal = box.get(60)
    listener.stop()
    assert [type(e.message) for e in got] == [Detached]  # a viewer that left is gone, however late one hears of it
    assert isinstance(refusal, KeyRefused) and (refusal.seq, refusal.code, refusal.connection) == (1, "stale-input", "c-1")


def test_a_key_that_finds_every_connection_taken_is_refused_as_not_ready(worker: str, monkeypatch: pytest.MonkeyPatch) -> None:
    def taken(*args: object, **options: object) -> None:
        raise LimitExceeded(1)

    monkeypatch.setattr(inputs.producers[inputs._connection()], "acquire", taken)
    with pytest.raises(NotReady):
        send_input(worker, key(1))
