"""The associated printer: how host and printer agree, what is printed of SCS and 3270 data, and what a hostile host can't do."""

import random

import pytest

from app.errors import HostError, HostMisbehaved, HostRefused, NotReady
from app.tn3270 import Engine, HostAddress
from app.tn3270.paper import MOST_TEXT, Piece
from tests.printer_host import (
    BIND,
    BS,
    CR,
    DATA_3270,
    EOJ,
    FF,
    HT,
    LF,
    NL,
    POSITIVE,
    PRINTER,
    SCS,
    UNBIND,
    VT,
    PrinterHost,
    PrinterWire,
    ebcdic,
    text_of,
)  # fmt: skip
from tests.processes import wait_until

SEND_DEVICE = "fffd28 fffa280802fff0"
REJECT_INVALID_ASSOCIATE = "fffa28020605 02 fff0"
START, FORMATTED_80, FORMATTED_40 = 0x08, 0x30, 0x10


def answer(pattern: str, sequence: str) -> str:
    return pattern.format(sequence).replace(" ", "")


def write(control: int, data: str, command: str = "f1") -> str:
    return f"{command}{control:02x}{data}"


# How host and printer agree


def test_the_printer_of_a_display_is_asked_for_by_the_displays_lu() -> None:
    asked = bytes.fromhex(PrinterWire(associate="T001").says(SEND_DEVICE))
    assert asked.endswith(b"\xff\xfa\x28\x02\x07IBM-3287-1\x00T001\xff\xf0")


def test_a_printer_is_asked_for_by_its_name() -> None:
    asked = bytes.fromhex(PrinterWire(lu=("PRT1",)).says(SEND_DEVICE))
    assert asked.endswith(b"\xff\xfa\x28\x02\x07IBM-3287-1\x01PRT1\xff\xf0")


def test_printers_ask_for_print_data_of_both_kinds_and_not_for_sysreq() -> None:
    wire = PrinterWire()
    assert wire.says(PRINTER).endswith("fffa2803070001" + "0203fff0")
    assert not wire.printer.settled
    wire.says("fffa28030400010203fff0")
    assert wire.printer.settled and wire.printer.lu == "PRT1"


def test_a_host_that_refuses_the_printer_is_quoted() -> None:
    wire = PrinterWire(associate="T001")
    wire.says(SEND_DEVICE)
    with pytest.raises(HostRefused, match=r"refuses a printer for T001: invalid associate\."):
        wire.says(REJECT_INVALID_ASSOCIATE)


def test_printers_of_a_list_are_asked_for_in_order() -> None:
    wire = PrinterWire(lu=("PRT1", "PRT2"))
    wire.says(SEND_DEVICE)
    assert b"\x01PRT2" in bytes.fromhex(wire.says("fffa28020605 01 fff0"))
    with pytest.raises(HostRefused, match="printer PRT2: device in use"):
        wire.says("fffa28020605 01 fff0")


@pytest.mark.parametrize("says", ["fffd28 fffe28", "fffd18 fffa1801fff0 fffd19 fffb19 fffd00 fffb00"])
def test_a_host_without_tn3270e_has_no_printer(says: str) -> None:
    with pytest.raises(HostRefused, match="does not speak TN3270E"):
        PrinterWire().says(says)


def test_print_data_before_a_bind_is_not_printed() -> None:
    wire = PrinterWire()
    wire.says(PRINTER + "fffa28030400010203fff0")
    wire.prints(ebcdic("EARLY") + NL)
    wire.says(BIND)
    assert wire.job(ebcdic("LATE")) == "LATE\n"


# Jobs and responses


def test_a_response_that_is_asked_for_comes_when_the_data_is_kept() -> None:
    wire = PrinterWire().agrees()
    assert wire.prints(ebcdic("ONE") + NL, response=2, sequence=7) == answer(POSITIVE, "0007")
    assert wire.pieces == [Piece(1, "ONE\n", "", 1, False, "")]
    assert wire.prints(ebcdic("TWO"), response=1, sequence=8) == ""
    assert wire.prints("", EOJ, response=2, sequence=9) == answer(POSITIVE, "0009")
    assert wire.jobs == ["ONE\nTWO\n"]


def test_what_can_not_be_kept_needs_intervention_and_can_be_printed_again() -> None:
    wire = PrinterWire().agrees()
    wire.refuse = True
    assert wire.prints(ebcdic("ONE") + NL, response=2, sequence=7) == "02000100070" + "1ffef"
    wire.refuse = False
    assert wire.job(ebcdic("ONE") + NL) == "ONE\n"


