"""policy_inquiry: what the insurer's books say of a policy. Reads only."""

from app.asts.insurance import InsuranceAst, PolicyItem, ask
from app.asts.script import Done, Expect, Script
from app.asts.view import View

PANEL, OPTION = "POLICY INQUIRY", "1"
FIELDS = ("HOLDER", "PRODUCT", "STATUS", "PREMIUM", "EFFECTIVE DATE", "EXPIRY DATE", "RENEWALS")


class PolicyInquiry(InsuranceAst):
    """Looks policies up."""

    name = "policy_inquiry"
    title = "Policy inquiry"
    description = "Looks up each policy and notes holder, product, status, premium and dates. Changes nothing."

    def process(self, item: PolicyItem) -> Script:
        """From MENU or a panel to INQUIRY."""
        outcome = yield from ask(PANEL, OPTION, item.policy)
        if not isinstance(outcome, Done):
            return outcome
        return Done(**facts((yield Expect("HOLDER"))))


def facts(screen: View) -> dict[str, object]:
    """The lines of INQUIRY by name: `holder`, `effective_date` and so on."""
    return {label.lower().replace(" ", "_"): screen.after(label) for label in FIELDS}
