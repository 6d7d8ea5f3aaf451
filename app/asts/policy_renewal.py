"""policy_renewal: renews policies. Commits once a policy; `verify` asks the host whether it did."""

from app.asts.insurance import RENEWAL, InsuranceAst, PolicyItem
from app.asts.panels import said
from app.asts.script import Commit, Done, Expect, NotDone, Refused, Script

OFFER = "PF5=CONFIRM RENEWAL"


class PolicyRenewal(InsuranceAst):
    """Renews policies."""

    name = "policy_renewal"
    title = "Policy renewal"
    description = "Renews each policy for a year and notes the new dates. Whatever breaks, no policy is renewed twice."
    commits = True

    def process(self, item: PolicyItem) -> Script:
        """From MENU or a panel to RENEWAL."""
        outcome = yield from RENEWAL.show(item.policy)
        if not isinstance(outcome, Done):
            return outcome
        screen = yield Expect(RENEWAL.proof)
        if said(screen) or not screen.has(OFFER):
            return Refused(said(screen) or "PF5 is not offered")
        screen = yield Commit("PF5", until=RENEWAL.decided)
        if said(screen) == "RENEWED":
            return Done(expiry_date=screen.after("EXPIRY DATE"), reference=screen.after("RENEWAL REF"))
        return RENEWAL.judge(screen)  # a refusal or an abend: the host has backed it out

    def verify(self, item: PolicyItem) -> Script:
        """Our commit was pressed under the host's offer; a host that now says ALREADY RENEWED took it. As `process`."""
        outcome = yield from RENEWAL.show(item.policy)
        if not isinstance(outcome, Done):
            return outcome
        screen = yield Expect(RENEWAL.proof)
        if screen.has(OFFER) and not said(screen):
            return NotDone()
        if said(screen) == "ALREADY RENEWED":
            return Done(expiry_date=screen.after("EXPIRY DATE"), reference=screen.after("RENEWAL REF"))
        return Refused(said(screen))
