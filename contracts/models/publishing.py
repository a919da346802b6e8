from django.db import models

from common.db.constraints import SameProgram, program_and_id
from common.jobs.model import Job

from .terms import TemplateTerms, TermsVersion


class Publishing(Job):
    """A publishing, or partners who join, that touches many contracts: somebody has confirmed it as it was shown, and a
    worker does exactly that.
    """

    class Kind(models.TextChoices):
        PUBLISH = "PUBLISH", "Publish"
        JOIN = "JOIN", "Join partners"

    class State(models.TextChoices):
        QUEUED = "QUEUED", "Waiting"
        RUNNING = "RUNNING", "Being done"
        DONE = "DONE", "Done"
        FAILED = "FAILED", "Failed"
        CANCELLED = "CANCELLED", "Cancelled"

    RUNNING = (State.RUNNING,)

    template_terms = models.ForeignKey(TemplateTerms, on_delete=models.CASCADE)
    kind = models.CharField(max_length=7, choices=Kind)
    source = models.ForeignKey(
        TermsVersion,
        null=True,
        blank=True,
        on_delete=models.CASCADE,
        db_index=False,
        related_name="+",
        help_text="The older version to be published again; without one, the draft.",
    )
    join = models.JSONField(null=True, blank=True, help_text="Ids of the partners who join, or all; null: nobody new.")
    start = models.DateField(null=True, blank=True)
    comment = models.TextField(blank=True)
    shown = models.CharField(max_length=64, help_text="The fingerprint of the effects that were confirmed.")
    address = models.TextField(blank=True, help_text="Of the page that asked, to which the same can be sent again.")
    sent = models.JSONField(default=list, help_text="What was sent there: names and values.")
    state = models.CharField(max_length=9, choices=State, default=State.QUEUED)
    version = models.ForeignKey(
        TermsVersion,
        null=True,
        blank=True,
        on_delete=models.CASCADE,
        db_index=False,
        related_name="+",
        help_text="The one that partners work under, once it is done.",
    )
    # Said, Warnings: contracts.publishing.confirmed.said.
    outcome = models.JSONField(default=dict)

    class Meta(Job.Meta):
        constraints = [
            program_and_id("publishing"),
            models.UniqueConstraint(
                fields=["template_terms", "shown"],
                condition=models.Q(state__in=["QUEUED", "RUNNING"]),
                name="publishing_confirmed_once",
            ),
            SameProgram(
                field="template_terms", to="contracts.TemplateTerms", name="publishing_template_terms_same_program"
            ),
            SameProgram(field="source", to="contracts.TermsVersion", name="publishing_source_same_program"),
            SameProgram(field="version", to="contracts.TermsVersion", name="publishing_version_same_program"),
        ]
