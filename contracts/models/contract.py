from collections.abc import Iterable
from datetime import datetime

from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import DateTimeRangeField, RangeOperators
from django.db import models
from django.db.backends.postgresql.psycopg_any import DateTimeTZRange
from django.utils import timezone

from common.db.constraints import SameProgram, program_and_id
from program.models import EventType, Partner, Program

from .terms import TermsVersion


class Status(models.TextChoices):
    """Whether a contract, or a version by its contracts, is in force at a moment."""

    ACTIVE = "ACTIVE", "Active"
    UPCOMING = "UPCOMING", "Upcoming"
    EXPIRED = "EXPIRED", "Expired"


def status_of(periods: Iterable[DateTimeTZRange], now: datetime) -> Status | None:
    """The one definition of being in force: ACTIVE during one of its periods, UPCOMING before one that is
    still to come, else EXPIRED. None without any period; an empty one is over. Starts are included, ends excluded."""
    found: Status | None = None
    for period in periods:
        if period.isempty or (period.upper is not None and period.upper <= now):
            found = found or Status.EXPIRED
        elif period.lower is None or period.lower <= now:
            return Status.ACTIVE
        else:
            found = Status.UPCOMING
    return found


class ContractQuerySet(models.QuerySet["Contract"]):
    """`active`, `upcoming` and `expired` are `status_of` as conditions of the database."""

    def active(self, now: datetime) -> "ContractQuerySet":
        return self.filter(period__contains=now)

    def upcoming(self, now: datetime) -> "ContractQuerySet":
        return self.filter(period__startswith__gt=now)

    def expired(self, now: datetime) -> "ContractQuerySet":
        return self.filter(models.Q(period__endswith__lte=now) | models.Q(period__isempty=True))


class Contract(models.Model):
    """One version of terms that a partner works under for a time. Other than its end, a contract never changes."""

    program = models.ForeignKey(Program, on_delete=models.CASCADE, db_index=False)
    partner = models.ForeignKey(Partner, on_delete=models.PROTECT)
    terms_version = models.ForeignKey(TermsVersion, on_delete=models.PROTECT)
    # Start included, end excluded; a missing end means open, on either side. Empty: withdrawn or replaced before it
    # began.
    period = DateTimeRangeField()
    withdrawn_at = models.DateTimeField(null=True, blank=True, editable=False)
    created_at = models.DateTimeField(default=timezone.now, editable=False)

    objects = ContractQuerySet.as_manager()

    class Meta:
        ordering = ["-id"]
        constraints = [
            program_and_id("contract"),
            SameProgram(field="partner", to="program.Partner", name="contract_partner_same_program"),
            SameProgram(field="terms_version", to="contracts.TermsVersion", name="contract_terms_version_same_program"),
        ]

    def __str__(self) -> str:
        return f"{self.partner}: {self.terms_version}"

    def status(self, now: datetime) -> Status:
        """ACTIVE, UPCOMING or EXPIRED at that moment; EXPIRED too where it never began."""
        return status_of([self.period], now) or Status.EXPIRED


class ContractEventType(models.Model):
    """An event type that a contract pays for, and when: a constraint allows one contract at a time.

    The contract's own period spans those of its event types, of which other terms may take one away.
    """

    program = models.ForeignKey(Program, on_delete=models.CASCADE)
    contract = models.ForeignKey(Contract, on_delete=models.CASCADE, related_name="event_types")
    partner = models.ForeignKey(Partner, on_delete=models.CASCADE)
    event_type = models.ForeignKey(EventType, on_delete=models.PROTECT)
    period = DateTimeRangeField()

    class Meta:
        constraints = [
            ExclusionConstraint(
                name="one_contract_per_partner_and_event_type_at_a_time",
                expressions=[
                    ("partner", RangeOperators.EQUAL),
                    ("event_type", RangeOperators.EQUAL),
                    ("period", RangeOperators.OVERLAPS),
                ],
            ),
            SameProgram(field="contract", to="contracts.Contract", name="contract_event_type_contract_same_program"),
            SameProgram(field="partner", to="program.Partner", name="contract_event_type_partner_same_program"),
            SameProgram(field="event_type", to="program.EventType", name="contract_event_type_same_program"),
        ]

    def __str__(self) -> str:
        return f"{self.contract}, {self.event_type}"


class TakenTime(models.Model):
    """Time of an event type that a contract took from an earlier one, which gets it back if that one is withdrawn.

    It records what to give back, not who has the time now: that is in the periods of the contracts' event types.
    """

    program = models.ForeignKey(Program, on_delete=models.CASCADE, db_index=False)
    contract = models.ForeignKey(Contract, on_delete=models.CASCADE, related_name="taken_times")
    earlier = models.ForeignKey(Contract, on_delete=models.CASCADE, related_name="+")
    event_type = models.ForeignKey(EventType, on_delete=models.PROTECT)
    period = DateTimeRangeField()

    class Meta:
        constraints = [
            SameProgram(field="contract", to="contracts.Contract", name="taken_time_contract_same_program"),
            SameProgram(field="earlier", to="contracts.Contract", name="taken_time_earlier_same_program"),
            SameProgram(field="event_type", to="program.EventType", name="taken_time_event_type_same_program"),
        ]

    def __str__(self) -> str:
        return f"{self.contract} from {self.earlier}"
