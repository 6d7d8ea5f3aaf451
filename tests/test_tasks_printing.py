"""The printer of a terminal on a real worker: opened with it, its jobs kept sealed, its failures told, closed with it."""

from collections.abc import Iterator

import pytest

from app.broker.listener import Listener
from app.broker.mailbox import Mailbox
from app.broker.names import session_channel, worker_queue
from app.messages import PrinterState
from app.store import keys, printed, sessions, table
from tests.farm_parts import OWNER, Farm, farm_of
from tests.printer_host import PrinterHost
from tests.processes import wait_until


@pytest.fixture(scope="module")
def farm(tmp_path_factory: pytest.TempPathFactory, platform: dict[str, str]) -> Iterator[Farm]:
    with farm_of(tmp_path_factory.mktemp("farm"), platform, 9) as farm:
        farm.start("paper")
        yield farm


def opened(farm: Farm, host: PrinterHost, printer: str) -> tuple[sessions.Session, Mailbox, Listener]:
    """A session with this wish for a printer, and what its pages hear."""
    name = farm.host(port=host.port)
    session = sessions.create(owner=OWNER, host=name, worker="paper", printer=printer)
    listener, mailbox = Listener().start(), Mailbox()
    listener.subscribe(session_channel(session.id), mailbox)
    farm.send("iast.terminals.open", session.id, queue=worker_queue("paper"))
    wait_until(lambda: sessions.get(session.id).state == "open", 30, f"opening\n{farm.logs()}")
    return sessions.get(session.id), mailbox, listener


def hears(mailbox: Mailbox, state: str, jobs: int = 0) -> PrinterState:
    for _ in range(200):
        message = mailbox.get(20)
        assert message is not None, "nothing was heard"
        if isinstance(message, PrinterState) and (message.state, message.jobs) == (state, jobs):
            return message
    raise AssertionError("not among 200 messages")


def texts(session: sessions.Session) -> list[str]:
    return ["".join(printed.text(job)) for job in printed.of_session(session)[0]]


def test_a_terminals_printer_opens_prints_and_closes_with_it(farm: Farm) -> None:
    with PrinterHost() as host:
        session, mailbox, listener = opened(farm, host, "associate")
        assert hears(mailbox, "ready").lu == "PRT1"
        assert host.wished == ["ASSOCIATE T001"]
        host.job("POLICY P0000001\nMARKERTEXT\n", sequence=3)
        host.waits(lambda: b"\x02\0\0\0\x03\0" in host.answers)
        hears(mailbox, "ready", 1)
        (job,) = printed.of_session(session)[0]
        assert (job.pages, job.size, job.lu, job.note, bool(job.ended)) == (1, 27, "PRT1", "", True)
        assert texts(session) == ["POLICY P0000001\nMARKERTEXT\n"]
        rows = list(table.rows(table.TABLE, keys.printed(job.id)[0]))
        assert len(rows) == 2 and "MARKER" not in repr(rows)  # sealed
        farm.send("iast.terminals.close", session.id, queue=worker_queue("paper"))
        wait_until(lambda: sessions.get(session.id).state == "closed", 30)
        host.waits(lambda: host.left)
        listener.stop()


def test_what_was_answered_is_kept_though_its_worker_dies_in_the_middle(farm: Farm) -> None:
    farm.start("mortal")
    with PrinterHost() as host:
        name = farm.host(port=host.port, printer="associate")
        session = sessions.create(owner=OWNER, host=name, worker="mortal", printer="PRTX")
        farm.send("iast.terminals.open", session.id, queue=worker_queue("mortal"))
        wait_until(lambda: sessions.get(session.id).state == "open", 30, farm.logs())
        for n in range(3):
            host.print(f"LINE {n}".encode("cp037") + b"\x15", response=2, sequence=n)
        host.print("NO END YET".encode("cp037"), response=2, sequence=9)
        host.waits(lambda: b"\x02\0\0\0\x09\0" in host.answers)
        assert host.wished == ["CONNECT PRTX"]
        farm.kill("mortal")
        assert texts(session) == ["LINE 0\nLINE 1\nLINE 2\nNO END YET"]
        assert printed.of_session(session)[0][0].ended == ""


def test_a_refused_printer_is_told_and_the_terminal_lives(farm: Farm) -> None:
    with PrinterHost(reject=1) as host:
        session, mailbox, listener = opened(farm, host, "associate")
        assert hears(mailbox, "lost").reason == "The host refuses a printer for T001: device in use."
        assert sessions.get(session.id).state == "open"
        listener.stop()


def test_no_printer_is_asked_for_unless_wished(farm: Farm) -> None:
    with PrinterHost() as host:
        _, _, listener = opened(farm, host, "")
        assert host.wished == []
        listener.stop()


def test_a_large_job_goes_into_parts_and_comes_back_whole(farm: Farm) -> None:
    session = sessions.create(owner=OWNER, host="h", worker="w")
    job = printed.start(session, "PRT1")
    whole = "".join(chr(0x4E00 + n * 7919 % 20_000) for n in range(3 * printed.PART_CHARACTERS + 5))
    size = printed.PART_CHARACTERS
    for n in range(4):
        printed.write(job, n, whole[n * size : (n + 1) * size], pages=1, size=len(whole), note="", over=n == 3)
    assert "".join(printed.text(printed.get(session, job.id))) == whole
    printed.delete(printed.get(session, job.id))
    assert list(table.rows(table.TABLE, keys.printed(job.id)[0])) == []
