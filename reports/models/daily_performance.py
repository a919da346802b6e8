from django.db import models

from common.db.constraints import SameProgram
from contracts.models import Contract
from program.models import Partner

from .cell_figures import CellFigures


class DailyPerformance(CellFigures):
    """The figures of one partner on one day, by the contract that paid for its orders."""

    partner = models.ForeignKey(Partner, on_delete=models.CASCADE, db_index=False)
    contract = models.ForeignKey(Contract, on_delete=models.CASCADE, db_index=False)
    day = models.DateField()

    class Meta:
        verbose_name_plural = "daily performance"
        # The days of one partner: whether there are any, and their sums for a page of partners.
        indexes = [models.Index(fields=["partner", "day"], name="daily_performance_of_partner")]
        constraints = [
            models.UniqueConstraint(
                fields=[
                    "program",
                    "day",
                    "partner",
                    "contract",
                    "event_type",
                    "customer_status_category",
                    "customer_status",
                    "currency",
                ],
                name="daily_performance_one_row_a_cell",
            ),
            SameProgram(field="event_type", to="program.EventType", name="daily_performance_event_type_same_program"),
            SameProgram(field="partner", to="program.Partner", name="daily_performance_partner_same_program"),
            SameProgram(field="contract", to="contracts.Contract", name="daily_performance_contract_same_program"),
        ]

    def __str__(self) -> str:
        return f"{self.day}, {self.partner}, {self.customer_status_category or 'Other'}"
