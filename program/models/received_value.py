from datetime import date

from django.db import models

from common.db.constraints import SameProgram

from .event_type import EventType
from .program import Program


class ReceivedValueQuerySet(models.QuerySet["ReceivedValue"]):
    def of(self, event_type: EventType, variable: str) -> "ReceivedValueQuerySet":
        return self.filter(program=event_type.program_id, event_type=event_type, variable=variable)

    def since(self, day: date) -> "ReceivedValueQuerySet":
        return self.filter(day__gte=day)


class ReceivedValue(models.Model):
    """A value of a rule variable, and how many orders with it were received on one day.

    The latest of its days is when it was last seen. Orders without a customer status code count under an empty value.
    Written with the rollups (`reports.rollups.received_values`), of the variables that are counted
    (`contracts.engine.rules.variables`).
    """

    MOST = 10_000  # values of one variable of an event type
    LONGEST = 255

    # As in the rollups: an index of the program or the event type alone would be preferred where statistics lack.
    program = models.ForeignKey(Program, on_delete=models.CASCADE, db_index=False)
    event_type = models.ForeignKey(EventType, on_delete=models.CASCADE, db_index=False)
    variable = models.CharField(max_length=40)
    value = models.CharField(max_length=LONGEST, blank=True)
    day = models.DateField()
    orders = models.PositiveIntegerField()

    objects = ReceivedValueQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["program", "event_type", "variable", "value", "day"], name="received_value_once_a_day"
            ),
            SameProgram(field="event_type", to="program.EventType", name="received_value_event_type_same_program"),
        ]

    def __str__(self) -> str:
        return f"{self.variable} {self.value}, {self.day}"
