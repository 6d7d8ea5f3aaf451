"""What the demo's applications have in common for a script: sign-on, menu, a panel asked for one thing by its key. Knows no business."""

from collections.abc import Callable, Generator
from dataclasses import dataclass
from typing import ClassVar

from app.asts.base import Ast, SignOn
from app.asts.script import Done, Expect, Failed, Fill, Press, Refused, Script, Step
from app.asts.view import View

USER, PASSWORD, OPTION = "USERID ===>", "PASSWORD ===>", "OPTION ===>"
ABEND = "TRANSACTION ABENDED"
MESSAGE_ROW = 22  # row 23 of the manual: where this host answers


def said(screen: View) -> str:
    """The host's message; "" if it has none."""
    return screen.row(MESSAGE_ROW)


def sign_on(user: str, password: str, menu: str) -> Script:
    """From SIGN-ON to `menu`. Refused says in the host's words why not."""
    yield Expect(USER)
    yield Fill(USER, user)
    yield Fill(PASSWORD, password)
    screen = yield Press("Enter", until=(menu, said))
    if screen.has(menu):
        return Done()
    return Refused(said(screen))


def sign_off() -> Script:
    """From any panel to SIGN-ON, by PF3."""
    for _ in range(3):
        screen = yield Press("PF3", until=(OPTION, USER))
        if screen.has(USER):
            return Done()
    return Failed("PF3 did not lead to the sign-on screen", "unexpected-screen")


class PanelAst(Ast):
    """Base of the ASTs on the demo's applications. Items start and end on the menu or a panel."""

    menu: ClassVar[str]
    quiet_ms: ClassVar[int] = 0  # this host writes each screen at once, and `Panel.answered` knows old from new

    def sign_on(self, who: SignOn | None) -> Script:
        if who is None:
            return Refused("this host needs a user and a password: store its credentials with the host")
        return (yield from sign_on(who.user, who.password.get_secret_value(), self.menu))

    def sign_off(self) -> Script:
        return (yield from sign_off())


@dataclass(frozen=True, slots=True)
class Panel:
    """A panel that shows one thing by its key: `option` of the menu opens it, the key is typed behind `ask` and shown again
    behind `key`; `proof` is a text that stands there only when something is shown."""

    title: str
    option: str
    ask: str
    key: str
    proof: str

    def show(self, key: str) -> Script:
        """Have the panel show `key`. Done: it does; Refused or Failed: what the host said instead."""
        screen = yield Expect((self.ask, OPTION, ABEND))
        if not self._fresh(screen, key):
            yield from self._open(screen)
        yield Fill(self.ask, key)
        screen = yield Press("Enter", until=self.answered(key))
        return Done() if self.shown(screen) == key else self.judge(screen)

    def shown(self, screen: View) -> str:
        """The key of what the panel shows; "" if it shows nothing."""
        return screen.after(self.key) if screen.has(self.proof) else ""

    def elsewhere(self, screen: View) -> bool:
        """A screen that is no panel: an abend, or something nobody asked for."""
        return not screen.has(self.ask)

    def answered(self, key: str) -> Callable[[View], bool]:
        """A question: does the panel show this key, or nothing and why not?

        The keyboard can be unlocked before the screen is drawn: then what was shown before is still there, and is no answer.
        """
        return lambda screen: self.shown(screen) == key or bool(said(screen) and not self.shown(screen)) or self.elsewhere(screen)

    def decided(self, screen: View) -> str:
        """What the host answered to a commit; "" while its offer still stands without a message."""
        return screen.title if self.elsewhere(screen) else said(screen)

    def judge(self, screen: View) -> Refused | Failed:
        """What the host said, as an outcome: a lock or an abend may be over next time, the rest is the business saying no."""
        if screen.has(ABEND):
            return Failed(screen.line(ABEND), "abend")
        if self.elsewhere(screen):
            return Failed(f"the host showed {screen.title!r} instead of an answer", "unexpected-screen", intact=False)
        if "LOCKED" in said(screen):
            return Failed(said(screen), "locked")
        return Refused(said(screen))

    def _fresh(self, screen: View, key: str) -> bool:
        """Whether an answer about `key` could be told from what the panel shows already."""
        here = screen.has(self.title) and screen.has(self.ask) and self.shown(screen) != key
        return here and bool(self.shown(screen) or not said(screen))

    def _open(self, screen: View) -> Generator[Step, View, None]:
        """From any panel, or an abend, to this one, empty, by way of the menu."""
        if not screen.has(OPTION):
            yield Press("Clear" if screen.has(ABEND) else "PF3", until=OPTION)
        yield Fill(OPTION, self.option)
        yield Press("Enter", until=lambda view: view.has(self.title) and view.has(self.ask))


def noted(screen: View, *labels: str) -> dict[str, object]:
    """The values behind these labels, by name: `holder`, `effective_date` and so on."""
    return {label.lower().replace(" ", "_"): screen.after(label) for label in labels}
