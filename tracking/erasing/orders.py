"""The orders of an erased customer, a batch at a time: what was sent, why it was paid, changes, counted values."""

import json
from collections import Counter
from collections.abc import Collection, Sequence
from datetime import date, datetime
from typing import Any

from django.db import connection
from django.db.models import F, Q

from common.db.edits import lock_in_order
from common.db.statements import AnyOf
from contracts.agreements.plans import plan_of
from contracts.engine.explain.limits import limit_steps
from contracts.engine.rules.fields import variable
from program.models import Program
from tracking.actions.explain_shown import explain_shown
from tracking.actions.paid_by import paid_by
from tracking.models import Action, ActionUpdate, Conversion, Modification, TouchedDay
from tracking.pricing.priced_orders import order_of

from .payloads import counted_values, erased_change, erased_journey, erased_order, is_erased
from .person import Person

NEVER_PRICED = (
    "Its customer was erased before it was priced. Without what was removed it might be priced otherwise than it "
    "should be, so it is not."
)
BATCH = 500


type Counted = dict[int, list[tuple[int, date, str, str]]]  # by conversion: event type, day, variable, value


def lock_orders(program_id: int, numbers: list[int]) -> None:
    """Lock these orders until the transaction ends, changes of them first, as those are applied. Call while nothing is
    priced or applied.
    """
    orders = Conversion.objects.numbered(numbers)
    order_ids = list(orders.exclude(order_id="").values_list("order_id", flat=True).distinct())
    lock_in_order(Modification.objects.filter(AnyOf(F("order_id"), order_ids), program=program_id))
    lock_in_order(orders)
    lock_in_order(Action.objects.filter(AnyOf(F("conversion_id"), numbers)))


def erase_orders(
    numbers: list[int], *, person: Person, program: Program, pseudonym: str, now: datetime, counted: Counted
) -> int:
    """Erase these conversions, none of which waits for a worker, with all that hangs on them; returns how many.

    `counted` receives what the pages count of their values; `uncount` takes it out. Call with the orders locked.
    """
    conversions = list(Conversion.objects.numbered(numbers).filter(erased_at=None).order_by("id"))
    actions = Action.objects.filter(conversion__in=conversions, trace__isnull=True)
    _keep_traces(list(actions.select_related("conversion", "event_type", "program").order_by("id")))
    _erase_changes(person, conversions)
    journeys = _journeys_as_tracked(conversions)
    _erase_journeys(conversions)
    for row in conversions:
        if (journey := journeys.get(row.pk)) is not None and not row.is_test:
            day = row.received_at.astimezone(program.zone).date()
            values = counted_values(row.payload, {**row.derived, **journey.get("Values", {})})
            counted[row.pk] = [(row.event_type_id, day, *each) for each in values]
    payloads = [json.dumps(erased_order(row.payload, pseudonym), ensure_ascii=False) for row in conversions]
    told: dict[str, Any] = {
        "numbers": [row.pk for row in conversions],
        "payloads": payloads,
        "now": now,
        "detail": NEVER_PRICED,
    }
    with connection.cursor() as cursor:
        cursor.execute(_ERASE, told)
    return len(conversions)


_ERASE = """
UPDATE tracking_conversion AS stored SET
    payload = new.payload::jsonb, derived = '{}', idempotency_key = NULL, missing_rate = '', erased_at = %(now)s,
    state = CASE WHEN stored.state IN ('HELD', 'QUARANTINED') THEN 'ERASED' ELSE stored.state END,
    reason = CASE WHEN stored.state IN ('HELD', 'QUARANTINED') THEN 'CUSTOMER_ERASED' ELSE stored.reason END,
    detail = CASE WHEN stored.state IN ('HELD', 'QUARANTINED') THEN %(detail)s ELSE stored.detail END
FROM unnest(%(numbers)s::bigint[], %(payloads)s::text[]) AS new (id, payload) WHERE stored.id = new.id
"""
_KEEP_TRACES = """
UPDATE tracking_action AS stored SET trace = new.trace::jsonb
FROM unnest(%s::bigint[], %s::text[]) AS new (id, trace) WHERE stored.id = new.id
"""


def _keep_traces(actions: Sequence[Action]) -> None:
    traces = _traces(actions)
    texts = [json.dumps(traces[action.pk], ensure_ascii=False) for action in actions]
    with connection.cursor() as cursor:
        cursor.execute(_KEEP_TRACES, [[action.pk for action in actions], texts])


