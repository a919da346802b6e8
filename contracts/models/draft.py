"""The draft of terms: rows to edit, drag and switch off. `contracts.drafts.documents` makes one document of them."""

from django.db import models

from common.db.constraints import SameProgram, program_and_id
from program.models import EventType, Program

from .sectioned import Sectioned
from .terms import TemplateTerms

ONE_PAYOUT = models.Q(payout__isnull=True, payout_rate__gte=0) | models.Q(payout__gte=0, payout_rate__isnull=True)


class EventPayout(Sectioned):
    """What the draft pays for one event type, section by section."""

    class Level(models.TextChoices):
        ORDER = "ORDER", "order"
        ITEM = "ITEM", "item"

    program = models.ForeignKey(Program, on_delete=models.CASCADE, db_index=False)
    template_terms = models.ForeignKey(TemplateTerms, on_delete=models.CASCADE, related_name="event_payouts")
    event_type = models.ForeignKey(EventType, on_delete=models.PROTECT)

    class Meta:
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(fields=["template_terms", "event_type"], name="event_payout_one_per_event_type"),
            models.CheckConstraint(
                condition=models.Q(sections__has_key="DefaultPayout") ^ models.Q(sections__has_key="DefaultPayoutRate"),
                name="event_payout_percent_or_fixed",
            ),
            program_and_id("event_payout"),
            SameProgram(
                field="template_terms", to="contracts.TemplateTerms", name="event_payout_template_terms_same_program"
            ),
            SameProgram(field="event_type", to="program.EventType", name="event_payout_event_type_same_program"),
        ]

    def __str__(self) -> str:
        return f"{self.template_terms}: {self.event_type}"

    @property
    def payout_level(self) -> str:
        """Whether payouts are by order or by item."""
        return str(self.sections["PayoutLevel"])

    @property
    def currency(self) -> str:
        """That of the terms, in which every amount is."""
        return self.template_terms.currency


class DraftRow(models.Model):
    """Shared by payout groups, adjustments and restrictions: a place in their list, rules, and a switch."""

    program = models.ForeignKey(Program, on_delete=models.CASCADE)
    rank = models.PositiveIntegerField()
    rules = models.JSONField(default=list, help_text="As in the terms document: Variable, Operator, Values.")
    is_active = models.BooleanField("switched on", default=True)

    class Meta:
        abstract = True
        ordering = ["rank"]


class PayoutGroup(DraftRow):
    """Orders that meet all of its rules are paid by it; of the groups that match, the one ranked first pays."""

    event_payout = models.ForeignKey(EventPayout, on_delete=models.CASCADE, related_name="payout_groups")
    name = models.CharField(max_length=255, blank=True)
    payout = models.DecimalField(max_digits=20, decimal_places=8, null=True, blank=True)
    payout_rate = models.DecimalField(max_digits=20, decimal_places=8, null=True, blank=True)
    payable_items = models.PositiveIntegerField("limit on payable items", null=True, blank=True)

    class Meta(DraftRow.Meta):
        constraints = [
            # Deferred, so that a whole list can be re-ranked in one transaction.
            models.UniqueConstraint(
                fields=["event_payout", "rank"], name="payout_group_rank_unique", deferrable=models.Deferrable.DEFERRED
            ),
            models.CheckConstraint(condition=ONE_PAYOUT, name="payout_group_percent_or_fixed"),
            SameProgram(field="event_payout", to="contracts.EventPayout", name="payout_group_same_program"),
        ]

    def __str__(self) -> str:
        return self.name or f"Group {self.rank}"


class PayoutAdjustment(DraftRow):
    """Raises or lowers the payout of orders that meet its rules; all that match apply, one after another."""

    class Direction(models.TextChoices):
        INCREASE = "INCREASE", "Increase"
        DECREASE = "DECREASE", "Decrease"

    event_payout = models.ForeignKey(EventPayout, on_delete=models.CASCADE, related_name="payout_adjustments")
    direction = models.CharField(max_length=8, choices=Direction, default=Direction.INCREASE)
    rate = models.DecimalField(max_digits=20, decimal_places=8, null=True, blank=True)
    amount = models.DecimalField(max_digits=20, decimal_places=8, null=True, blank=True)

    class Meta(DraftRow.Meta):
        constraints = [
            models.UniqueConstraint(
                fields=["event_payout", "rank"],
                name="payout_adjustment_rank_unique",
                deferrable=models.Deferrable.DEFERRED,
            ),
            models.CheckConstraint(
                condition=models.Q(rate__isnull=True, amount__gte=0) | models.Q(rate__gte=0, amount__isnull=True),
                name="payout_adjustment_percent_or_fixed",
            ),
            SameProgram(field="event_payout", to="contracts.EventPayout", name="payout_adjustment_same_program"),
        ]

    def __str__(self) -> str:
        return f"Adjustment {self.rank}"


class PayoutRestriction(DraftRow):
    """Orders that meet all of its rules earn nothing."""

    event_payout = models.ForeignKey(EventPayout, on_delete=models.CASCADE, related_name="payout_restrictions")
    zero_payout_hide_report = models.BooleanField("leave such actions out of reports", default=False)

    class Meta(DraftRow.Meta):
        constraints = [
            models.UniqueConstraint(
                fields=["event_payout", "rank"],
                name="payout_restriction_rank_unique",
                deferrable=models.Deferrable.DEFERRED,
            ),
            SameProgram(field="event_payout", to="contracts.EventPayout", name="payout_restriction_same_program"),
        ]

    def __str__(self) -> str:
        return f"Restriction {self.rank}"
