"""Refused changes, by reason: how many, which payouts stand meanwhile, and what helps."""

from collections import defaultdict
from collections.abc import Collection
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.db.models import Count

from common.db.statements import fetch
from tracking.conversions.reasons import in_currencies
from tracking.models import Modification

Reason = Modification.Reason
# Where trying again may have another result; an order that arrives has its changes tried again by itself.
RETRIED = (Reason.GIVEN_UP, Reason.ERROR, Reason.REVERSAL_POLICY)
SEND_AGAIN = "Send it again, corrected, and dismiss this one."
ADVICE = {
    Reason.ORDER_NOT_FOUND: "It is applied by itself when its order arrives. Dismiss it if the order was never yours.",
    Reason.ACTION_LOCKED: "A locked action does not change. Settle the difference with the partner directly, and "
    "dismiss the change; if it is of before the lock, send it again with that ModificationDate.",
    Reason.SKU_NOT_FOUND: f"SKUs are compared exactly. {SEND_AGAIN}",
    Reason.SKU_ON_SEVERAL_LINES: "It is not clear which line is meant. Send an Amount of 0 to return the whole "
    "order, or dismiss this one.",
    Reason.AMOUNT_ON_ITEMS: f"Send the new quantity of each item that changes. {SEND_AGAIN}",
    Reason.QUANTITY_NOT_POSSIBLE: "What was ordered with quantity 0 stays 0. Dismiss it.",
    Reason.RAISED_BY_RETURN: f"A return sends what is left. {SEND_AGAIN}",
    Reason.BEFORE_ORDER: f"It is dated before its order. {SEND_AGAIN}",
    Reason.LATER_CHANGE: "A later change was applied before it came in, and stands. If this one is right after all, "
    "send it again with the ModificationDate of that one; else dismiss it.",
    Reason.TOO_MANY_UPDATES: "The action takes no more changes. Settle the difference, and dismiss it.",
    Reason.CUSTOMER_ERASED: "The order can only be returned in full. Settle the difference with the partner directly, "
    "and dismiss the change.",
    Reason.REVERSAL_POLICY: "Try it again once the partner has earned more in that month, or settle the difference "
    "with the partner directly and dismiss it.",
    Reason.GIVEN_UP: "Have the operator of Brandboard read the log, then try again.",
    Reason.ERROR: "Have the operator of Brandboard read the log, then try again.",
}
_PAYOUTS = """
SELECT reason, currency, sum(payout), count(*) FROM (
    SELECT DISTINCT change.reason, action.id, action.currency, action.payout
    FROM tracking_modification AS change
    JOIN tracking_action AS action ON action.program_id = change.program_id AND action.order_id = change.order_id
         AND (change.event_type_id IS NULL OR action.event_type_id = change.event_type_id) AND NOT action.is_test
    WHERE change.id = ANY(%s) AND change.order_id <> ''
) AS found GROUP BY 1, 2
"""


@dataclass(frozen=True, slots=True)
class ChangeGroup:
    """The refused changes of one reason, and the payouts of their orders as they stand."""

    reason: str
    label: str
    count: int
    orders: int
    payouts: str
    advice: str
    is_retried: bool


def by_reason(rows: Any) -> list[ChangeGroup]:
    """These changes, the most frequent reason first; three queries."""
    counts: dict[str, int] = dict(rows.order_by().values_list("reason").annotate(count=Count("pk")))
    orders, payouts = _payouts(list(rows.order_by().values_list("pk", flat=True)))
    labels = dict(Reason.choices)
    return [
        ChangeGroup(
            reason=reason,
            label=str(labels.get(reason, reason)),
            count=count,
            orders=orders[reason],
            payouts=in_currencies(payouts[reason]),
            advice=ADVICE[Reason(reason)],
            is_retried=reason in RETRIED,
        )
        for reason, count in sorted(counts.items(), key=lambda each: (-each[1], each[0]))
    ]


def _payouts(ids: Collection[int]) -> tuple[dict[str, int], dict[str, dict[str, Decimal]]]:
    """By reason, how many orders the changes are of, and their payouts by currency; each order counts once."""
    orders: dict[str, int] = defaultdict(int)
    found: dict[str, dict[str, Decimal]] = defaultdict(dict)
    for reason, currency, payout, count in fetch(_PAYOUTS, (list(ids),)):
        found[reason][currency] = payout
        orders[reason] += count
    return orders, found
