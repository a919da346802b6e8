from django.contrib.postgres.fields import ArrayField, DateTimeRangeField
from django.db import models

from common.db.constraints import SameProgram, program_and_id
from common.jobs.model import Job

from .program import Program


class TagAct(Job):
    """Tags put on many customers, or taken off them, at once: on those that were ticked, or by a worker on all that
    match the filter of their list. It can be undone while what it changed is kept. Or one tag that a worker takes off
    everybody and deletes, which is not undone.
    """

    class Kind(models.TextChoices):
        ASSIGN = "ASSIGN", "Assign"
        REMOVE = "REMOVE", "Remove"
        DELETE = "DELETE", "Delete"

    class State(models.TextChoices):
        QUEUED = "QUEUED", "Queued"
        RUNNING = "RUNNING", "Running"
        DONE = "DONE", "Done"
        UNDO_QUEUED = "UNDO_QUEUED", "Waiting to be undone"
        UNDOING = "UNDOING", "Being undone"
        UNDONE = "UNDONE", "Undone"
        FAILED = "FAILED", "Failed"
        CANCELLED = "CANCELLED", "Cancelled"

    RUNNING = (State.RUNNING, State.UNDOING)

    kind = models.CharField(max_length=6, choices=Kind)
    state = models.CharField(max_length=11, choices=State, default=State.QUEUED)
    tags = ArrayField(models.BigIntegerField(), help_text="By number of the row.")
    query = models.TextField(blank=True, help_text="The filter of the list, as in its address.")
    since = models.DateTimeField(help_text="From when the customers have the tags, or have them no more.")
    # What it did: Began, Extended, Ended count taggings, Customers the customers that it changed, Priced the orders
    # that were priced already and stay as they are; once it is undone, Kept counts taggings that were changed since.
    outcome = models.JSONField(default=dict)

    class Meta(Job.Meta):
        constraints = [program_and_id("tag_act")]


class TagActChange(models.Model):
    """What an act made of one tagging, so that exactly this can be undone: without `before` it began by the act,
    without `after` the act removed it.
    """

    program = models.ForeignKey(Program, on_delete=models.CASCADE, db_index=False)
    act = models.ForeignKey(TagAct, on_delete=models.CASCADE, related_name="changes")
    tagging = models.BigIntegerField(help_text="By number of the row, as are customer, tag and user.")
    customer = models.BigIntegerField()
    tag = models.BigIntegerField()
    before = DateTimeRangeField(null=True, default_bounds="[)")
    after = DateTimeRangeField(null=True, default_bounds="[)")
    assigned_by = models.BigIntegerField(null=True, help_text="Who had assigned it before, and when.")
    assigned_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [SameProgram(field="act", to="program.TagAct", name="tag_act_change_same_program")]

    def __str__(self) -> str:
        return f"{self.act}: {self.before} → {self.after}"
