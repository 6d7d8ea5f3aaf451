"""IND$FILE both ways, by structured fields and by screens, against a small host: whole files or none, and a session that goes on."""

import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.errors import BadInput, HostLost, InputRefused, TransferCancelled, TransferFailed
from app.tn3270 import Engine, HostAddress, Session3270, transfer
from app.tn3270.codepages import code_page
from app.tn3270.indfile import Reader, Request, Speller, TextFromHost, TextToHost
from app.tn3270.transfer import Moved
from app.up.ports import LOOPBACK
from tests.indfile_host import Behaviour, IndFileHost
from tests.processes import wait_until

TEXT = "FIRST LINE\nZWEITE: [a] {b} |c| ^d ~ \\ ¬ ¢\n\nlast é ü\n"
BINARY = bytes(range(256)) * 40 + b"\xff\xef\x00\r\n"


@pytest.fixture(scope="module")
def engine() -> Iterator[Engine]:
    started = Engine().start()
    yield started
    started.stop()


Begun = Callable[..., tuple[IndFileHost, Session3270]]


@pytest.fixture
def begun(engine: Engine) -> Iterator[Begun]:
    """Starts a host of some behaviour and a session at its READY."""
    closing: list[Any] = []

    def begin(**behaviour: Any) -> tuple[IndFileHost, Session3270]:
        page = behaviour.pop("code_page", "cp037")
        host = IndFileHost(Behaviour(**behaviour)).__enter__()
        session = engine.open(HostAddress(LOOPBACK, host.port, code_page=page))
        closing.extend((session.close, lambda: host.__exit__()))
        session.wait(lambda screen: "READY" in screen.text()[0], -1, 10)
        return host, session

    yield begin
    for close in closing:
        close()


def still_works(session: Session3270) -> bool:
    """The session answers a key."""
    screen = session.wait(lambda screen: "READY" in screen.text()[0], -1, 10)
    before = session.submit("Enter", screen.cursor)
    return "READY" in session.wait(lambda screen: True, before, 10).text()[0]


def folder_is_empty(folder: Path) -> bool:
    return list(folder.iterdir()) == []


# Commands


@pytest.mark.parametrize(
    ("options", "command"),
    [
        ({"direction": "get", "name": "MY.DATA"}, "IND$FILE GET MY.DATA ASCII CRLF"),
        ({"direction": "get", "name": "MY.DATA", "text": False}, "IND$FILE GET MY.DATA"),
        ({"direction": "put", "name": "'A.B(C)'", "append": True}, "IND$FILE PUT 'A.B(C)' ASCII CRLF APPEND"),
        (
            {"direction": "put", "name": "D", "text": False, "record_format": "fixed", "record_length": 80, "block_size": 3120},
            "IND$FILE PUT D RECFM(F) LRECL(80) BLKSIZE(3120)",
        ),
        (
            {"direction": "put", "name": "D", "units": "tracks", "primary": 5, "secondary": 2},
            "IND$FILE PUT D ASCII CRLF SPACE(5,2) TRACKS",
        ),
        (
            {"direction": "put", "name": "D", "units": "avblock", "primary": 5, "average_block": 800, "record_format": "undefined"},
            "IND$FILE PUT D ASCII CRLF RECFM(U) SPACE(5) AVBLOCK(800)",
        ),
        ({"direction": "get", "name": "A FILE A1", "host": "cms"}, "IND$FILE GET A FILE A1 (ASCII CRLF"),
        ({"direction": "get", "name": "A FILE A1", "host": "cms", "text": False}, "IND$FILE GET A FILE A1"),
        (
            {"direction": "put", "name": "A FILE A1", "host": "cms", "record_format": "variable", "record_length": 255},
            "IND$FILE PUT A FILE A1 (ASCII CRLF RECFM V LRECL 255",
        ),
        ({"direction": "get", "name": "F", "host": "cics", "text": False}, "IND$FILE GET F (BINARY NOCRLF"),
        ({"direction": "put", "name": "F", "host": "cics", "other": "JISCII"}, "IND$FILE PUT F (ASCII CRLF JISCII"),
    ],
)
def test_the_command_is_as_its_host_wants_it(options: dict[str, Any], command: str):
    assert Request(**options).command() == command


