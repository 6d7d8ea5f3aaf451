"""The demo insurer's screens, shared by the ASTs that work there: sign-on, menu, the way to a panel, sign-off."""

from collections.abc import Callable, Generator
from typing import ClassVar

from app.asts.base import Ast, Columns, Field, SignOn
from app.asts.script import Done, Expect, Failed, Fill, Press, Refused, Script, Step
from app.asts.view import View

USER, PASSWORD, OPTION, NUMBER = "USERID ===>", "PASSWORD ===>", "OPTION ===>", "POLICY NUMBER ===>"
MENU = "POLICY MENU"
ABEND = "ABEND CODE"
MESSAGE_ROW = 22  # row 23 of the manual: where this host answers


class PolicyItem(Columns):
    """One policy a line."""

    policy: str = Field(pattern=r"^P[0-9]{7}$", title="Policy number", description="P and seven digits")


def sign_on(user: str, password: str) -> Script:
    """From SIGN-ON to POLICY MENU. Refused says in the host's words why not."""
    yield Expect(USER)
    yield Fill(USER, user)
    yield Fill(PASSWORD, password)
    screen = yield Press("Enter", until=(MENU, said))
    if screen.has(MENU):
        return Done()
    return Refused(said(screen))


def sign_off() -> Script:
    """From any panel to SIGN-ON, by PF3."""
    for _ in range(3):
        screen = yield Press("PF3", until=(OPTION, USER))
        if screen.has(USER):
            return Done()
    return Failed("PF3 did not lead to the sign-on screen", "unexpected-screen")


def said(screen: View) -> str:
    """The host's message; "" if it has none."""
    return screen.row(MESSAGE_ROW)


def shown(screen: View) -> str:
    """The number of the policy that the panel shows; "" if it shows none."""
    return screen.after("POLICY") if screen.has("HOLDER") else ""


def elsewhere(screen: View) -> bool:
    """A screen that is no panel: an abend, or something nobody asked for."""
    return not screen.has(NUMBER)


def answered(number: str) -> Callable[[View], bool]:
    """A question: does the panel show this policy, or none and why not?

    The keyboard can be unlocked before the screen is drawn: then the policy before is still there, and is no answer.
    """
    return lambda screen: shown(screen) == number or bool(said(screen) and not shown(screen)) or elsewhere(screen)


class InsuranceAst(Ast):
    """Base of the insurer's ASTs: signs on, and finds the panel it works on. Items start and end on MENU or a panel."""

    Item = PolicyItem
    quiet_ms: ClassVar[int] = 0  # this host writes each screen at once, and `answered` knows old from new

    def sign_on(self, who: SignOn | None) -> Script:
        if who is None:
            return Refused("this host needs a user and a password: store its credentials with the host")
        return (yield from sign_on(who.user, who.password.get_secret_value()))

    def sign_off(self) -> Script:
        return (yield from sign_off())


def ask(panel: str, option: str, number: str) -> Script:
    """Have `panel` show the policy. Done: it does; Refused or Failed: what the host said instead."""
    screen = yield Expect((NUMBER, OPTION, ABEND))
    if not _fresh(screen, panel, number):
        yield from open_panel(panel, option, screen)
    yield Fill(NUMBER, number)
    screen = yield Press("Enter", until=answered(number))
    return Done() if shown(screen) == number else judge(screen)


def _fresh(screen: View, panel: str, number: str) -> bool:
    """Whether an answer about `number` could be told from what the panel shows already."""
    return screen.has(panel) and screen.has(NUMBER) and shown(screen) != number and bool(shown(screen) or not said(screen))


def open_panel(panel: str, option: str, screen: View) -> Generator[Step, View, None]:
    """From any panel, or an abend, to an empty `panel`, by way of POLICY MENU."""
    if not screen.has(OPTION):
        yield Press("Clear" if screen.has(ABEND) else "PF3", until=OPTION)
    yield Fill(OPTION, option)
    yield Press("Enter", until=lambda view: view.has(panel) and view.has(NUMBER))


def judge(screen: View) -> Refused | Failed:
    """What the host said, as an outcome: a lock or an abend may be over next time, the rest is the business saying no."""
    if screen.has(ABEND):
        return Failed(screen.line(ABEND), "abend")
    if elsewhere(screen):
        return Failed(f"the host showed {screen.title!r} instead of an answer", "unexpected-screen", intact=False)
    if "LOCKED" in said(screen):
        return Failed(said(screen), "locked")
    return Refused(said(screen))
