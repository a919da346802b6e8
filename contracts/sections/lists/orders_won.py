"""How many orders payout groups won lately: asked here, answered by the app that has the orders, which registers the
answer when it is loaded.
"""

import json
from collections import defaultdict
from collections.abc import Callable, Collection, Mapping, Sequence
from datetime import date, timedelta

from django.utils import timezone

from common.db.statements import fetch
from contracts.models import EventPayout, PayoutGroup
from contracts.uses.renamed import ways_published
from program.frame.recent_figures import DAYS

type Published = tuple[int, int]  # a group as it was published: number of the version's row, rank
type OrdersWon = Callable[[int, Collection[Published], date], Mapping[Published, int]]

_orders_won: list[OrdersWon] = []

# Each version that was in force in these days, with its groups of an event type that have one of the conditions asked
# for, by the place of that condition. The first of a version that has it takes the orders; a second one wins none.
_PUBLISHED = """
    SELECT version.id, found.place, found.rank
    FROM contracts_termsversion AS version LEFT JOIN LATERAL (
        SELECT DISTINCT ON (asked.place) asked.place, (published.row -> 'Rank')::integer AS rank
        FROM jsonb_array_elements(version.document -> 'EventPayouts') AS payout
        CROSS JOIN jsonb_array_elements(payout -> 'PayoutGroups') AS published(row)
        JOIN unnest(%(conditions)s::jsonb[]) WITH ORDINALITY AS asked(rules, place)
            ON asked.rules = coalesce(published.row -> 'Rules', '[]')
        WHERE payout ->> 'EventTypeCode' = %(code)s
        ORDER BY 1, 2
    ) AS found ON true
    WHERE template_terms_id = %(terms)s AND EXISTS (
        SELECT FROM contracts_contract
        WHERE terms_version_id = version.id AND period && tstzrange(%(start)s, %(now)s, '[]')
    )
"""


def answer(orders_won: OrdersWon) -> None:
    """Called once by the app that has the orders, when it is loaded."""
    _orders_won[:] = [orders_won]


def orders_won(event_payout: EventPayout, groups: Sequence[PayoutGroup]) -> Mapping[int, int] | None:
    """The orders of the last 30 days, with today, that a group with the same condition paid under a version of the
    terms that was in force then, by the group's number. Those that were reversed do not count. Tags and lists of the
    condition may have had other names then.

    A group whose condition none of these versions has is left out; None where no version was in force. Of groups with
    the same condition the first is said to have won.
    """
    now = timezone.now()
    by_condition: dict[str, int] = {}
    ways_of = ways_published(event_payout.program_id, [each.rules for each in groups])
    for group, ways in zip(groups, ways_of, strict=True):
        for rules in ways:
            by_condition.setdefault(json.dumps(rules, sort_keys=True), group.pk)
    asked = {
        "terms": event_payout.template_terms_id,
        "code": event_payout.event_type.code,
        "conditions": list(by_condition),
        "start": now - timedelta(days=DAYS),
        "now": now,
    }
    found = fetch(_PUBLISHED, asked, is_planned_once=False)
    if not found:
        return None
    numbers = list(by_condition.values())
    published: dict[int, list[Published]] = defaultdict(list)
    for version, place, rank in found:
        if place is not None:
            published[numbers[place - 1]].append((version, rank))
    every = [each for own in published.values() for each in own]
    today = now.astimezone(event_payout.template_terms.program.zone).date()
    since = today - timedelta(days=DAYS - 1)
    won = next((count(event_payout.event_type_id, every, since) for count in _orders_won), {}) if every else {}
    return {pk: sum(won.get(each, 0) for each in own) for pk, own in published.items()}
