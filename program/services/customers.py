"""Customers and the tags that a brand puts on them."""

from collections.abc import Collection

from django.db import transaction

from program.models import Customer, CustomerTag, Program
from program.models.customer import CustomerTagging

from .names import free_name


def create_customer_tag(*, program: Program, name: str) -> CustomerTag:
    """Make a tag. Raises ValidationError for a name in use, in the form in which rules compare tags."""
    return CustomerTag.objects.create(
        program=program, name=free_name(CustomerTag.objects.filter(program=program), name)
    )


def rename_customer_tag(*, tag: CustomerTag, name: str) -> CustomerTag:
    """Give the tag another name. Rules that name the old one no longer meet its customers."""
    tag.name = free_name(CustomerTag.objects.filter(program=tag.program_id).exclude(pk=tag.pk), name)
    tag.save(update_fields=["name", "name_key"])
    return tag


def delete_customer_tag(*, tag: CustomerTag) -> None:
    """Take the tag off every customer and delete it. Actions priced with it keep their payout."""
    tag.delete()


def assign_customer_tags(*, customers: Collection[Customer], tags: Collection[CustomerTag]) -> int:
    """Put all the tags on all the customers, of one program; the answer is how many taggings are new."""
    present = set(
        CustomerTagging.objects.filter(customer__in=customers, tag__in=tags).values_list("customer_id", "tag_id")
    )
    new = [
        CustomerTagging(program_id=tag.program_id, customer=customer, tag=tag)
        for customer in customers
        for tag in tags
        if (customer.pk, tag.pk) not in present
    ]
    CustomerTagging.objects.bulk_create(new, ignore_conflicts=True, batch_size=1000)
    return len(new)


def remove_customer_tags(*, customers: Collection[Customer], tags: Collection[CustomerTag]) -> int:
    """Take all the tags off all the customers; the answer is how many taggings there were."""
    return CustomerTagging.objects.filter(customer__in=customers, tag__in=tags).delete()[0]


@transaction.atomic
def set_customer_tags(*, customer: Customer, tags: Collection[CustomerTag]) -> None:
    """Make these all the tags that the customer has."""
    CustomerTagging.objects.filter(customer=customer).exclude(tag__in=tags).delete()
    assign_customer_tags(customers=[customer], tags=tags)
