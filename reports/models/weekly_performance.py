from django.db import models

from common.db.constraints import SameProgram
from program.models import Partner

from .cell_figures import CellFigures


class WeeklyPerformance(CellFigures):
    """The figures of one partner in one week: the sum of its `DailyPerformance`, written with it.

    A report by partner over months reads these for the whole weeks of its range, and days at its ends alone.
    """

    partner = models.ForeignKey(Partner, on_delete=models.CASCADE, db_index=False)
    week = models.DateField("Monday of the week")

    class Meta:
        verbose_name_plural = "weekly performance"
        # The weeks of one partner: whether there are any, and their sums for a page of partners.
        indexes = [models.Index(fields=["partner", "week"], name="weekly_performance_of_partner")]
        constraints = [
            models.UniqueConstraint(
                fields=[
                    "program",
                    "week",
                    "partner",
                    "event_type",
                    "customer_status_category",
                    "customer_status",
                    "currency",
                ],
                name="weekly_performance_one_row_a_cell",
            ),
            SameProgram(field="event_type", to="program.EventType", name="weekly_performance_event_type_same_program"),
            SameProgram(field="partner", to="program.Partner", name="weekly_performance_partner_same_program"),
        ]

    def __str__(self) -> str:
        return f"week of {self.week}, {self.partner}, {self.customer_status_category or 'Other'}"