def test_commands_that_are_not_for_printers_are_rejected_and_the_job_goes_on() -> None:
    wire = PrinterWire().agrees()
    assert wire.prints("f6", DATA_3270, response=2, sequence=1) == "0200010001" + "00ffef"  # Read Modified
    assert wire.prints(ebcdic("HELLO"), kind=7, response=2, sequence=2) == "0200010002" + "00ffef"  # SSCP-LU data
    assert wire.prints("f1", DATA_3270, response=1, sequence=3) == "0200010003" + "02ffef"  # a write cut off
    assert wire.job(ebcdic("STILL")) == "STILL\n"


def test_an_unbind_ends_the_job_and_forgets_margins_and_tabs() -> None:
    wire = PrinterWire().agrees()
    wire.prints("2bc102 0a" + ebcdic("A" * 12))  # SHF: ten columns
    wire.prints("", UNBIND)
    assert wire.jobs == ["A" * 10 + "\nAA\n"]
    wire.says(BIND)
    assert wire.job(ebcdic("B" * 12)) == "B" * 12 + "\n"


def test_a_query_is_answered_as_a_printer() -> None:
    wire = PrinterWire().agrees()
    told = wire.prints("f3 0005 01 ff 02", DATA_3270, response=2, sequence=1)
    assert told.startswith("0000000000" + "88" + "000a8180" + "808185878" + "8a6") and told.endswith("0200000001" + "00ffef")


def test_nothing_printed_is_no_job() -> None:
    wire = PrinterWire().agrees()
    assert wire.prints("2bc105 84 01 84 0a", response=2, sequence=1) == answer(POSITIVE, "0001")
    assert wire.prints(FF, response=0) == "" and wire.prints("", EOJ, response=2, sequence=2) == answer(POSITIVE, "0002")
    assert wire.jobs == []


# SCS


@pytest.mark.parametrize(
    ("data", "text"),
    [
        (ebcdic("ONE") + NL + ebcdic("TWO"), "ONE\nTWO\n"),
        (ebcdic("ONE") + LF + ebcdic("TWO"), "ONE\n   TWO\n"),
        (ebcdic("ABC") + CR + ebcdic("  X"), "ABX\n"),  # a blank prints over nothing
        (ebcdic("AB") + BS + ebcdic("C"), "AC\n"),
        (ebcdic("ONE") + FF + ebcdic("TWO"), "ONE\n\fTWO\n"),
        (FF + ebcdic("ONE") + FF + FF + ebcdic("TWO") + FF, "ONE\n\f\fTWO\n"),
        ("2bc107 84 01 84 05 0a 14" + ebcdic("A") + HT + ebcdic("B") + HT + ebcdic("C"), "A   B    C\n"),
        (HT + ebcdic("NO STOP"), " NO STOP\n"),
        ("2bc103 50 05" + ebcdic("MARGIN") + NL + ebcdic("AGAIN"), "MARGIN\n    AGAIN\n"),
        ("2bc103 50 05" + CR + ebcdic("MARGIN"), "    MARGIN\n"),
        ("2bc202 03" + (ebcdic("L") + NL) * 5, "L\n" * 3 + "\f" + "L\n" * 2),  # SVF: three lines a page
        ("2bc205 06 02 05 04" + ebcdic("A") + VT + ebcdic("B"), "A\n\n\n B\n"),
        ("2bc602 01" + ebcdic("DENSE"), "DENSE\n"),
        ("2bd2 03 2901" + ebcdic("UNKNOWN SET"), "UNKNOWN SET\n"),
        ("2841f2" + ebcdic("RED") + "280000", "RED\n"),
        ("08a3" + ebcdic(" GE"), "• GE\n"),
        (ebcdic("A") + "24" + ebcdic("SECRET") + "14" + ebcdic("B"), "A      B\n"),
        ("0481" + ebcdic("CHANNEL"), "\nCHANNEL\n"),
        (ebcdic("A") + "02" + ebcdic("B"), "A B\n"),
        (ebcdic("A") + "3504" + b"RAW!".hex() + ebcdic("B"), "ARAW!B\n"),
        (ebcdic("W" * 140), "W" * 132 + "\n" + "W" * 8 + "\n"),
    ],
)  # fmt: skip
def test_scs_prints_as_on_paper(data: str, text: str) -> None:
    assert text_of(data) == text


def test_scs_orders_cut_anywhere_mean_the_same() -> None:
    data = bytes.fromhex("2bc107840184050a14" + ebcdic("A") + HT + "2841f2" + "3502" + b"RW".hex() + "08a3" + ebcdic("B") + NL)
    whole = text_of(data.hex())
    for size in range(1, 6):
        assert text_of(*(data[at : at + size].hex() for at in range(0, len(data), size))) == whole


