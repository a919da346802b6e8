from django.db import models

from common.db.constraints import SameProgram

from .cell_figures import CellFigures


class DailyTotal(CellFigures):
    """The figures of all partners together on one day: the sum of `DailyPerformance` over them, written with it.

    Reports that ask for no partner read these: fewer rows by the number of partners.
    """

    day = models.DateField()

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
