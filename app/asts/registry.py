"""Which ASTs there are, by name. Refuses to load any by a path or a module name from outside."""

from app.asts.base import Ast
from app.asts.login import Login
from app.asts.order_inquiry import OrderInquiry
from app.asts.order_payment import OrderPayment
from app.asts.pick_confirmation import PickConfirmation
from app.asts.policy_inquiry import PolicyInquiry
from app.asts.policy_renewal import PolicyRenewal
from app.asts.wave_status import WaveStatus
from app.errors import NotFound

OURS = (Login, OrderInquiry, OrderPayment, PickConfirmation, PolicyInquiry, PolicyRenewal, WaveStatus)
ASTS: dict[str, type[Ast]] = {ast.name: ast for ast in OURS}


def all() -> list[type[Ast]]:
    """Every AST, in order of name."""
    return [ASTS[name] for name in sorted(ASTS)]


def get(name: str) -> type[Ast]:
    """Raises NotFound, with the names there are."""
    try:
        return ASTS[name]
    except KeyError:
        raise NotFound(f"There is no AST {name!r}. There are: {', '.join(sorted(ASTS))}.") from None
