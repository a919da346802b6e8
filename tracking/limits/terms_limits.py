"""Which limits a published version has, and whose counters its actions take from. A version never changes: cached."""

from functools import lru_cache
from typing import NamedTuple

from contracts.agreements.plans import terms_of
from contracts.engine.pricing.limits.caps import TermsLimits
from contracts.models import TermsVersion


class Accrual(NamedTuple):
    """The template terms over whose versions limits go on counting, and the number of the version that they count
    since: the first, or the last that reset them.
    """

    template_terms: int
    since: int


@lru_cache(maxsize=512)
def limits_of(version_id: int, event_type_code: str) -> TermsLimits:
    """The limits that orders of the event type have under a version."""
    terms = terms_of(version_id)
    return TermsLimits(terms.event_payout(event_type_code).limits, terms.action_limit, terms.spend_limit)


@lru_cache(maxsize=512)
def accrual_of(version_id: int) -> Accrual:
    """One query, once for a version."""
    return Accrual(*TermsVersion.objects.values_list("template_terms", "counters_since").get(pk=version_id))
