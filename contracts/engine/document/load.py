"""Reads terms documents: `load` checks all of one and returns Terms; `document` writes them canonically. Field names
and vocabulary are the platform's; what the engine does not support yet is refused with its path, so nothing is stored
without effect.
"""

from collections.abc import Collection, Mapping
from decimal import Decimal
from typing import Any, cast

from common.refusals import Refused
from contracts.engine.document.read_rules import read_rules
from contracts.engine.document.reading import Errors, Node, read_decimal, whole_number
from contracts.engine.document.terms import (
    EventPayout,
    Locking,
    PayoutAdjustment,
    PayoutGroup,
    PayoutRestriction,
    PayoutScheduling,
    Terms,
)
from contracts.engine.document.write import document, rules_document

__all__ = ["document", "load", "rules_document"]

LONGEST_DELAY_DAYS = 730
MOST_DAYS_BESIDE_MONTHS = 27
MOST_MONTHS = 60
WITHOUT_EFFECT = (
    "a limit on payable items has no effect on a fixed payout by order: leave it out, pay a percentage, or pay by item"
)


def load(
    document: object,
    *,
    digits: Mapping[str, int],
    lists: Collection[str] | None = None,
    is_strict: bool = True,
) -> Terms:
    """Terms from a document (parsed JSON), or Refused with every error at once.

    `digits` are the ISO 4217 digits by currency code; `lists` the names of the program's exception lists, None to
    accept any name. `is_strict` is False for documents that were published before: refusals added since then do not
    apply.
    """
    errors = Errors(is_strict=is_strict)
    node = Node(document, "", errors)
    if errors:
        raise Refused("the terms document must be a JSON object")
    name = node.text("Name", required=True)
    currency = node.text("Currency", required=True).upper()
    if currency and currency not in digits:
        node.error("Currency", f"{currency} is not a valid ISO 4217 currency code")
    labels = _labels(node)
    payouts = tuple(_event_payout(row, path, errors, lists) for path, row in node.rows("EventPayouts"))
    if not payouts and not any(each.path.startswith("EventPayouts") for each in errors):
        node.error("EventPayouts", "is required: at least one event payout")
    _refuse_repeats(payouts, errors)
    node.unsupported("ChangeNotificationPeriod", "a notice period", lambda value: whole_number(value) == 0)
    node.unsupported("MaxReturnPercentage", "a reversal policy", _is_hundred)
    node.unsupported("ActionLimit", "an action limit")
    node.unsupported("SpendLimit", "a spend limit")
    node.unsupported("ResetAccruedActions", "resetting accrued actions", lambda value: value is False)
    node.unsupported("MinimumEarnings", "minimum earnings")
    node.unsupported("FlatFees", "flat fees")
    node.unsupported("TrackingPixel", "a tracking pixel", lambda value: value == {"Allowed": False})
    node.unsupported("SpecialTermsList", "special terms")
    node.close()
    errors.raise_any()
    return Terms(name, currency, labels, payouts)


def _labels(node: Node) -> tuple[str, ...]:
    labels = []
    for path, label in node.rows("Labels"):
        if isinstance(label, str) and label.strip():
            labels.append(label.strip())
        else:
            node.errors.add(path, "must be a text")
    return tuple(labels)


def _refuse_repeats(payouts: Collection[EventPayout], errors: Errors) -> None:
    seen: set[str] = set()
    for index, payout in enumerate(payouts):
        if payout.event_type_code and payout.event_type_code in seen:
            errors.add(f"EventPayouts[{index}].EventTypeCode", f"{payout.event_type_code} is listed twice")
        seen.add(payout.event_type_code)


def _event_payout(raw: object, path: str, errors: Errors, lists: Collection[str] | None) -> EventPayout:
    node = Node(raw, path, errors)
    code = node.text("EventTypeCode", required=True)
    level = node.choice("PayoutLevel", ("ORDER", "ITEM"))
    fixed, rate = _one_of(node, "DefaultPayout", "DefaultPayoutRate")
    groups = [(at, _group(row, at, errors, lists)) for at, row in node.rows("PayoutGroups")]
    ranks: set[int] = set()
    for at, group in groups:
        if group.rank in ranks:
            errors.add(f"{at}.Rank", f"{group.rank} is the rank of an earlier group")
        if group.rank:
            ranks.add(group.rank)
        if errors.is_strict and level == "ORDER" and group.payable_items and group.payout is not None:
            errors.add(f"{at}.Limits", WITHOUT_EFFECT)
    adjustments = tuple(_adjustment(row, at, errors, lists) for at, row in node.rows("PayoutAdjustments"))
    restrictions = tuple(_restriction(row, at, errors, lists) for at, row in node.rows("PayoutRestrictions"))
    node.unsupported("Limits", "payout and action limits")
    node.unsupported("PerformanceBonus", "a performance bonus")
    node.unsupported("CreditPolicy", "a credit policy other than LAST_REFERRER", lambda value: value == "LAST_REFERRER")
    node.unsupported("ValidReferrals", "a referral window other than clicks within 30 days", _is_default_referral)
    locking, scheduling = _locking(node), _scheduling(node)
    node.close()
    return EventPayout(
        event_type_code=code,
        payout_level=cast(Any, level),
        default_payout=fixed,
        default_payout_rate=rate,
        payout_groups=tuple(sorted((group for _, group in groups), key=lambda group: group.rank)),
        payout_adjustments=adjustments,
        payout_restrictions=restrictions,
        locking=locking,
        payout_scheduling=scheduling,
    )


