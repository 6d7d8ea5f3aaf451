"""The mock mainframe prints a policy on its terminal's printer."""

from pathlib import Path

from app.tn3270 import Engine, HostAddress
from app.tn3270.paper import Piece
from tests.demo_host import Host
from tests.processes import wait_until


def test_a_policy_is_printed_on_the_terminals_own_printer(tmp_path: Path) -> None:
    kept: list[Piece] = []
    engine = Engine().start()
    with Host(tmp_path) as host, host.terminal() as terminal:
        terminal.fill("OPTION ===>", "1").enter()
        terminal.fill("POLICY NUMBER ===>", "P1000001").enter()
        terminal.pf(4).assert_text("THIS TERMINAL HAS NO PRINTER")
        lu = next(word for word in terminal.text().split() if word.startswith("IAST0"))
        printer = engine.open_printer(HostAddress("127.0.0.1", host.port), lu, kept.append)
        assert printer.lu == f"PRT{lu[-4:]}"
        terminal.enter().assert_text("PF4=PRINT")
        terminal.pf(4).assert_text(f"PRINTED ON {printer.lu}")
        wait_until(lambda: bool(kept) and kept[-1].over, 20)
        assert "POLICY P1000001\n" in kept[0].text and "   HOLDER ............. " in kept[0].text
        printer.close()
    engine.stop()
