"""Orders that could not be credited, by reason: how many, what they are worth, and what helps."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.db.models import CharField, Count, Exists, OuterRef, Q
from django.db.models.fields.json import KT
from django.db.models.functions import Cast, Coalesce

from common.db.statements import fetch
from program.models import Partner, Program
from program.templatetags.brandboard import day, money, number
from tracking.exchange_rates.waiting import MissingRate, missing_rates
from tracking.intake.parameters import PARTNER_KEYS
from tracking.models import Conversion

from .advice import Told, advice_for

Reason = Conversion.Reason
NAMED = 3  # partners or rates of a reason that are named
OF_PARTNERS = (Reason.PARTNER_UNKNOWN, Reason.PARTNER_NOT_ACTIVE, Reason.CONTRACT_NOT_FOUND)

# What an order is worth before discounts, as payouts.md §1 reads it: items win over the amount.
_WORTH = """
SELECT reason, coalesce(payload->>%s, payload->>%s, ''), upper(coalesce(nullif(payload->>'CurrencyCode', ''), %s)),
       count(*), sum(CASE WHEN jsonb_array_length(coalesce(payload->'Items', '[]')) > 0 THEN (
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
    named: str  # the partners, or the rates, that most of them lack
    ready: int

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


def by_reason(program: Program, rows: Any, *, may_add_rates: bool) -> list[ReasonGroup]:
    """These held conversions of the program, the most frequent reason first; three queries, and one more where some
    wait for an exchange rate.
    """
    ids = list(rows.order_by().values_list("pk", flat=True))
    found = fetch(_WORTH, (*PARTNER_KEYS, program.currency, ids))
    helped = dict(ready(rows).order_by().values_list("reason").annotate(count=Count("pk")))
    counts: dict[str, int] = defaultdict(int)
    worth: dict[str, dict[str, Decimal]] = defaultdict(lambda: defaultdict(Decimal))
    partners: dict[str, dict[str, int]] = defaultdict(lambda: defaultdict(int))
    for reason, partner, currency, count, amount in found:
        counts[reason] += count
        worth[reason][currency] += amount or 0
        partners[reason][partner] += count
    labels = dict(Reason.choices)
    rates = missing_rates(program, ids) if Reason.RATE_MISSING in counts else []
    return [
        ReasonGroup(
            reason=reason,
            label=labels.get(reason, reason),
            count=count,
            worth=in_currencies(worth[reason]),
            advice=advice_for(
                reason, program.pk, _ordered(partners[reason])[0][0], rates[0] if rates and may_add_rates else None
            ),
            named=_rates(rates) if reason == Reason.RATE_MISSING else _named(partners[reason], reason),
            ready=helped.get(reason, 0),
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


def _rates(rates: Sequence[MissingRate]) -> str:
    """`USD → GBP, 5 Nov 2026 (12) and 3 more`."""
    return _first([f"{rate.source} → {rate.target}, {day(rate.day)} ({number(rate.orders)})" for rate in rates])


def _first(words: Sequence[str]) -> str:
    shown = ", ".join(words[:NAMED])
    return f"{shown} and {number(len(words) - NAMED)} more" if len(words) > NAMED else shown
