from datetime import datetime, time, timedelta

from django.conf import settings
from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import ArrayField, DateTimeRangeField, RangeOperators
from django.db import models
from django.db.models.fields.json import KeyTextTransform
from django.db.models.functions import Cast, Coalesce
from django.utils import timezone

from common.db.constraints import SameProgram, program_and_id
from common.db.generated import StoredColumn
from common.db.statements import AnyOf
from program.models import EventType, Program

from .upload import Upload


class Source(models.TextChoices):
    API = "API", "API"
    FILE = "FILE", "File"
    PIXEL = "PIXEL", "Pixel"
    TAG = "TAG", "Tag"
    MANUAL = "MANUAL", "Test order"
    SYSTEM = "SYSTEM", "By itself"
    MEMBER = "MEMBER", "Your team"


# What anybody can send: a browser's order stands beside the server's of the same order id, until it is priced.
BROWSERS = (Source.PIXEL, Source.TAG)


def batch_id(number: int) -> str:
    """The API's name of the submission that is the conversion of this number."""
    return f"A-{number}"


def order_key(order_id: models.F | models.OuterRef | models.Value) -> models.Func:
    """The 64 bits by which the index of the de-duplication finds an order id; two ids may share them."""
    text = Cast(order_id, models.TextField()) if isinstance(order_id, models.OuterRef) else order_id
    return models.Func(text, 0, function="hashtextextended", output_field=models.BigIntegerField())


def from_browser() -> models.Expression:
    """Whether a conversion was reported by a browser."""
    return models.ExpressionWrapper(
        models.Q(source__in=[each.value for each in BROWSERS]), output_field=models.BooleanField()
    )


class ConversionQuerySet(models.QuerySet["Conversion"]):
    def of_order(self, event_type: models.OuterRef, order_id: models.OuterRef) -> "ConversionQuerySet":
        """Those of the order that an outer query is about, found by the index of the de-duplication."""
        keyed = self.alias(order_key=order_key(models.F("order_id")))
        return keyed.filter(order_key=order_key(order_id), order_id=order_id, event_type=event_type)

    def numbered(self, ids: list[int]) -> "ConversionQuerySet":
        """Those with these ids: one parameter, whereas `pk__in` sends one for each."""
        return self.filter(AnyOf(models.F("pk"), ids))

    def waiting(self) -> "ConversionQuerySet":
        return self.filter(state=Conversion.State.WAITING)

    def unpriced(self) -> "ConversionQuerySet":
        """What was reported and made no action: held with a reason, a duplicate, or quarantined."""
        return self.exclude(state__in=[Conversion.State.WAITING, Conversion.State.PRICED])


