"""The embedded DynamoDB-compatible server outlives its clients."""

import socket
import struct
from pathlib import Path

from app.up import commands
from app.up.ports import LOOPBACK, answers, free_port
from tests.processes import Child


def test_a_client_that_dies_in_the_middle_of_a_request_ends_nothing_but_that_request(tmp_path: Path) -> None:
    port = free_port()
    child = Child(commands.dynalite(port, tmp_path / "tables"), tmp_path / "dynalite.log")
    try:
        child.wait_until(lambda: answers(port))
        with socket.create_connection((LOOPBACK, port)) as dying:
            dying.sendall(b"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 100\r\nExpect: 100-continue\r\n\r\n")
            assert dying.recv(100)  # it has begun to read the body
            dying.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))  # closed by a reset, as the kernel does it
        with socket.create_connection((LOOPBACK, port)) as next_one:  # answered after the abort has been seen
            next_one.sendall(b"GET / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")
            assert next_one.recv(100)
        assert child.alive
    finally:
        child.kill()
