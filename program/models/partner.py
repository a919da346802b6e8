from collections.abc import Iterable

from django.db import models
from django.utils import timezone

from common.db.constraints import SameProgram, program_and_id

from .names import ComparedField, NamedForRules
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


class Channel(models.TextChoices):
    """The kind of a source of visitors (payouts.md §12)."""

    AFFILIATE = "affiliate", "Affiliate"
    COUPON = "coupon", "Coupon"
    CONTENT = "content", "Content"
    INFLUENCER = "influencer", "Influencer"
    LOYALTY = "loyalty", "Loyalty"
    PAID_SEARCH = "paid search", "Paid search"
    EMAIL = "email", "E-mail"
    SOCIAL = "social", "Social"
    DISPLAY = "display", "Display"
    ORGANIC = "organic", "Organic"
    OTHER = "other", "Other"


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
    channel = models.CharField(
        max_length=12,
        choices=Channel,
        default=Channel.AFFILIATE,
        db_default="affiliate",
        help_text="The kind of source that the partner is, for the path variables.",
    )
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
    """The brand's own grouping of partners, to filter by and for the path variables."""

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


class MediaSource(NamedForRules):
    """A source of visitors that is paid nothing, as `utm_source` names it, with the channel that the brand gives it."""

    program = models.ForeignKey(Program, on_delete=models.CASCADE, db_index=False)
    channel = models.CharField(max_length=12, choices=Channel, default=Channel.OTHER)

    class Meta:
        ordering = ["name"]
        constraints = [models.UniqueConstraint(fields=["program", "name_key"], name="media_source_name_unique")]


class PromoCode(models.Model):
    """A promo code that belongs to a partner, or is reserved to the partners of a group (payouts.md §14)."""

    class Use(models.TextChoices):
        CREDIT = "CREDIT", "Credits its partner"
        RESERVE = "RESERVE", "Reserved"

    program = models.ForeignKey(Program, on_delete=models.CASCADE, db_index=False)
    code = models.CharField(max_length=255)
    code_key = ComparedField(source="code", help_text="The code as it is compared.")
    use = models.CharField(max_length=7, choices=Use, default=Use.CREDIT)
    partner = models.ForeignKey(Partner, null=True, blank=True, on_delete=models.CASCADE)
    group = models.ForeignKey(PartnerGroup, null=True, blank=True, on_delete=models.CASCADE)
    created_at = models.DateTimeField(default=timezone.now, editable=False)

    class Meta:
        ordering = ["code"]
        constraints = [
            models.UniqueConstraint(fields=["program", "code_key"], name="promo_code_unique"),
            models.CheckConstraint(
                name="promo_code_belongs_to_one",
                condition=models.Q(partner__isnull=False, group__isnull=True)
                | models.Q(partner__isnull=True, group__isnull=False, use="RESERVE"),
            ),
            SameProgram(field="partner", to="program.Partner", name="promo_code_partner_same_program"),
            SameProgram(field="group", to="program.PartnerGroup", name="promo_code_group_same_program"),
        ]

    def __str__(self) -> str:
        return self.code
