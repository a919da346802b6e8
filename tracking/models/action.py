from typing import Any

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.utils import timezone

from common.db.constraints import SameProgram, program_and_id
from contracts.models import Contract, TermsVersion
from program.models import Ad, Customer, EventType, Partner, Program

from .conversion import Conversion, Modification, Source

MONEY: dict[str, Any] = {"max_digits": 16, "decimal_places": 4}


class ReferringType(models.TextChoices):
    """By what an action was credited, as the platform's API names it."""

    CLICK_COOKIE = "CLICK_COOKIE", "Click"
    IMPRESSION_COOKIE = "IMPRESSION_COOKIE", "Impression"
    PROMOCODE = "PROMOCODE", "Promo code"
    REPORTED_PARTNER_ID = "REPORTED_PARTNER_ID", "Partner id sent"


class OverCap(models.TextChoices):
    """Which cap of its terms an action is over, as the platform's state detail says it."""

    ACTIONS = "ACTIONS", "Outside of terms: exceeded action cap"
    SPEND = "SPEND", "Outside of terms: exceeded budget"


class ActionQuerySet(models.QuerySet["Action"]):
    def real(self) -> "ActionQuerySet":
        """Without test orders."""
        return self.filter(is_test=False)

    def over_cap(self) -> "ActionQuerySet":
        """Those that are paid nothing because a cap of their terms was reached."""
        return self.filter(over_cap__gt="")


