"""The applications by name: which screens and which business each is made of."""

from .common import Abend, Broadcast, Menu, SignOn
from .faults import Faults
from .host import HostApplication
from .insurance import Inquiry, PolicyList, PolicyMenu, Renewal
from .ledger import Ledger
from .look import HostScreen
from .policies import Book

APPLICATIONS = ("insurance",)


def make_application(name: str, ledger: Ledger, faults: Faults, *, seed: int, delay_ms: int = 0, single_sign_on: bool = False) -> HostApplication:
    """The application as it stands after everything in the ledger."""
    application = HostApplication(name, "IAST DEMO INSURANCE", "CICSINS1", Book(seed), ledger, faults, delay_ms=delay_ms, single_sign_on=single_sign_on)
    screens: tuple[type[HostScreen], ...] = (PolicyMenu, Inquiry, Renewal, PolicyList)
    sign_on = type("SignOnHere", (SignOn,), {"title": application.banner})
    for screen in (sign_on, Abend, Broadcast, *screens):
        application.screen(screen)
    return application
