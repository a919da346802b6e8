from typing import Any

from django.db import models

from common.db.constraints import SameProgram
from contracts.models import TemplateTerms
from program.models import EventType, Partner, Program

MONEY: dict[str, Any] = {"max_digits": 16, "decimal_places": 4}


class LimitCounter(models.Model):
    """What actions took of one limit together: the sum of what each keeps in its `limits`.

    It belongs to a partner, template terms and an event type, or to the terms as a whole, and goes on over their
    versions, but begins again with one that resets it (`since`, a number of a version). What is limited for each
    customer or click has a counter for each (`scope`: the number of the customer's row, a digest of the click's id).
    """

    program = models.ForeignKey(Program, on_delete=models.CASCADE, db_constraint=False, db_index=False)
    partner = models.ForeignKey(Partner, on_delete=models.CASCADE, db_constraint=False, db_index=False)
    template_terms = models.ForeignKey(TemplateTerms, on_delete=models.CASCADE, db_constraint=False, db_index=False)
    event_type = models.ForeignKey(
        EventType, null=True, blank=True, on_delete=models.CASCADE, db_constraint=False, db_index=False
    )
    since = models.PositiveIntegerField()
    what = models.CharField(max_length=7, choices=[("PAYOUT", "Payout"), ("ACTIONS", "Actions")])
    limit_by = models.CharField(max_length=8)
    scope = models.CharField(max_length=32, blank=True)
    period = models.CharField(max_length=14)
    period_key = models.CharField(max_length=32, blank=True)
    value = models.DecimalField(**MONEY)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=[
                    "template_terms", "partner", "event_type", "since", "what", "limit_by", "scope", "period",
                    "period_key",
                ],
                nulls_distinct=False,
                name="limit_counter_unique",
            ),
            SameProgram(field="partner", to="program.Partner", name="limit_counter_partner_same_program"),
            SameProgram(
                field="template_terms", to="contracts.TemplateTerms", name="limit_counter_template_terms_same_program"
            ),
            SameProgram(field="event_type", to="program.EventType", name="limit_counter_event_type_same_program"),
        ]  # fmt: skip

    def __str__(self) -> str:
        return f"{self.partner}, {self.template_terms}: {self.what} by {self.limit_by} in {self.period_key or 'all'}"