@pytest.mark.parametrize(
    "options",
    [
        {"direction": "take", "name": "A"},
        {"direction": "get", "name": " "},
        {"direction": "get", "name": "A\nENTER"},
        {"direction": "get", "name": "A", "record_format": "fixed"},
        {"direction": "put", "name": "A", "record_length": 80},
        {"direction": "put", "name": "A", "record_format": "odd"},
        {"direction": "put", "name": "A", "host": "cics", "record_format": "fixed"},
        {"direction": "put", "name": "A", "host": "cms", "units": "tracks", "primary": 1},
        {"direction": "put", "name": "A", "units": "tracks"},
        {"direction": "put", "name": "A", "units": "avblock", "primary": 1},
        {"direction": "put", "name": "A" * 300},
        {"direction": "put", "name": "A", "host": "dos"},
    ],
)
def test_options_that_do_not_go_together_are_refused(options: dict[str, Any]):
    with pytest.raises(BadInput):
        Request(**options)


# Translation


@pytest.mark.parametrize("page", ["cp037", "cp273", "bracket", "930", "939", "933", "1388"])
def test_every_character_of_a_page_comes_back(page: str):
    codes = code_page(page)
    characters = [c for c in codes.typed if c != "●"] + list(codes.double_typed or {})[:3000]
    text = "\n".join("".join(characters[at : at + 70]) for at in range(0, len(characters), 70)) + "\n"
    sent = TextToHost(codes).encode(text, final=True)
    assert sent.count(b"\r\n") == text.count("\n")
    assert TextFromHost(codes).decode(sent) == text


def test_a_character_split_between_blocks_comes_back():
    page = code_page("930")
    sent = TextToHost(page).encode("AB日本CD", final=True)
    back = TextFromHost(page)
    assert "".join(back.decode(sent[at : at + 1]) for at in range(len(sent))) == "AB日本CD"


def test_a_character_the_page_has_not_is_named():
    with pytest.raises(BadInput, match=r"037.*U\+65E5"):
        TextToHost(code_page("cp037")).encode("日")


@given(st.binary(max_size=300))
def test_what_a_cut_frame_spells_is_read_back(data: bytes):
    speller, reader = Speller(), Reader()
    assert reader.read(b"".join(speller.spell(byte) for byte in data)) == data


# Transfers

WAYS = pytest.mark.parametrize("mode", ["dft", "cut"])


@WAYS
@pytest.mark.parametrize("kind", ["tso", "cms", "cics"])
def test_a_text_goes_to_the_host_and_comes_back(begun: Begun, tmp_path: Path, mode: str, kind: str):
    host, session = begun(mode=mode)
    source, target = tmp_path / "source", tmp_path / "target"
    source.write_text(TEXT, encoding="utf-8")
    sent = transfer.put(session, Request("put", "MY.DATA", kind), source)
    assert host.files["MY.DATA"] == [line.encode("cp037") for line in TEXT.split("\n")[:-1]]
    received = transfer.get(session, Request("get", "MY.DATA", kind), target)
    assert target.read_text(encoding="utf-8") == TEXT
    assert sent.bytes == received.bytes == len(TEXT.encode()) and "complete" in received.message
    assert still_works(session)


@WAYS
def test_bytes_go_to_the_host_and_come_back_as_they_are(begun: Begun, tmp_path: Path, mode: str):
    host, session = begun(mode=mode)
    source, target = tmp_path / "source", tmp_path / "target"
    source.write_bytes(BINARY)
    transfer.put(session, Request("put", "BIN", text=False, record_format="variable"), source)
    assert host.files["BIN"] == BINARY
    assert transfer.get(session, Request("get", "BIN", text=False), target) == Moved(len(BINARY), received_message(mode))
    assert target.read_bytes() == BINARY


def received_message(mode: str) -> str:
    return "TRANS03  File transfer complete" if mode == "dft" else "Transfer complete"


