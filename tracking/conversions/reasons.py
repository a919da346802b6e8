"""Orders that could not be credited, by reason: how many, what they are worth, and what helps."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

from django.db.models import CharField, Count, Exists, Max, OuterRef, Q
from django.db.models.fields.json import KT
from django.db.models.functions import Cast, Coalesce

from common.db.statements import fetch
from contracts.models import TermsVersion
from program.models import Partner, Program
from program.templatetags.brandboard import money, number
from tracking.intake.parameters import PARTNER_KEYS
from tracking.models import Conversion

from .advice import Told, advice_for

Reason = Conversion.Reason
NAMED = 3  # partners of a reason that are named
OF_TERMS = {
    Reason.CONTRACT_NOT_FOUND.value, Reason.TERMS_NOT_FOUND.value, Reason.OUTSIDE_WINDOW.value,
    Reason.KIND_NOT_ACCEPTED.value,
}  # fmt: skip
OF_PARTNERS = (Reason.PARTNER_UNKNOWN, Reason.PARTNER_NOT_ACTIVE, Reason.CONTRACT_NOT_FOUND)

# What an order is worth before discounts, as payouts.md §1 reads it: items win over the amount.
_WORTH = """
SELECT reason, coalesce(payload->>%s, payload->>%s, ''), upper(coalesce(nullif(payload->>'CurrencyCode', ''), %s)),
       count(*), min(event_date), min(processed_at),
       sum(CASE WHEN jsonb_array_length(coalesce(payload->'Items', '[]')) > 0 THEN (
           SELECT sum(coalesce(nullif(item->>'ItemSubTotal', '')::numeric, nullif(item->>'ItemPrice', '')::numeric
                               * coalesce(nullif(item->>'ItemQuantity', ''), '1')::numeric))
           FROM jsonb_array_elements(payload->'Items') AS item
       ) ELSE coalesce(nullif(payload->>'Amount', ''), payload->>'OrderSubTotalPostDiscount')::numeric END)
FROM tracking_conversion WHERE id = ANY(%s) GROUP BY 1, 2, 3
"""


@dataclass(frozen=True, slots=True)
class ReasonGroup:
    """The orders of one reason. `ready` are those that trying again helps, since what was missing is there now."""

    reason: str
    label: str
    count: int
    worth: str
    advice: Told
    named: str  # the partners that most of them name
    ready: int
    tried: datetime | None  # when the one that was tried longest ago was tried
    is_stale: bool  # terms were published since: what keeps them may be another thing by now

    @property
    def can_be_previewed(self) -> bool:
        """Whether they were looked at and held, so that looking again may find otherwise."""
        return self.reason not in (Reason.GIVEN_UP, Reason.ERROR)


def ready(rows: Any) -> Any:
    """Of held conversions, those whose pricing can have another result than before."""
    named = Coalesce(*(KT(f"payload__{key}") for key in PARTNER_KEYS))
    partner = Partner.objects.filter(program=OuterRef("program"), media_partner_id=OuterRef("named"))
    helped = (
        Q(reason__in=(Reason.GIVEN_UP, Reason.ERROR))
        | Q(reason=Reason.EVENT_TYPE_NOT_ACTIVE, event_type__is_active=True)
        | Q(Exists(partner), reason=Reason.PARTNER_UNKNOWN)
        | Q(Exists(partner.filter(is_active=True)), reason=Reason.PARTNER_NOT_ACTIVE)
    )
    return rows.alias(named=Cast(named, CharField())).filter(helped)


def by_reason(program: Program, rows: Any) -> list[ReasonGroup]:
    """These held conversions of the program, the most frequent reason first; four queries."""
    ids = list(rows.order_by().values_list("pk", flat=True))
    found = fetch(_WORTH, (*PARTNER_KEYS, program.currency, ids))
    helped = dict(ready(rows).order_by().values_list("reason").annotate(count=Count("pk")))
    counts: dict[str, int] = defaultdict(int)
    worth: dict[str, dict[str, Decimal]] = defaultdict(lambda: defaultdict(Decimal))
    partners: dict[str, dict[str, int]] = defaultdict(lambda: defaultdict(int))
    firsts: dict[str, datetime] = {}
    tried: dict[str, datetime] = {}
    for reason, partner, currency, count, first, oldest, amount in found:
        counts[reason] += count
        if oldest:
            tried[reason] = min(oldest, tried.get(reason, oldest))
        if partner:
            firsts[reason] = min(first, firsts.get(reason, first))
        worth[reason][currency] += amount or 0
        partners[reason][partner] += count
    labels = dict(Reason.choices)
    versions = TermsVersion.objects.filter(template_terms__program=program)
    published = versions.aggregate(newest=Max("published_at"))["newest"]
    return [
        ReasonGroup(
            reason=reason,
            label=labels.get(reason, reason),
            count=count,
            worth=in_currencies(worth[reason]),
            advice=advice_for(
                reason,
                program.pk,
                [partner for partner, _ in _ordered(partners[reason])],
                first_day=firsts[reason].astimezone(program.zone).date() if reason in firsts else None,
            ),
            named=_named(partners[reason], reason),
            ready=helped.get(reason, 0),
            tried=tried.get(reason),
            is_stale=reason in OF_TERMS and bool(published and reason in tried and tried[reason] < published),
        )
        for reason, count in sorted(counts.items(), key=lambda each: (-each[1], each[0]))
    ]


def in_currencies(amounts: Mapping[str, Decimal]) -> str:
    """Amounts of several currencies beside each other."""
    return " + ".join(money(amount, currency) for currency, amount in sorted(amounts.items()))


def _ordered(partners: Mapping[str, int]) -> list[tuple[str, int]]:
    """The most frequent first."""
    return sorted(partners.items(), key=lambda each: (-each[1], each[0]))


def _named(partners: Mapping[str, int], reason: str) -> str:
    """`P-9 (812), P-8 (3) and 4 more`, where the reason lies in the partners."""
    ordered = _ordered(partners) if reason in OF_PARTNERS else []
    return _first([f"{partner} ({number(count)})" for partner, count in ordered])


def _first(words: Sequence[str]) -> str:
    shown = ", ".join(words[:NAMED])
    return f"{shown} and {number(len(words) - NAMED)} more" if len(words) > NAMED else shown