class Conversion(models.Model):
    """An order as it was reported. Stored before it is answered; the waiting rows are the worker's queue.

    The same order id for the same event type within the de-duplication window is one conversion (payouts.md §11):
    the schema refuses a second one that is not marked as a duplicate. A test order is never taken for a real one. A
    browser's order and a server's are told apart: of both together pricing makes one action.
    """

    class State(models.TextChoices):
        WAITING = "WAITING", "Waiting to be priced"
        PRICED = "PRICED", "Priced"
        HELD = "HELD", "Could not be credited"
        DUPLICATE = "DUPLICATE", "Duplicate"
        QUARANTINED = "QUARANTINED", "Quarantined"
        ERASED = "ERASED", "Erased before it was priced"

    class Reason(models.TextChoices):
        NO_REFERRAL = "ACTION_REF_NOT_FOUND", "No click, impression or code"
        NO_VALID_REFERRAL = "NO_VALID_ACTION_REF", "No referral by a partner"
        OUTSIDE_WINDOW = "OUTSIDE_ASSOCIATION_WINDOW", "Outside of the referral window"
        KIND_NOT_ACCEPTED = "REFTYPE_NOT_ACCEPTED", "A click or an impression that the terms do not count"
        TERMS_NOT_FOUND = "ACTIONTERMS_NOT_FOUND", "The contract does not pay for the event type"
        BLOCKED_BY_PROMO_CODE = "BLOCKED_BY_PROMOCODE", "Another partner's promo code"
        RESTRICTED_PROMO_CODE = "RESTRICTED_PROMOCODE", "A promo code reserved to a group"
        PARTNER_UNKNOWN = "PARTNER_NOT_FOUND", "No such partner"
        PARTNER_NOT_ACTIVE = "PARTNER_NOT_ACTIVE", "The partner is not active"
        CONTRACT_NOT_FOUND = "CONTRACT_NOT_FOUND", "No contract at that time"
        RATE_MISSING = "EXCHANGE_RATE_NOT_FOUND", "No exchange rate"
        EVENT_TYPE_NOT_ACTIVE = "ACTIONTRACKER_NOT_ACTIVE", "The event type is not active"
        DUPLICATE = "CONV_DUPLICATE", "Duplicate order id"
        REPLACED = "REPLACED_BY_SERVER", "Your server sent the order"
        DIFFERS = "DIFFERS_FROM_SERVER", "Your server sent the order with another amount"
        NOT_REPLACED = "NOT_REPLACED", "The browser's order could not be replaced"
        GIVEN_UP = "GIVEN_UP", "Interrupted three times"
        ERROR = "ERROR", "An error in pricing it"
        CUSTOMER_ERASED = "CUSTOMER_ERASED", "Its customer was erased"

    # The composite keys (program, …) below hold the single ones, too: one check a reference instead of two or three.
    # The program has no index of its own: before statistics are gathered, the checks of keys that point to this table
    # would read all rows of the program by it. The unique (program, id) serves.
    program = models.ForeignKey(Program, on_delete=models.PROTECT, db_constraint=False, db_index=False)
    event_type = models.ForeignKey(EventType, on_delete=models.PROTECT, db_constraint=False, db_index=False)
    order_id = models.CharField(max_length=64, blank=True)
    event_date = models.DateTimeField()
    received_at = models.DateTimeField(default=timezone.now)
    source = models.CharField(max_length=6, choices=Source)
    upload = models.ForeignKey(Upload, null=True, blank=True, on_delete=models.PROTECT, db_constraint=False)
    payload = models.JSONField()
    derived = models.JSONField(
        default=dict,
        db_default=models.Value({}, models.JSONField()),
        help_text="Browser, system, device, country and region, from the user agent and the IP address at its time.",
    )
    customer_id = StoredColumn(
        expression=Coalesce(
            KeyTextTransform("CustomerId", "payload"), models.Value(""), output_field=models.TextField()
        ),
        output_field=models.CharField(max_length=255, blank=True),
    )
    # Null where none was sent: any number of conversions may lack one.
    idempotency_key = models.CharField(max_length=255, null=True, blank=True)  # noqa: DJ001
    is_test = models.BooleanField(default=False)
    state = models.CharField(max_length=11, choices=State, default=State.WAITING)
    reason = models.CharField(max_length=30, choices=Reason, blank=True)
    detail = models.TextField(blank=True)
    missing_rate = models.CharField(
        max_length=7, blank=True, db_default="", help_text="The pair whose rate of its day it waits for: USD/GBP."
    )
    attempts = models.PositiveSmallIntegerField(default=0)  # workers that died over it alone
    claim_limit = models.PositiveSmallIntegerField(
        null=True,
        blank=True,
        help_text="Among how many it is priced at most, since a worker died over it; none: no limit.",
    )
    processed_at = models.DateTimeField(null=True, blank=True)
    erased_at = models.DateTimeField(
        null=True, blank=True, help_text="When all that it told of its customer was removed from what was sent."
    )
    duplicate_of = models.ForeignKey("self", null=True, blank=True, on_delete=models.PROTECT, db_constraint=False)
    # Event date to event date + de-duplication window; two of them overlap just when the orders lie closer than that.
    deduplication_period = DateTimeRangeField()

    objects = ConversionQuerySet.as_manager()

    class Meta:
        ordering = ["-id"]
        constraints = [
            ExclusionConstraint(
                name="conversion_order_id_once_in_window",
                # Numbers first: by texts alone, each row written took five times as long to find its place.
                expressions=[
                    (order_key(models.F("order_id")), RangeOperators.EQUAL),
                    ("order_id", RangeOperators.EQUAL),
                    ("event_type", RangeOperators.EQUAL),
                    ("is_test", RangeOperators.EQUAL),
                    (from_browser(), RangeOperators.EQUAL),
                    ("deduplication_period", RangeOperators.OVERLAPS),
                ],
                condition=~models.Q(state="DUPLICATE") & ~models.Q(order_id=""),
            ),
            # Without a condition the checks of keys that point here might read a program by this index, see above.
            models.UniqueConstraint(
                fields=["program", "idempotency_key"],
                name="conversion_idempotency_key_unique",
                condition=models.Q(idempotency_key__isnull=False),
            ),
            program_and_id("conversion"),
            SameProgram(field="event_type", to="program.EventType", name="conversion_event_type_same_program"),
            SameProgram(field="upload", to="tracking.Upload", name="conversion_upload_same_program"),
            SameProgram(field="duplicate_of", to="tracking.Conversion", name="conversion_duplicate_of_same_program"),
        ]
        indexes = [
            models.Index(fields=["event_type", "-id"], name="conversion_newest"),  # as they arrive
            models.Index(fields=["id"], name="conversion_waiting", condition=models.Q(state="WAITING")),
            models.Index(
                fields=["program", "-id"],
                name="conversion_unpriced",
                condition=~models.Q(state__in=["WAITING", "PRICED"]),
            ),
            models.Index(  # a customer's order history, payouts.md §13
                fields=["event_type", "customer_id", "event_date", "id"],
                name="conversion_of_customer",
                condition=~models.Q(customer_id="") & models.Q(is_test=False) & ~models.Q(state="DUPLICATE"),
            ),
            # Held orders by reason, and by what brings the steps that credit them after all.
            models.Index(fields=["program", "reason", "-id"], name="conversion_held", condition=models.Q(state="HELD")),
            *(
                models.Index("program", KeyTextTransform(key, "payload"), name=name, condition=models.Q(state="HELD"))
                for key, name in (("ClickId", "conversion_held_click"), ("CustomProfileId", "conversion_held_profile"))
            ),
            models.Index(  # the browser's orders that a server's may replace
                fields=["event_type", "order_id"],
                name="conversion_of_browser",
                condition=models.Q(source__in=["PIXEL", "TAG"]) & ~models.Q(order_id=""),
            ),
            models.Index(
                fields=["state"],
                name="conversion_needs_attention",
                condition=models.Q(state__in=["HELD", "QUARANTINED"]),
            ),
        ]

    def __str__(self) -> str:
        return f"Order {self.order_id}" if self.order_id else f"Conversion {self.id}"

    @property
    def batch_id(self) -> str:
        """The API's name of this submission."""
        return batch_id(self.id)


