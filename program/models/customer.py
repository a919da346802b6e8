from collections.abc import Iterable

from django.apps import apps
from django.db import models
from django.utils import timezone

from common.db.constraints import SameProgram, program_and_id

from .names import NamedForRules
from .program import Program


class CustomerQuerySet(models.QuerySet["Customer"]):
    def matching(self, text: str) -> "CustomerQuerySet":
        """Those whose customer id contains the text, in any letter case."""
        return self.filter(customer_id__icontains=text)

    def tagged(self, tags: Iterable[int]) -> "CustomerQuerySet":
        """Those with at least one of the tags, by the numbers of their rows."""
        return self.filter(pk__in=CustomerTagging.objects.filter(tag__in=tags).values("customer"))

    def with_first_order(self) -> "CustomerQuerySet":
        """Each with `first_order`: the event date of its first order, test orders apart; None without any."""
        actions = apps.get_model("tracking", "Action")._default_manager.filter(is_test=False)
        of_customer = actions.filter(customer=models.OuterRef("pk")).order_by().values("customer")
        first = of_customer.annotate(first=models.Min("event_date")).values("first")
        rows: CustomerQuerySet = self.annotate(first_order=first)
        return rows


class Customer(models.Model):
    """A customer of the brand, known by the CustomerId that came with an order."""

    # Without an index of its own: before statistics are gathered, the checks of keys that point here would read all
    # rows of the program by it. The unique (program, id) below serves.
    program = models.ForeignKey(Program, on_delete=models.CASCADE, db_index=False)
    customer_id = models.CharField(max_length=255)
    tags: "models.ManyToManyField[CustomerTag, CustomerTagging]" = models.ManyToManyField(
        "CustomerTag", through="CustomerTagging", related_name="customers", blank=True
    )
    created_at = models.DateTimeField(default=timezone.now, editable=False)

    objects = CustomerQuerySet.as_manager()

    class Meta:
        ordering = ["customer_id"]
        constraints = [
            models.UniqueConstraint(fields=["program", "customer_id"], name="customer_id_unique"),
            program_and_id("customer"),
        ]

    def __str__(self) -> str:
        return self.customer_id


class CustomerTag(NamedForRules):
    """A label that the brand gives customers, for payout groups such as “Customer Tag belongs to VIP”."""

    program = models.ForeignKey(Program, on_delete=models.CASCADE, db_index=False)

    class Meta:
        ordering = ["name"]
        constraints = [
            models.UniqueConstraint(fields=["program", "name_key"], name="customer_tag_name_unique"),
            program_and_id("customer_tag"),
        ]


class CustomerTagging(models.Model):
    """A tag on a customer."""

    program = models.ForeignKey(Program, on_delete=models.CASCADE)
    customer = models.ForeignKey(Customer, on_delete=models.CASCADE)
    tag = models.ForeignKey(CustomerTag, on_delete=models.CASCADE)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["customer", "tag"], name="customer_tagged_once"),
            SameProgram(field="customer", to="program.Customer", name="customer_tagging_customer_same_program"),
            SameProgram(field="tag", to="program.CustomerTag", name="customer_tagging_tag_same_program"),
        ]

    def __str__(self) -> str:
        return f"{self.customer}: {self.tag}"