@WAYS
def test_an_empty_file_is_a_file(begun: Begun, tmp_path: Path, mode: str):
    host, session = begun(mode=mode)
    (tmp_path / "source").write_bytes(b"")
    transfer.put(session, Request("put", "NIL", text=False), tmp_path / "source")
    transfer.get(session, Request("get", "NIL", text=False), tmp_path / "target")
    assert host.files["NIL"] == b"" and (tmp_path / "target").read_bytes() == b""


@WAYS
def test_double_width_text_goes_both_ways(begun: Begun, tmp_path: Path, mode: str):
    _, session = begun(mode=mode, code_page="939")
    (tmp_path / "source").write_text("日本語 ABC\n漢字\n", encoding="utf-8")
    transfer.put(session, Request("put", "J"), tmp_path / "source")
    transfer.get(session, Request("get", "J"), tmp_path / "target")
    assert (tmp_path / "target").read_text(encoding="utf-8") == "日本語 ABC\n漢字\n"


def test_progress_is_told_and_only_grows(begun: Begun, tmp_path: Path):
    host, session = begun(block=500)
    host.files["BIG"] = bytes(200_000)
    told: list[int] = []
    transfer.get(session, Request("get", "BIG", text=False), tmp_path / "target", progress=told.append)
    assert told == sorted(told) and told[-1] == 200_000


def test_a_block_that_the_host_asks_for_again_is_sent_again(begun: Begun, tmp_path: Path):
    host, session = begun(fault="repeat")
    (tmp_path / "source").write_bytes(BINARY * 4)
    transfer.put(session, Request("put", "BIN", text=False), tmp_path / "source")
    assert host.files["BIN"] == BINARY * 4


# What goes wrong


@WAYS
def test_what_the_host_says_against_it_is_told(begun: Begun, tmp_path: Path, mode: str):
    _, session = begun(mode=mode, fault="missing")
    (tmp_path / "target").write_text("as it was")
    with pytest.raises(TransferFailed, match="TRANS17  Missing or incorrect TSO data set name") as failed:
        transfer.get(session, Request("get", "NO.SUCH"), tmp_path / "target")
    assert "\x1b" not in str(failed.value)
    assert (tmp_path / "target").read_text() == "as it was" and len(list(tmp_path.iterdir())) == 1
    assert still_works(session)


@WAYS
def test_a_cancelled_receive_leaves_nothing(begun: Begun, tmp_path: Path, mode: str):
    host, session = begun(mode=mode, block=100)
    host.files["BIG"] = bytes(500_000)
    stop = threading.Event()
    with pytest.raises(TransferCancelled):
        transfer.get(
            session, Request("get", "BIG", text=False), tmp_path / "target", progress=lambda moved: moved and stop.set(), cancelled=stop
        )
    assert folder_is_empty(tmp_path) and host.aborted == 1
    assert still_works(session)


@WAYS
def test_a_cancelled_send_tells_the_host(begun: Begun, tmp_path: Path, mode: str):
    host, session = begun(mode=mode)
    (tmp_path / "source").write_bytes(bytes(1_000_000))
    stop = threading.Event()
    stop.set()
    with pytest.raises(TransferCancelled):
        transfer.put(session, Request("put", "BIG", text=False), tmp_path / "source", cancelled=stop)
    assert "BIG" not in host.files and host.aborted == 1
    assert still_works(session)


def test_a_host_without_ind_file_is_told_by_its_screen(begun: Begun, tmp_path: Path):
    _, session = begun(fault="unknown command")
    with pytest.raises(TransferFailed, match="did not start IND.FILE.*READY"):
        transfer.get(session, Request("get", "A"), tmp_path / "target", idle_seconds=0.5)
    assert folder_is_empty(tmp_path) and still_works(session)


def test_a_host_that_stalls_in_the_middle_is_given_up(begun: Begun, tmp_path: Path):
    host, session = begun(fault="stall", stop_after=2)
    host.files["BIG"] = bytes(50_000)
    with pytest.raises(TransferFailed, match="stopped in the middle"):
        transfer.get(session, Request("get", "BIG", text=False), tmp_path / "target", idle_seconds=0.5)
    assert folder_is_empty(tmp_path)


