"""Compares what actions keep of their limits with the terms, and counters with the sums of what actions took."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.db import connection

from contracts.engine.orders.order import Order
from contracts.engine.pricing.limits.kept import read_settled
from contracts.engine.pricing.limits.settle import Settled, approved, changed, first, returned
from contracts.engine.pricing.plan import Decision
from tracking.limits.changes import caps_now
from tracking.limits.terms_limits import limits_of
from tracking.models import Action, ActionUpdate


@dataclass(frozen=True, slots=True)
class UnderLimits:
    """What an action keeps after an update, and what the same counters leave when it is worked out again."""

    kept: Settled | None
    again: Settled | None


def is_counted(action: Action) -> bool:
    """Whether the action has to keep limits."""
    return not action.is_test and limits_of(action.terms_version_id, action.event_type.code).is_counted


def settled_again(
    update: ActionUpdate, kept_before: Mapping[str, Any] | None, order: Order, due: Decision
) -> UnderLimits:
    """The update's limits again: from those before it, what its counters held, and what the order is due."""
    if update.limits is None:
        return UnderLimits(None, None)
    kept, before = read_settled(update.limits), read_settled(kept_before) if kept_before else None
    took = {each.cap.counter: each.took for each in before.met} if before else {}
    held = {each.cap.counter: each.held + took.get(each.cap.counter, Decimal(0)) for each in kept.met}
    caps = [each.cap for each in kept.met]
    if before is None:
        again = first(due.payout, caps, held)
    elif update.disposition == ActionUpdate.Disposition.APPROVED:
        again = approved(before, held)
    elif order.returned:
        again = returned(before, caps, held)
    else:
        again = changed(before, due.payout, caps, held)
    return UnderLimits(kept, again)


def intended_of(updates: Sequence[ActionUpdate]) -> Decimal | None:
    """What the action was to be paid at first; while it is over its cap, what it would be paid."""
    found = None
    for update in updates:
        kept = update.limits and read_settled(update.limits)
        if found is None:
            found = kept.intended if kept else update.delta_payout
        elif kept and kept.over_cap:
            found = kept.intended
    return found


def cap_differences(action: Action, kept: Settled) -> Iterator[str]:
    """The caps that the action keeps, where the terms say others for its event date, customer and click."""
    expected = caps_now(action)
    if [each.cap for each in kept.met] != list(expected):
        yield f"keeps the limits {_caps([each.cap for each in kept.met])}, its terms say {_caps(expected)}"


def _caps(caps: Sequence[object]) -> str:
    return ", ".join(map(str, caps)) or "none"


def counter_differences(program_id: int) -> Iterator[str]:
    """Sentences that name a counter, its value and the sum of what actions took of it."""
    with connection.cursor() as cursor:
        cursor.execute(_DIFFERENCES, {"program": program_id})
        for *place, stored, took in cursor.fetchall():
            named = " ".join(str(each) for each in place if each not in ("", None))
            yield f"LimitCounter ({named}) is {stored or 0:f}, its actions took {took or 0:f}"


# Of the present limits of each action; those of its updates are compared with them one by one.
_DIFFERENCES = """
WITH took AS (
    SELECT version.template_terms_id, action.partner_id,
           CASE WHEN (met ->> 'OfTerms')::boolean THEN NULL ELSE action.event_type_id END AS event_type_id,
           (action.limits ->> 'Since')::int AS since, met ->> 'What' AS what, met ->> 'By' AS limit_by,
           met ->> 'Scope' AS scope, met ->> 'Period' AS period, met ->> 'Key' AS period_key,
           sum((met ->> 'Took')::numeric) AS value
    FROM tracking_action AS action
    JOIN contracts_termsversion AS version ON version.id = action.terms_version_id,
         jsonb_array_elements(action.limits -> 'Met') AS met
    WHERE action.program_id = %(program)s AND action.limits IS NOT NULL
    GROUP BY 1, 2, 3, 4, 5, 6, 7, 8, 9
), counter AS (SELECT * FROM tracking_limitcounter WHERE program_id = %(program)s)
SELECT coalesce(counter.template_terms_id, took.template_terms_id), coalesce(counter.partner_id, took.partner_id),
       coalesce(counter.event_type_id, took.event_type_id), coalesce(counter.since, took.since),
       coalesce(counter.what, took.what), coalesce(counter.limit_by, took.limit_by),
       coalesce(counter.scope, took.scope), coalesce(counter.period, took.period),
       coalesce(counter.period_key, took.period_key), counter.value, took.value
FROM counter FULL JOIN took
  ON counter.template_terms_id = took.template_terms_id AND counter.partner_id = took.partner_id
 AND coalesce(counter.event_type_id, 0) = coalesce(took.event_type_id, 0) AND counter.since = took.since
 AND counter.what = took.what AND counter.limit_by = took.limit_by AND counter.scope = took.scope
 AND counter.period = took.period AND counter.period_key = took.period_key
WHERE coalesce(counter.value, 0) <> coalesce(took.value, 0)
ORDER BY 1, 2, 3, 4, 5, 6, 7, 8, 9
"""
