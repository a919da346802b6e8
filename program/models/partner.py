from collections.abc import Iterable

from django.db import models
from django.utils import timezone

from common.db.constraints import SameProgram, program_and_id

from .names import NamedForRules
from .program import Program


class PartnerQuerySet(models.QuerySet["Partner"]):
    def matching(self, text: str) -> "PartnerQuerySet":
        """Those whose name, partner id or e-mail contains the text, in any letter case."""
        return self.filter(
            models.Q(name__icontains=text)
            | models.Q(media_partner_id__icontains=text)
            | models.Q(email__icontains=text)
        )

    def in_groups(self, groups: Iterable[int]) -> "PartnerQuerySet":
        """Those in at least one of the groups, by the numbers of their rows."""
        return self.filter(pk__in=PartnerGroupMember.objects.filter(group__in=groups).values("partner"))


class Partner(models.Model):
    """One who brings customers and is paid for it. The API calls it MediaPartner."""

    # Without an index of its own: before statistics are gathered, the checks of keys that point here would read all
    # rows of the program by it. The unique (program, id) below serves.
    program = models.ForeignKey(Program, on_delete=models.CASCADE, db_index=False)
    media_partner_id = models.CharField(
        "partner id", max_length=64, help_text="Sent as MediaPartnerId; compared exactly."
    )
    name = models.CharField(max_length=120)
    country = models.CharField(max_length=2, blank=True, help_text="ISO 3166 alpha-2, such as GB.")
    email = models.EmailField(blank=True)
    is_active = models.BooleanField("active", default=True)
    groups: "models.ManyToManyField[PartnerGroup, PartnerGroupMember]" = models.ManyToManyField(
        "PartnerGroup", through="PartnerGroupMember", related_name="partners", blank=True
    )
    created_at = models.DateTimeField(default=timezone.now, editable=False)

    objects = PartnerQuerySet.as_manager()

    class Meta:
        ordering = ["name", "id"]
        constraints = [
            models.UniqueConstraint(fields=["program", "media_partner_id"], name="partner_id_unique"),
            program_and_id("partner"),
        ]

    def __str__(self) -> str:
        return self.name


class PartnerGroup(NamedForRules):
    """The brand's own grouping of partners, to filter by; no rule uses it."""

    program = models.ForeignKey(Program, on_delete=models.CASCADE, db_index=False)

    class Meta:
        ordering = ["name"]
        constraints = [
            models.UniqueConstraint(fields=["program", "name_key"], name="partner_group_name_unique"),
            program_and_id("partner_group"),
        ]


class PartnerGroupMember(models.Model):
    """A partner in a group."""

    program = models.ForeignKey(Program, on_delete=models.CASCADE)
    partner = models.ForeignKey(Partner, on_delete=models.CASCADE)
    group = models.ForeignKey(PartnerGroup, on_delete=models.CASCADE)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["partner", "group"], name="partner_in_group_once"),
            SameProgram(field="partner", to="program.Partner", name="partner_group_member_partner_same_program"),
            SameProgram(field="group", to="program.PartnerGroup", name="partner_group_member_group_same_program"),
        ]

    def __str__(self) -> str:
        return f"{self.partner} in {self.group}"