def _group(raw: object, path: str, errors: Errors, lists: Collection[str] | None) -> PayoutGroup:
    node = Node(raw, path, errors)
    rank = node.whole("Rank", default=None, least=1)
    if rank is None and node.at("Rank") not in errors:
        node.error("Rank", "is required: a whole number from 1")
    name = node.text("Name")
    rules = read_rules(node, lists)
    fixed, rate = _one_of(node, "Payout", "PayoutRate")
    payable_items = _payable_items(node)
    node.unsupported("Tiers", "a group's own tiers")
    node.close()
    return PayoutGroup(rank or 0, name, rules, fixed, rate, payable_items)


def _payable_items(group: Node) -> int | None:
    """The one limit that a group has today: how many of its items are payable."""
    limits = list(group.rows("Limits"))
    if len(limits) > 1:
        group.error("Limits", "takes one limit, on payable items")
    found = None
    for path, row in limits:
        node = Node(row, path, group.errors)
        node.choice("Type", ("PAYABLE_ITEMS",))
        found = node.whole("Value", default=None, least=1)
        if found is None and node.at("Value") not in group.errors:
            node.error("Value", "is required: a whole number from 1")
        node.close()
    return found


def _adjustment(raw: object, path: str, errors: Errors, lists: Collection[str] | None) -> PayoutAdjustment:
    node = Node(raw, path, errors)
    rules = read_rules(node, lists)
    direction = node.choice("Direction", ("INCREASE", "DECREASE"))
    amount, rate = _one_of(node, "Amount", "Rate")
    node.close()
    return PayoutAdjustment(rules, cast(Any, direction), rate, amount)


def _restriction(raw: object, path: str, errors: Errors, lists: Collection[str] | None) -> PayoutRestriction:
    node = Node(raw, path, errors)
    before = len(errors)
    rules = read_rules(node, lists)
    if not rules and len(errors) == before:
        node.error("Rules", "a restriction needs at least one rule")
    hide = node.flag("ZeroPayoutHideReport")
    node.close()
    return PayoutRestriction(rules, hide)


def _one_of(node: Node, fixed_key: str, rate_key: str) -> tuple[Decimal | None, Decimal | None]:
    """(fixed amount, percentage), of which a document gives exactly one."""
    given = [key for key in (fixed_key, rate_key) if node.raw.get(key) is not None]
    fixed, rate = node.decimal(fixed_key), node.decimal(rate_key)
    if len(given) != 1:
        node.error(fixed_key, f"give either {fixed_key} or {rate_key}" + (", not both" if given else ""))
    return fixed, rate


def _locking(parent: Node) -> Locking | None:
    raw = parent.take("Locking")
    if raw is None or raw == {}:
        return None
    node = Node(raw, parent.at("Locking"), parent.errors)
    basis = node.take("Basis")
    if basis not in (None, "TRACKED"):
        node.error("Basis", "locking counts from TRACKED; no other basis can be used yet")
    period = node.choice("Period", ("DAY", "MONTH"), default="DAY" if node.raw.get("OpenEnded") is True else None)
    months = node.whole("MonthOffset", most=MOST_MONTHS) or 0
    days = node.whole("DayOffset", most=LONGEST_DELAY_DAYS) or 0
    if days > MOST_DAYS_BESIDE_MONTHS and (period == "MONTH" or months):
        node.error("DayOffset", f"must be at most {MOST_DAYS_BESIDE_MONTHS} where months are counted")
    open_ended = node.flag("OpenEnded")
    node.close()
    return Locking(open_ended=True) if open_ended else Locking(cast(Any, period), months, days)


def _scheduling(parent: Node) -> PayoutScheduling | None:
    raw = parent.take("PayoutScheduling")
    if raw is None or raw == {}:
        return None
    node = Node(raw, parent.at("PayoutScheduling"), parent.errors)
    basis = node.take("Basis")
    if basis not in (None, "LOCKED"):
        node.error("Basis", "paying counts from LOCKED; no other basis can be used yet")
    period = node.choice("Period", ("END_OF_DAY", "END_OF_WEEK", "END_OF_MONTH"))
    months = node.whole("MonthOffset", most=MOST_MONTHS) or 0
    days = node.whole("DayOffset", most=LONGEST_DELAY_DAYS) or 0
    node.close()
    return PayoutScheduling(cast(Any, period), months, days)


def _is_hundred(value: object) -> bool:
    try:
        return read_decimal(value) == 100
    except ValueError:
        return False


def _is_default_referral(value: object) -> bool:
    if not isinstance(value, list) or len(value) != 1 or not isinstance(value[0], dict):
        return False
    row = value[0]
    return (
        set(row) <= {"Type", "Window", "WindowUnit"}
        and row.get("Type", "CLICKS") == "CLICKS"
        and whole_number(row.get("Window", 30)) == 30
        and row.get("WindowUnit", "DAY") == "DAY"
    )
