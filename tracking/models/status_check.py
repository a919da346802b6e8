from decimal import Decimal

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models.functions import Abs

from common.db.constraints import SameProgram, program_and_id
from common.jobs.model import Job
from program.models import EventType, Partner, Program

from .action import MONEY, Action
from .conversion import Conversion


class StatusCheck(Job):
    """The customer statuses of a period's orders, checked by a worker against each customer's earlier orders."""

    class State(models.TextChoices):
        QUEUED = "QUEUED", "Waiting"
        RUNNING = "RUNNING", "Being checked"
        READY = "READY", "Ready"
        FAILED = "FAILED", "Failed"
        CANCELLED = "CANCELLED", "Cancelled"

    RUNNING = (State.RUNNING,)

    event_type = models.ForeignKey(EventType, on_delete=models.CASCADE, db_index=False)
    start = models.DateField()
    end = models.DateField(help_text="Included.")
    re_engaged_after_days = models.PositiveSmallIntegerField(
        validators=[MinValueValidator(1), MaxValueValidator(3650)],
        help_text="Days without an order after which a customer who orders again is Re-Engaged.",
    )
    complete_since = models.DateField(
        null=True, blank=True, help_text="From which day on every order was here when it was checked."
    )
    state = models.CharField(max_length=9, choices=State, default=State.QUEUED)
    # Counts and sums: tracking.status_check.findings.
    findings = models.JSONField(default=dict)
    csv = models.BinaryField(null=True)
    xlsx = models.BinaryField(null=True)

    class Meta(Job.Meta):
        constraints = [
            program_and_id("status_check"),
            SameProgram(field="event_type", to="program.EventType", name="status_check_event_type_same_program"),
        ]
        indexes = [models.Index(fields=["program", "-id"], name="status_check_newest")]


class CheckedStatusQuerySet(models.QuerySet["CheckedStatus"]):
    def by_difference(self) -> "CheckedStatusQuerySet":
        """Those first that were paid most too much or too little."""
        return self.order_by(Abs(models.F("payout") - models.F("right_payout")).desc(), "id")


class CheckedStatus(models.Model):
    """An order whose status its customer's earlier orders contradict, or cannot judge. `right_payout` is what its own
    terms pay for the status by the history.
    """

    class Verdict(models.TextChoices):
        DISAGREES = "DISAGREES", "Disagrees"
        NO_EARLIER = "NO_EARLIER", "No earlier order is known"
        INCOMPLETE = "INCOMPLETE", "The order history is not complete"

    program = models.ForeignKey(Program, on_delete=models.CASCADE, db_index=False)
    status_check = models.ForeignKey(StatusCheck, on_delete=models.CASCADE, db_index=False, related_name="orders")
    action = models.ForeignKey(Action, on_delete=models.CASCADE, db_index=False)
    partner = models.ForeignKey(Partner, on_delete=models.CASCADE, db_index=False)
    verdict = models.CharField(max_length=10, choices=Verdict)
    code = models.CharField(max_length=40)
    sent = models.CharField(max_length=40)
    by_history = models.CharField(max_length=40)
    earlier = models.ForeignKey(
        Conversion,
        null=True,
        blank=True,
        on_delete=models.CASCADE,
        db_index=False,
        related_name="+",
        help_text="The last order before this one. Without one, orders from before the brand came prove it.",
    )
    currency = models.CharField(max_length=3)
    payout = models.DecimalField(**MONEY)
    right_payout = models.DecimalField(**MONEY)

    objects = CheckedStatusQuerySet.as_manager()

    class Meta:
        ordering = ["id"]
        constraints = [
            SameProgram(field="status_check", to="tracking.StatusCheck", name="checked_status_check_same_program"),
            SameProgram(field="action", to="tracking.Action", name="checked_status_action_same_program"),
            SameProgram(field="partner", to="program.Partner", name="checked_status_partner_same_program"),
            SameProgram(field="earlier", to="tracking.Conversion", name="checked_status_earlier_same_program"),
        ]
        indexes = [models.Index(fields=["status_check", "verdict", "id"], name="checked_status_of_check")]

    def __str__(self) -> str:
        return f"{self.action}: {self.sent}, by history {self.by_history}"

    @property
    def difference(self) -> Decimal:
        """How much too much was paid; below 0, too little."""
        return self.payout - self.right_payout

    @property
    def shortfall(self) -> Decimal:
        return -self.difference
