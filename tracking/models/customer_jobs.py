from typing import Any

from django.db import models

from common.db.constraints import SameProgram, program_and_id
from common.jobs.model import Job
from program.models import Customer


class Erasure(Job):
    """The erasing of one customer by a worker. Its `filename` is the pseudonym that replaces the customer's id; nothing
    that is known of the customer stands here.
    """

    class State(models.TextChoices):
        QUEUED = "QUEUED", "Queued"
        RUNNING = "RUNNING", "Running"
        DONE = "DONE", "Done"
        FAILED = "FAILED", "Failed"

    UNFINISHED = (State.QUEUED, State.RUNNING)
    RUNNING = (State.RUNNING,)

    customer = models.ForeignKey(Customer, on_delete=models.CASCADE, db_constraint=False)
    state = models.CharField(max_length=7, choices=State, default=State.QUEUED)
    # Of a finished one: Orders, Actions, NotPriced, Changes, Files, AuditTexts.
    counts: Any = models.JSONField(default=dict)

    class Meta(Job.Meta):
        constraints = [
            program_and_id("erasure"),
            SameProgram(field="customer", to="program.Customer", name="erasure_customer_same_program"),
            models.UniqueConstraint(
                fields=["customer"], name="erasure_one_at_a_time", condition=models.Q(state__in=["QUEUED", "RUNNING"])
            ),
        ]


class CustomerFile(Job):
    """Everything known of one customer, as a file that a worker writes for somebody."""

    class State(models.TextChoices):
        QUEUED = "QUEUED", "Queued"
        RUNNING = "RUNNING", "Running"
        READY = "READY", "Ready"
        FAILED = "FAILED", "Failed"

    UNFINISHED = (State.QUEUED, State.RUNNING)
    RUNNING = (State.RUNNING,)

    customer = models.ForeignKey(Customer, on_delete=models.CASCADE, db_constraint=False)
    state = models.CharField(max_length=7, choices=State, default=State.QUEUED)
    content = models.BinaryField(null=True, blank=True)

    class Meta(Job.Meta):
        constraints = [
            program_and_id("customer_file"),
            SameProgram(field="customer", to="program.Customer", name="customer_file_customer_same_program"),
        ]
