"""Customers and the tags that a brand puts on them."""

from collections.abc import Collection
from typing import Any

from django.db import transaction
from django.db.backends.postgresql.psycopg_any import DateTimeTZRange
from django.db.models import Func
from django.utils import timezone

from common.db.edits import lock_unchanged
from common.formats.comparison import compared
from common.refusals import Refused
from program.models import Customer, CustomerTag, Program
from program.models.customer import CustomerTagging, CustomerTaggingQuerySet, CustomerTagName
from program.names import free_name, hold_names
from program.uses import Named, terms_using


def customer_tag_values(tag: CustomerTag) -> dict[str, Any]:
    """What the form of a tag holds."""
    return {"name": tag.name}


def customer_values(customer: Customer) -> dict[str, Any]:
    """What the form of a customer holds: the tags by number."""
    taggings = CustomerTagging.objects.current().filter(customer=customer).order_by("tag__name")
    return {"tags": list(taggings.values_list("tag_id", flat=True))}


@transaction.atomic
def create_customer_tag(*, program: Program, name: str) -> CustomerTag:
    """Make a tag. Raises Refused for a name in use, in the form in which rules compare tags."""
    hold_names(program)
    name = free_name(CustomerTagName.objects.filter(program=program), name)
    tag = CustomerTag.objects.create(program=program, name=name)
    CustomerTagName.objects.create(program=program, tag=tag, name=name)
    return tag


@transaction.atomic
def rename_customer_tag(*, tag: CustomerTag, name: str, seen: str | None = None) -> CustomerTag:
    """Give the tag another name. It keeps the earlier ones: rules that ask for one of them go on meaning this tag.

    Raises Refused as on creating, and Stale unless `seen` is the fingerprint of its values.
    """
    hold_names(tag.program_id)
    lock_unchanged(tag, customer_tag_values, seen)
    tag.name = free_name(CustomerTagName.objects.filter(program=tag.program_id).exclude(tag=tag), name)
    tag.save(update_fields=["name", "name_key"])
    CustomerTagName.objects.update_or_create(
        program_id=tag.program_id, name_key=compared(tag.name), tag=tag, defaults={"name": tag.name}
    )
    return tag


@transaction.atomic
def delete_customer_tag(*, tag: CustomerTag) -> None:
    """Take the tag off every customer and delete it. Actions priced with it keep their payout.

    Raises Refused while terms in force ask for it: they would pay its customers differently from then on,
    without a visible reason.
    """
    hold_names(tag.program_id)
    uses = [use for use in terms_using(tag.program, Named.CUSTOMER_TAG, [tag.name]) if use.is_in_force]
    if uses:
        words = ", ".join(map(str, uses))
        raise Refused(f"{tag.name} was not deleted: terms in force ask for it: {words}. Publish them without it first.")
    tag.delete()


@transaction.atomic
def assign_customer_tags(*, customers: Collection[Customer], tags: Collection[CustomerTag]) -> int:
    """Put all the tags on all the customers, of one program, from now on; the answer is how many taggings are new.

    A tag that was deleted meanwhile is left out.
    """
    for program_id in {tag.program_id for tag in tags}:
        hold_names(program_id)
    tags = list(CustomerTag.objects.filter(pk__in=[tag.pk for tag in tags]))
    taggings = CustomerTagging.objects.current().filter(customer__in=customers, tag__in=tags)
    present = set(taggings.values_list("customer_id", "tag_id"))
    from_now_on = DateTimeTZRange(timezone.now(), None)
    new = [
        CustomerTagging(program_id=tag.program_id, customer=customer, tag=tag, period=from_now_on)
        for customer in customers
        for tag in tags
        if (customer.pk, tag.pk) not in present
    ]
    CustomerTagging.objects.bulk_create(new, ignore_conflicts=True, batch_size=1000)
    return len(new)


def remove_customer_tags(*, customers: Collection[Customer], tags: Collection[CustomerTag]) -> int:
    """End all the taggings of the customers with the tags now; the answer is how many there were."""
    return _end(CustomerTagging.objects.filter(customer__in=customers, tag__in=tags))


@transaction.atomic
def set_customer_tags(*, customer: Customer, tags: Collection[CustomerTag], seen: str | None = None) -> None:
    """Make these all the tags that the customer has. Raises Stale unless `seen` is the fingerprint of their tags."""
    hold_names(customer.program_id)
    lock_unchanged(customer, customer_values, seen)
    _end(CustomerTagging.objects.filter(customer=customer).exclude(tag__in=tags))
    assign_customer_tags(customers=[customer], tags=tags)


def _end(taggings: CustomerTaggingQuerySet) -> int:
    """End those that nobody has ended: an order from now on has these tags no more."""
    period = Func(Func("period", function="lower"), timezone.now(), function="tstzrange")
    return taggings.current().update(period=period)