def test_double_byte_characters_print_between_shift_out_and_in() -> None:
    assert text_of("0e" + "4481" + "0f" + ebcdic("A"), code_page="cp930") == "あA\n"


def test_bytes_for_the_printer_itself_are_left_out_and_the_job_says_so() -> None:
    wire = PrinterWire().agrees()
    assert wire.job("3503 1b4530" + ebcdic("PLAIN")) == "PLAIN\n"
    assert wire.pieces[-1].note == "Bytes for a printer's own use (TRN) were left out."


# 3270 data, LU type 3


def test_formatted_3270_data_prints_lines_without_the_empty_ones() -> None:
    data = "114040" + ebcdic("TITLE") + "11c260" + ebcdic("BODY")  # rows 1 and 3 of 80 columns
    assert text_of(write(FORMATTED_80 | START, data, "f5"), kind=DATA_3270) == "TITLE\nBODY\n"


def test_the_control_character_sets_the_length_of_lines() -> None:
    data = ebcdic("X" * 40 + "Y")
    assert text_of(write(FORMATTED_40 | START, data, "f5"), kind=DATA_3270) == "X" * 40 + "\nY\n"


def test_unformatted_3270_data_is_a_stream_with_new_lines_and_form_feeds() -> None:
    data = ebcdic("ONE") + NL + ebcdic("TWO") + FF + ebcdic("THREE") + CR + ebcdic("  x") + "19" + ebcdic("NEVER")
    assert text_of(write(START, data, "f5"), kind=DATA_3270) == "ONE\nTWO\n\fTHxEE\n"


def test_a_line_may_span_writes_and_an_erase_ends_it() -> None:
    first, second = write(START, ebcdic("ONE "), "f5"), write(START, ebcdic("LINE"))
    assert text_of(first, second, write(START, ebcdic("NEXT"), "f5"), kind=DATA_3270) == "ONE LINE\nNEXT\n"


def test_hidden_fields_are_not_printed() -> None:
    data = "1d60" + ebcdic("USER") + "1d4c" + ebcdic("SECRET") + "2901c060" + ebcdic("END")
    assert text_of(write(FORMATTED_80, data, "f5"), kind=DATA_3270) == " USER        END\n"


def test_orders_of_3270_data_fill_repeat_and_skip() -> None:
    data = "3c404560" + "2841f2" + ebcdic("A") + "13" + "0885" + "2c01c060"
    assert text_of(write(FORMATTED_80, data, "f5"), kind=DATA_3270) == "-----A" + "│\n"


def test_a_structured_field_can_hold_a_write() -> None:
    field = write(FORMATTED_80 | START, ebcdic("IN A FIELD"), "f1")
    assert text_of(f"f3 {len(field) // 2 + 4:04x} 40 00 {field}", kind=DATA_3270) == "IN A FIELD\n"


# A hostile host


