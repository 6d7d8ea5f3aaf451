"""How host and terminal agree to speak: telnet, TN3270 and TN3270E as hosts do it, and as they should not."""

import pytest

from app.errors import HostError, InputRefused
from app.screen.model import NULL, State
from tests.terminals import BIND, CLASSIC, TN3270E, Wire, ebcdic

BIND_IMAGE, RESPONSES, SYSREQ, CONTENTION = 0, 2, 4, 5
WRITE = "f5c3 11 4040" + ebcdic("HI")
POSITIVE, REJECTED, CHECKED = "020000 {} 00 ffef", "020001 {} 00 ffef", "020001 {} 02 ffef"


def answer(pattern: str, sequence: str) -> str:
    return pattern.format(sequence).replace(" ", "")


def e_session(*functions: int) -> Wire:
    wire = Wire(model="4")
    wire.agrees(*(functions or (BIND_IMAGE, RESPONSES, SYSREQ)))
    wire.says(BIND)
    wire.sent()
    return wire


# Telnet and classic TN3270


def test_a_classic_host_gets_the_terminal_type_and_its_three_options() -> None:
    wire = Wire(model="4")
    assert wire.says("fffd18") == "fffb18"
    assert bytes.fromhex(wire.says("fffa1801fff0"))[4:-2] == b"IBM-3278-4-E"
    assert wire.says("fffd19 fffb19 fffd00 fffb00") == "fffb19fffd19fffb00fffd00"
    assert wire.terminal.state is State.TN3270


@pytest.mark.parametrize("size", range(1, 8))
def test_commands_cut_anywhere_mean_the_same(size: int) -> None:
    wire, data = Wire(), bytes.fromhex(CLASSIC + WRITE + "ffef")
    for at in range(0, len(data), size):
        wire.says(data[at : at + size])
    assert wire.rows == ["HI"]


def test_refusals_are_answered_once_so_that_no_two_sides_go_round_in_circles() -> None:
    wire = Wire()
    wire.says(CLASSIC)
    assert wire.says("fffe18 fffe18 fffc19 fffc19 fffe28 fffc28") == "fffc18fffe19"


def test_unknown_options_are_refused() -> None:
    assert Wire().says("fffd63 fffb63 fffd01 fffb05") == "fffc63fffe63fffc01fffe05"


def test_a_timing_mark_is_answered_when_all_before_it_is_done() -> None:
    wire = Wire()
    wire.says(CLASSIC)
    assert wire.says(WRITE + "ffef fffd06") == "fffb06" and wire.rows == ["HI"]


def test_the_environment_tells_what_is_asked_for_and_nothing_of_our_machine() -> None:
    wire = Wire(code_page="cp273")
    wire.says("fffd27")
    told = bytes.fromhex(wire.says("fffa2701" + "03" + b"CODEPAGE".hex() + "00" + b"USER".hex() + "03" + b"LOGNAME".hex() + "fff0"))
    assert told[4:-2] == b"\x03CODEPAGE\x01273\x00USER\x01UNKNOWN\x03LOGNAME"


def test_a_host_that_refuses_a_device_name_is_told_the_next() -> None:
    wire = Wire(lu=("LU1", "LU2"))
    wire.says("fffd27")
    ask = "fffa270103" + b"DEVNAME".hex() + "fff0"
    assert [bytes.fromhex(wire.says(ask))[-5:-2] for _ in range(3)] == [b"LU1", b"LU2", b"LU2"]


# TN3270E: device and functions


def test_tn3270e_asks_for_a_device_and_then_for_what_it_can_do() -> None:
    wire = Wire(lu=("LU1",))
    assert wire.says("fffd28") == "fffb28"
    assert bytes.fromhex(wire.says("fffa280802fff0")) == b"\xff\xfa\x28\x02\x07IBM-3278-2-E\x01LU1\xff\xf0"
    granted = "fffa280204" + b"IBM-3278-2-E\x01LU1".hex() + "fff0"
    assert wire.says(granted) == "fffa28030700020405fff0"
    wire.says("fffa28030402fff0")
    assert wire.terminal.state is State.TN3270E and wire.screen.lu == "LU1"


def test_a_refused_lu_is_followed_by_the_next_of_the_list_and_then_by_classic_tn3270() -> None:
    wire = Wire(lu=("LU1", "LU2"))
    wire.says("fffd28 fffa280802fff0")
    assert b"LU2" in bytes.fromhex(wire.says("fffa2802060501fff0"))
    assert wire.says("fffa2802060501fff0") == "fffc28"
    assert bytes.fromhex(wire.says("fffd18 fffa1801fff0")).endswith(b"IBM-3279-2-E@LU1\xff\xf0")


def test_when_no_lu_of_the_list_is_taken_the_session_ends_and_says_so() -> None:
    wire = Wire(lu=("LU1",))
    wire.says("fffd18 fffa1801fff0")
    with pytest.raises(HostError, match="none of the LU names"):
        wire.says("fffa1801fff0")


