from typing import Any

from django.db import models
from django.utils import timezone

from common.db.constraints import SameProgram
from program.models import EventType, Program

from .conversion import Conversion, Source


class BrowserReportQuerySet(models.QuerySet["BrowserReport"]):
    def refused(self) -> "BrowserReportQuerySet":
        """Those of which nothing was stored."""
        return self.exclude(refused=[])


class BrowserReport(models.Model):
    """What a browser reported, and what of it was refused or left out: seen on the live view, and kept for a few days.

    It holds no IP address and no user agent. Of a refused report there is no conversion.
    """

    program = models.ForeignKey(Program, on_delete=models.CASCADE, db_index=False)
    event_type = models.ForeignKey(EventType, null=True, blank=True, on_delete=models.CASCADE, db_index=False)
    conversion = models.ForeignKey(Conversion, null=True, blank=True, on_delete=models.CASCADE, db_index=False)
    received_at = models.DateTimeField(default=timezone.now)
    source = models.CharField(max_length=6, choices=Source)
    order_id = models.CharField(max_length=64, blank=True)
    sent: Any = models.JSONField(default=dict, help_text="The names and values that were sent, shortened.")
    refused: Any = models.JSONField(default=list, help_text="Why nothing was stored: pairs of field and words.")
    left_out: Any = models.JSONField(default=list, help_text="What was not taken, and why: pairs of field and words.")

    objects = BrowserReportQuerySet.as_manager()

    class Meta:
        ordering = ["-id"]
        constraints = [
            SameProgram(field="event_type", to="program.EventType", name="browser_report_event_type_same_program"),
            SameProgram(field="conversion", to="tracking.Conversion", name="browser_report_conversion_same_program"),
        ]
        indexes = [
            models.Index(fields=["program", "-id"], name="browser_report_newest"),
            models.Index(fields=["conversion"], name="browser_report_of_conversion"),
        ]

    def __str__(self) -> str:
        return f"Order {self.order_id or 'without id'}, by {self.get_source_display()}"
