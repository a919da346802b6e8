"""Where visitors came from. One row for each click, impression and visit from an unpaid source; nothing points to them,
so that a month of them can be dropped at once: an action keeps the steps that it was credited by.
"""

from django.db import models

from program.models import Program


class Step(models.Model):
    """A click, an impression, or a visit from an unpaid source (payouts.md §12). The table is partitioned by month, and
    made in SQL; partner and ad are numbers alone.
    """

    class Kind(models.TextChoices):
        CLICK = "CLICK", "Click"
        IMPRESSION = "IMPRESSION", "Impression"
        VISIT = "VISIT", "Visit"

    class NotCounted(models.TextChoices):
        BOT = "BOT", "Bot"
        PREFETCH = "PREFETCH", "Prefetch"
        PREVIEW = "PREVIEW", "Link preview"

    pk = models.CompositePrimaryKey("id", "at")
    id = models.UUIDField()  # the click id; its first 48 bits are the moment, which names the partition
    at = models.DateTimeField()
    number = models.BigIntegerField(help_text="The order in which steps were stored.")
    program = models.ForeignKey(Program, on_delete=models.DO_NOTHING, db_constraint=False, db_index=False)
    kind = models.CharField(max_length=10, choices=Kind)
    partner_id = models.BigIntegerField(null=True, blank=True)  # none: an unpaid source
    ad_id = models.BigIntegerField(null=True, blank=True)
    source = models.CharField(max_length=255, blank=True, help_text="The unpaid source.")
    profile = models.CharField(max_length=70, help_text="Whose it is: a cookie's id, or one made for this step.")
    visitor = models.CharField(max_length=70, help_text="By which clicks of one visitor are told to be one.")
    not_counted = models.CharField(max_length=8, choices=NotCounted, blank=True)
    facts = models.JSONField(help_text="Its referral values, by the names of parameters.")
    ip_address = models.CharField(max_length=45, blank=True)

    class Meta:
        managed = False
        db_table = "tracking_step"
        ordering = ["-at"]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.id}"


class TouchedStep(models.Model):
    """That a click or impression was stored: the figures of its day are stale. It is written with the step, by the same
    statement, and deleted where the day is counted again.
    """

    program = models.ForeignKey(Program, on_delete=models.CASCADE, db_constraint=False, db_index=False)
    at = models.DateTimeField()

    class Meta:
        indexes = [models.Index(fields=["program", "id"], name="touched_step_program")]

    def __str__(self) -> str:
        return str(self.at)


class SeenTogether(models.Model):
    """That a profile was seen with a customer, or with another profile: they share their steps (payouts.md §14)."""

    class ToldBy(models.TextChoices):
        """Who said so. Anybody can say the first and the third of a customer whose id is known."""

        IDENTIFY = "IDENTIFY", "a browser’s identify"
        LANDING = "LANDING", "a landing page"  # it names a click, whose id nobody guesses
        BROWSER = "BROWSER", "a browser’s order"
        ORDER = "ORDER", "an order of your server"

    program = models.ForeignKey(Program, on_delete=models.CASCADE, db_index=False)
    profile = models.CharField(max_length=70)
    customer_id = models.CharField(max_length=255, blank=True)
    other_profile = models.CharField(max_length=70, blank=True)
    told_by = models.CharField(max_length=8, choices=ToldBy, help_text="Who said so first, or an order of the server.")
    seen_at = models.DateTimeField(help_text="When first.")
    looks = models.PositiveSmallIntegerField(
        default=0,
        db_default=0,
        help_text="How often held orders were looked for that it may credit: once soon, and once when all are priced.",
    )

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["program", "profile", "customer_id", "other_profile"], name="seen_together_once"
            ),
            models.CheckConstraint(
                name="seen_together_with_one",
                condition=models.Q(customer_id="") ^ models.Q(other_profile=""),
            ),
        ]
        indexes = [
            models.Index(fields=["program", "profile", "told_by", "id"], name="seen_together_first"),
            models.Index(
                fields=["program", "customer_id", "told_by", "id"],
                name="seen_together_customer",
                condition=~models.Q(customer_id=""),
            ),
            models.Index(
                fields=["program", "other_profile", "told_by", "id"],
                name="seen_together_profile",
                condition=~models.Q(other_profile=""),
            ),
            models.Index(fields=["id"], name="seen_together_late", condition=models.Q(looks__lt=2)),
        ]

    def __str__(self) -> str:
        return f"{self.profile} with {self.customer_id or self.other_profile}"


class ErasedProfile(models.Model):
    """That a profile was erased with its customer. A click of it may still lie in the spool of a web process: it is
    stored as nobody's.
    """

    program = models.ForeignKey(Program, on_delete=models.CASCADE, db_index=False)
    profile_hash = models.CharField(max_length=64, help_text="SHA-256: the profile itself is gone.")
    erased_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["program", "profile_hash"], name="erased_profile_once")]

    def __str__(self) -> str:
        return f"Erased profile {self.pk}"
