from django.db import models

from common.db.constraints import program_and_id
from common.jobs.model import Job


class Export(Job):
    """A file that a worker writes for somebody: a report, with the filters of the page it was asked for on."""

    class Format(models.TextChoices):
        CSV = "csv", "CSV"
        XLSX = "xlsx", "Excel"

    class State(models.TextChoices):
        QUEUED = "QUEUED", "Queued"
        RUNNING = "RUNNING", "Running"
        READY = "READY", "Ready"
        FAILED = "FAILED", "Failed"
        CANCELLED = "CANCELLED", "Cancelled"

    UNFINISHED = (State.QUEUED, State.RUNNING)
    RUNNING = (State.RUNNING,)

    handle = models.CharField(max_length=60, help_text="Which report: new_vs_return_customer, …")
    parameters = models.JSONField(default=dict, help_text="Its filters, as in the page's address.")
    format = models.CharField(max_length=4, choices=Format)
    state = models.CharField(max_length=9, choices=State, default=State.QUEUED)
    content = models.BinaryField(null=True, blank=True)

    class Meta(Job.Meta):
        constraints = [program_and_id("export")]