class Action(models.Model):
    """An order that was credited to a partner and priced. Its payout is at all times the sum of its updates' deltas."""

    class State(models.TextChoices):
        PENDING = "PENDING", "Pending"
        APPROVED = "APPROVED", "Approved"
        REVERSED = "REVERSED", "Reversed"

    # As in Conversion: the composite keys below are the constraints, and the program has no index of its own.
    program = models.ForeignKey(Program, on_delete=models.PROTECT, db_constraint=False, db_index=False)
    conversion = models.OneToOneField(Conversion, on_delete=models.PROTECT, db_constraint=False)
    event_type = models.ForeignKey(EventType, on_delete=models.PROTECT, db_constraint=False)
    partner = models.ForeignKey(Partner, on_delete=models.PROTECT, db_constraint=False)
    contract = models.ForeignKey(Contract, on_delete=models.PROTECT, db_constraint=False)
    terms_version = models.ForeignKey(TermsVersion, on_delete=models.PROTECT, db_constraint=False, db_index=False)
    customer = models.ForeignKey(Customer, null=True, blank=True, on_delete=models.PROTECT, db_constraint=False)
    order_id = models.CharField(max_length=64, blank=True)
    promo_code = models.CharField(max_length=255, blank=True)
    event_date = models.DateTimeField()
    day = models.DateField(help_text="The event date's day in the program's time zone.")
    creation_date = models.DateTimeField(default=timezone.now)
    state = models.CharField(max_length=8, choices=State, default=State.PENDING)
    currency = models.CharField(max_length=3)
    amount = models.DecimalField("sale amount", **MONEY)
    payout = models.DecimalField(**MONEY)
    intended_payout = models.DecimalField(
        **MONEY, help_text="As priced at first; of an action over its cap what it would be paid if it were approved."
    )
    ad = models.ForeignKey(Ad, null=True, blank=True, on_delete=models.PROTECT, db_constraint=False)
    referring_type = models.CharField(max_length=20, choices=ReferringType, blank=True)
    referring_date = models.DateTimeField(null=True, blank=True, help_text="Of the click or impression credited.")
    referring_domain = models.CharField(max_length=255, blank=True)
    original_currency = models.CharField(max_length=3)
    original_amount = models.DecimalField("sale amount as ordered", **MONEY)
    customer_status = models.CharField("customer status code", max_length=40, blank=True)
    customer_status_category = models.CharField("customer status", max_length=40, blank=True)
    status_is_worked_out = models.BooleanField(
        default=False, db_default=False, help_text="The order brought no status; its customer's earlier orders say it."
    )
    group_rank = models.PositiveIntegerField(null=True, blank=True)
    group_name = models.CharField(max_length=120, blank=True)
    is_restricted = models.BooleanField(default=False)
    is_hidden = models.BooleanField("left out of reports", default=False)
    over_cap = models.CharField(
        max_length=7,
        choices=OverCap,
        blank=True,
        default="",
        db_default="",
        help_text="Why it is outside of its terms.",
    )
    is_test = models.BooleanField(default=False)
    locking_date = models.DateTimeField(null=True, blank=True)
    clearing_date = models.DateField(null=True, blank=True)
    # What pricing looked up for this order (status codes, list entries, catalog rows, exchange rate), for its customer
    # (tags, order history) and of the way that they came (the steps with their verdicts, referral, path and derived
    # values), kept so that the explanation always matches the figures: Context.narrowed, priced_orders, engine.journey.
    context = models.JSONField()
    profile = models.JSONField(default=dict)
    journey = models.JSONField(default=dict)
    # Under limits that are counted: each counter that it met, what that held and what the action took, and the version
    # from which they count (tracking.limits). None where its terms have none, and of a test order.
    limits: Any = models.JSONField(null=True, blank=True)
    # The order's state after its modifications: engine.orders.OrderState.
    order_state = models.JSONField(default=dict)
    updates_count = models.PositiveSmallIntegerField(default=1)
    # How the payout of an erased order came about, kept when what it told of its customer was removed: it cannot be
    # priced again (tracking.erasing.orders).
    trace: Any = models.JSONField(null=True, blank=True)

    objects = ActionQuerySet.as_manager()

    class Meta:
        ordering = ["-event_date", "-id"]
        constraints = [
            program_and_id("action"),
            SameProgram(field="conversion", to="tracking.Conversion", name="action_conversion_same_program"),
            SameProgram(field="event_type", to="program.EventType", name="action_event_type_same_program"),
            SameProgram(field="partner", to="program.Partner", name="action_partner_same_program"),
            SameProgram(field="contract", to="contracts.Contract", name="action_contract_same_program"),
            SameProgram(field="terms_version", to="contracts.TermsVersion", name="action_terms_version_same_program"),
            SameProgram(field="ad", to="program.Ad", name="action_ad_same_program"),
            SameProgram(field="customer", to="program.Customer", name="action_customer_same_program"),
        ]
        indexes = [
            # Orders of the list. A page of it is found in one of them alone, however far back, and the sums of all
            # actions in the first, so each holds what the list usually asks for.
            models.Index(
                fields=["program", "-event_date", "-id"],
                include=["is_test", "state", "currency", "amount", "payout"],
                name="action_newest",
            ),
            models.Index(fields=["program", "amount", "id"], include=["is_test", "state"], name="action_by_amount"),
            models.Index(fields=["program", "payout", "id"], include=["is_test", "state"], name="action_by_payout"),
            models.Index(fields=["program", "locking_date", "id"], include=["is_test", "state"], name="action_by_lock"),
            models.Index(fields=["program", "event_type", "partner", "day"], name="action_of_the_day"),
            models.Index(fields=["program", "order_id"], name="action_order"),
            # The orders that a payout group won, which are counted from it alone; and those of a version.
            models.Index(
                fields=["terms_version", "event_type", "group_rank", "day", "state", "is_test"],
                name="action_by_payout_group",
            ),
            # By the moment of the click or impression that brought it: the orders of one click.
            models.Index(
                fields=["program", "referring_date"],
                name="action_referred",
                condition=models.Q(referring_date__isnull=False),
            ),
            models.Index(
                fields=["program", "original_currency", "currency", "day"],
                name="action_in_another_currency",
                condition=~models.Q(original_currency=models.F("currency")),
            ),
            # Those of customers with a tag: the list filtered by one, and what came of each in 30 days.
            models.Index(
                fields=["program", "-event_date", "-id"],
                name="action_tagged",
                condition=~models.Q(profile__CustomerTags=[]),
            ),
            models.Index(
                fields=["program", "-event_date", "-id"],
                include=["is_test", "currency", "amount", "payout"],
                name="action_over_cap",
                condition=models.Q(over_cap__gt=""),
            ),
            models.Index(fields=["locking_date"], name="action_pending_lock", condition=models.Q(state="PENDING")),
            models.Index(
                fields=["event_date"],
                name="action_open_ended",
                condition=models.Q(state="PENDING", locking_date__isnull=True),
            ),
        ]

    def __str__(self) -> str:
        return f"Action {self.action_id}"

    @property
    def action_id(self) -> str:
        """The API's name of this action: program, event type, number."""
        return f"{self.program_id}.{self.event_type_id}.{self.pk}"

    @property
    def is_erased(self) -> bool:
        """Whether what it told of its customer was removed, so that it cannot be priced again."""
        return self.trace is not None


