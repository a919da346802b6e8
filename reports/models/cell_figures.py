from django.db import models

from program.models import EventType, Program


class CellFigures(models.Model):
    """The figures of one cell of a rollup: event type, customer status, currency. Recomputed, never added to.

    Actions, Action Cost and Revenue are of actions that are not reversed; Gross includes the reversed.
    """

    # Looked up by program and day, or by partner and day: the planner would prefer an index of either alone for a
    # program that is too new for statistics.
    program = models.ForeignKey(Program, on_delete=models.CASCADE, db_index=False)
    event_type = models.ForeignKey(EventType, on_delete=models.CASCADE, db_index=False)
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
        abstract = True
