"""One order priced by a draft as it stands, and by the version in force, with the same engine; nothing is stored."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from functools import lru_cache
from typing import Any

from django.utils import timezone

from common.currencies import CURRENCY_DIGITS
from common.formats.comparison import compared
from common.refusals import Refusal, Refused
from contracts.agreements.plans import plan_of
from contracts.drafts.documents import draft_terms
from contracts.engine.document.terms import EventPayout as Agreed
from contracts.engine.document.terms import Terms
from contracts.engine.explain.limits import counted_in_words, limit_steps
from contracts.engine.orders.context import Context
from contracts.engine.orders.exchange import RateMissing
from contracts.engine.orders.order import Order, read_order
from contracts.engine.pricing.limits.caps import TermsLimits
from contracts.engine.pricing.limits.lines import due, within_order
from contracts.engine.pricing.plan import Plan, compile_plan
from contracts.engine.pricing.schedule import clearing_date, is_open_ended, lock_instant
from contracts.engine.rules.facts import apart
from contracts.models import EventPayout, TemplateTerms, TermsVersion
from contracts.sections.panels import PAGE
from program.models import CatalogItem
from tracking.actions.explain_shown import explain_units
from tracking.exchange_rates.known import Wanted, load_rates
from tracking.intake import read_order_line
from tracking.models import Action
from tracking.pricing.lookups import catalog_row, list_entries
from tracking.receipts.units import arranged

SHOWN = 3  # lines of an order that is paid by item


@dataclass(frozen=True, slots=True)
class Sent:
    """An order's three parts, as they are priced."""

    payload: Mapping[str, Any]
    profile: Mapping[str, Any]
    journey: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Tried:
    """What the order earns: units as a receipt shows them, the rank of the group that wins if one does for all, what
    the limits of an order and its items take off, and when it would lock and be paid. Limits that are counted over
    several orders are named in `not_counted`: the order is nobody's, so they leave it as it is. `in_force` is what the
    newest version pays, None where there is none.
    """

    currency: str
    sale_amount: Decimal
    payout: Decimal
    units: list[dict[str, Any]]
    other_units: int
    rank: int | None
    limits: list[dict[str, Any]]
    not_counted: list[str]
    locks: datetime | None
    paid: date | None
    in_force: Decimal | None
    version: int | None


def typed_order(params: Mapping[str, str], time_zone: str) -> Sent:
    """The order that was typed, read as one of the API. Raises Refused with every bad field."""
    line = read_order_line(params, now=timezone.now(), time_zone=time_zone, currencies=CURRENCY_DIGITS)
    return Sent(*apart(line.payload))


def stored_order(action: Action) -> Sent:
    """The order of an action as it was received."""
    return Sent(action.conversion.payload, action.profile, action.journey.get("Values", {}))


def try_order(event_payout: EventPayout, sent: Sent) -> Tried:
    """Price it for an order of this moment. Raises Refused where an exchange rate is missing."""
    terms = event_payout.template_terms
    code, zone = event_payout.event_type.code, terms.program.time_zone
    agreed_terms, plan = _draft(terms.pk, terms.draft_revision, code)
    version = TermsVersion.objects.filter(template_terms=terms).order_by("-number").only("pk", "number").first()
    earlier = _plan_of_version(version, code)
    order = _read(event_payout, sent, plan, plan.currency)
    now, agreed = timezone.now(), plan.event_payout
    decision = plan.price(order)
    told = explain_units(agreed, order, decision, start=0, stop=SHOWN)
    limits = TermsLimits(agreed.limits, agreed_terms.action_limit, agreed_terms.spend_limit)
    steps = limit_steps(agreed.limits, order, agreed.payout_level, decision, None, PAGE)
    locks = None if is_open_ended(agreed.locking) else lock_instant(now, agreed.locking, zone)
    same = earlier is not None and earlier.currency == plan.currency
    return Tried(
        currency=plan.currency,
        sale_amount=decision.sale_amount,
        payout=within_order(decision, order, agreed.payout_level, agreed.limits).payout,
        units=arranged(agreed, order, told),
        other_units=told["UnitsCount"] - len(told["Units"]),
        rank=decision.group[0] if decision.group else None,
        limits=[{**step, "After": Decimal(step["After"])} for step in steps if step["After"] != step["Before"]],
        not_counted=counted_in_words(limits, plan.currency, PAGE),
        locks=locks,
        paid=clearing_date(locks, agreed.payout_scheduling, zone) if locks else None,
        in_force=due(earlier, _read(event_payout, sent, earlier, earlier.currency)).payout
        if earlier and same
        else None,
        version=version.number if version and earlier and same else None,
    )


@lru_cache(maxsize=8)
def _draft(template_terms_id: int, revision: int, event_type_code: str) -> tuple[Terms, Plan]:
    """The draft as it would be published. Each change of a draft has a revision of its own."""
    terms = draft_terms(TemplateTerms.objects.get(pk=template_terms_id))
    return terms, compile_plan(terms, event_type_code)


def _plan_of_version(version: TermsVersion | None, event_type_code: str) -> Plan | None:
    try:
        return plan_of(version.pk, event_type_code) if version else None
    except KeyError:
        return None


def _read(event_payout: EventPayout, sent: Sent, plan: Plan, currency: str) -> Order:
    context = _context(event_payout, sent, plan.event_payout, currency)
    try:
        return read_order(sent.payload, context, profile=sent.profile, journey=sent.journey)
    except RateMissing as missing:
        source, target = missing.pair
        raise Refused(Refusal("CurrencyCode", f"The exchange rate from {source} to {target} is not known.")) from None


def _context(event_payout: EventPayout, sent: Sent, agreed: Agreed, currency: str) -> Context:
    """What the program knows beside the order, as far as these terms ask for it."""
    program, event_type = event_payout.template_terms.program, event_payout.event_type
    rules = [
        rule
        for rows in (agreed.payout_groups, agreed.payout_adjustments, agreed.payout_restrictions)
        for row in rows
        for rule in row.rules
    ]
    names = {compared(name) for rule in rules if rule.operator.endswith("IN_LIST") for name in rule.values}
    skus = [item["ItemSku"] for item in sent.payload.get("Items") or () if "ItemSku" in item]
    asks_catalog = skus and any(rule.variable.startswith("ITEM_CATALOG") for rule in rules)
    rows = CatalogItem.objects.filter(program=program, sku__in=skus) if asks_catalog else ()
    source = str(sent.payload.get("CurrencyCode") or program.currency).upper()
    day = timezone.localdate(timezone=program.zone)
    wanted = [Wanted(program.pk, source, currency, day)] if source != currency else []
    return Context(
        currency=currency,
        default_currency=program.currency,
        digits=CURRENCY_DIGITS,
        time_zone=program.time_zone,
        statuses=event_type.statuses(),
        lists=list_entries(program.pk, names) if names else {},
        catalog={row.sku: catalog_row(row) for row in rows},
        rates=load_rates(wanted).get(program.pk, ()),
    )