@pytest.mark.parametrize("refusal", ["fffe28", "fffc28", "fffa2802060504fff0"])
def test_a_host_that_takes_tn3270e_back_is_spoken_to_without_it(refusal: str) -> None:
    wire = Wire()
    wire.says("fffd28 fffa280802fff0")
    assert wire.says(refusal) == "fffc28"
    wire.says(CLASSIC + WRITE + "ffef")
    assert wire.terminal.state is State.TN3270 and wire.rows == ["HI"]


def test_functions_are_the_common_ones_whoever_asks() -> None:
    wire = Wire()
    wire.says(TN3270E)
    assert wire.says("fffa2803070001020304fff0") == "fffa280307000204fff0"
    assert wire.says("fffa280307000204fff0") == "fffa280304000204fff0"
    assert wire.terminal.functions == {BIND_IMAGE, RESPONSES, SYSREQ}


def test_a_host_that_agrees_to_more_than_was_asked_loses_tn3270e() -> None:
    wire = Wire()
    wire.says(TN3270E)
    assert wire.says("fffa2803040001020304fff0") == "fffc28"


def test_tn3270e_can_be_negotiated_anew() -> None:
    wire = e_session()
    wire.says("fffe28" + CLASSIC + WRITE + "ffef")
    assert wire.terminal.state is State.TN3270
    wire.agrees(RESPONSES)
    wire.record(0, WRITE)
    assert wire.terminal.state is State.TN3270E and wire.rows == ["HI"]


# TN3270E: records


def test_a_bind_brings_the_sizes_and_the_name_of_the_application() -> None:
    wire = Wire(model="4")
    wire.says("fffd28 fffa280802fff0 fffa280204" + b"IBM-3278-4-E".hex() + "fff0 fffa2803040002fff0")
    assert wire.terminal.state is State.UNBOUND
    wire.says(BIND)
    assert wire.screen.lu == "APP"
    wire.record(0, WRITE)
    assert (wire.screen.rows, wire.screen.columns) == (24, 80)
    wire.record(0, "7e" + WRITE[2:])
    assert (wire.screen.rows, wire.screen.columns) == (43, 80)


def test_the_name_in_a_bind_can_steer_nothing() -> None:
    wire = Wire()
    wire.says("fffd28 fffa280802fff0 fffa280204" + b"IBM-3278-2-E".hex() + "fff0 fffa2803040002fff0")
    wire.says(BIND.replace("03 c1d7d7", "03 c10027"))
    assert wire.screen.lu == "A"


def test_a_bind_larger_than_the_terminal_leaves_the_sizes_as_they_were() -> None:
    wire = e_session()
    wire.says(BIND.replace("18502b507f", "60a060a07f"))
    wire.record(0, "7e" + WRITE[2:])
    assert (wire.screen.rows, wire.screen.columns) == (43, 80)


def test_an_unbind_clears_the_screen_and_the_next_data_waits_for_a_bind() -> None:
    wire = e_session()
    wire.record(0, WRITE)
    wire.record(4, "01")
    assert wire.rows == [] and wire.terminal.state is State.UNBOUND and wire.screen.locked
    wire.record(0, WRITE)
    assert wire.rows == []
    wire.says(BIND)
    wire.record(0, WRITE)
    assert wire.rows == ["HI"]


@pytest.mark.parametrize(
    ("data", "response", "answered"),
    [
        (WRITE, 0, ""),
        (WRITE, 1, ""),
        (WRITE, 2, POSITIVE),
        ("99", 1, REJECTED),  # no such command
        ("99", 2, REJECTED),
        ("99", 0, ""),
        ("f1c311", 2, CHECKED),  # cut
        ("f1c3117fff", 2, CHECKED),  # an address beyond the screen
        ("f300", 2, REJECTED),
    ],
)
def test_a_record_gets_the_response_it_asks_for(data: str, response: int, answered: str) -> None:
    wire = e_session()
    wire.record(0, WRITE)
    assert wire.record(0, data, response=response, sequence=7) == answer(answered, "0007")
    wire.record(0, WRITE)
    assert wire.rows == ["HI"], "a rejected record ended more than itself"


def test_a_sequence_number_of_ff_goes_back_doubled() -> None:
    assert e_session().record(0, WRITE, response=2, sequence=0xFFFF) == answer(POSITIVE, "ffffffff")


def test_a_response_goes_before_what_the_record_asked_for() -> None:
    assert e_session().record(0, "f2", response=2, sequence=3).startswith(answer(POSITIVE, "0003") + "0000000000 60 4040".replace(" ", ""))


def test_records_of_ours_are_numbered() -> None:
    wire = e_session()
    assert [wire.record(0, "f6")[6:10] for _ in range(3)] == ["0000", "0001", "0002"]


