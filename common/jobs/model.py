from typing import Any, ClassVar

from django.conf import settings
from django.db import models
from django.utils import timezone


class Job(models.Model):
    """What imported and exported files share: a row that waits for a worker and records its progress. Each kind has
    states of its own, of which FAILED and CANCELLED mean the same everywhere.
    """

    state: Any
    RUNNING: ClassVar[tuple[str, ...]]  # the states in which a worker is processing it

    program = models.ForeignKey("program.Program", on_delete=models.CASCADE, db_index=False)
    user = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL)
    filename = models.CharField(max_length=255)
    progress = models.PositiveIntegerField(default=0, help_text="Rows read so far, of this step.")
    rows = models.PositiveIntegerField(default=0)
    attempts = models.PositiveSmallIntegerField(default=0, help_text="How often a worker began this step.")
    failure = models.TextField(blank=True)
    created_at = models.DateTimeField(default=timezone.now)
    beat_at = models.DateTimeField(default=timezone.now, help_text="When its worker last made progress.")
    finished_at = models.DateTimeField(null=True, blank=True)
    cancelled_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL, related_name="+", db_index=False
    )
    removed_at = models.DateTimeField(null=True, blank=True, help_text="When its content was removed.")
    removed_because = models.CharField(
        max_length=120, blank=True, db_default="", help_text="Why it was removed, where it was not too old."
    )

    class Meta:
        abstract = True
        ordering = ["-id"]

    def __str__(self) -> str:
        return self.filename
