from django.conf import settings
from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import ArrayField, DateTimeRangeField, RangeOperators
from django.contrib.postgres.indexes import GinIndex, OpClass
from django.db import models
from django.db.models.functions import Concat, Now, Upper
from django.utils import timezone

from common.db.constraints import SameProgram, program_and_id

from .names import ComparedField, NamedForRules
from .program import Program

# What a search looks in, with what none of them holds between them.
SEARCHED = Upper(Concat("customer_id", models.Value("\n"), "name", models.Value("\n"), "email"))
# The database takes nothing for more than anything: without this, customers without an order would be the newest.
LATEST = models.F("last_order").desc(nulls_last=True), models.F("id").desc()


class CustomerQuerySet(models.QuerySet["Customer"]):
    def known(self) -> "CustomerQuerySet":
        """Those that were not erased."""
        return self.filter(erased_at=None)

    def with_current_tags(self) -> "CustomerQuerySet":
        """Each with `current_taggings`, a list with the tags, by name."""
        taggings = CustomerTagging.objects.current().select_related("tag").order_by("tag__name")
        return self.prefetch_related(models.Prefetch("customertagging_set", taggings, to_attr="current_taggings"))


class Customer(models.Model):
    """A customer of the brand, known by the CustomerId that came with an order, a file or the API.

    Who they are is what was last said: sent by API or file, or by a later order. `first_order_date` and `orders_before`
    are of orders from before the brand came, as the customers file brought them (payouts.md §13). The figures are
    counted from the actions, as the rollups are; test orders are in none of them.
    """

    # Without an index of its own: before statistics are gathered, the checks of keys that point here would read all
    # rows of the program by it. The unique (program, id) below serves.
    program = models.ForeignKey(Program, on_delete=models.CASCADE, db_index=False)
    customer_id = models.CharField(max_length=255)
    name = models.CharField(max_length=255, blank=True, db_default="")
    surname = models.CharField(
        max_length=255, blank=True, db_default="", help_text="The end of the name, where it was sent apart."
    )
    email = models.CharField("e-mail address", max_length=254, blank=True, db_default="")
    email_sha1 = models.CharField("SHA-1 of the e-mail address", max_length=40, blank=True, db_default="")
    email_sha256 = models.CharField("SHA-256 of the e-mail address", max_length=64, blank=True, db_default="")
    country = models.CharField(max_length=255, blank=True, db_default="")
    region = models.CharField(max_length=255, blank=True, db_default="")
    city = models.CharField(max_length=255, blank=True, db_default="")
    post_code = models.CharField(max_length=255, blank=True, db_default="")
    sent_at = models.DateTimeField(
        null=True, blank=True, help_text="When who they are was last sent. Orders received later override it."
    )
    first_order_date = models.DateField(null=True, blank=True, help_text="Of orders from before the brand came.")
    orders_before = models.PositiveIntegerField(default=0, db_default=0, help_text="How many orders these were.")
    orders = models.PositiveIntegerField(default=0, db_default=0, help_text="Actions that are not reversed.")
    first_order = models.DateTimeField(null=True, blank=True, help_text="Event date of the first action.")
    last_order = models.DateTimeField(null=True, blank=True, help_text="Event date of the last action.")
    status = models.CharField(
        "customer status", max_length=40, blank=True, db_default="", help_text="Of the last action."
    )
    partner_ids = ArrayField(
        models.BigIntegerField(),
        default=list,
        db_default=[],
        help_text="Who brought the actions, by number of the row.",
    )
    tag_ids = ArrayField(
        models.BigIntegerField(),
        default=list,
        db_default=[],
        editable=False,
        help_text="The tags without an end, by number of the row; the database keeps them.",
    )
    created_at = models.DateTimeField(default=timezone.now, db_default=Now(), editable=False)
    erased_at = models.DateTimeField(null=True, blank=True, help_text="The id is then a pseudonym.")

    objects = CustomerQuerySet.as_manager()

    class Meta:
        ordering = ["customer_id"]
        constraints = [
            models.UniqueConstraint(fields=["program", "customer_id"], name="customer_id_unique"),
            program_and_id("customer"),
        ]
        indexes = [
            # Orders of the list; a page of it is read from its place in one of them, however far back.
            models.Index("program", *LATEST, name="customer_newest"),
            models.Index(
                "program",
                models.F("first_order").desc(nulls_last=True),
                models.F("id").desc(),
                name="customer_by_first_order",
            ),
            models.Index("program", models.F("orders").desc(), models.F("id").desc(), name="customer_by_orders"),
            models.Index("program", "status", *LATEST, name="customer_by_status"),
            models.Index("program", "country", *LATEST, name="customer_by_country", condition=~models.Q(country="")),
            GinIndex(fields=["partner_ids"], name="customer_by_partner"),
            GinIndex(fields=["tag_ids"], name="customer_by_tag"),
            GinIndex(OpClass(SEARCHED, name="gin_trgm_ops"), name="customer_searched"),
            models.Index(fields=["program", "email_sha1"], name="customer_by_sha1", condition=~models.Q(email_sha1="")),
            models.Index(
                fields=["program", "email_sha256"], name="customer_by_sha256", condition=~models.Q(email_sha256="")
            ),
        ]

    def __str__(self) -> str:
        return "Erased customer" if self.erased_at else self.customer_id