class ClaimQuerySet(models.QuerySet["Claim"]):
    def numbers(self) -> models.QuerySet["Claim", int]:
        """The ids of all conversions in these claims."""
        return self.values_list(models.Func("conversions", function="unnest"), flat=True)


class Claim(models.Model):
    """Conversions that a worker has claimed together, of any programs. Written before the work, and removed by the
    transaction that prices them, which holds its lock meanwhile: an unlocked one was left by a worker that died. So a
    conversion's own row is written only once, with its outcome.
    """

    conversions = ArrayField(models.BigIntegerField())

    is_last = False  # not stored: whether nothing else waited when it was made, except what others had claimed

    objects = ClaimQuerySet.as_manager()

    def __str__(self) -> str:
        return f"Claim of {len(self.conversions)} conversions"


class ModificationQuerySet(models.QuerySet["Modification"]):
    def to_settle(self) -> "ModificationQuerySet":
        """Refused and not dismissed: somebody has to review them."""
        return self.filter(state=Modification.State.REFUSED, dismissed_at__isnull=True)

    def dismissed(self) -> "ModificationQuerySet":
        """Refused and dismissed. One is still applied if its order arrives."""
        return self.filter(state=Modification.State.REFUSED, dismissed_at__isnull=False)

    def waiting(self) -> "ModificationQuerySet":
        return self.filter(state=Modification.State.WAITING)

    def without_order(self) -> "ModificationQuerySet":
        """Refused because their order had no action."""
        return self.filter(state=Modification.State.REFUSED, reason=Modification.Reason.ORDER_NOT_FOUND)

    def wake(self) -> int:
        """Queue these for the worker again. One that is refused again has to be reviewed again."""
        return self.update(
            state=Modification.State.WAITING, reason="", detail="", attempts=0, begun_together=False, processed_at=None,
            dismissed_at=None, dismissed_by=None, dismissal_reason="",
        )  # fmt: skip


