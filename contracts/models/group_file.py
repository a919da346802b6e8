from django.core.serializers.json import DjangoJSONEncoder
from django.db import models

from common.db.constraints import SameProgram, program_and_id
from common.jobs.model import Job

from .draft import EventPayout


class GroupFile(Job):
    """A file of a draft's payout groups: one that a worker writes, or one that was sent to replace them.

    One that was sent is first checked: the preview says what it would do to that revision of the draft, and somebody
    decides.
    """

    class Kind(models.TextChoices):
        EXPORT = "EXPORT", "Export"
        IMPORT = "IMPORT", "Import"

    class State(models.TextChoices):
        QUEUED = "QUEUED", "Queued"
        RUNNING = "RUNNING", "Running"
        READY = "READY", "Ready"
        CONFIRMED = "CONFIRMED", "Waiting to be imported"
        IMPORTING = "IMPORTING", "Being imported"
        IMPORTED = "IMPORTED", "Imported"
        UNDONE = "UNDONE", "Undone"
        FAILED = "FAILED", "Failed"
        CANCELLED = "CANCELLED", "Cancelled"
        DISCARDED = "DISCARDED", "Discarded"

    RUNNING = (State.RUNNING, State.IMPORTING)

    event_payout = models.ForeignKey(EventPayout, on_delete=models.CASCADE)
    kind = models.CharField(max_length=6, choices=Kind)
    state = models.CharField(max_length=9, choices=State, default=State.QUEUED)
    content = models.BinaryField(default=b"", help_text="The file as it was sent.")
    written = models.BinaryField(default=b"", help_text="The export, or the rows that an import rejects.")
    sheet = models.CharField(
        max_length=255, blank=True, default="", db_default="", help_text="Of a workbook: the sheet that somebody chose."
    )
    revision = models.PositiveIntegerField(
        null=True, blank=True, help_text="Of the draft that it was checked against; of an imported one, that it made."
    )
    # The groups that its import replaced, each with whether it was switched on: undoing restores them.
    before = models.JSONField(default=list, db_default=[])
    # What it would do: Added, Changed, Dropped, Unchanged, Rejected, Errors, Groups: counts; added, changed, dropped,
    # errors: the first of them; Sheet and OtherSheets of a workbook; HeaderRow, where there are rows above it.
    preview = models.JSONField(default=dict, encoder=DjangoJSONEncoder)
    only_good_rows = models.BooleanField(default=False, help_text="Import the good rows although others are rejected.")

    class Meta(Job.Meta):
        constraints = [
            program_and_id("group_file"),
            SameProgram(field="event_payout", to="contracts.EventPayout", name="group_file_same_program"),
        ]

    @property
    def changes_something(self) -> bool:
        """Whether importing it would change the draft: it has good rows that differ from the draft."""
        parts = ("Added", "Changed", "Dropped")
        return bool(self.preview.get("Groups")) and any(self.preview[part] for part in parts)
