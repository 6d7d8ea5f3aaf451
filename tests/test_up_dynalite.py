"""The embedded DynamoDB-compatible server outlives its clients."""

import socket
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
            dying.sendall(b"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 100\r\n\r\n{")
        with socket.create_connection((LOOPBACK, port)) as next_one:  # answered after the abort has been seen
            next_one.sendall(b"GET / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")
            assert next_one.recv(100)
        assert child.alive
    finally:
        child.kill()
