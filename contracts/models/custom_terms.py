from django.conf import settings
from django.db import models
from django.utils import timezone

from common.db.constraints import SameProgram, program_and_id
from program.models import Program


class CustomTerms(models.Model):
    """A text that the brand keeps and attaches to terms. Its name stays, what it says has versions."""

    program = models.ForeignKey(Program, on_delete=models.CASCADE, db_index=False)
    name = models.CharField(max_length=80)
    name_key = models.CharField(max_length=80, editable=False, help_text="As names are compared.")

    class Meta:
        ordering = ["name"]
        verbose_name_plural = "custom terms"
        constraints = [
            models.UniqueConstraint(fields=["program", "name_key"], name="custom_terms_name_unique"),
            program_and_id("custom_terms"),
        ]

    def __str__(self) -> str:
        return self.name


class CustomTermsVersion(models.Model):
    """What a text says from some moment on. It never changes; another content is another version."""

    class Type(models.TextChoices):
        CUSTOM = "CUSTOM", "Custom"
        EMAIL = "EMAIL", "E-mail"
        COPYWRITING = "COPYWRITING", "Copywriting"
        PAID_SEARCH = "PAID_SEARCH", "Paid search"
        SEO = "SEO", "SEO"
        TRADEMARK = "TRADEMARK", "Trademark"
        APPROVAL = "APPROVAL", "Approval"

    program = models.ForeignKey(Program, on_delete=models.CASCADE, db_index=False)
    custom_terms = models.ForeignKey(CustomTerms, on_delete=models.CASCADE, related_name="versions")
    number = models.PositiveIntegerField()
    type = models.CharField(max_length=12, choices=Type)
    content = models.TextField()
    created_at = models.DateTimeField(default=timezone.now)
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )

    class Meta:
        ordering = ["custom_terms", "-number"]
        constraints = [
            models.UniqueConstraint(fields=["custom_terms", "number"], name="custom_terms_version_number_unique"),
            SameProgram(field="custom_terms", to="contracts.CustomTerms", name="custom_terms_version_same_program"),
        ]

    def __str__(self) -> str:
        return f"{self.custom_terms}, version {self.number}"
