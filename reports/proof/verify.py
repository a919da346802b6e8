"""Verifies that stored figures agree: actions with raw conversions and terms, updates with actions, rollups with
actions, customers' figures with their actions, counters of limits with what actions took.
"""

from collections.abc import Callable
from dataclasses import asdict, dataclass
from datetime import date
from itertools import chain

from django.db import connection, transaction
from django.db.models import Prefetch, QuerySet

from program.models import Customer, Program
from reports.models import DailyPerformance
from reports.proof.actions import action_differences
from reports.proof.customers import customer_differences
from reports.proof.limits import counter_differences
from reports.proof.rollups import rollup_differences
from reports.rollups.fill import fill_touched_days
from tracking.models import Action, ActionUpdate, Conversion, LimitCounter, TouchedDay

BATCH = 200
FIRST, LAST = date(1, 1, 1), date(9999, 12, 31)


@dataclass(slots=True)
class Proof:
    """What was checked, and how many differences were found."""

    conversions: int = 0
    waiting: int = 0
    actions: int = 0
    items: int = 0
    updates: int = 0
    erased_not_recomputed: int = 0
    journeys: int = 0
    rollups: int = 0
    customers: int = 0
    limit_counters: int = 0
    touched_days: int = 0
    differences: int = 0

    def counts(self) -> dict[str, int]:
        return {name.title().replace("_", ""): count for name, count in asdict(self).items()}


def verify(
    program: Program,
    *,
    tell: Callable[[str], None],
    start: date | None = None,
    end: date | None = None,
    explain: bool = True,
) -> Proof:
    """Price every action of the days again and compare all that is stored; `tell` gets a sentence for each difference.

    Touched days are filled in first. Then everything is read in one snapshot, so that workers may continue meanwhile.
    Days are the program's, by event date. With `explain` every action's explanation must match its payout, too.
    """
    fill_touched_days(program_id=program.pk, wait=True)
    is_outermost = not connection.in_atomic_block
    with transaction.atomic():
        if is_outermost:
            with connection.cursor() as cursor:
                cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY")
        return _Verification(program, tell, start or FIRST, end or LAST).run(explain)


class _Verification:
    def __init__(self, program: Program, tell: Callable[[str], None], start: date, end: date) -> None:
        self.program, self._tell = program, tell
        self.start, self.end = start, end
        self.proof = Proof()

    def run(self, explain: bool) -> Proof:
        proof, rows = self.proof, {"program": self.program}
        conversions = Conversion.objects.filter(**rows)
        proof.conversions, proof.waiting = conversions.count(), conversions.waiting().count()
        proof.touched_days = TouchedDay.objects.filter(**rows).values("day").distinct().count()
        proof.rollups = DailyPerformance.objects.filter(**rows, day__range=(self.start, self.end)).count()
        proof.customers = Customer.objects.filter(**rows).count()
        proof.limit_counters = LimitCounter.objects.filter(**rows).count()
        for pk in conversions.filter(state=Conversion.State.PRICED, action=None).values_list("pk", flat=True):
            self.tell(f"Conversion {pk} is PRICED and has no action")
        self._actions(explain)
        for text in rollup_differences(self.program.pk, start=self.start, end=self.end):
            self.tell(text)
        for text in chain(customer_differences(self.program.pk), counter_differences(self.program.pk)):
            self.tell(text)
        return proof

    def tell(self, text: str) -> None:
        self.proof.differences += 1
        self._tell(text)

    def _actions(self, explain: bool) -> None:
        after = 0
        while batch := list(self._with_all().filter(pk__gt=after)[:BATCH]):
            for action in batch:
                self.proof.actions += 1
                self.proof.items += len(action.items.all())
                self.proof.updates += len(action.updates.all())
                self.proof.erased_not_recomputed += action.is_erased
                self.proof.journeys += bool(action.journey.get("Steps") and not action.is_erased)
                for text in action_differences(action, explain=explain):
                    self.tell(text)
            after = batch[-1].pk

    def _with_all(self) -> "QuerySet[Action]":
        updates = ActionUpdate.objects.select_related("modification__program", "replaced").order_by("number")
        return (
            Action.objects.filter(program=self.program, day__range=(self.start, self.end))
            .select_related("conversion", "event_type", "partner")
            .prefetch_related("items", Prefetch("updates", updates))
            .order_by("pk")
        )
