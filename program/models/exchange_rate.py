from django.db import models
from django.db.models.functions import Now
from django.utils import timezone

from .program import Program

DIGITS, PLACES = 24, 12  # of a rate, in all and behind the point


class ReferenceRate(models.Model):
    """One euro in another currency on one day, as the European Central Bank published it; for all programs."""

    currency = models.CharField(max_length=3)
    date = models.DateField()
    rate = models.DecimalField(max_digits=DIGITS, decimal_places=PLACES)

    class Meta:
        ordering = ["-date", "currency"]
        constraints = [
            models.UniqueConstraint(fields=["currency", "date"], name="reference_rate_once_a_day"),
            models.CheckConstraint(name="reference_rate_above_0", condition=models.Q(rate__gt=0)),
        ]
        indexes = [models.Index(fields=["-date", "currency"], name="reference_rate_newest")]

    def __str__(self) -> str:
        return f"EUR → {self.currency}, {self.date}"


class RateFetch(models.Model):
    """When the reference rates were last fetched from the address in the settings, and how that went: one row."""

    ONLY = 1

    tried_at = models.DateTimeField()
    succeeded_at = models.DateTimeField(null=True, blank=True)
    failure = models.TextField(blank=True, help_text="Why the last attempt brought nothing; blank where it did.")

    def __str__(self) -> str:
        return f"Exchange rates fetched {self.tried_at}"


class ExchangeRate(models.Model):
    """A brand's own rate: one unit of `source` was `rate` units of `target` on that day. It comes before the European
    Central Bank's of the same day. What is priced keeps the rate that it was priced with.
    """

    program = models.ForeignKey(Program, on_delete=models.CASCADE, db_index=False)
    date = models.DateField("day")
    source = models.CharField("from", max_length=3)
    target = models.CharField("to", max_length=3)
    rate = models.DecimalField(max_digits=DIGITS, decimal_places=PLACES)
    created_at = models.DateTimeField(default=timezone.now, db_default=Now(), editable=False)

    class Meta:
        ordering = ["-date", "source", "target"]
        constraints = [
            models.UniqueConstraint(fields=["program", "source", "target", "date"], name="exchange_rate_once_a_day"),
            models.CheckConstraint(name="exchange_rate_above_0", condition=models.Q(rate__gt=0)),
            models.CheckConstraint(
                name="exchange_rate_of_two_currencies", condition=~models.Q(source=models.F("target"))
            ),
        ]

    def __str__(self) -> str:
        return f"{self.source} → {self.target}, {self.date}"
