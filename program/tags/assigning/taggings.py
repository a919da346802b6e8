"""The one writer of taggings: set statements for any number of customers. An order counts the tags that its customer
carried at its event date, so what changes here changes orders that are priced from now on.
"""

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import NamedTuple

from django.db import connection
from django.db.backends.postgresql.psycopg_any import DateTimeTZRange
from django.db.models import F
from django.utils import timezone

from common.db.statements import AnyOf
from common.refusals import Refusal, Refused
from program.models import CustomerTag
from program.models.customer import CustomerTagging
from program.tags.orders import priced_orders

from .periods import Period, Plan, assigned, ended

_ADD = """
INSERT INTO program_customertagging (program_id, customer_id, tag_id, period, assigned_by_id, assigned_at)
SELECT customer.program_id, customer.id, added.tag, tstzrange(added.since, NULL), %s, %s
FROM unnest(%s::bigint[], %s::bigint[], %s::timestamptz[]) AS added (customer, tag, since)
JOIN program_customer AS customer ON customer.id = added.customer AND customer.program_id = %s
RETURNING id, customer_id, tag_id
"""
_CHANGE = """
UPDATE program_customertagging SET period = tstzrange(changed.since, changed.until), assigned_by_id = changed.who,
    assigned_at = changed.at
FROM unnest(%s::bigint[], %s::timestamptz[], %s::timestamptz[], %s::bigint[], %s::timestamptz[])
    AS changed (id, since, until, who, at)
WHERE program_customertagging.id = changed.id
"""
_HOLD = "SELECT FROM program_customer WHERE id = ANY(%s) ORDER BY id FOR NO KEY UPDATE"

type Pair = tuple[int, int]  # customer and tag
type Moments = Mapping[Pair, datetime]
type Plans = dict[Pair, tuple[list[Stored], Plan]]


class Stored(NamedTuple):
    """A tagging as it is stored."""

    id: int
    period: Period
    assigned_by: int | None
    assigned_at: datetime


class Change(NamedTuple):
    """What became of one tagging; without `before` it is new, without `after` it is gone."""

    customer: int
    tag: int
    tagging: int
    before: Stored | None
    after: Period | None


@dataclass
class Tagged:
    """What was done: how many taggings began, were extended to an earlier moment, and ended; and how many orders of the
    time that this is about are priced already, and stay as they are.
    """

    began: int = 0
    extended: int = 0
    ended: int = 0
    priced: int = 0
    changes: list[Change] = field(default_factory=list)

    @property
    def changed(self) -> int:
        return self.began + self.extended + self.ended

    def __iadd__(self, other: "Tagged") -> "Tagged":
        self.began += other.began
        self.extended += other.extended
        self.ended += other.ended
        self.priced += other.priced
        self.changes += other.changes
        return self


def hold_tags(program_id: int, tags: Iterable[int]) -> list[CustomerTag]:
    """Lock those of the tags that are there until the transaction ends: who assigns one waits for the other, and nobody
    deletes or archives it meanwhile.
    """
    rows = CustomerTag.objects.filter(program=program_id, pk__in=tags).order_by("pk")
    return list(rows.select_for_update(no_key=True))


def hold_customers(customers: Iterable[int]) -> None:
    """Lock these customers until the transaction ends, in the one order in which all lock them: what is done to their
    tags writes them, as the rollup does. Tags are held before customers.
    """
    with connection.cursor() as cursor:
        cursor.execute(_HOLD, [list(customers)])


def refuse_archived(tags: Iterable[CustomerTag]) -> None:
    """Raise Refused where a tag is archived: it counts where it is, and is assigned to nobody else."""
    if archived := [tag.name for tag in tags if tag.archived_at]:
        names = ", ".join(archived)
        raise Refused(
            Refusal(
                "tags", f"{names} {'is' if len(archived) == 1 else 'are'} archived and cannot be assigned.", "archived"
            )
        )


def assign(
    *,
    program_id: int,
    customers: Sequence[int],
    tags: Sequence[int],
    since: datetime | None = None,
    by: int | None = None,
) -> Tagged:
    """Have these customers carry the tags from a moment on, by default from now; the caller holds the tags."""
    now = timezone.now()
    return begin(program_id=program_id, moments=_each(customers, tags, since or now), by=by, now=now)