def test_printer_data_is_refused_politely() -> None:
    assert e_session().record(1, "c1c2", response=2, sequence=4) == answer(REJECTED, "0004")


@pytest.mark.parametrize("kind", [2, 6, 8, 10, 0x77])
def test_records_of_other_kinds_change_nothing(kind: int) -> None:
    wire = e_session()
    wire.record(0, WRITE)
    assert wire.record(kind, "c1c2") == "" and wire.rows == ["HI"]


def test_contention_is_resolved_by_bid_and_send_data() -> None:
    wire = e_session(BIND_IMAGE, RESPONSES, CONTENTION)
    assert wire.record(9, response=2, sequence=1) == answer(POSITIVE, "0001")
    wire.record(0, WRITE)
    assert wire.screen.locked, "the host keeps its turn"
    wire.record(0, WRITE, request=1)
    assert not wire.screen.locked


def test_sysreq_and_attn_are_telnet_commands_in_tn3270e() -> None:
    wire = e_session()
    wire.record(0, WRITE)
    assert wire.types("SysReq") == "fff5" and wire.types("Attn") == "fff4"


def test_attn_is_a_break_in_classic_tn3270_and_sysreq_a_test_request() -> None:
    wire = Wire()
    wire.says(CLASSIC + WRITE + "ffef")
    assert wire.types("Attn") == "fff3" and wire.types("SysReq").startswith("016c6102")


def test_sysreq_that_was_not_agreed_is_refused() -> None:
    wire = e_session(BIND_IMAGE, RESPONSES)
    wire.record(0, WRITE)
    with pytest.raises(InputRefused):
        wire.types("SysReq")


def test_without_an_application_no_key_goes_to_nobody() -> None:
    wire = Wire()
    wire.agrees(BIND_IMAGE, RESPONSES)
    wire.terminal.reset()
    with pytest.raises(InputRefused, match="X -f"):
        wire.types("Enter")
    assert wire.sent() == ""


# SSCP-LU and line mode


def test_a_line_typed_to_the_sscp_goes_alone() -> None:
    wire = e_session()
    wire.record(7, ebcdic("LOGON:"))
    assert (wire.terminal.state, wire.screen.locked, wire.screen.cursor) == (State.SSCP_LU, False, 6)
    text = "LOGON: TSO".ljust(43 * 80, NULL)
    assert wire.types("Enter", (0, text), cursor=10) == "0700000000" + ebcdic(" TSO") + "ffef"
    with pytest.raises(InputRefused):
        wire.types("PF3")


def test_sscp_text_scrolls_and_skips_orders() -> None:
    wire = e_session()
    wire.record(7, "15" * 43 + ebcdic("A") + "114040 13 1d60" + ebcdic("B"))
    assert wire.rows == ["A B"] and wire.screen.text()[42].startswith("A B")


def test_line_mode_shows_text_with_the_usual_control_sequences() -> None:
    wire = Wire()
    wire.says(b"one\r\ntwo\x1b[1;1HO\x1b[2;1H\x1b[Kdos\t|\x1b[31mred\x1b[0m\x07\b\bR")
    assert wire.terminal.state is State.NVT and wire.rows == ["One", "dos     |rRd"]
    assert wire.screen.alarm and wire.screen.palette[wire.screen.styles[89]].colour == 2


def test_line_mode_scrolls_at_the_bottom_and_wraps_at_the_right() -> None:
    wire = Wire()
    wire.says(b"top\r\n" * 24 + b"x" * 81)
    assert wire.screen.text()[22] == "x" * 80 and wire.screen.text()[23].startswith("x ")


@pytest.mark.parametrize(("echo", "sent", "shown"), [("", "ls\r\n", ["$ ls"]), ("fffb01", "ls\r\0", ["$"])])
def test_a_line_typed_in_line_mode_is_sent_with_its_end_and_shown_unless_the_host_echoes(echo: str, sent: str, shown: list[str]) -> None:
    wire = Wire()
    wire.says(b"$ ")
    wire.says(echo)
    wire.terminal.type_line("$ ls".ljust(1920, NULL), 4, "Enter")
    assert wire.sent() == sent.encode().hex() and wire.rows == shown


def test_line_mode_within_tn3270e_goes_in_records() -> None:
    wire = e_session()
    wire.record(5, b"login: ".hex())
    wire.terminal.type_line("login: me".ljust(43 * 80, NULL), 9, "Enter")
    assert wire.sent() == "0500000000" + b"me\r\n".hex() + "ffef"


def test_text_before_3270_is_line_mode_until_the_options_say_otherwise() -> None:
    wire = Wire()
    wire.says(b"welcome\r\n")
    assert wire.terminal.state is State.NVT
    wire.says(CLASSIC + WRITE + "ffef")
    assert wire.terminal.state is State.TN3270 and wire.rows == ["HI"]