class ActionItem(models.Model):
    """A line of an action in its current state; an order without items has one line without SKU. It is the most
    frequent row of a file, so it has no id and only the index of its place in the action.
    """

    pk = models.CompositePrimaryKey("action", "index")
    # The composite key (program, action) below holds both: one check a line instead of three, which is half of the time
    # that it takes to write a batch.
    program = models.ForeignKey(Program, on_delete=models.PROTECT, db_constraint=False, db_index=False)
    action = models.ForeignKey(
        Action, on_delete=models.PROTECT, related_name="items", db_constraint=False, db_index=False
    )
    index = models.PositiveSmallIntegerField(help_text="The line's place in the order as sent, from 0.")
    sku = models.CharField("SKU", max_length=255, blank=True)
    name = models.CharField(max_length=255, blank=True)
    category = models.CharField(max_length=255, blank=True)
    quantity = models.PositiveIntegerField()
    sale_amount = models.DecimalField(**MONEY)
    payout = models.DecimalField(**MONEY)

    class Meta:
        ordering = ["index"]
        constraints = [SameProgram(field="action", to="tracking.Action", name="action_item_same_program")]

    def __str__(self) -> str:
        return self.sku or f"Line {self.index + 1}"


class ActionUpdate(models.Model):
    """One change of an action: the order tracked, an item returned, a reversal. Never changed, never deleted."""

    class Disposition(models.TextChoices):
        TRACKED = "IR_BLANK", "Order tracked"
        ORDER_UPDATE = "ORDER_UPDATE", "Order updated"
        ITEM_RETURNED = "ITEM_RETURNED", "Item returned"
        ITEM_OUT_OF_STOCK = "ITEM_OUT_OF_STOCK", "Item out of stock"
        CONS_FRAUD = "CONS_FRAUD", "Consumer fraud"
        CONS_ERROR = "CONS_ERROR", "Consumer error"
        CONS_INFO_INVALID = "CONS_INFO_INVALID", "Consumer's details invalid"
        ORDER_ERROR = "ORDER_ERROR", "Order error"
        PUB_ACT_DISPUTE = "PUB_ACT_DISPUTE", "Partner's dispute"
        ADV_ACT_DISPUTE = "ADV_ACT_DISPUTE", "Brand's dispute"
        NOT_COMPLIANCE_TERMS = "NOT_COMPLIANCE_TERMS", "Not compliant with the terms"
        TEST_ACTION = "TEST_ACTION", "Test action"
        REJECTED = "REJECTED", "Rejected"
        MP_RETURNED = "MP_RETURNED", "Returned by the partner"
        PARTNER_NOT_ACTIVE = "PARTNER_NOT_ACTIVE", "Partner not active"
        CREDITED_DIFFERENT_MP = "CREDITED_DIFFERENT_MP", "Credited to another partner"
        OTHER = "OTHER", "Other"
        LOCKED = "LOCKED", "Locked"
        APPROVED = "APPROVED", "Approved over its cap"

    program = models.ForeignKey(Program, on_delete=models.PROTECT, db_constraint=False, db_index=False)
    action = models.ForeignKey(
        Action, on_delete=models.PROTECT, related_name="updates", db_constraint=False, db_index=False
    )
    number = models.PositiveSmallIntegerField(help_text="1 is the order as tracked.")
    disposition = models.CharField(max_length=24, choices=Disposition)
    update_date = models.DateTimeField(help_text="When it happened: the event or modification date.")
    created_at = models.DateTimeField(default=timezone.now)
    delta_amount = models.DecimalField(**MONEY)
    delta_payout = models.DecimalField(**MONEY)
    state = models.CharField(max_length=8, choices=Action.State, help_text="The action's state from here on.")
    order_state = models.JSONField(
        default=dict, help_text="The order as it stands from here on: engine.orders.OrderState."
    )
    what = models.TextField(blank=True, help_text="The change in words.")
    source = models.CharField(max_length=6, choices=Source)
    modification = models.ForeignKey(
        Modification, null=True, blank=True, on_delete=models.PROTECT, db_constraint=False, db_index=False
    )
    replaced = models.ForeignKey(
        Conversion,
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        db_constraint=False,
        db_index=False,
        related_name="+",
        help_text="The browser's order that the server's took the place of.",
    )
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
        db_index=False,
        help_text="Who approved it.",
    )
    # The action's limits from here on, as it keeps them itself.
    limits: Any = models.JSONField(null=True, blank=True)
    # By what the replaced order was priced: Context and Profile, as the action kept them.
    before: Any = models.JSONField(null=True, blank=True)

    class Meta:
        ordering = ["number"]
        constraints = [
            models.UniqueConstraint(fields=["action", "number"], name="action_update_number_unique"),
            # A change of a browser's order is one of the server's, too, where that has an action of its own.
            models.UniqueConstraint(fields=["modification", "action"], name="action_update_modification_unique"),
            models.CheckConstraint(condition=models.Q(number__lte=1000), name="action_update_at_most_1000"),
            SameProgram(field="action", to="tracking.Action", name="action_update_same_program"),
            SameProgram(
                field="modification", to="tracking.Modification", name="action_update_modification_same_program"
            ),
            SameProgram(field="replaced", to="tracking.Conversion", name="action_update_replaced_same_program"),
        ]
        indexes = [
            models.Index(
                fields=["program", "-id"],
                name="action_update_replacing",
                condition=models.Q(replaced__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.action}, update {self.number}"


class TouchedDay(models.Model):
    """A day whose rollup is stale. Every writer appends a mark of its own: a shared mark could be cleared by a rollup
    that does not see the writer's rows yet. It also names the conversions that were priced in it, whose values are
    counted with the rollup, and the customers whose figures are. One of orders that could not be credited has no
    partner: it names customers alone.
    """

    program = models.ForeignKey(Program, on_delete=models.CASCADE, db_constraint=False, db_index=False)
    event_type = models.ForeignKey(EventType, on_delete=models.CASCADE, db_constraint=False)
    partner = models.ForeignKey(Partner, null=True, blank=True, on_delete=models.CASCADE, db_constraint=False)
    day = models.DateField()
    conversions = ArrayField(models.BigIntegerField(), db_default=[])
    customers = ArrayField(models.BigIntegerField(), db_default=[])

    class Meta:
        constraints = [
            SameProgram(field="event_type", to="program.EventType", name="touched_day_event_type_same_program"),
            SameProgram(field="partner", to="program.Partner", name="touched_day_partner_same_program"),
        ]
        indexes = [models.Index(fields=["program", "day"], name="touched_day_program")]

    def __str__(self) -> str:
        return f"{self.day}, {self.partner}"
