"""Which limits a published version has, and whose counters its actions take from. A version never changes: cached."""

from functools import lru_cache
from typing import NamedTuple

from contracts.agreements.plans import terms_of
from contracts.engine.pricing.limits.caps import TermsLimits
from contracts.models import TermsVersion

# In a document: whether limits begin to count again with this version, for all partners.
RESET = "ResetAccruedActions"


class Accrual(NamedTuple):
    """The template terms over whose versions limits go on counting, and the number of the version that they count
    since: 0 where none has reset them.
    """

    template_terms: int
    since: int


@lru_cache(maxsize=512)
def limits_of(version_id: int, event_type_code: str) -> TermsLimits:
    """The limits that orders of the event type have under a version."""
    return TermsLimits(terms_of(version_id).event_payout(event_type_code).limits)


@lru_cache(maxsize=512)
def accrual_of(version_id: int) -> Accrual:
    """One query, once for a version."""
    version = TermsVersion.objects.only("template_terms", "number").get(pk=version_id)
    earlier = TermsVersion.objects.filter(template_terms=version.template_terms_id, number__lte=version.number)
    resets = earlier.filter(**{f"document__{RESET}": True}).order_by("-number").values_list("number", flat=True)
    return Accrual(version.template_terms_id, resets.first() or 0)