def _traces(actions: Sequence[Action]) -> dict[int, dict[str, Any]]:
    """By the action's number: which rules held for each unit, which group won, the adjustments and the rounding, and
    what a list says of it. The values that the order had where they are the customer's own are left out.

    Load conversion, event type and program with the actions.
    """
    paid = paid_by(actions)
    return {
        action.pk: {
            "Units": _without_values(_units(action)), "Limits": _limits(action), "PaidBy": list(paid[action.pk])
        } for action in actions
    }  # fmt: skip


def _units(action: Action) -> list[dict[str, Any]]:
    order = order_of(action)
    units: list[dict[str, Any]] = explain_shown(action, order, stop=max(len(order.lines), 1))["Units"]
    return units


def _limits(action: Action) -> list[dict[str, Any]]:
    """What limits of the order itself did; those that are counted are in what the action keeps of its limits."""
    plan, order = plan_of(action.terms_version_id, action.event_type.code), order_of(action)
    payout = plan.event_payout
    return limit_steps(payout.limits, order, payout.payout_level, plan.price(order), None) if payout.limits else []


def _without_values(told: Any) -> Any:
    match told:
        case {"Variable": key, "Actual": actual} if actual is not None and is_erased(variable(key)):
            return {**told, "Actual": None, "Erased": True}
        case dict():
            return {name: _without_values(each) for name, each in told.items()}
        case list():
            return [_without_values(each) for each in told]
    return told


def _journeys_as_tracked(conversions: Sequence[Conversion]) -> dict[int, dict[str, Any]]:
    """The journeys of the actions that were tracked by these conversions, by conversion: a browser's has the journey of
    the action whose order the server's is now. The values of these conversions were counted, and of no others.
    """
    numbers = {number for row in conversions for number in (row.pk, row.duplicate_of_id) if number}
    journeys = dict(Action.objects.filter(conversion__in=numbers).values_list("conversion_id", "journey"))
    updates = ActionUpdate.objects.filter(action__conversion__in=numbers, before__isnull=False)
    for browser, server in updates.values_list("replaced_id", "action__conversion_id"):
        journeys[browser] = journeys.pop(server, {})
    return journeys


def _erase_journeys(conversions: Sequence[Conversion]) -> None:
    """Remove from their actions what is the visitor's."""
    rows = Action.objects.filter(conversion__in=conversions).exclude(journey={})
    actions = list(rows.order_by("id").only("conversion_id", "journey"))
    for action in actions:
        action.journey = erased_journey(action.journey)
    Action.objects.bulk_update(actions, ["journey"], batch_size=BATCH)


def uncount(program: Program, counted: Counted) -> None:
    """Take the values of these orders out of what was received, which pages show: what nobody else sent is gone.

    Orders that a mark still names were not counted yet. Call under the lock of the rollup, which takes the marks after
    it has counted.
    """
    marks = TouchedDay.objects.filter(program=program, conversions__overlap=list(counted))
    uncounted = {number for mark in marks for number in mark.conversions}
    gone = Counter(each for number, values in counted.items() if number not in uncounted for each in values)
    if not gone:
        return
    columns = [list(column) for column in zip(*gone, strict=True)]
    with connection.cursor() as cursor:
        cursor.execute(_UNCOUNT, [*columns, list(gone.values()), program.pk])
        cursor.execute("DELETE FROM program_receivedvalue WHERE program_id = %s AND orders = 0", [program.pk])


_UNCOUNT = """
UPDATE program_receivedvalue AS stored SET orders = greatest(stored.orders - gone.orders, 0)
FROM unnest(%s::bigint[], %s::date[], %s::text[], %s::text[], %s::int[])
    AS gone (event_type_id, day, variable, value, orders)
WHERE stored.program_id = %s AND stored.event_type_id = gone.event_type_id AND stored.day = gone.day
  AND stored.variable = gone.variable AND stored.value = gone.value
"""


def _erase_changes(person: Person, conversions: Collection[Conversion]) -> None:
    orders: dict[int, list[str]] = {}
    for row in conversions:
        if row.order_id:
            orders.setdefault(row.event_type_id, []).append(row.order_id)
    for event_type, order_ids in orders.items():
        found = Modification.objects.filter(AnyOf(F("order_id"), order_ids), program=person.program_id)
        changes = list(found.filter(Q(event_type=event_type) | Q(event_type=None)).order_by("id"))
        for change in changes:
            change.payload = erased_change(change.payload)
            change.detail = _without(person, change.detail)
            change.dismissal_reason = _without(person, change.dismissal_reason)
        Modification.objects.bulk_update(changes, ["payload", "detail", "dismissal_reason"], batch_size=BATCH)


def _without(person: Person, text: str) -> str:
    """A text without the person's marks and name."""
    text = person.without(text)
    return text.replace(person.name, "erased") if person.name else text
