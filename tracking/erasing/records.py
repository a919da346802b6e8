"""What was written about a customer elsewhere: in saved filters, the audit log and that of Django admin."""

import re

from django.contrib.admin.models import LogEntry
from django.contrib.contenttypes.models import ContentType
from django.db.models import Q

from accounts.audit.erasing import Sought, erase_texts
from common.jobs.kinds import job_kinds
from program.models import Customer, CustomerSegment
from program.models.customer import CustomerTagging

from .person import Person

TAGGINGS = ("program_customertagging",)
# Events without a row, reasons that somebody typed, saved segments; and what was asked of files.
OTHERS = ("", "tracking_modification", "program_customersegment")


def erase_records(customer: Customer, person: Person, *, after: int = 0) -> int:
    """Remove the person from both logs, of the audit log from the entries after one; returns how many texts of it went.
    Call inside a transaction.
    """
    _erase_admin_log(customer, person)
    # A label is `C-1 (VIP)`, of many rows `C-1 (VIP), C-2 (VIP), …`: the id as a whole, so that 1 is not found in 10.
    label = rf"(^|, ){re.escape(person.customer_id)} \("
    name = rf"\y{re.escape(person.name)}\y" if " " in person.name else ""
    others = [*OTHERS, *(kind.jobs().model._meta.db_table for kind in job_kinds())]
    return erase_texts(
        account=customer.program.account,
        program_id=customer.program_id,
        after=after,
        sought=[
            Sought(TAGGINGS, exact=f"{person.exact}|{label}", loose=person.loose),
            Sought(others, exact=person.exact, loose=person.loose),
            Sought(others, loose=name),
        ],
    )


def erase_segments(person: Person) -> None:
    """Remove the person from saved filters of the list of customers. Before the log, which is told of it."""
    for segment in CustomerSegment.objects.filter(program=person.program_id).order_by("pk"):
        query, name = person.without(segment.query), person.without(segment.name, f"erased {segment.pk}")
        if person.name and person.name.casefold() in name.casefold():
            name = f"erased {segment.pk}"
        if (query, name) != (segment.query, segment.name):
            CustomerSegment.objects.filter(pk=segment.pk).update(query=query, name=name[:80])


def _erase_admin_log(customer: Customer, person: Person) -> None:
    """It has no accounts: an id is looked for only in entries of customers and their tags, which name them."""
    own = Q(content_type=ContentType.objects.get_for_model(Customer), object_id=str(customer.pk))
    tagged = Q(
        content_type=ContentType.objects.get_for_model(CustomerTagging),
        object_repr__startswith=f"{person.customer_id}: ",
    )
    found = own | tagged
    if person.loose:
        said = Q(object_repr__iregex=person.loose) | Q(change_message__iregex=person.loose)
        found |= Q(content_type__app_label__in=("program", "tracking")) & said
    for entry in LogEntry.objects.filter(found):
        entry.object_repr = "Erased customer" if entry.object_repr == person.customer_id else _without(person, entry)
        entry.change_message = person.without(entry.change_message)
        entry.save(update_fields=["object_repr", "change_message"])


def _without(person: Person, entry: LogEntry) -> str:
    """What the entry is of, without the person: a tag on them is named by their id first."""
    return person.without(entry.object_repr.removeprefix(f"{person.customer_id}: "))
