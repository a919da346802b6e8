"""A check as a file: one row for each order whose status the history contradicts or cannot judge."""

from collections.abc import Iterator

from common.currencies import CURRENCY_DIGITS
from contracts.engine.orders.money import rounded
from tracking.models import CheckedStatus, StatusCheck

COLUMNS = (
    "Order Id", "Event Date", "Customer Id", "Partner Id", "Partner", "Customer Status Code", "Customer Status Sent",
    "Customer Status by History", "Verdict", "Earlier Order Id", "Earlier Order Date", "Currency", "Paid",
    "Paid if Right", "Paid Too Much",
)  # fmt: skip
_READ = (
    "action__order_id", "action__event_date", "action__customer__customer_id", "partner__media_partner_id",
    "partner__name", "code", "sent", "by_history", "verdict", "earlier__order_id", "earlier__event_date", "currency",
    "payout", "right_payout",
)  # fmt: skip


def file_rows(check: StatusCheck) -> Iterator[tuple[object, ...]]:
    """Those that disagree first. Call within a transaction."""
    zone, verdicts = check.program.zone, dict(CheckedStatus.Verdict.choices)
    rows = CheckedStatus.objects.filter(status_check=check).order_by("verdict", "id").values_list(*_READ)
    for row in rows.iterator(chunk_size=2_000):
        order_id, moment, *who, verdict, earlier_id, earlier, currency, paid, right = row
        paid, right = (rounded(payout, CURRENCY_DIGITS[currency]) for payout in (paid, right))
        yield (
            order_id, moment.astimezone(zone), *who, verdicts[verdict], earlier_id,
            earlier and earlier.astimezone(zone), currency, paid, right, paid - right,
        )  # fmt: skip


def about(check: StatusCheck) -> list[tuple[str, object]]:
    """Names and values, for the second sheet of a workbook."""
    return [
        ("Status check", check.event_type.name),
        ("Program", f"{check.program.name}, {check.program_id}"),
        ("First day", check.start),
        ("Last day, included", check.end),
        ("Re-Engaged after, days without an order", check.re_engaged_after_days),
        ("Order history complete since", check.complete_since or "No order"),
        ("Time zone of the days", check.program.time_zone),
        ("Orders checked", check.findings["Orders"]),
        ("Paid Too Much", "What was paid, less what the order’s own terms pay for the status by the history."),
    ]
