from django.db import models

from program.constraints import SameProgram
from program.models import EventType, Program


class DailyTotal(models.Model):
    """What all partners together brought on one day: the sum of `DailyPerformance` over them, written with it.

    Reports that ask for no partner read these: as many rows fewer as there are partners.
    """

    program = models.ForeignKey(Program, on_delete=models.CASCADE)
    event_type = models.ForeignKey(EventType, on_delete=models.CASCADE)
    day = models.DateField()
    customer_status_category = models.CharField(max_length=40, blank=True)
    customer_status = models.CharField("customer status code", max_length=40, blank=True)
    currency = models.CharField(max_length=3)
    actions = models.PositiveIntegerField()
    action_cost = models.DecimalField(max_digits=18, decimal_places=4)
    revenue = models.DecimalField(max_digits=18, decimal_places=4)
    gross_actions = models.PositiveIntegerField()
    gross_action_cost = models.DecimalField(max_digits=18, decimal_places=4)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["program", "day", "event_type", "customer_status_category", "customer_status", "currency"],
                name="daily_total_one_row_a_cell",
            ),
            SameProgram(field="event_type", to="program.EventType", name="daily_total_event_type_same_program"),
        ]

    def __str__(self) -> str:
        return f"{self.day}, {self.customer_status_category or 'Other'}"
