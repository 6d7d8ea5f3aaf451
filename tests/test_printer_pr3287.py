"""The printer against pr3287, where it is installed: random jobs print the same lines, but for what docs/tn3270.md says differs."""

import os
import random
import shutil
import subprocess
from pathlib import Path

import pytest

from tests.printer_host import DATA_3270, EOJ, SCS, UNBIND, PrinterHost, PrinterWire

PR3287 = shutil.which("pr3287")
JOBS = 60
TEXT = bytes.fromhex("40c1c2e9f1814b5b")


def words(dice: random.Random) -> bytes:
    return bytes(dice.choices(TEXT, k=dice.randint(1, 20)))


def scs(dice: random.Random) -> bytes:
    """A record of SCS. Formats are set at a line's start: pr3287 loses what stands beyond a line that becomes shorter."""
    formats = bytes((dice.choice((0, 40, 80, 132, 20)), dice.choice((0, 1, 5)), 0, *sorted(dice.sample(range(1, 60), 3))))
    tabs = formats[: dice.randint(0, 6)]
    orders = [b"\x15", b"\x0d", b"\x25", b"\x16", b"\x05", b"\x1e", b"\x0b", b"\x28\x41\xf2", b"\x2b\xc6\x02\x01", b"\x33"]
    orders += [b"\x15\x0c", b"\x15\x2b\xc1" + bytes((len(tabs) + 1,)) + tabs]
    return b"".join(words(dice) if dice.random() < 0.5 else dice.choice(orders) for _ in range(dice.randint(1, 12)))


def lu3(dice: random.Random, control: int) -> bytes:
    """A write of 3270 data."""
    stop = dice.randrange(300, 700).to_bytes(2)
    orders = [b"\x11" + dice.randrange(500).to_bytes(2), b"\x1d\x60", b"\x1d\x4c", b"\x15", b"\x0d", b"\0", b"\x13", b"\x28\x41\xf2"]
    orders += [b"\x3c" + stop + bytes((dice.choice(TEXT),))]
    data = b"".join(words(dice) if dice.random() < 0.6 else dice.choice(orders) for _ in range(dice.randint(1, 10)))
    return bytes((dice.choice((0xF5, 0xF1, 0x7E)), control)) + data


def lines(text: str) -> list[str]:
    """Without page ends, which pr3287 makes of lines; and blanks at ends."""
    return "\n".join(line.rstrip() for line in text.replace("\f", "").split("\n")).strip("\n").split("\n")


@pytest.mark.skipif(PR3287 is None, reason="pr3287 is not installed (apt-get install pr3287)")
@pytest.mark.parametrize("kind", [SCS, DATA_3270])
def test_random_jobs_print_as_pr3287_prints_them(kind: int, tmp_path: Path) -> None:
    dice, paper = random.Random(kind), tmp_path / "paper"
    options = ["-assoc", "T001", "-ffthru", "-codepage", "cp037", "-command", f"cat > {paper}"]
    with PrinterHost() as host:
        command = [str(PR3287), *options, f"127.0.0.1:{host.port}"]
        child = subprocess.Popen(command, env={**os.environ, "LC_ALL": "C.UTF-8"}, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        try:
            for number in range(JOBS):
                paper.unlink(missing_ok=True)
                control = dice.choice((0x00, 0x10, 0x20, 0x30))
                records = [scs(dice) if kind == SCS else lu3(dice, control) for _ in range(dice.randint(1, 3))]
                for record in records:
                    host.print(record, kind)
                host.print(b"", EOJ, 2, number)
                host.waits(lambda number=number: any(answer[3:5] == number.to_bytes(2) for answer in host.answers))
                theirs = paper.read_text() if paper.exists() else ""
                host.print(b"", UNBIND)
                host.print(b"\x31\x03", 3)
                if control or kind == SCS or all(len(line) <= 132 for line in theirs.split("\n")):  # its second long line has 133
                    ours = PrinterWire().agrees().job(*(record.hex() for record in records), kind=kind)
                    assert lines(ours) == lines(theirs), [record.hex() for record in records]
        finally:
            child.kill()
            child.wait()
