"""Which terms partners work under now, and which partners work under terms."""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import Any

from django.db.models import Count, QuerySet
from django.utils import timezone

from contracts.agreements.plans import terms_of
from contracts.models import Contract, ContractEventType, TermsVersion
from program.models import Program
from program.partners.terms_in_force import InForce


def terms_in_force(program: Program, partners: Collection[int]) -> Mapping[int, Sequence[InForce]]:
    """As `program.partners.terms_in_force` asks for them: one query for all of these partners."""
    contracts = Contract.objects.filter(program=program, partner__in=partners).active(timezone.now())
    version = "terms_version__template_terms"
    rows = contracts.order_by(f"{version}__name", "pk").values_list(
        "partner_id", f"{version}_id", f"{version}__name", "terms_version__number"
    )
    found: dict[int, list[InForce]] = defaultdict(list)
    for partner, *terms in rows:
        found[partner].append(InForce(*terms))
    return found


def partners_on(version: TermsVersion, now: datetime) -> QuerySet[Any]:
    """The numbers of the partners whom the version pays now, for all of its event types and without an end: joining it
    changes nothing for them.
    """
    times = ContractEventType.objects.filter(
        contract__terms_version=version, period__contains=now, period__endswith__isnull=True
    )
    event_types = len(terms_of(version.pk).event_payouts)
    held = times.order_by().values("partner").annotate(held=Count("event_type"))
    return held.filter(held=event_types).values("partner")
