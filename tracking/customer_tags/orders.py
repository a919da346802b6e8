"""Orders by the tags that they were priced with, which the action keeps: those that the customer carried at the event
date, whatever it carries today.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import timedelta

from django.contrib.postgres.fields import ArrayField
from django.db.models import BooleanField, F, Func, Q, TextField, Value
from django.utils import timezone

from common.db.statements import fetch
from common.formats.comparison import compared
from contracts.engine.pricing.schedule import midnight
from program.frame.recent_figures import DAYS, RecentFigures
from program.models import Program
from program.models.customer import CustomerTagName
from program.tags.orders import Span

# As the index `action_tagged` has it.
_TAGGED = """NOT (action.context -> 'CustomerTags' = '[]'::jsonb AND action.context -> 'CustomerTags' IS NOT NULL)"""
_FIGURES = f"""
SELECT tag, currency, count(*), sum(payout), sum(amount)
FROM tracking_action AS action, jsonb_array_elements_text(action.context -> 'CustomerTags') AS tag
WHERE program_id = %s AND event_date >= %s AND state <> 'REVERSED' AND NOT is_test AND NOT is_hidden AND {_TAGGED}
GROUP BY tag, currency
"""  # noqa: S608
_PRICED = """
SELECT count(DISTINCT action.id)
FROM unnest(%s::bigint[], %s::timestamptz[], %s::timestamptz[]) AS span (customer, since, until)
JOIN tracking_action AS action ON action.customer_id = span.customer AND NOT action.is_test
    AND action.event_date >= span.since AND (span.until IS NULL OR action.event_date < span.until)
"""


class _PricedWith(Func):
    """Whether an action keeps one of these tags; in any letter case, because a tag's spelling may have changed."""

    template = "EXISTS (SELECT FROM jsonb_array_elements_text(%(expressions)s))"
    arg_joiner = " -> 'CustomerTags') AS tag WHERE lower(tag) = ANY ("
    output_field = BooleanField()


def priced_with(tags: Iterable[int]) -> Q:
    """The condition of actions that were priced with one of the tags, by number of the row: by whatever name."""
    names = CustomerTagName.objects.filter(tag__in=tags).values_list("name", flat=True)
    spelled = Value([name.lower() for name in names], output_field=ArrayField(TextField()))
    return ~Q(context__CustomerTags=[]) & Q(_PricedWith(F("context"), spelled))


def priced_orders(spans: Sequence[Span]) -> int:
    """As `program.tags.orders` asks for them."""
    columns = [list(column) for column in zip(*spans, strict=True)]
    return int(fetch(_PRICED, columns, is_planned_once=False)[0][0])


def tag_figures(program: Program) -> Mapping[str, Sequence[RecentFigures]]:
    """As `program.tags.orders` asks for them: the last 30 days with today, the program's currency first."""
    first = timezone.now().astimezone(program.zone).date() - timedelta(days=DAYS - 1)
    sums: dict[str, dict[str, RecentFigures]] = defaultdict(dict)
    asked = [program.pk, midnight(first, program.time_zone)]
    for name, currency, orders, payout, amount in fetch(_FIGURES, asked, is_planned_once=False):
        tag, figures = compared(name), RecentFigures(currency, orders, payout, amount)
        old = sums[tag].get(currency)
        sums[tag][currency] = old.plus(figures) if old else figures
    return {
        tag: sorted(of_tag.values(), key=lambda each: (each.currency != program.currency, each.currency))
        for tag, of_tag in sums.items()
    }
