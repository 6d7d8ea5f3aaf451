"""The screens that all applications share: sign-on, the menu, and what an operator sees when things go wrong. No business."""

from collections.abc import Iterable
from typing import Any, ClassVar

from mfmock import Exit, Goto, Layout, Restart, Stay
from mfmock.core.ui.results import Back, Home, Result

from .host import EXPIRED, PASSWORDS, HostApplication
from .look import HostScreen, dotted, error, info

LOGO = (
    "  IIIIII    AAAA     SSSSSS  TTTTTTTT",
    "    II     AA  AA   SS          TT   ",
    "    II    AA    AA   SSSSS      TT   ",
    "    II    AAAAAAAA       SS     TT   ",
    "  IIIIII  AA    AA  SSSSSS      TT   ",
)


class SignOn(HostScreen):
    """Userid and password; after an expired one, a new password too."""

    name = "SIGNON"
    map = "IASTSGN"
    legend = "ENTER=SIGN ON   PF3=DISCONNECT"
    default_cursor = "userid"

    def setup(self) -> None:
        self.expired = False

    def shape(self) -> dict[str, bool]:
        return {"expired": True} if self.expired else {}

    @classmethod
    def draw(cls, page: Layout) -> None:
        for i, line in enumerate(LOGO):
            page.text(5 + i, 22, line, "blue")
        page.text(12, 12, "TYPE YOUR USERID AND PASSWORD, THEN PRESS ENTER", "label")
        _prompt(page, 14, "USERID ===>", "userid")
        _prompt(page, 16, "PASSWORD ===>", "password", hidden=True)
        if cls.layout_variables.get("expired"):
            _prompt(page, 18, "NEW PASSWORD ===>", "new_password", hidden=True)
        page.text(21, 12, "THIS SYSTEM IS A MOCK. NOTHING ON IT IS REAL.", "label")

    def enter(self) -> Result:
        app = self.app
        assert isinstance(app, HostApplication)
        user, password, new = self.v("userid"), self.values.pop("password", ""), self.values.pop("new_password", "")
        if not user:
            return Stay(error("ENTER YOUR USERID"), "userid")
        if PASSWORDS.get(user) != password:
            return Stay(error("INVALID USERID OR PASSWORD"), "password")
        if user in EXPIRED and not new:
            self.expired = True
            return Stay(error("PASSWORD EXPIRED"), "password")
        if app.in_use(user):
            return Stay(error("USERID IN USE"), "userid")
        app.sign_on(self.session, user)
        return Goto("MENU", replace=True)

    def pf(self, n: int) -> Result | None:
        return Exit() if n == 3 else None


def sign_on(banner: str) -> type[SignOn]:
    """The sign-on screen of an application, under its name."""
    return type("SignOn", (SignOn,), {"title": banner})


def _prompt(page: Layout, row: int, label: str, name: str, hidden: bool = False) -> None:
    page.text(row, 40 - len(label), label, "label")
    page.input(name, row, 41, 8, hidden=hidden)


class Menu(HostScreen):
    """An application's menu: a character a choice, X to sign off."""

    name = "MENU"
    legend = "ENTER=SELECT   PF3=SIGN OFF"
    default_cursor = "option"
    choices: ClassVar[tuple[tuple[str, str, str, str], ...]] = ()  # option, its text, what it is for, screen

    @classmethod
    def draw(cls, page: Layout) -> None:
        page.text(5, 4, "TYPE THE NUMBER OF AN OPTION, THEN PRESS ENTER", "label")
        choices = (*cls.choices, ("X", "SIGN OFF", "END THIS SESSION", ""))
        for i, (option, text, use, _) in enumerate(choices):
            page.text(7 + i, 8, f"{option} {text}", "option")
            page.text(7 + i, 34, use, "label")
        page.text(9 + len(choices), 4, "OPTION ===>", "label")
        page.input("option", 9 + len(choices), 16, 1)

    def enter(self) -> Result:
        option = self.values.pop("option", "")
        if option == "X":
            return Restart(info("SIGNED OFF"))
        for choice, _, _, screen in self.choices:
            if choice == option:
                return Goto(screen)
        return Stay(error("INVALID OPTION" if option else "TYPE AN OPTION"))

    def pf(self, n: int) -> Result | None:
        return Restart(info("SIGNED OFF")) if n == 3 else None