class CustomerRevenue(models.Model):
    """What a customer's actions that are not reversed come to in one currency; amounts of different currencies are
    never added up.
    """

    program = models.ForeignKey(Program, on_delete=models.CASCADE, db_index=False)
    customer = models.ForeignKey(Customer, on_delete=models.CASCADE, db_index=False, related_name="revenues")
    currency = models.CharField(max_length=3)
    orders = models.PositiveIntegerField()
    revenue = models.DecimalField(max_digits=19, decimal_places=4)
    payout = models.DecimalField(max_digits=19, decimal_places=4)

    class Meta:
        constraints = [
            # With all that the list of customers filters by: it looks up thousands and reads none of their rows.
            models.UniqueConstraint(
                fields=["customer", "currency"],
                include=["revenue", "program"],
                name="customer_revenue_once_a_currency",
            ),
            SameProgram(field="customer", to="program.Customer", name="customer_revenue_same_program"),
        ]
        indexes = [models.Index(fields=["program", "currency", "revenue", "customer"], name="customer_by_revenue")]

    def __str__(self) -> str:
        return f"{self.customer}: {self.revenue} {self.currency}"


class TagColor(models.TextChoices):
    """The colours of tags, by the names of their tokens."""

    GRAY = "gray", "Grey"
    BLUE = "blue", "Blue"
    GREEN = "green", "Green"
    AMBER = "amber", "Amber"
    RED = "red", "Red"
    PURPLE = "purple", "Purple"
    TEAL = "teal", "Teal"
    PINK = "pink", "Pink"


class CustomerTagQuerySet(models.QuerySet["CustomerTag"]):
    def assignable(self) -> "CustomerTagQuerySet":
        """Those that customers can be given: that are not archived."""
        return self.filter(archived_at=None)


CustomerTagManager = models.Manager.from_queryset(CustomerTagQuerySet)


class UsableTags(CustomerTagManager["CustomerTag"]):
    """Those that no worker is deleting."""

    def get_queryset(self) -> CustomerTagQuerySet:
        return CustomerTagQuerySet(self.model, using=self._db).filter(deleting_since=None)


class CustomerTag(NamedForRules):
    """A label that the brand gives customers, for payout groups such as “Customer Tag belongs to VIP”."""

    program = models.ForeignKey(Program, on_delete=models.CASCADE, db_index=False)
    color = models.CharField("colour", max_length=8, choices=TagColor, default=TagColor.GRAY, db_default="gray")
    is_open = models.BooleanField(
        "open to browsers",
        default=False,
        db_default=False,
        help_text="The tag on the shop's pages may put it on the customer; anybody can make a browser do so.",
    )
    archived_at = models.DateTimeField(
        null=True, blank=True, help_text="Since when it counts where it is, and can be assigned to nobody else."
    )
    deleting_since = models.DateTimeField(
        null=True, blank=True, editable=False, help_text="Since when a worker deletes it, and nobody can use it."
    )
    created_at = models.DateTimeField(default=timezone.now, db_default=Now(), editable=False)

    objects = UsableTags()
    every = CustomerTagQuerySet.as_manager()

    class Meta:
        ordering = ["name"]
        constraints = [
            models.UniqueConstraint(fields=["program", "name_key"], name="customer_tag_name_unique"),
            program_and_id("customer_tag"),
        ]


