"""A lane of a test's own: an AST played at the mock mainframe through the real engine."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from app.ast_command import HostLane
from app.asts.base import Ast, SignOn
from app.asts.driver import play
from app.asts.script import Done, Outcome
from app.tn3270 import Engine, HostAddress
from app.up.ports import LOOPBACK

ADA = SignOn(user="DEMO01", password="demo01")  # type: ignore[arg-type]


class Notes:
    """A journal that remembers what it was told."""

    def __init__(self) -> None:
        self.told: list[str] = []

    def committing(self) -> None:
        self.told.append("committing")

    def withdrawn(self) -> None:
        self.told.append("withdrawn")

    def committed(self, answer: str) -> None:
        self.told.append(f"committed {answer}")

    def settle(self) -> None: ...


class Player:
    """An AST signed on at a host."""

    def __init__(self, ast: Ast, lane: HostLane) -> None:
        self.ast, self.lane, self.journal = ast, lane, Notes()

    def process(self, **row: Any) -> Outcome:
        return self._play(self.ast.process(self.ast.validate(row)))

    def verify(self, **row: Any) -> Outcome:
        script = self.ast.verify(self.ast.validate(row))
        assert script is not None
        return self._play(script)

    def _play(self, script: Any) -> Outcome:
        return play(script, self.lane, seconds=90, step_seconds=60, journal=self.journal)


@contextmanager
def signed_on(engine: Engine, port: int, ast: type[Ast]) -> Iterator[Player]:
    session = engine.open(HostAddress(LOOPBACK, port))
    player = Player(ast(), HostLane(session, ast.quiet_ms))
    assert player._play(player.ast.sign_on(ADA)) == Done()
    yield player
    assert player._play(player.ast.sign_off()) == Done()
    session.close()
