"""Counters of limits as a page lists them: whose, what they hold of which limit, and when they begin again."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import cast
from zoneinfo import ZoneInfo

from django.db.models import F, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce

from common.currencies import CURRENCY_DIGITS
from contracts.agreements.plans import terms_of
from contracts.engine.document.sections.limits import LIMIT_BY, Period
from contracts.engine.explain.limits import cap_in_words
from contracts.engine.pricing.limits.caps import Cap, Counter, Whose, caps_of
from contracts.engine.pricing.limits.periods import first_day, local_day, next_day
from contracts.models import Contract, TemplateTerms, TermsVersion
from contracts.sections.panels import PAGE
from program.models import Customer, Program
from program.templatetags.brandboard import day, moment, money, number
from tracking.models import LimitCounter

from .terms_limits import limits_of

WITH_DAYS: tuple[Period, ...] = ("DAY", "WEEK", "MONTH", "QUARTER")
SPOKEN = {"DAY": "today", "WEEK": "this week", "MONTH": "this month", "QUARTER": "this quarter"}


@dataclass(frozen=True, slots=True)
class CounterRow:
    """One counter. `most` is the limit as the partner's terms have it now, blank where they have it no more."""

    counter: LimitCounter
    limit: str
    who: str
    customer: int | None
    held: str
    most: str
    when: str
    resets: str
    is_reached: bool


def present(program: Program, now: datetime) -> Q:
    """Counters of periods that lie around this moment."""
    today = local_day(now, program.time_zone)
    found = Q(period="CONTRACT") | Q(period="LOCKING_PERIOD", period_key__gt=now.astimezone(UTC).isoformat())
    for period in WITH_DAYS:
        found |= Q(period=period, period_key=first_day(period, today).isoformat())
    return found


def counters_of(terms: TemplateTerms, now: datetime) -> "QuerySet[LimitCounter]":
    """The counters of these terms that still count, by partner: since a version that begins later reset them, those of
    the partners who have moved to it.
    """
    versions = TermsVersion.objects.filter(template_terms=terms).order_by("-number")
    held = versions.filter(contract__partner=OuterRef("partner"), contract__period__contains=now)
    since = Coalesce(Subquery(held.values("counters_since")[:1]), Subquery(versions.values("counters_since")[:1]))
    rows = LimitCounter.objects.filter(template_terms=terms, since__gte=since)
    return rows.select_related("partner", "event_type").order_by(
        "partner__name", F("event_type").asc(nulls_last=True), "what", "id"
    )


def shown_counters(
    terms: TemplateTerms, counters: Sequence[LimitCounter], program: Program, now: datetime
) -> list[CounterRow]:
    """Two queries, and one more for customers; the terms of a version are read once."""
    versions = _versions(terms, {row.partner_id for row in counters}, now)
    newest = TermsVersion.objects.filter(template_terms=terms).order_by("-number").values_list("pk", flat=True).first()
    named = {row.scope for row in counters if row.limit_by == "CUSTOMER"}
    customers = (
        {str(row.pk): str(row) for row in Customer.objects.filter(program=program, pk__in=named)} if named else {}
    )
    return [_row(row, versions.get(row.partner_id, newest), customers, program, now) for row in counters]


def _versions(terms: TemplateTerms, partners: Iterable[int], now: datetime) -> dict[int, int]:
    """The version under which each of these partners works now."""
    rows = Contract.objects.active(now).filter(terms_version__template_terms=terms, partner__in=partners)
    return dict(rows.values_list("partner_id", "terms_version_id"))


def _row(
    row: LimitCounter, version: int | None, customers: dict[str, str], program: Program, now: datetime
) -> CounterRow:
    cap = _cap(row, version, program, now) if version else None
    currency = terms_of(version).currency if version else program.currency
    is_money = row.what == "PAYOUT"
    who = customers.get(row.scope, "erased") if row.limit_by == "CUSTOMER" else row.scope[:8]
    return CounterRow(
        counter=row,
        limit=cap_in_words(cap, currency, PAGE) if cap else f"No limit for each {LIMIT_BY[row.limit_by]} any more",
        who=who,
        customer=int(row.scope) if row.limit_by == "CUSTOMER" else None,
        held=money(row.value, currency) if is_money else number(row.value),
        most=(money(cap.value, currency) if is_money else number(cap.value)) if cap else "",
        when=_when(row, program, now),
        resets=_resets(row),
        is_reached=cap is not None and row.value >= cap.value,
    )


def _cap(row: LimitCounter, version: int, program: Program, now: datetime) -> Cap | None:
    """The limit of the version that the counter is of."""
    codes = (
        [row.event_type.code] if row.event_type else [each.event_type_code for each in terms_of(version).event_payouts]
    )
    whose = Whose(_moment_of(row, program, now), program.time_zone, now, customer="-", click="-")
    digits = 2 if row.what == "ACTIONS" else CURRENCY_DIGITS[terms_of(version).currency]
    for code in codes:
        try:
            caps = caps_of(limits_of(version, code), whose, digits)
        except KeyError:
            continue
        for cap in caps:
            if _kind(cap.counter) == (row.event_type_id is None, row.what, row.limit_by, row.period):
                return cap
    return None


def _kind(counter: Counter) -> tuple[bool, str, str, str]:
    return counter.of_terms, counter.what, counter.by, counter.period


def _moment_of(row: LimitCounter, program: Program, now: datetime) -> datetime:
    """A moment of the counter's period: of a day, since its weekend may have a value of its own."""
    if row.period != "DAY":
        return now
    return datetime.combine(date.fromisoformat(row.period_key), datetime.min.time(), ZoneInfo(program.time_zone))


def _when(row: LimitCounter, program: Program, now: datetime) -> str:
    if row.period == "CONTRACT":
        return "over the whole contract"
    if row.period == "LOCKING_PERIOD":
        return f"locks {moment(datetime.fromisoformat(row.period_key), program.zone)}"
    period = cast(Period, row.period)
    first = date.fromisoformat(row.period_key)
    if first == first_day(period, local_day(now, program.time_zone)):
        return SPOKEN[row.period]
    return day(first) if row.period == "DAY" else f"{row.period.lower()} from {day(first)}"


def _resets(row: LimitCounter) -> str:
    if row.period not in WITH_DAYS:
        return ""
    following = next_day(row.period, date.fromisoformat(row.period_key))
    return day(following) if following else ""
