from django.db import models

from common.db.constraints import SameProgram, program_and_id
from common.jobs.model import Job

from .terms import TemplateTerms, TermsVersion


class PublishReview(Job):
    """What publishing a draft, or an older version, of many payout groups would say, judged by a worker: of one
    revision of the draft beside the version that was the newest then.
    """

    class State(models.TextChoices):
        QUEUED = "QUEUED", "Waiting"
        RUNNING = "RUNNING", "Being reviewed"
        READY = "READY", "Ready"
        FAILED = "FAILED", "Failed"
        CANCELLED = "CANCELLED", "Cancelled"

    RUNNING = (State.RUNNING,)

    template_terms = models.ForeignKey(TemplateTerms, on_delete=models.CASCADE)
    source = models.ForeignKey(
        TermsVersion,
        null=True,
        blank=True,
        on_delete=models.CASCADE,
        db_index=False,
        related_name="+",
        help_text="The older version to be published again; without one, the draft.",
    )
    newest = models.ForeignKey(
        TermsVersion, null=True, blank=True, on_delete=models.CASCADE, db_index=False, related_name="+"
    )
    revision = models.PositiveIntegerField(help_text="Of the draft, when the review was asked for.")
    state = models.CharField(max_length=9, choices=State, default=State.QUEUED)
    # Problems, Warnings, Changes: contracts.publishing.review.found.
    found = models.JSONField(default=dict)

    class Meta(Job.Meta):
        constraints = [
            program_and_id("publish_review"),
            SameProgram(
                field="template_terms", to="contracts.TemplateTerms", name="publish_review_template_terms_same_program"
            ),
            SameProgram(field="source", to="contracts.TermsVersion", name="publish_review_source_same_program"),
            SameProgram(field="newest", to="contracts.TermsVersion", name="publish_review_newest_same_program"),
        ]
