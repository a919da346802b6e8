"""Adding and changing a customer with the tags that were sent, in one transaction, for both forms of the API."""

from collections.abc import Sequence

from django.db import transaction

from common.refusals import Refusals
from program.customers.identity import add_customer, save_customers
from program.models import Customer, CustomerTag, Program
from program.models.customer import CustomerTagging
from program.tags.assigning.services import assign_customer_tags, set_customer_tags
from program.tags.assigning.taggings import hold_tags
from program.tags.services import create_customer_tag
from tracking.intake import CustomerData

from .written import tags_named, tags_to_assign


@transaction.atomic
def add(*, program: Program, data: CustomerData, tags: Sequence[str], path: str, makes_tags: bool = False) -> Customer:
    """Say for the first time who a customer is, and assign tags by their names. Raises Refused.

    With `makes_tags` a name that is not known becomes a tag.
    """
    wanted = _tags(program, tags, path, makes_tags=makes_tags)
    hold_tags(program.pk, [tag.pk for tag in wanted])  # before the customer, whom orders may have brought
    customer = add_customer(program=program, row=data)
    assign_customer_tags(customers=[customer], tags=wanted)
    return customer


@transaction.atomic
def change(
    *, customer: Customer, data: CustomerData, tags: Sequence[str] | None, path: str, makes_tags: bool = False
) -> None:
    """Change what was sent of a customer; `tags` are all that they have from now on; None leaves them.

    Raises Refused.
    """
    program = customer.program
    if tags is not None:
        carried = CustomerTagging.objects.current().filter(customer=customer).values_list("tag_id", flat=True)
        wanted = _tags(program, tags, path, carried=set(carried), makes_tags=makes_tags)
        set_customer_tags(customer=customer, tags=wanted)  # locks the tags and then the customer
    save_customers(program=program, rows=[data])


def _tags(
    program: Program, names: Sequence[str], path: str, *, carried: set[int] | None = None, makes_tags: bool
) -> list[CustomerTag]:
    if makes_tags:
        known = tags_named(program, names)
        for name in names:
            if name not in known:
                create_customer_tag(program=program, name=name)
    errors = Refusals()
    tags = tags_to_assign(program, names, errors, path, carried=carried or ())
    errors.raise_any()
    return tags
