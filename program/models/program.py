import zoneinfo
from typing import Any

from django.contrib.postgres.fields import ArrayField
from django.core.exceptions import ValidationError
from django.db import models
from django.utils import timezone

from accounts.models import Account
from common.currencies import CURRENCY_DIGITS


def validate_time_zone(value: str) -> None:
    if value not in zoneinfo.available_timezones():
        raise ValidationError(f"“{value}” is not a valid time zone. Use a name such as Europe/London.")


def validate_currency(value: str) -> None:
    if value not in CURRENCY_DIGITS:
        raise ValidationError(f"“{value}” is not a valid ISO 4217 currency code. Use one such as GBP.")


class IpAddresses(models.TextChoices):
    """What is kept of a visitor's IP address once country and region are derived from it."""

    FULL = "FULL", "Kept in full"
    TRUNCATED = "TRUNCATED", "Shortened: 203.0.113.0 is kept of 203.0.113.77"
    NONE = "NONE", "Not kept"


class ProgramQuerySet(models.QuerySet["Program"]):
    def for_user(self, user: Any) -> "ProgramQuerySet":
        """The programs of the accounts that the user is a member of."""
        return self.filter(account__membership__user=user, account__membership__is_active=True)


class Program(models.Model):
    """One partner programme of a brand, with its own time zone, currency, partners, terms and ledger.

    The API calls it Campaign and its number CampaignId.
    """

    id = models.PositiveIntegerField("program id", primary_key=True)
    account = models.ForeignKey(Account, on_delete=models.PROTECT)
    name = models.CharField(max_length=120)
    currency = models.CharField("default currency", max_length=3, validators=[validate_currency])
    time_zone = models.CharField(max_length=64, default="UTC", validators=[validate_time_zone])
    orders_complete_since = models.DateField(
        "order history complete since",
        null=True,
        blank=True,
        help_text="From this day on every order is here; without a day, from the first order on.",
    )
    landing_domains = ArrayField(
        models.CharField(max_length=255),
        default=list,
        blank=True,
        help_text="To which click links may lead: shop.example, or *.shop.example for all below it.",
    )
    ip_addresses = models.CharField(
        "IP addresses", max_length=9, choices=IpAddresses, default=IpAddresses.TRUNCATED, db_default="TRUNCATED"
    )
    browsers_identify = models.BooleanField(
        "browsers may identify customers",
        default=True,
        db_default=True,
        help_text="Whether the tag's identify says whose a browser is; else orders alone do.",
    )
    created_at = models.DateTimeField(default=timezone.now, editable=False)

    objects = ProgramQuerySet.as_manager()

    class Meta:
        ordering = ["name", "id"]

    def __str__(self) -> str:
        return self.name

    @property
    def zone(self) -> zoneinfo.ZoneInfo:
        return zoneinfo.ZoneInfo(self.time_zone)
