"""Comparing the orders of a check with the order history: chunk by chunk, each order once."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from itertools import batched
from typing import NamedTuple

from django.db.models import F, QuerySet

from common.currencies import CURRENCY_DIGITS
from common.db.statements import AnyOf
from contracts.agreements.plans import plan_of
from contracts.engine.orders.history import OrdersBefore, status_by_history
from contracts.engine.orders.money import rounded
from contracts.engine.pricing.limits.lines import due
from program.models import Customer, EventType
from tracking.limits.changes import settle_as_kept
from tracking.models import Action, StatusCheck
from tracking.pricing.order_history import Earlier, earlier_of, last_before
from tracking.pricing.priced_orders import order_of

from .verdicts import DISAGREES, SentStatus, not_judged, verdict

CHUNK = 2_000
_READ = (
    "id", "conversion_id", "conversion__customer_id", "event_date", "day", "customer_status",
    "customer_status_category", "status_is_worked_out", "partner_id", "currency", "payout",
)  # fmt: skip


class Checked(NamedTuple):
    """An order of the check, as it is stored."""

    action_id: int
    conversion_id: int
    customer_id: str
    event_date: datetime
    day: date
    code: str
    category: str
    is_worked_out: bool
    partner_id: int
    currency: str
    payout: Decimal

    @property
    def status(self) -> SentStatus:
        return SentStatus(self.code, self.category, self.is_worked_out)

    @property
    def paid(self) -> Decimal:
        """The payout with the digits of its currency."""
        return rounded(self.payout, CURRENCY_DIGITS[self.currency])


@dataclass(frozen=True, slots=True)
class Finding:
    """An order with its verdict, or with why it is not judged. One that is not wrong was paid rightly."""

    order: Checked
    verdict: str
    by_history: str = ""
    earlier: int | None = None
    right_payout: Decimal = Decimal(0)


def orders_of(check: StatusCheck) -> Iterator[Checked]:
    """The real orders of the check's days, by event date. Call within a transaction."""
    rows = actions_of(check).order_by("event_date", "id").values_list(*_READ)
    return (Checked(*row) for row in rows.iterator(chunk_size=CHUNK))


def actions_of(check: StatusCheck) -> "QuerySet[Action]":
    """Without those of erased customers: what they were priced by is gone."""
    zone = check.program.zone
    first = datetime.combine(check.start, time(), zone)
    after = datetime.combine(check.end + timedelta(days=1), time(), zone)
    days = Action.objects.real().filter(program=check.program, event_date__gte=first, event_date__lt=after)
    return days.filter(event_type=check.event_type_id, trace__isnull=True)


def findings_of(check: StatusCheck) -> Iterator[list[Finding]]:
    """What is found of each chunk of the orders."""
    for chunk in batched(orders_of(check), CHUNK):
        yield _compared(check, chunk)


def _compared(check: StatusCheck, chunk: Sequence[Checked]) -> list[Finding]:
    found = [(order, not_judged(order.status, order.customer_id)) for order in chunk]
    judged = [order for order, why in found if why is None]
    is_of_both = check.event_type.reported_by == EventType.Reporters.BOTH
    earlier = earlier_of([order.conversion_id for order in judged], is_of_both=is_of_both)
    before = _orders_before(check.program_id, {order.customer_id for order in judged})
    findings = [Finding(order, why) for order, why in found if why is not None]
    findings += [_judged(check, order, earlier[order.conversion_id], before) for order in judged]
    wrong = [finding for finding in findings if finding.verdict == DISAGREES]
    proofs = last_before([finding.order.conversion_id for finding in wrong], is_of_both=is_of_both)
    payouts = _right_payouts(wrong)
    return [
        replace(
            finding,
            earlier=proofs.get(finding.order.conversion_id),
            right_payout=payouts[finding.order.action_id],
        )
        if finding.verdict == DISAGREES
        else finding
        for finding in findings
    ]


def _judged(check: StatusCheck, order: Checked, earlier: Earlier, before: dict[str, OrdersBefore]) -> Finding:
    by_history = status_by_history(
        event_date=order.event_date,
        day=order.day,
        last=earlier.last,
        before=before.get(order.customer_id, OrdersBefore()),
        re_engaged_after=check.re_engaged_after_days,
    )
    found = verdict(
        sent=order.category,
        by_history=by_history,
        day=order.day,
        complete_since=check.complete_since,
        re_engaged_after=check.re_engaged_after_days,
    )
    return Finding(order, found, by_history, right_payout=order.paid)


def _orders_before(program_id: int, customer_ids: set[str]) -> dict[str, OrdersBefore]:
    """Of those of the customers that had orders from before the brand came."""
    rows = Customer.objects.filter(AnyOf(F("customer_id"), sorted(customer_ids)), program=program_id)
    rows = rows.exclude(orders_before=0, first_order_date=None).order_by()
    return {
        customer_id: OrdersBefore(number, first_day)
        for customer_id, number, first_day in rows.values_list("customer_id", "orders_before", "first_order_date")
    }


def _right_payouts(wrong: Sequence[Finding]) -> dict[int, Decimal]:
    """What each of these orders is paid, in its present state and by its own terms, for the status by the history."""
    statuses = {finding.order.action_id: finding.by_history for finding in wrong}
    actions = Action.objects.filter(AnyOf(F("pk"), list(statuses))).select_related("conversion", "event_type")
    payouts = {}
    for action in actions:
        order = replace(order_of(action), status_category=statuses[action.pk])
        plan = plan_of(action.terms_version_id, action.event_type.code)
        _, decision = settle_as_kept(action, order, due(plan, order), plan.event_payout.payout_level)
        payouts[action.pk] = decision.payout
    return payouts
