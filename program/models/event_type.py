from django.core.validators import MaxValueValidator, MinValueValidator, RegexValidator
from django.db import models

from common.db.constraints import SameProgram, program_and_id

from .program import Program


class EventType(models.Model):
    """What a customer does that a partner is paid for: an online sale, a sign-up, a download.

    The API calls it ActionTracker too; EventTypeId and ActionTrackerId are this row's id.
    """

    class Category(models.TextChoices):
        SALE = "SALE", "Online sale"
        LEAD = "LEAD", "Online lead"
        DOWNLOAD = "DOWNLOAD", "Download"
        PAGE_VISIT = "PAGE_VISIT", "Page visit"
        PARTNER_REFERRAL = "PARTNER_REFERRAL", "Partner referral"
        MOBILE_APP = "MOBILE_APP", "Mobile app"
        DATA_POST = "DATA_POST", "Data post"
        OFFLINE = "OFFLINE", "Offline conversion"

    class PayoutLevels(models.TextChoices):
        BOTH = "BOTH", "By order or by item"
        ORDER = "ORDER", "By order"
        ITEM = "ITEM", "By item"

    class Reporters(models.TextChoices):
        SERVER = "SERVER", "Your server"
        BROWSER = "BROWSER", "The browser"
        BOTH = "BOTH", "Both"

    program = models.ForeignKey(Program, on_delete=models.CASCADE, db_index=False)
    code = models.CharField(
        max_length=40,
        validators=[RegexValidator(r"^[A-Za-z0-9_-]+$", "Use letters, digits, - and _ only.")],
        help_text="Sent as EventTypeCode with each conversion.",
    )
    name = models.CharField(max_length=120)
    category = models.CharField(max_length=20, choices=Category, default=Category.SALE)
    payout_levels = models.CharField("payout level offered", max_length=5, choices=PayoutLevels, default="BOTH")
    deduplication_days = models.PositiveSmallIntegerField(
        "de-duplication window",
        default=30,
        validators=[MinValueValidator(1), MaxValueValidator(366)],
        help_text="Days in which the same order id is the same conversion.",
    )
    reported_by = models.CharField(
        "conversions come from",
        max_length=7,
        choices=Reporters,
        default=Reporters.SERVER,
        db_default="SERVER",
        help_text="Where both report, the server's order replaces the browser's of the same order id.",
    )
    is_active = models.BooleanField("active", default=True)
    has_status_mapping = models.BooleanField("customer status mapping", default=False)
    works_out_status = models.BooleanField(
        "works out the customer status",
        default=False,
        db_default=False,
        help_text="Where an order brings no status, it is worked out from the customer's earlier orders.",
    )
    re_engaged_after_days = models.PositiveSmallIntegerField(
        default=365,
        db_default=365,
        validators=[MinValueValidator(1), MaxValueValidator(3650)],
        help_text="Days without an order after which a customer who orders again is Re-Engaged.",
    )

    class Meta:
        ordering = ["code"]
        constraints = [
            models.UniqueConstraint(fields=["program", "code"], name="event_type_code_unique"),
            program_and_id("event_type"),
        ]

    def __str__(self) -> str:
        return self.name

    def statuses(self) -> dict[str, list[str]]:
        """The mapping in force: category → codes; empty while the mapping is switched off (payouts.md §4)."""
        mapping: dict[str, list[str]] = {}
        if self.has_status_mapping:
            for row in self.customerstatusmapping_set.all():
                mapping.setdefault(row.category, []).append(row.code)
        return mapping


class CustomerStatusMapping(models.Model):
    """One code of the brand's own and the customer status category that it means."""

    program = models.ForeignKey(Program, on_delete=models.CASCADE)
    event_type = models.ForeignKey(EventType, on_delete=models.CASCADE)
    category = models.CharField(max_length=40)
    code = models.CharField(max_length=40)
    code_key = models.CharField(max_length=80, editable=False, help_text="The code as it is compared.")

    class Meta:
        ordering = ["category", "code"]
        constraints = [
            models.UniqueConstraint(fields=["event_type", "code_key"], name="customer_status_code_in_one_category"),
            SameProgram(field="event_type", to="program.EventType", name="customer_status_mapping_same_program"),
        ]

    def __str__(self) -> str:
        return f"{self.code} → {self.category}"
