"""What a customer's orders tell: the statuses one after the other, who brought how many of them, and how they came."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from decimal import Decimal
from typing import Any, NamedTuple

from common.db.statements import fetch
from contracts.engine.explain.journey import KINDS
from program.models import Ad, Customer
from tracking.models import Action

MOST = 20  # statuses, partners and sources that a profile lists

# Orders in a row with one status, the latest first. Test orders are in none of it; returned ones had their status, too.
_STATUSES = """
SELECT status, min(event_date), max(event_date), count(*) FROM (
    SELECT customer_status_category AS status, event_date,
           row_number() OVER orders - row_number() OVER (PARTITION BY customer_status_category ORDER BY event_date, id)
               AS run
    FROM tracking_action WHERE customer_id = %(customer)s AND NOT is_test
    WINDOW orders AS (ORDER BY event_date, id)
) AS action GROUP BY status, run ORDER BY 2 DESC, 3 DESC LIMIT %(most)s
"""
_PARTNERS = """
SELECT partner.id, partner.name, action.currency, count(*) FILTER (WHERE action.state <> 'REVERSED'),
       coalesce(sum(action.amount) FILTER (WHERE action.state <> 'REVERSED'), 0),
       coalesce(sum(action.payout) FILTER (WHERE action.state <> 'REVERSED'), 0), max(action.event_date) AS latest
FROM tracking_action AS action JOIN program_partner AS partner ON partner.id = action.partner_id
WHERE action.customer_id = %(customer)s AND NOT action.is_test
GROUP BY partner.id, partner.name, action.currency ORDER BY latest DESC, partner.id, action.currency LIMIT %(most)s
"""
_NOT_CREDITED = """
SELECT count(*) FROM program_eventtype AS event_type JOIN tracking_conversion AS stored
    ON stored.event_type_id = event_type.id AND stored.customer_id = %(named)s
WHERE event_type.program_id = %(program)s AND stored.customer_id <> '' AND NOT stored.is_test
  AND stored.state IN ('HELD', 'QUARANTINED')
"""


class StatusRun(NamedTuple):
    """Orders in a row that brought one status; empty is Other."""

    status: str
    start: datetime
    end: datetime
    orders: int


class Brought(NamedTuple):
    """What a partner brought of a customer's orders, in one currency; returned ones count only for the last date."""

    partner: int
    name: str
    currency: str
    orders: int
    revenue: Decimal
    payout: Decimal
    last_order: datetime


def status_runs(customer: Customer) -> Sequence[StatusRun]:
    """The latest first; at most 20."""
    return [StatusRun(*row) for row in fetch(_STATUSES, {"customer": customer.pk, "most": MOST})]


def brought_by(customer: Customer) -> Sequence[Brought]:
    """Who brought the customer, the latest first; at most 20."""
    return [Brought(*row) for row in fetch(_PARTNERS, {"customer": customer.pk, "most": MOST})]


def not_credited(customer: Customer) -> int:
    """How many orders of the customer made no action and wait for somebody."""
    named = {"program": customer.program_id, "named": customer.customer_id}
    return int(fetch(_NOT_CREDITED, named)[0][0])


class Way(NamedTuple):
    """A click, an impression or a visit; `partner` is the number of the partner's row, None for an unpaid source."""

    kind: str
    at: datetime
    partner: int | None
    media: str
    ad: str


class Ways(NamedTuple):
    """The first and the last of them all, and how many came by each partner and source, the most first."""

    first: Way
    last: Way
    sources: list[tuple[str, int]]


def ways_of(actions: Iterable[Action]) -> Ways | None:
    """Of the journeys that these actions keep; None where they keep none. Of several orders each step counts once. One
    query, for the ads of the two.
    """
    kept = [step for action in actions for step in action.journey.get("Steps", ()) if step["Media"]]
    steps = list({(step["Date"], step["Kind"], step["Media"]): step for step in kept}.values())
    if not steps:
        return None
    steps.sort(key=lambda step: datetime.fromisoformat(step["Date"]))
    first, last = steps[0], steps[-1]
    ads = dict(Ad.objects.filter(pk__in={first["Ad"], last["Ad"]} - {None}).values_list("pk", "name"))
    sources = Counter(step["Media"] for step in steps)
    return Ways(_way(first, ads), _way(last, ads), sorted(sources.items(), key=lambda each: (-each[1], each[0]))[:MOST])


def _way(step: Mapping[str, Any], ads: Mapping[int, str]) -> Way:
    at = datetime.fromisoformat(step["Date"])
    return Way(KINDS[step["Kind"]].capitalize(), at, step["Partner"], step["Media"], ads.get(step["Ad"], ""))
