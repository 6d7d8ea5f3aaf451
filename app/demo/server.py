"""Serving applications: one event loop, a port each, and the way to stop. Knows no screens."""

import asyncio
import ssl
from collections.abc import Callable
from dataclasses import dataclass

from mfmock import MainframeServer, ServerConfig
from mfmock.core.ebcdic import Codec

from .host import HostAdapter, HostApplication

BACKLOG = 1024  # mfmock's own start keeps asyncio's 100, and a burst of lanes then waits for TCP's retries


@dataclass(frozen=True)
class Line:
    """How the terminals of a port talk."""

    tn3270e: bool = True
    code_page: str = "cp037"
    tls: ssl.SSLContext | None = None


def lu_names(prefix: str) -> Callable[[int], str]:
    """LU names PREFIX0001, PREFIX0002 ... for terminals that ask for none."""
    return lambda number: f"{prefix}{number % 10_000:04d}"


class Listener:
    """One application on one port of the loopback."""

    def __init__(self, application: HostApplication, line: Line) -> None:
        adapter = HostAdapter(tn3270e=line.tn3270e, codec=Codec(line.code_page))
        config = ServerConfig(host="127.0.0.1", device_names=lu_names("IAST"), logger_name="app.demo")
        self.application, self.line = application, line
        self._terminals = MainframeServer(adapter, application, config)
        self._server: asyncio.Server | None = None

    async def start(self, port: int) -> int:
        """Listen; the port, chosen by the system where `port` is 0."""
        handle = self._terminals.handle_client
        self._server = await asyncio.start_server(handle, "127.0.0.1", port, backlog=BACKLOG, ssl=self.line.tls)
        return int(self._server.sockets[0].getsockname()[1])

    @property
    def connections(self) -> int:
        return len(self._terminals.sessions)

    async def stop(self) -> None:
        if self._server:
            self._server.close()
        await self._terminals.stop()