class CustomerTagNameQuerySet(models.QuerySet["CustomerTagName"]):
    def usable(self) -> "CustomerTagNameQuerySet":
        """Those of tags that no worker is deleting."""
        return self.filter(tag__deleting_since=None)


class CustomerTagName(models.Model):
    """A name that a tag has or had. Published terms ask for a tag by the name that it had then, so a name stays its
    tag's as long as the tag is there.
    """

    program = models.ForeignKey(Program, on_delete=models.CASCADE, db_index=False)
    tag = models.ForeignKey(CustomerTag, on_delete=models.CASCADE, related_name="names")
    name = models.CharField(max_length=80)
    name_key = ComparedField(source="name", help_text="The name as it is compared.")

    objects = CustomerTagNameQuerySet.as_manager()

    class Meta:
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(fields=["program", "name_key"], name="customer_tag_name_of_one_tag"),
            SameProgram(field="tag", to="program.CustomerTag", name="customer_tag_name_same_program"),
        ]

    def __str__(self) -> str:
        return self.name


class CustomerTaggingQuerySet(models.QuerySet["CustomerTagging"]):
    def current(self) -> "CustomerTaggingQuerySet":
        """Those that nobody has ended, of tags that no worker is deleting."""
        return self.usable().filter(period__endswith__isnull=True)

    def usable(self) -> "CustomerTaggingQuerySet":
        return self.filter(tag__deleting_since=None)


class CustomerTagging(models.Model):
    """A tag on a customer, from a moment on and until another, or until today: an order counts the tags that the
    customer carried at its event date (payouts.md §13).
    """

    program = models.ForeignKey(Program, on_delete=models.CASCADE, db_index=False)
    customer = models.ForeignKey(Customer, on_delete=models.CASCADE, db_index=False)
    tag = models.ForeignKey(CustomerTag, on_delete=models.CASCADE, db_index=False)
    period = DateTimeRangeField(
        default_bounds="[)", help_text="From when, included, until when, excluded; without an end it is carried today."
    )
    assigned_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL, related_name="+", db_index=False
    )
    assigned_at = models.DateTimeField(default=timezone.now, db_default=Now())

    objects = CustomerTaggingQuerySet.as_manager()

    class Meta:
        constraints = [
            ExclusionConstraint(
                name="customer_tagged_once_at_a_time",
                expressions=[
                    ("customer", RangeOperators.EQUAL),
                    ("tag", RangeOperators.EQUAL),
                    ("period", RangeOperators.OVERLAPS),
                ],
            ),
            models.CheckConstraint(
                name="customer_tagging_has_a_time",
                condition=models.Q(period__isempty=False, period__startswith__isnull=False),
            ),
            SameProgram(field="customer", to="program.Customer", name="customer_tagging_customer_same_program"),
            SameProgram(field="tag", to="program.CustomerTag", name="customer_tagging_tag_same_program"),
        ]
        indexes = [
            models.Index(fields=["customer", "tag"], name="customer_tagging_of_customer"),
            models.Index(
                fields=["tag", "customer"],
                name="customer_tagging_current",
                condition=models.Q(period__endswith__isnull=True),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.customer}: {self.tag}"


class CustomerSegment(models.Model):
    """Filters, order and columns of the list of customers under a name, for everyone who sees the program."""

    program = models.ForeignKey(Program, on_delete=models.CASCADE, db_index=False)
    name = models.CharField(max_length=80)
    query = models.TextField(help_text="As in the address of the list.")
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL, related_name="+", db_index=False
    )
    created_at = models.DateTimeField(default=timezone.now, editable=False)

    class Meta:
        ordering = ["name"]
        constraints = [models.UniqueConstraint(fields=["program", "name"], name="customer_segment_name_unique")]

    def __str__(self) -> str:
        return self.name
