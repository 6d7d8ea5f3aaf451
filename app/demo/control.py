"""The control port: orders as JSON, one a line, each answered by a line. On the loopback; knows faults and delays, no screens."""

import asyncio
import json
from typing import Any

from .faults import Fault
from .host import Behaviour
from .server import Listener

LONGEST_ORDER = 4096


class Control:
    """Takes orders for the applications of this process:

    {"fault": "abend", "next": 1, ...}  set a fault (see faults.Fault)
    {"clear": true}                     forget all faults
    {"delay": 50}                       response time in ms from now on
    {"status": true}                    nothing but the answer

    Each is answered by {"ok": true, "delay": ms, "connections": n, "faults": [...]} or {"ok": false, "why": "..."}.
    What is not JSON ends the connection at once, so that no web page can talk to it in HTTP.
    """

    def __init__(self, behaviour: Behaviour, listeners: list[Listener]) -> None:
        self.behaviour, self.listeners = behaviour, listeners

    async def start(self, port: int) -> int:
        """Listen; the port, chosen by the system where `port` is 0."""
        self._server = await asyncio.start_server(self._talk, "127.0.0.1", port, limit=LONGEST_ORDER)
        return int(self._server.sockets[0].getsockname()[1])

    async def _talk(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            while line := await reader.readline():
                order = json.loads(line)
                writer.write(json.dumps(self.obey(order)).encode() + b"\n")
                await writer.drain()
        except (ValueError, OSError):
            pass
        finally:
            writer.close()

    def obey(self, order: Any) -> dict[str, Any]:
        """Carry out one order; its answer."""
        try:
            self._carry_out(order)
        except (ValueError, TypeError) as problem:
            return {"ok": False, "why": str(problem)}
        return {"ok": True, **self.status()}

    def _carry_out(self, order: Any) -> None:
        match order:
            case {"fault": _}:
                self.behaviour.faults.add(Fault.of(order))
            case {"clear": True, **rest} if not rest:
                self.behaviour.faults.clear()
            case {"delay": int(ms), **rest} if not rest and ms >= 0:
                self.behaviour.delay_ms = ms
            case {"status": True, **rest} if not rest:
                pass
            case _:
                raise ValueError('an order is {"fault": ...}, {"clear": true}, {"delay": MS} or {"status": true}')

    def status(self) -> dict[str, Any]:
        faults = [fault.as_json() for fault in self.behaviour.faults.waiting]
        connections = sum(listener.connections for listener in self.listeners)
        return {"delay": self.behaviour.delay_ms, "connections": connections, "faults": faults}