class Numbered(HostScreen):
    """Shows with Enter what has the number typed; with `offers`, PF5 carries out a transaction on what is shown."""

    asks = ""  # "POLICY NUMBER"
    missing = ""  # what is said where no number was typed
    facts: ClassVar[tuple[str, ...]] = ()  # the labels of what is shown; `show` gives their values
    legend = "ENTER=DISPLAY   PF3=MENU"
    offers = ""  # the legend while PF5 may be pressed
    default_cursor = "number"

    def setup(self) -> None:
        self.shown: Any = None
        self.values["number"] = self.args.get("number", "")

    def shape(self) -> dict[str, object]:
        if self.shown is None:
            return {}
        return {"shown": True, "legend": self.offers if self.offers and not self.refusal(self.shown) else self.legend}

    @classmethod
    def draw(cls, page: Layout) -> None:
        page.text(5, 4, f"{cls.asks} ===>", "label")
        page.input("number", 5, len(cls.asks) + 10, 8)
        if cls.layout_variables.get("shown"):
            draw_facts(page, 7, cls.facts)
            cls.draw_more(page)
            if cls.offers and cls.keys() == cls.offers:
                cls.draw_offer(page)

    @classmethod
    def draw_more(cls, page: Layout) -> None:
        """What is shown below the facts."""

    @classmethod
    def draw_offer(cls, page: Layout) -> None:
        """What is to be typed or checked before PF5."""

    def enter(self) -> Result:
        self.shown = None
        number = self.v("number")
        if not number:
            return Stay(error(self.missing), "number")
        found = self.find(number)
        return found if isinstance(found, Stay) else self.display(found)

    def find(self, number: str) -> Any:
        """What has this number, or the message why it is not shown."""
        raise NotImplementedError

    def display(self, found: Any) -> Result:
        self.show(found)
        return self.refusal(found) or Stay(cursor="number")

    def show(self, found: Any) -> None:
        raise NotImplementedError

    def refusal(self, shown: Any) -> Stay | None:
        """Why PF5 can't be pressed for it now."""
        return None

    def pf(self, n: int) -> Result | None:
        if n == 12 and self.offers:
            return self.cancel()
        return self.commit() if n == 5 and self.offers else None

    def commit(self) -> Result:
        shown = self.shown
        if shown is None:
            return Stay(error(self.missing), "number")
        if shown.number != self.v("number"):
            return Stay(error(f"{self.asks} CHANGED, PRESS ENTER FIRST"), "number")
        return self.refusal(shown) or self.carry_out(shown)

    def carry_out(self, shown: Any) -> Result:
        raise NotImplementedError


def draw_facts(page: Layout, row: int, labels: Iterable[str]) -> None:
    """`LABEL . . : value`, one below the other; the value of LAST RENEWAL is `last_renewal`."""
    for i, label in enumerate(labels):
        dotted(page, row + i, label, label.lower().replace(" ", "_"))


class Abend(HostScreen):
    """What CICS leaves on the screen after an abend. Clear goes to the menu."""

    name = "ABEND"
    legend = "UPDATES TO LOCAL RECOVERABLE RESOURCES BACKED OUT."

    @classmethod
    def draw(cls, page: Layout) -> None:
        page.output("msg", 22, 2, 78)
        page.output("abend", 23, 2, 78, style="msg_error")

    def setup(self) -> None:
        now = self.app.clock()
        sysid = getattr(self.app, "sysid", "")
        self.values["abend"] = f"DFHAC2206 {now:%H:%M:%S} {sysid} TRANSACTION ABENDED WITH CODE ASRA."

    def clear(self) -> Result:
        return Home()

    def pf(self, n: int) -> Result | None:
        return Stay()


class Broadcast(HostScreen):
    """A screen nobody asked for. Enter goes back to the one before."""

    name = "BROADCAST"
    legend = "ENTER=CONTINUE"

    @classmethod
    def draw(cls, page: Layout) -> None:
        page.text(8, 16, "*" * 48, "yellow")
        page.text(10, 18, "BROADCAST MESSAGE FROM THE SYSTEM OPERATOR", "emphasis")
        page.text(12, 18, "THE PRINTERS ON THE THIRD FLOOR ARE DOWN UNTIL", "yellow")
        page.text(13, 18, "FURTHER NOTICE. CALL EXTENSION 3270.", "yellow")
        page.text(15, 16, "*" * 48, "yellow")

    def enter(self) -> Result:
        return Back()

    def pf(self, n: int) -> Result | None:
        return Stay()
