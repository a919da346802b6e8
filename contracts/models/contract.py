from datetime import datetime

from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import DateTimeRangeField, RangeOperators
from django.db import models
from django.utils import timezone

from program.constraints import SameProgram, program_and_id
from program.models import EventType, Partner, Program

from .terms import TermsVersion


class ContractQuerySet(models.QuerySet["Contract"]):
    def active(self, now: datetime) -> "ContractQuerySet":
        return self.filter(period__contains=now)

    def upcoming(self, now: datetime) -> "ContractQuerySet":
        return self.filter(period__startswith__gt=now)

    def expired(self, now: datetime) -> "ContractQuerySet":
        return self.filter(models.Q(period__endswith__lte=now) | models.Q(period__isempty=True))

    def for_partner(self, partner: Partner) -> "ContractQuerySet":
        return self.filter(partner=partner)


class Contract(models.Model):
    """One version of terms that a partner works under for a time. Other than its end, a contract never changes."""

    program = models.ForeignKey(Program, on_delete=models.CASCADE, db_index=False)
    partner = models.ForeignKey(Partner, on_delete=models.PROTECT)
    terms_version = models.ForeignKey(TermsVersion, on_delete=models.PROTECT)
    # Start included, end excluded; a missing end means open, on either side. Empty: replaced before it began.
    period = DateTimeRangeField()
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

    def status(self, now: datetime) -> str:
        """ACTIVE, UPCOMING or EXPIRED at that moment; EXPIRED too where it was replaced before it began."""
        if self.period.isempty:
            return "EXPIRED"
        if self.period.lower and now < self.period.lower:
            return "UPCOMING"
        if self.period.upper and now >= self.period.upper:
            return "EXPIRED"
        return "ACTIVE"


class ContractEventType(models.Model):
    """An event type that a contract pays for, and when: the law of one contract at a time.

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
