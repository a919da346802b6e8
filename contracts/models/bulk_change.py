from django.core.serializers.json import DjangoJSONEncoder
from django.db import models

from common.db.constraints import SameProgram
from program.models import Program

from .draft import EventPayout


class BulkChange(models.Model):
    """The last change of many rows of a draft's lists at once: what it can be undone by, while the draft is not edited
    further.
    """

    program = models.ForeignKey(Program, on_delete=models.CASCADE)
    event_payout = models.OneToOneField(EventPayout, on_delete=models.CASCADE, related_name="bulk_change")
    section = models.CharField(max_length=30, help_text="The list, as contracts.drafts.documents names it.")
    said = models.CharField(max_length=200, help_text="What it did, in words.")
    deleted = models.BooleanField(help_text="Whether it deleted the rows.")
    before = models.JSONField(encoder=DjangoJSONEncoder, help_text="The rows before it, by field.")
    revision = models.PositiveIntegerField(help_text="Of the draft, that it made.")

    class Meta:
        constraints = [
            SameProgram(field="event_payout", to="contracts.EventPayout", name="bulk_change_event_payout_same_program"),
        ]

    def __str__(self) -> str:
        return self.said
