"""Shared by the tests of account rules."""

from contracts.account_rules.services import set_account_rules
from contracts.models import EventPayout


def rule(brand, **wanted):
    """Set these rules, and no others, for the brand's account."""
    set_account_rules(account=brand.account, wanted=wanted)


def fresh(event_payout):
    """The event payout as it is stored, with nothing that was read before."""
    rows = EventPayout.objects.select_related("event_type", "template_terms__program__account")
    return rows.get(pk=event_payout.pk)