def test_a_job_has_a_largest_size_says_so_and_the_host_hears_of_it() -> None:
    wire, page = PrinterWire().agrees(), (ebcdic("X" * 132) + NL) * 500
    for _ in range(MOST_TEXT // (133 * 500)):
        wire.prints(page)
    assert wire.prints(page, response=2, sequence=5) == "0200010005" + "02ffef"
    text = wire.job()
    assert len(text) <= MOST_TEXT and "cut off" in wire.pieces[-1].note
    assert wire.job(ebcdic("NEXT")) == "NEXT\n"


def test_no_control_character_reaches_a_page() -> None:
    every = bytes(byte for byte in range(256) if byte not in (0x0E, 0x2B, 0x35)).hex()
    for text in (
        text_of(every + every),
        text_of(write(START, every, "f5"), kind=DATA_3270),
        text_of(write(0x38, every, "f5"), kind=DATA_3270),
    ):
        assert all(character.isprintable() or character in "\n\f\xa0\xad" for character in text)


@pytest.mark.parametrize(
    "record",
    ["2bc2ff" + "6c" * 254 + VT * 30_000, FF * 60_000, write(START, "3c40404040" * 3_000, "f5"), write(START, "3c7f7fc1" * 9_000, "f5")],
)
def test_a_few_bytes_can_not_become_paper_without_end(record: str) -> None:
    wire = PrinterWire().agrees()
    try:
        for _ in range(10):
            wire.prints(ebcdic("X") + record if record[:2] != "f5" else record, SCS if record[:2] != "f5" else DATA_3270)
    except HostMisbehaved:
        return  # it took too much time: its own session ends
    assert len(wire.job()) <= MOST_TEXT


@pytest.mark.parametrize("seed", range(4))
def test_whatever_comes_the_printer_ends_its_own_session_at_worst(seed: int) -> None:
    dice = random.Random(seed)
    orders = bytes.fromhex("0405080b0c0d0e0f1415161e24252f282b351d29283c1112132c08f1f5f3 00ff40c1")
    for _ in range(20):
        wire = PrinterWire(code_page=dice.choice(["cp037", "cp930"])).agrees(dice.sample((0, 1, 2, 3), dice.randint(1, 4)))
        for _ in range(40):
            wire.refuse = dice.random() < 0.05
            data = bytes(dice.choice(orders) if dice.random() < 0.5 else dice.randrange(256) for _ in range(dice.randint(0, 80)))
            write = bytes((dice.choice((0xF1, 0xF5, 0x7E, 0xF3, 0x6F)), dice.choice((0, 8, 0x18, 0x38)))) if dice.random() < 0.5 else b""
            try:
                wire.prints((write + data).hex(), dice.choice((0, 0, 1, 1, 1, 3, 4, 8, 5, 7, 2, 9)), dice.randint(0, 2), 1)
            except HostError:
                break
        assert all(c.isprintable() or c in "\n\f\xa0\xad\u3000" for job in wire.jobs for c in job)


# On the engine


@pytest.fixture
def engine():  # type: ignore[no-untyped-def]
    engine = Engine().start()
    yield engine
    engine.stop()


class Tray:
    """Keeps pieces, or raises."""

    def __init__(self) -> None:
        self.pieces: list[Piece] = []
        self.states: list[str] = []
        self.ends: list[tuple[str, str]] = []
        self.away = False

    def keep(self, piece: Piece) -> None:
        if self.away:
            raise NotReady()
        self.pieces.append(piece)

    def ended(self, state: str, why: str) -> None:
        self.ends.append((state, why))

    @property
    def text(self) -> str:
        return "".join(piece.text for piece in self.pieces)


def open_printer(engine: Engine, host: PrinterHost, tray: Tray, **more: float):  # type: ignore[no-untyped-def]
    address = HostAddress("127.0.0.1", host.port, connect_seconds=20)
    return engine.open_printer(address, "T001", tray.keep, tray.states.append, tray.ended, **more)


def test_a_printer_prints_over_a_network_and_the_host_hears_when_it_is_kept(engine: Engine) -> None:
    tray = Tray()
    with PrinterHost() as host:
        printer = open_printer(engine, host, tray)
        assert printer.lu == "PRT1" and host.wished == ["ASSOCIATE T001"]
        host.job("POLICY P0000001\n\fPAGE TWO\n", sequence=3)
        host.waits(lambda: b"\x02\0\0\0\x03\0" in host.answers)
        assert tray.text == "POLICY P0000001\n\fPAGE TWO\n"
        assert (tray.pieces[-1].pages, tray.pieces[-1].over) == (2, True)
        tray.away = True
        host.job("LOST\n", sequence=4)
        host.waits(lambda: b"\x02\0\1\0\x04\1" in host.answers)
        printer.close()
        wait_until(lambda: tray.ends == [("closed", "")], 20)
        wait_until(lambda: engine.sessions == 0, 20)


def test_silence_ends_a_job_where_the_host_does_not_and_the_end_of_the_line_too(engine: Engine) -> None:
    tray = Tray()
    with PrinterHost() as host:
        open_printer(engine, host, tray, quiet_seconds=0.1)
        host.print(ebcdic_bytes("BY SILENCE"))
        wait_until(lambda: tray.text == "BY SILENCE\n" and tray.pieces[-1].over, 20)
        wait_until(lambda: tray.states == ["printing", "ready"], 20)
    tray = Tray()
    with PrinterHost() as host:
        open_printer(engine, host, tray)
        host.print(ebcdic_bytes("CUT SHORT"))
        wait_until(lambda: tray.states == ["printing"], 20)
    wait_until(lambda: tray.text == "CUT SHORT\n", 20)
    assert tray.pieces[-1].note == "The connection ended before the job did."
    wait_until(lambda: bool(tray.ends) and tray.ends[0][0] == "lost", 20)


def test_a_printer_that_the_host_refuses_raises_with_its_reason(engine: Engine) -> None:
    with PrinterHost(reject=2) as host, pytest.raises(HostRefused, match="invalid associate"):
        open_printer(engine, host, Tray())
    assert engine.sessions == 0


def ebcdic_bytes(text: str) -> bytes:
    return text.encode("cp037")
