"""Hundreds of terminals at the mock mainframe at once."""

import asyncio
from pathlib import Path

from mfmock import Key
from mfmock.core.testing import TelnetClientTransport
from mfmock.tn3270.emulator import Emulator3270

from app.up.ports import LOOPBACK
from tests.demo_host import Host

TERMINALS = 300


async def answer(transport: TelnetClientTransport, screen: Emulator3270) -> str:
    """The next screen's text, queries of the host answered on the way."""
    while (record := await transport.receive()) is not None:
        reply = screen.process(record)
        if reply is None:
            return "\n".join(screen.lines())
        await transport.send(reply)
    return "hung up"


async def press(transport: TelnetClientTransport, screen: Emulator3270, *typed: str, key: Key = Key.ENTER) -> str:
    for field, text in zip(screen.input_fields(), typed, strict=False):
        screen.fill(field.addr, text)
    await transport.send(screen.key_record(key))
    return await answer(transport, screen)


async def work(port: int, number: str) -> str:
    """Sign on and renew one policy; the last screen."""
    transport, screen = TelnetClientTransport("IBM-3279-2-E"), Emulator3270()
    await transport.connect(LOOPBACK, port)
    await answer(transport, screen)
    await press(transport, screen, "DEMO01", "demo01")
    await press(transport, screen, "2")
    await press(transport, screen, number)
    last = await press(transport, screen, key=Key.PF5)
    await transport.close()
    return last


def test_hundreds_of_terminals_renew_at_once_and_the_ledger_has_each_policy_once(tmp_path: Path) -> None:
    numbers = [f"P{1_000_001 + n}" for n in range(TERMINALS)]

    async def all_at_once(port: int) -> list[str]:
        return await asyncio.gather(*(work(port, number) for number in numbers))

    with Host(tmp_path, "--delay", "50") as host:
        screens = asyncio.run(all_at_once(host.port))
        assert all("RENEWED" in screen for screen in screens)
        assert sorted(host.done("RENEWAL")) == numbers


def test_two_terminals_that_renew_one_policy_renew_it_once(tmp_path: Path) -> None:
    async def both(port: int) -> list[str]:
        return await asyncio.gather(*(work(port, "P1000001") for _ in range(20)))

    with Host(tmp_path) as host:
        screens = asyncio.run(both(host.port))
        assert sum("ALREADY RENEWED" in screen for screen in screens) == 19
        assert host.done("RENEWAL") == ["P1000001"]
