"""Screens built by hand, and a host that answers with them: for tests of scripts, with no host, clock or network."""

import dataclasses
from collections.abc import Callable, Sequence
from itertools import count

from app.errors import InputRefused, WaitTimeout
from app.screen.model import NULL, Field, Screen, State, Style

SERIALS = count(1)


def screen(*lines: str, locked: bool = False, hidden: tuple[str, ...] = ()) -> Screen:
    """A 24x80 screen. In a line, `_` is a cell of an input field and everything else is protected text."""
    cells = "".join(line.ljust(80) for line in lines).ljust(1920)
    fields, at = [], 0
    while (at := cells.find("_", at)) >= 0:
        end = next((i for i in range(at, 1920) if cells[i] != "_"), 1920)
        label = cells[max(at - 30, 0) : at]
        fields.append(Field(at, end - at, hidden=any(h in label for h in hidden)))
        at = end
    return Screen(
        24, 80, cells.replace("_", NULL), bytes(1920), (Style(),), tuple(fields), 0, next(SERIALS), 1, locked, State.TN3270E
    )


def panel(title: str, message: str = "", *, policy: str = "", keys: str = "PF3=MENU", **facts: str) -> Screen:
    """A panel of the insurer as the mock mainframe draws it."""
    lines = [f" {title}", "", "", "", "   POLICY NUMBER ===> ________", ""]
    if policy:
        facts = {"POLICY": policy, "HOLDER": "ADA CHEN"} | facts
    lines += [f"   {label} {'. ' * 5}: {value}" for label, value in facts.items()]
    lines += [""] * (22 - len(lines))
    return screen(*lines, f" {message}", f" {keys}")


SIGN_ON = screen("IAST DEMO INSURANCE", "", "USERID ===> ________", "PASSWORD ===> ________", hidden=("PASSWORD",))
MENU = screen("POLICY MENU", "", "1 POLICY INQUIRY", "2 POLICY RENEWAL", "OPTION ===> _")


class Host:
    """A lane whose host answers each key with the next screen, or raises it."""

    def __init__(self, first: Screen, *answers: Screen | Exception) -> None:
        self.now, self.answers, self.sent = first, list(answers), []

    def screen(self) -> Screen:
        return self.now

    def submit(self, aid: str, cursor: int, fields: Sequence[tuple[int, str]], on: Screen) -> int:
        self.sent.append((aid, *(text.rstrip(NULL) for _, text in fields)))
        if self.answers and isinstance(self.answers[0], InputRefused):
            raise self.answers.pop(0)
        return self.now.serial

    def wait(self, until: Callable[[Screen], bool], after: int, seconds: float) -> Screen:
        if after < 0 and until(self.now):
            return self.now
        while self.answers:
            answer = self.answers.pop(0)
            if isinstance(answer, Exception):
                raise answer
            self.now = dataclasses.replace(answer, serial=next(SERIALS))
            if until(self.now):
                return self.now
        raise WaitTimeout
