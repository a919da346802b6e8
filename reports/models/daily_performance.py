from django.db import models

from program.constraints import SameProgram
from program.models import EventType, Partner, Program


class DailyPerformance(models.Model):
    """What one partner brought on one day, by event type, customer status and currency. Recomputed, never added to.

    Actions, Action Cost and Revenue are of actions that are not reversed; Gross includes the reversed.
    """

    program = models.ForeignKey(Program, on_delete=models.CASCADE)
    event_type = models.ForeignKey(EventType, on_delete=models.CASCADE)
    partner = models.ForeignKey(Partner, on_delete=models.CASCADE)
    day = models.DateField()
    customer_status_category = models.CharField(max_length=40, blank=True)
    customer_status = models.CharField("customer status code", max_length=40, blank=True)
    currency = models.CharField(max_length=3)
    actions = models.PositiveIntegerField()
    action_cost = models.DecimalField(max_digits=18, decimal_places=4)
    revenue = models.DecimalField(max_digits=18, decimal_places=4)
    gross_actions = models.PositiveIntegerField()
    # Σ intended payout: what the actions would cost had none been reversed.
    gross_action_cost = models.DecimalField(max_digits=18, decimal_places=4)

    class Meta:
        verbose_name_plural = "daily performance"
        constraints = [
            models.UniqueConstraint(
                fields=[
                    "program",
                    "day",
                    "partner",
                    "event_type",
                    "customer_status_category",
                    "customer_status",
                    "currency",
                ],
                name="daily_performance_one_row_a_cell",
            ),
            SameProgram(field="event_type", to="program.EventType", name="daily_performance_event_type_same_program"),
            SameProgram(field="partner", to="program.Partner", name="daily_performance_partner_same_program"),
        ]

    def __str__(self) -> str:
        return f"{self.day}, {self.partner}, {self.customer_status_category or 'Other'}"
