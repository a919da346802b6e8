"""Customers and tags as they are answered, and tags by the names that they have or had."""

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Any
from urllib.parse import quote

from django.db.models import Prefetch, QuerySet

from accounts.models import Account
from common.formats.comparison import compared
from common.refusals import Refusals, Refused
from program.customers.identity import IDENTITY
from program.models import Customer, CustomerTag, Program
from program.models.customer import CustomerTagging, CustomerTagName
from tracking.api.answers import Failure
from tracking.intake.canonical_values import read_tags
from tracking.models import Erasure

from .schemas import MOST_TAGS

NAME_LENGTH = 80


def customers_of(account: Account) -> "QuerySet[Customer]":
    """The customers of all programs of an account, with what an answer holds: their tags, and `erasures` that somebody
    asked for, the last one first.
    """
    customers = Customer.objects.filter(program__account=account, erased_at=None).select_related("program")
    return customers.with_current_tags().prefetch_related(Prefetch("erasure_set", Erasure.objects.all(), "erasures"))


def known_customer(account: Account, **known: Any) -> Customer:
    """The one customer that these say, with the tags. Raises Failure 404."""
    if "\x00" not in str(known.get("customer_id", "")) and (found := customers_of(account).filter(**known).first()):
        return found
    raise Failure(404, "This is not a known customer.")


def written_customer(account: Account, customer: Customer) -> dict[str, Any]:
    taggings: Sequence[CustomerTagging] = customer.current_taggings  # type: ignore[attr-defined]
    return {
        "CustomerId": customer.customer_id,
        "CampaignId": customer.program_id,
        **{name: getattr(customer, column) for column, name in IDENTITY.items() if column != "surname"},
        "Tags": [tagging.tag.name for tagging in taggings],
        "CustomerStatus": customer.status,
        "Orders": customer.orders,
        "FirstOrder": _moment(customer.program, customer.first_order),
        "LastOrder": _moment(customer.program, customer.last_order),
        "CreationDate": _moment(customer.program, customer.created_at),
        "Erasing": _erasing(customer),
        "Uri": customer_uri(account, customer),
    }


def _erasing(customer: Customer) -> dict[str, Any] | None:
    asked: Sequence[Erasure] = customer.erasures  # type: ignore[attr-defined]
    if not asked:
        return None
    last = asked[0]
    return {
        "Status": last.state,
        "RequestDate": _moment(customer.program, last.created_at),
        "Failure": last.failure,
    }


def customer_uri(account: Account, customer: Customer) -> str:
    """Where the customer is read; ids may hold any character, and may be known in several programs."""
    place = quote(customer.customer_id, safe="")
    return f"/Advertisers/{account.sid}/Customers/{place}?CampaignId={customer.program_id}"


def written_tag(account: Account, tag: CustomerTag) -> dict[str, Any]:
    uri = f"/Advertisers/{account.sid}/CustomerTags/{tag.pk}"
    return {
        "Id": tag.pk,
        "CampaignId": tag.program_id,
        "Name": tag.name,
        "EarlierNames": [each.name for each in tag.names.all() if each.name_key != tag.name_key],
        "Color": tag.color,
        "Archived": tag.archived_at is not None,
        "CreationDate": _moment(tag.program, tag.created_at),
        "CustomersUri": f"{uri}/Customers",
        "Uri": uri,
    }


def read_names(sent: object, errors: Refusals, path: str) -> list[str]:
    """The names of tags in a list or in a text with commas, once each as they are compared."""
    try:
        names = {compared(name): name for name in read_tags(sent)}
    except Refused as refused:
        errors.add(path, str(refused))
        return []
    if any(len(name) > NAME_LENGTH for name in names.values()):
        errors.add(path, f"A tag has at most {NAME_LENGTH} characters.")
    if len(names) > MOST_TAGS:
        errors.add(path, f"Are {len(names)} tags; send at most {MOST_TAGS}.")
        return []
    return [name for key, name in names.items() if key]


def tags_named(program: Program, names: Collection[str]) -> dict[str, CustomerTag]:
    """The tags of these names, earlier ones too, by name; without those that there are not."""
    by_key = {compared(name): name for name in names}
    rows = CustomerTagName.objects.usable().filter(program=program, name_key__in=by_key).select_related("tag")
    return {by_key[row.name_key]: row.tag for row in rows}


def tags_to_assign(
    program: Program, names: Collection[str], errors: Refusals, path: str, *, carried: Collection[int] = ()
) -> list[CustomerTag]:
    """The tags of these names; one that is not known, or is archived and not `carried`, is an error."""
    found = tags_named(program, names)
    for name in names:
        tag = found.get(name)
        if tag is None:
            errors.add(path, f"“{name[:NAME_LENGTH]}” is not a known tag of this program; create it first.", "unknown")
        elif tag.archived_at is not None and tag.pk not in carried:
            errors.add(path, f"“{tag.name}” is archived, so it can be assigned to nobody else.")
    return list({tag.pk: tag for tag in found.values()}.values())


def _moment(program: Program, at: datetime | None) -> str | None:
    return at.astimezone(program.zone).isoformat(timespec="seconds") if at else None
