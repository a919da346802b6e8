from django.conf import settings
from django.db import models
from django.utils import timezone

from program.models import Program


class Export(models.Model):
    """A file that a worker writes for somebody: a report, with the filters of the page it was asked for on."""

    class Format(models.TextChoices):
        CSV = "csv", "CSV"
        XLSX = "xlsx", "Excel"
        XLS = "xls", "Excel 97–2004"

    class State(models.TextChoices):
        QUEUED = "QUEUED", "Queued"
        RUNNING = "RUNNING", "Running"
        READY = "READY", "Ready"
        FAILED = "FAILED", "Failed"

    program = models.ForeignKey(Program, on_delete=models.CASCADE)
    user = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL)
    handle = models.CharField(max_length=60, help_text="Which report: new_vs_return_customer, …")
    parameters = models.JSONField(default=dict, help_text="Its filters, as in the page's address.")
    format = models.CharField(max_length=4, choices=Format)
    state = models.CharField(max_length=7, choices=State, default=State.QUEUED)
    progress = models.PositiveIntegerField(default=0, help_text="Rows written so far.")
    rows = models.PositiveIntegerField(default=0)
    attempts = models.PositiveSmallIntegerField(default=0)
    filename = models.CharField(max_length=160)
    content = models.BinaryField(null=True, blank=True)
    failure = models.TextField(blank=True)
    created_at = models.DateTimeField(default=timezone.now)
    beat_at = models.DateTimeField(default=timezone.now, help_text="When its worker last made progress.")
    finished_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["-id"]

    def __str__(self) -> str:
        return self.filename
