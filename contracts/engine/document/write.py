"""Terms as their canonical document: the inverse of `load.load`."""

from collections.abc import Collection
from decimal import Decimal
from typing import Any

from contracts.engine.document.terms import EventPayout, PayoutGroup, Rule, Terms
from contracts.engine.orders.money import written


def document(terms: Terms) -> dict[str, Any]:
    """The canonical document: `load(document(terms)) == terms`, and values equal to the default are left out."""
    return {
        "Name": terms.name,
        "Currency": terms.currency,
        "Labels": list(terms.labels),
        "EventPayouts": [_payout_document(payout) for payout in terms.event_payouts],
    }


def _payout_document(payout: EventPayout) -> dict[str, Any]:
    written_payout: dict[str, Any] = {
        "EventTypeCode": payout.event_type_code,
        "PayoutLevel": payout.payout_level,
        **_amount("DefaultPayout", payout.default_payout, "DefaultPayoutRate", payout.default_payout_rate),
        "PayoutGroups": [_group_document(group) for group in payout.payout_groups],
        "PayoutAdjustments": [
            {
                "Rules": rules_document(adjustment.rules),
                "Direction": adjustment.direction,
                **_amount("Amount", adjustment.amount, "Rate", adjustment.rate),
            }
            for adjustment in payout.payout_adjustments
        ],
        "PayoutRestrictions": [
            {
                "Rules": rules_document(restriction.rules),
                "ZeroPayoutHideReport": restriction.zero_payout_hide_report,
            }
            for restriction in payout.payout_restrictions
        ],
    }
    if locking := payout.locking:
        written_payout["Locking"] = {
            "Basis": locking.basis,
            "Period": locking.period,
            "MonthOffset": locking.month_offset,
            "DayOffset": locking.day_offset,
            "OpenEnded": locking.open_ended,
        }
    if scheduling := payout.payout_scheduling:
        written_payout["PayoutScheduling"] = {
            "Basis": scheduling.basis,
            "Period": scheduling.period,
            "MonthOffset": scheduling.month_offset,
            "DayOffset": scheduling.day_offset,
        }
    return written_payout


def _group_document(group: PayoutGroup) -> dict[str, Any]:
    limits = [{"Type": "PAYABLE_ITEMS", "Value": str(group.payable_items)}] if group.payable_items else []
    return {
        "Rank": group.rank,
        "Name": group.name,
        "Rules": rules_document(group.rules),
        **_amount("Payout", group.payout, "PayoutRate", group.payout_rate),
        "Limits": limits,
    }


def rules_document(rules: Collection[Rule]) -> list[dict[str, Any]]:
    """Rules as documents write them."""
    return [{"Variable": rule.variable, "Operator": rule.operator, "Values": list(rule.values)} for rule in rules]


def _amount(fixed_key: str, fixed: Decimal | None, rate_key: str, rate: Decimal | None) -> dict[str, str]:
    if fixed is not None:
        return {fixed_key: written(fixed)}
    return {rate_key: written(rate)} if rate is not None else {}
