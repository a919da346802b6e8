from typing import Any

from django.db import models

from common.db.constraints import SameProgram, program_and_id
from common.jobs.model import Job
from program.models import Customer, Program


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


class RetryOfMany(models.Model):
    """That somebody has had all held orders tried again that a list showed. The row is the queue: a worker queues the
    orders in parts, the newest first, and a sweep goes on where one died. It is gone once all are queued.
    """

    program = models.ForeignKey(Program, on_delete=models.CASCADE)
    reason = models.CharField(max_length=30, blank=True)
    q = models.CharField(max_length=64, blank=True, help_text="What was searched for.")
    is_test = models.BooleanField(default=False)
    before = models.BigIntegerField(help_text="Orders of this number and later ones are queued, or came afterwards.")
    queued = models.PositiveIntegerField(default=0)
    orders = models.PositiveIntegerField(help_text="How many there were to queue.")

    def __str__(self) -> str:
        return f"{self.queued} of {self.orders} orders"
