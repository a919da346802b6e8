from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.utils import timezone

from program.constraints import SameProgram, program_and_id
from program.models import Program
from program.models.account import validate_currency


class TemplateTerms(models.Model):
    """Terms by name: a draft that is edited (its event payouts) and the versions that were published from it."""

    program = models.ForeignKey(Program, on_delete=models.CASCADE)
    name = models.CharField(max_length=120, help_text="Partners see this name.")
    labels = ArrayField(
        models.CharField(max_length=40), default=list, blank=True, help_text="Partners never see these."
    )
    currency = models.CharField(max_length=3, validators=[validate_currency])
    created_at = models.DateTimeField(default=timezone.now, editable=False)
    updated_at = models.DateTimeField(default=timezone.now, editable=False)
    draft_revision = models.PositiveIntegerField(
        default=1, editable=False, help_text="Counts the changes of the draft, so that a stale page can be told."
    )

    class Meta:
        ordering = ["name"]
        verbose_name_plural = "template terms"
        constraints = [
            models.UniqueConstraint(fields=["program", "name"], name="template_terms_name_unique"),
            program_and_id("template_terms"),
        ]

    def __str__(self) -> str:
        return self.name


class TermsVersion(models.Model):
    """A published terms document. It never changes: a trigger refuses UPDATE and DELETE."""

    program = models.ForeignKey(Program, on_delete=models.PROTECT)
    template_terms = models.ForeignKey(TemplateTerms, on_delete=models.PROTECT, related_name="versions")
    number = models.PositiveIntegerField()
    document = models.JSONField()
    comment = models.TextField(blank=True)
    published_at = models.DateTimeField(default=timezone.now)
    published_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.DO_NOTHING, related_name="+"
    )

    class Meta:
        ordering = ["template_terms", "-number"]
        constraints = [
            models.UniqueConstraint(fields=["template_terms", "number"], name="terms_version_number_unique"),
            program_and_id("terms_version"),
            SameProgram(
                field="template_terms", to="contracts.TemplateTerms", name="terms_version_template_terms_same_program"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.template_terms} version {self.number}"
