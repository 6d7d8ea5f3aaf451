"""policy_inquiry: what the insurer's books say of a policy. Reads only."""

from app.asts.insurance import INQUIRY, InsuranceAst, PolicyItem
from app.asts.panels import noted
from app.asts.script import Done, Expect, Script


class PolicyInquiry(InsuranceAst):
    """Looks policies up."""

    name = "policy_inquiry"
    title = "Policy inquiry"
    description = "Looks up each policy and notes holder, product, status, premium and dates. Changes nothing."

    def process(self, item: PolicyItem) -> Script:
        """From MENU or a panel to INQUIRY."""
        outcome = yield from INQUIRY.show(item.policy)
        if not isinstance(outcome, Done):
            return outcome
        screen = yield Expect(INQUIRY.proof)
        return Done(**noted(screen, "HOLDER", "PRODUCT", "STATUS", "PREMIUM", "EFFECTIVE DATE", "EXPIRY DATE", "RENEWALS"))