class Modification(models.Model):
    """A reported change to an order: a return, another amount, another customer status. The row is the queue."""

    class State(models.TextChoices):
        WAITING = "WAITING", "Waiting to be applied"
        APPLIED = "APPLIED", "Applied"
        REFUSED = "REFUSED", "Refused"

    class Reason(models.TextChoices):
        ORDER_NOT_FOUND = "ORDER_NOT_FOUND", "No action of that order"
        ACTION_LOCKED = "ACTION_LOCKED", "The action is locked"
        SKU_NOT_FOUND = "SKU_NOT_FOUND", "No such item in the order"
        SKU_ON_SEVERAL_LINES = "SKU_ON_SEVERAL_LINES", "The SKU is on several lines"
        AMOUNT_ON_ITEMS = "AMOUNT_ON_ITEMS", "The order has items"
        QUANTITY_NOT_POSSIBLE = "QUANTITY_NOT_POSSIBLE", "A line of quantity 0 cannot grow"
        RAISED_BY_RETURN = "RAISED_BY_RETURN", "A return that would leave more"
        BEFORE_ORDER = "BEFORE_ORDER", "Dated before its order"
        LATER_CHANGE = "LATER_CHANGE", "A later change stands"
        TOO_MANY_UPDATES = "TOO_MANY_UPDATES", "Too many updates of one action"
        CUSTOMER_ERASED = "CUSTOMER_ERASED", "The customer was erased"
        REVERSAL_POLICY = "REVERSAL_POLICY", "More than the reversal policy allows"
        GIVEN_UP = "GIVEN_UP", "Interrupted three times"
        ERROR = "ERROR", "An error in applying it"

    program = models.ForeignKey(Program, on_delete=models.PROTECT, db_index=False)
    event_type = models.ForeignKey(EventType, null=True, blank=True, on_delete=models.PROTECT)
    order_id = models.CharField(max_length=64)
    modification_date = models.DateTimeField()
    received_at = models.DateTimeField(default=timezone.now)
    source = models.CharField(max_length=6, choices=Source)
    upload = models.ForeignKey(Upload, null=True, blank=True, on_delete=models.PROTECT)
    payload = models.JSONField()
    # How often its file had the same change of the same moment before, with another between: 0, 3, 0 are three changes,
    # and the last is repetition 1 of the first.
    repetition = models.PositiveIntegerField(default=0)
    state = models.CharField(max_length=8, choices=State, default=State.WAITING)
    reason = models.CharField(max_length=30, choices=Reason, blank=True)
    detail = models.TextField(blank=True)
    attempts = models.PositiveSmallIntegerField(default=0)  # workers that began it alone
    begun_together = models.BooleanField(
        default=False,
        db_default=False,
        help_text="Begun among others. Where it waits still, their worker died, and they go on one at a time.",
    )
    processed_at = models.DateTimeField(null=True, blank=True)
    dismissed_at = models.DateTimeField(
        null=True, blank=True, help_text="When somebody decided that a refused change needs nothing more."
    )
    dismissed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL, related_name="+", db_index=False
    )
    dismissal_reason = models.CharField(max_length=500, blank=True, db_default="")

    objects = ModificationQuerySet.as_manager()

    class Meta:
        ordering = ["-id"]
        constraints = [
            program_and_id("modification"),
            SameProgram(field="event_type", to="program.EventType", name="modification_event_type_same_program"),
            SameProgram(field="upload", to="tracking.Upload", name="modification_upload_same_program"),
            models.CheckConstraint(
                name="modification_dismissed_with_reason",
                condition=models.Q(dismissed_at__isnull=True, dismissal_reason="")
                | models.Q(dismissed_at__isnull=False) & ~models.Q(dismissal_reason=""),
            ),
        ]
        indexes = [
            models.Index(fields=["id"], name="modification_waiting", condition=models.Q(state="WAITING")),
            models.Index(fields=["program", "order_id"], name="modification_order"),
            models.Index(
                fields=["program", "-id"],
                name="modification_to_settle",
                condition=models.Q(state="REFUSED", dismissed_at__isnull=True),
            ),
            models.Index(
                fields=["processed_at"],
                name="modification_without_order",
                condition=models.Q(state="REFUSED", reason="ORDER_NOT_FOUND"),
            ),
        ]

    def __str__(self) -> str:
        return f"Change to order {self.order_id}"

    @property
    def applies_at(self) -> datetime:
        """When it counts among the changes of its order: one sent with a day alone at the end of that day in the
        program's time zone, or when it came in, if that was before.
        """
        if len(self.payload.get("ModificationDate", "")) != len("2026-02-15"):
            return self.modification_date
        following = self.modification_date.astimezone(self.program.zone).date() + timedelta(days=1)
        end = datetime.combine(following, time(), self.program.zone) - timedelta(microseconds=1)
        return max(self.modification_date, min(end, self.received_at))

    @property
    def place(self) -> tuple[datetime, int]:
        """Its place among the changes of its order."""
        return self.applies_at, self.pk
