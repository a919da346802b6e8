from django.db import models
from django.utils import timezone

from common.db.constraints import program_and_id

from .program import Program


class Ad(models.Model):
    """Something of the brand that partners link to. The API calls this row's id AdId; it is in every link."""

    class Kind(models.TextChoices):
        TEXT_LINK = "TEXT_LINK", "Text link"
        BANNER = "BANNER", "Banner"
        COUPON = "COUPON", "Coupon"
        PRODUCT = "PRODUCT", "Product"
        VIDEO = "VIDEO", "Video"
        OTHER = "OTHER", "Other"

    program = models.ForeignKey(Program, on_delete=models.PROTECT, db_index=False)
    name = models.CharField(max_length=120)
    kind = models.CharField(max_length=10, choices=Kind, default=Kind.TEXT_LINK)
    landing_page = models.URLField(
        max_length=2048, help_text="Where a link leads that names no other page; on a domain of the program."
    )
    deal = models.CharField(max_length=120, blank=True, help_text="Referral Deal of clicks that name no other.")
    sku = models.CharField("SKU", max_length=255, blank=True, help_text="Referral SKU of clicks that name no other.")
    is_active = models.BooleanField("active", default=True)
    created_at = models.DateTimeField(default=timezone.now, editable=False)

    class Meta:
        ordering = ["name", "id"]
        constraints = [
            models.UniqueConstraint(fields=["program", "name"], name="ad_name_unique"),
            program_and_id("ad"),
        ]

    def __str__(self) -> str:
        return self.name
