"""Serving an application on a port: the listening socket, the telnet side of its terminals, and the way to stop. Knows no screens."""

import asyncio
import ssl
from dataclasses import dataclass

from mfmock import MainframeServer, ServerConfig
from mfmock.core.ebcdic import Codec

from .host import HostAdapter, HostApplication

BACKLOG = 1024  # mfmock's own start keeps asyncio's 100, and a burst of lanes then waits for TCP's retries


@dataclass(frozen=True)
class Line:
    """How terminals reach a port and what is spoken there."""

    address: str = "127.0.0.1"
    tn3270e: bool = True
    code_page: str = "cp037"
    tls: ssl.SSLContext | None = None


class Listener:
    """One application on one port."""

    def __init__(self, application: HostApplication, line: Line) -> None:
        self.application, self.line = application, line
        adapter = HostAdapter(tn3270e=line.tn3270e, codec=Codec(line.code_page))
        config = ServerConfig(device_names=lambda number: f"IAST{number % 10_000:04d}", logger_name="app.demo")
        self._terminals = MainframeServer(adapter, application, config)
        self._server: asyncio.Server | None = None

    async def start(self, port: int) -> int:
        """Listen; the port, chosen by the system where `port` is 0."""
        handle, line = self._terminals.handle_client, self.line
        self._server = await asyncio.start_server(handle, line.address, port, backlog=BACKLOG, ssl=line.tls)
        return int(self._server.sockets[0].getsockname()[1])

    @property
    def connections(self) -> int:
        return len(self._terminals.sessions)

    async def stop(self) -> None:
        """Hang up on all terminals."""
        if self._server:
            self._server.close()
        await self._terminals.stop()