@WAYS
def test_a_host_that_hangs_up_in_the_middle_leaves_nothing(begun: Begun, tmp_path: Path, mode: str):
    host, session = begun(mode=mode, fault="hang up", stop_after=2)
    host.files["BIG"] = bytes(50_000)
    with pytest.raises(HostLost):
        transfer.get(session, Request("get", "BIG", text=False), tmp_path / "target")
    assert folder_is_empty(tmp_path)


def test_keys_and_other_transfers_are_refused_meanwhile(begun: Begun, tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(transfer, "GIVE_UP_SECONDS", 0.3)
    host, session = begun(fault="stall", stop_after=1)
    host.files["BIG"] = bytes(50_000)
    stop, seen = threading.Event(), threading.Event()

    def run() -> None:
        with pytest.raises(TransferCancelled):
            transfer.get(
                session, Request("get", "BIG", text=False), tmp_path / "target", progress=lambda moved: moved and seen.set(), cancelled=stop
            )

    transfer_thread = threading.Thread(target=run)
    transfer_thread.start()
    wait_until(seen.is_set)
    with pytest.raises(InputRefused, match="being transferred"):
        session.submit("Enter", 0)
    with pytest.raises(InputRefused, match="being transferred"):
        transfer.get(session, Request("get", "BIG", text=False), tmp_path / "other")
    stop.set()
    transfer_thread.join(30)
    assert folder_is_empty(tmp_path)


@WAYS
@pytest.mark.parametrize("content", ["price: 日\n".encode(), b"\xff\xfe\n"])
def test_text_that_cannot_be_sent_stops_the_transfer(begun: Begun, tmp_path: Path, mode: str, content: bytes):
    host, session = begun(mode=mode)
    (tmp_path / "source").write_bytes(content)
    with pytest.raises(BadInput, match="binary"):
        transfer.put(session, Request("put", "A"), tmp_path / "source")
    assert "A" not in host.files and still_works(session)


def test_a_command_too_long_for_the_line_is_refused_before_anything_is_typed(begun: Begun, tmp_path: Path):
    host, session = begun()
    screen = session.screen
    assert screen.fields[-1].length > 250  # READY's line takes every command there can be
    with pytest.raises(BadInput, match="longer than"):
        transfer.get(session, Request("get", "A" * 240), tmp_path / "target")
    assert host.commands == []


# A hostile host


def test_a_host_cannot_fetch_a_file_during_a_receive(begun: Begun, tmp_path: Path):
    host, session = begun(fault="thief")
    host.files["A"] = b"x"
    transfer.get(session, Request("get", "A", text=False), tmp_path / "target")
    assert host.stolen[1] == 0x08 and b"\x61" not in host.stolen


def test_a_host_cannot_write_into_a_file_during_a_send(begun: Begun, tmp_path: Path):
    host, session = begun(fault="forger")
    (tmp_path / "source").write_bytes(b"mine")
    transfer.put(session, Request("put", "A", text=False), tmp_path / "source")
    assert (tmp_path / "source").read_bytes() == b"mine" and host.files["A"] == b"mine"


def test_a_host_that_sends_without_end_is_stopped(begun: Begun, tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(transfer, "MOST_BYTES", 10_000)
    host, session = begun()
    host.files["BIG"] = bytes(100_000)
    with pytest.raises(TransferFailed, match="more than"):
        transfer.get(session, Request("get", "BIG", text=False), tmp_path / "target")
    assert folder_is_empty(tmp_path) and still_works(session)


def test_a_block_whose_length_is_wrong_stops_the_transfer(begun: Begun, tmp_path: Path):
    host, session = begun(fault="wrong length")
    host.files["A"] = bytes(100)
    with pytest.raises(TransferFailed, match="length is wrong"):
        transfer.get(session, Request("get", "A", text=False), tmp_path / "target")
    assert folder_is_empty(tmp_path)
