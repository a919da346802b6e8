from django.conf import settings
from django.db import models
from django.utils import timezone

from accounts.models import Account


class AccountRule(models.Model):
    """A setting of terms that is locked for the whole account: a number within a range, or one of some choices.

    The ends of a range are included, and equal where the rule is one value.
    """

    account = models.ForeignKey(Account, on_delete=models.CASCADE, related_name="term_rules", db_index=False)
    setting = models.CharField(max_length=40, help_text="A key of contracts.account_rules.settings.")
    least = models.DecimalField(max_digits=20, decimal_places=8, null=True, blank=True)
    most = models.DecimalField(max_digits=20, decimal_places=8, null=True, blank=True)
    choice = models.CharField(max_length=40, blank=True)
    set_at = models.DateTimeField(default=timezone.now)
    set_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )

    class Meta:
        ordering = ["setting"]
        constraints = [
            models.UniqueConstraint(fields=["account", "setting"], name="account_rule_one_per_setting"),
            models.CheckConstraint(
                condition=models.Q(least__isnull=False) | models.Q(most__isnull=False) | ~models.Q(choice=""),
                name="account_rule_says_something",
            ),
            models.CheckConstraint(
                condition=models.Q(least__isnull=True)
                | models.Q(most__isnull=True)
                | models.Q(least__lte=models.F("most")),
                name="account_rule_range_runs_forward",
            ),
        ]

    def __str__(self) -> str:
        return self.setting
