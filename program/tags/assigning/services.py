"""Tags on customers, as pages, files and the API assign and remove them."""

from collections.abc import Collection
from datetime import datetime
from typing import Any

from django.db import transaction

from common.db.edits import lock_unchanged
from program.models import Customer, CustomerTag
from program.models.customer import CustomerTagging

from .taggings import Tagged, assign, end, hold_tags, refuse_archived


def customer_values(customer: Customer) -> dict[str, Any]:
    """What the form of a customer's tags holds: those that it carries, by number."""
    taggings = CustomerTagging.objects.current().filter(customer=customer).order_by("tag__name")
    return {"tags": list(taggings.values_list("tag_id", flat=True))}


@transaction.atomic
def assign_customer_tags(
    *,
    customers: Collection[Customer],
    tags: Collection[CustomerTag],
    since: datetime | None = None,
    by: int | None = None,
) -> Tagged:
    """Put all the tags on all the customers, of one program, from a moment on, by default from now; `by` is a user.

    A tag that is carried since later is carried since then, and one that was carried until later goes on. A tag that
    was deleted meanwhile is left out. Raises Refused where one is archived.
    """
    done = Tagged()
    for program_id in {tag.program_id for tag in tags}:
        held = hold_tags(program_id, [tag.pk for tag in tags])
        refuse_archived(held)
        done += assign(program_id=program_id, customers=_numbers(customers), tags=_numbers(held), since=since, by=by)
    return done


@transaction.atomic
def remove_customer_tags(
    *, customers: Collection[Customer], tags: Collection[CustomerTag], until: datetime | None = None
) -> Tagged:
    """Take all the tags off all the customers from a moment on, by default from now."""
    done = Tagged()
    for program_id in {tag.program_id for tag in tags}:
        held = hold_tags(program_id, [tag.pk for tag in tags])
        done += end(customers=_numbers(customers), tags=_numbers(held), until=until)
    return done


@transaction.atomic
def set_customer_tags(
    *,
    customer: Customer,
    tags: Collection[CustomerTag],
    seen: str | None = None,
    since: datetime | None = None,
    by: int | None = None,
) -> Tagged:
    """Make these all the tags that the customer carries, from a moment on, by default from now.

    Raises Refused where one that it does not carry yet is archived, and Stale unless `seen` is the fingerprint of their
    tags.
    """
    wanted = {tag.pk for tag in tags}
    held, present = _hold(customer, wanted, seen)
    refuse_archived(tag for tag in held if tag.pk in wanted - present)
    done = end(customers=[customer.pk], tags=[tag.pk for tag in held if tag.pk not in wanted], until=since)
    kept = [tag.pk for tag in held if tag.pk in wanted]
    done += assign(program_id=customer.program_id, customers=[customer.pk], tags=kept, since=since, by=by)
    return done


def _hold(customer: Customer, wanted: set[int], seen: str | None) -> tuple[list[CustomerTag], set[int]]:
    """Lock these tags and those that the customer carries, then the customer, as everyone does; and say which it
    carries. Where somebody has assigned another one meanwhile, all are let go and locked again.
    """
    while True:
        present = set(customer_values(customer)["tags"])
        with transaction.atomic():
            held = hold_tags(customer.program_id, wanted | present)
            lock_unchanged(customer, customer_values, seen)
            present = set(customer_values(customer)["tags"])
            if present <= {tag.pk for tag in held}:
                return held, present
            transaction.set_rollback(True)


def _numbers(rows: Collection[Any]) -> list[int]:
    return [row.pk for row in rows]
