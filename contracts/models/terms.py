from datetime import datetime

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Case, Count, DateTimeField, Exists, F, Func, OuterRef, Q, Subquery, TextField, Value, When
from django.db.models.functions import Coalesce
from django.utils import timezone

from common.db.constraints import SameProgram, program_and_id
from program.models import Program
from program.models.program import validate_currency

from .sectioned import Sectioned


class TemplateTermsQuerySet(models.QuerySet["TemplateTerms"]):
    def search(self, text: str) -> "TemplateTermsQuerySet":
        """Terms whose name or one of whose labels contains the text, in any case."""
        if not (text := text.strip()):
            return self
        return self.annotate(
            label_text=Func(F("labels"), Value("\n"), function="array_to_string", output_field=TextField())
        ).filter(Q(name__icontains=text) | Q(label_text__icontains=text))

    def with_summary(self, now: datetime) -> "TemplateTermsQuerySet":
        """What a list shows beside the name, each in the same query.

        `version_number` and `published_at` of the newest version (None before the first); `in_force`, the newest
        version that a partner works under at that moment, and `begins`, when the first partner will work under the
        newest one (each None for none); `active_contracts` at that moment, and `is_edited`: whether the draft was
        touched since it was published.
        """
        newest = TermsVersion.objects.filter(template_terms=OuterRef("pk")).order_by("-number")
        all_contracts = self.model._meta.apps.get_model("contracts.Contract").objects.filter(
            terms_version__template_terms=OuterRef("pk")
        )
        active = all_contracts.active(now).order_by("-terms_version__number").values("terms_version__number")
        newest_number = newest.values("number")[:1]
        upcoming = (
            all_contracts.upcoming(now)
            .filter(terms_version__number=OuterRef("version_number"))
            .order_by("period__startswith")
            .values("period__startswith")
        )
        contracts = (
            all_contracts.active(now).order_by().values("terms_version__template_terms").annotate(count=Count("pk"))
        )
        return self.annotate(
            version_number=Subquery(newest_number),
            published_at=Subquery(newest.values("published_at")[:1]),
            in_force=Subquery(active[:1]),
            begins=Subquery(upcoming[:1], output_field=DateTimeField()),
            active_contracts=Coalesce(Subquery(contracts.values("count")), 0),
            is_edited=Case(When(published_revision=F("draft_revision"), then=Value(False)), default=Value(True)),
        )


class TemplateTerms(Sectioned):
    """Terms by name: a draft that is edited (its own sections and event payouts) and the versions that were published
    from it.
    """

    program = models.ForeignKey(Program, on_delete=models.CASCADE, db_index=False)
    name = models.CharField(max_length=120, help_text="The name in lists, contracts and actions.")
    labels = ArrayField(models.CharField(max_length=40), default=list, blank=True, help_text="For your own sorting.")
    currency = models.CharField(max_length=3, validators=[validate_currency])
    created_at = models.DateTimeField(default=timezone.now, editable=False)
    updated_at = models.DateTimeField(default=timezone.now, editable=False)
    draft_revision = models.PositiveIntegerField(
        default=1, editable=False, help_text="Counts the changes of the draft, so that a stale page can be detected."
    )
    published_revision = models.PositiveIntegerField(
        null=True, editable=False, help_text="The revision of the draft that the newest version was published from."
    )

    objects = TemplateTermsQuerySet.as_manager()

    class Meta:
        ordering = ["name"]
        verbose_name_plural = "template terms"
        constraints = [
            models.UniqueConstraint(fields=["program", "name"], name="template_terms_name_unique"),
            program_and_id("template_terms"),
        ]

    def __str__(self) -> str:
        return self.name


class TermsVersionQuerySet(models.QuerySet["TermsVersion"]):
    def with_status(self, now: datetime) -> "TermsVersionQuerySet":
        """`status`: ACTIVE where somebody works under the version at that moment, else UPCOMING where somebody will,
        else EXPIRED where somebody did, else None; `begins`: when the next of its contracts begins."""
        contracts = self.model._meta.apps.get_model("contracts.Contract").objects.filter(terms_version=OuterRef("pk"))
        starts = contracts.upcoming(now).order_by("period__startswith").values("period__startswith")
        return self.annotate(
            status=Case(
                When(Exists(contracts.active(now)), then=Value("ACTIVE")),
                When(Exists(contracts.upcoming(now)), then=Value("UPCOMING")),
                When(Exists(contracts), then=Value("EXPIRED")),
                default=None,
                output_field=TextField(),
            ),
            begins=Subquery(starts[:1], output_field=DateTimeField()),
        )


class TermsVersion(models.Model):
    """A published terms document. It never changes: a trigger refuses UPDATE and DELETE."""

    program = models.ForeignKey(Program, on_delete=models.PROTECT, db_index=False)
    template_terms = models.ForeignKey(TemplateTerms, on_delete=models.PROTECT, related_name="versions")
    number = models.PositiveIntegerField()
    document = models.JSONField()
    counters_since = models.PositiveIntegerField(
        default=1, editable=False, help_text="The version with which its limits began to count."
    )
    comment = models.TextField(blank=True)
    published_at = models.DateTimeField(default=timezone.now)
    published_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )

    objects = TermsVersionQuerySet.as_manager()

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
