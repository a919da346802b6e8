"""Event types and their customer status mapping."""

from collections.abc import Iterable, Mapping

from django.core.exceptions import ValidationError
from django.db import transaction

from program.models import CustomerStatusMapping, EventType, Program

from .status_map import read_mapping


@transaction.atomic
def create_event_type(
    *,
    program: Program,
    code: str,
    name: str,
    category: str = EventType.Category.SALE,
    payout_levels: str = EventType.PayoutLevels.BOTH,
    deduplication_days: int = 30,
    is_active: bool = True,
) -> EventType:
    """Make an event type. Raises ValidationError for a code that the program has already, and for bad values."""
    event_type = EventType(
        program=program,
        code=code.strip(),
        name=name.strip(),
        category=category,
        payout_levels=payout_levels,
        deduplication_days=deduplication_days,
        is_active=is_active,
    )
    event_type.clean_fields()
    if EventType.objects.filter(program=program, code__iexact=event_type.code).exists():
        raise ValidationError({"code": f"There is an event type with the code {event_type.code} already."})
    event_type.save(force_insert=True)
    return event_type


@transaction.atomic
def change_event_type(
    *,
    event_type: EventType,
    name: str,
    category: str,
    payout_levels: str,
    deduplication_days: int,
    is_active: bool,
) -> EventType:
    """Change all of an event type but its code: published terms and stored conversions name that.

    A new de-duplication window counts for conversions that come from now on.
    """
    event_type.name = name.strip()
    event_type.category = category
    event_type.payout_levels = payout_levels
    event_type.deduplication_days = deduplication_days
    event_type.is_active = is_active
    event_type.clean_fields()
    event_type.save(update_fields=["name", "category", "payout_levels", "deduplication_days", "is_active"])
    return event_type


@transaction.atomic
def set_customer_status_mapping(
    *, event_type: EventType, mapping: Mapping[str, Iterable[str]], enabled: bool
) -> EventType:
    """Store which codes mean which category, and whether the mapping is in force (payouts.md §4).

    New, Existing, Return and Returning are known without a mapping. Switching off keeps the codes. Actions that
    are priced already keep the category that they were priced with. Raises ValidationError as `read_mapping` does.
    """
    rows = read_mapping(mapping)
    # One writer at a time, or two could each delete what stands and both insert.
    EventType.objects.select_for_update(no_key=True).get(pk=event_type.pk)
    event_type.has_status_mapping = enabled
    event_type.save(update_fields=["has_status_mapping"])
    event_type.customerstatusmapping_set.all().delete()
    CustomerStatusMapping.objects.bulk_create(
        CustomerStatusMapping(
            program_id=event_type.program_id,
            event_type=event_type,
            category=row.category,
            code=row.code,
            code_key=row.key,
        )
        for row in rows
    )
    return event_type
