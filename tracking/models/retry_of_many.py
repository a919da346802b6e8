from django.db import models

from program.models import Program


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