def end(*, customers: Sequence[int], tags: Sequence[int], until: datetime | None = None) -> Tagged:
    """Have these customers carry the tags no more from a moment on, by default from now; the caller holds the tags."""
    now = timezone.now()
    return finish(moments=_each(customers, tags, until or now), now=now)


def begin(*, program_id: int, moments: Moments, by: int | None, now: datetime) -> Tagged:
    """Have each customer carry a tag from a moment of its own on."""
    plans = _plans(moments, assigned)
    new = {pair: moments[pair] for pair, (_, plan) in plans.items() if any(place is None for place, _ in plan.changed)}
    changes = _write(plans, lambda _: (by, now))
    added = _add(program_id, new, by, now)
    return Tagged(
        began=len(added),
        extended=sum(change.after is not None for change in changes),
        priced=_priced(plans, moments, now),
        changes=[*changes, *added],
    )


def finish(*, moments: Moments, now: datetime) -> Tagged:
    """Have each customer carry a tag no more from a moment of its own on."""
    plans = _plans(moments, ended)
    changes = _write(plans, lambda stored: (stored.assigned_by, stored.assigned_at))
    return Tagged(ended=len(changes), priced=_priced(plans, moments, now), changes=changes)


def _each(customers: Sequence[int], tags: Sequence[int], moment: datetime) -> Moments:
    return {(customer, tag): moment for customer in customers for tag in tags}


def _plans(moments: Moments, plan_of: Callable[[Sequence[Period], datetime], Plan]) -> Plans:
    """What to do about each customer and tag for which there is something to do."""
    if not moments:
        return {}
    customers = {customer for customer, _ in moments}
    hold_customers(customers)
    rows = CustomerTagging.objects.filter(
        AnyOf(F("customer_id"), list(customers)),
        AnyOf(F("tag_id"), list({tag for _, tag in moments})),
        period__overlap=DateTimeTZRange(min(moments.values()), None),
    ).select_for_update(no_key=True)
    stored: dict[Pair, list[Stored]] = defaultdict(list)
    names = ("customer_id", "tag_id", "pk", "period", "assigned_by_id", "assigned_at")
    for customer, tag, pk, period, who, at in rows.order_by("pk").values_list(*names):
        stored[customer, tag].append(Stored(pk, Period(period.lower, period.upper), who, at))
    plans = {}
    for pair, moment in moments.items():
        present = stored.get(pair, [])
        plan = plan_of([each.period for each in present], moment)
        if plan.moved:
            plans[pair] = (present, plan)
    return plans


def _write(plans: Plans, signed: Callable[[Stored], tuple[int | None, datetime]]) -> list[Change]:
    """Remove and change stored taggings; `signed` says by whom and when a changed one was assigned."""
    removed, changed = [], []
    for (customer, tag), (stored, plan) in plans.items():
        removed += [Change(customer, tag, stored[place].id, stored[place], None) for place in plan.removed]
        changed += [
            Change(customer, tag, stored[place].id, stored[place], period)
            for place, period in plan.changed
            if place is not None
        ]
    if removed:
        CustomerTagging.objects.filter(AnyOf(F("pk"), [change.tagging for change in removed])).delete()
    if changed:
        rows = [
            (change.tagging, change.after.since, change.after.until, *signed(change.before))
            for change in changed
            if change.before and change.after
        ]
        with connection.cursor() as cursor:
            cursor.execute(_CHANGE, list(map(list, zip(*rows, strict=True))))
    return [*removed, *changed]


def _add(program_id: int, moments: Moments, by: int | None, now: datetime) -> list[Change]:
    if not moments:
        return []
    customers, tags = map(list, zip(*moments, strict=True))
    with connection.cursor() as cursor:
        cursor.execute(_ADD, [by, now, customers, tags, list(moments.values()), program_id])
        added = cursor.fetchall()
    return [Change(customer, tag, pk, None, Period(moments[customer, tag])) for pk, customer, tag in added]


def _priced(plans: Plans, moments: Moments, now: datetime) -> int:
    """How many orders are priced already of the times that customers carry a tag now and did not, or the other way
    round; from now on there are none.
    """
    spans = [(pair[0], *period) for pair, (_, plan) in plans.items() if moments[pair] < now for period in plan.moved]
    return priced_orders(spans) if spans else 0
