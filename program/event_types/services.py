"""Event types and their customer status mapping."""

from collections.abc import Iterable, Mapping
from typing import Any

from django.db import transaction

from accounts.audit.log import record
from common.db.edits import lock_unchanged
from common.refusals import Refusal, Refused
from common.web.refusals import as_refused
from program.models import CustomerStatusMapping, EventType, Program
from program.names import hold_names

from .status_map import read_mapping

_CHANGED = (
    "name", "category", "payout_levels", "deduplication_days", "reported_by", "is_active", "works_out_status",
    "re_engaged_after_days",
)  # fmt: skip
MOST_SAID = 20  # codes in one entry of the audit log


def event_type_values(event_type: EventType) -> dict[str, Any]:
    """What the form of an event type holds."""
    return {name: getattr(event_type, name) for name in ("code", *_CHANGED)}


def mapping_values(event_type: EventType) -> dict[str, Any]:
    """What the form of a customer status mapping holds: each category with its codes."""
    codes: dict[str, list[str]] = {}
    rows = event_type.customerstatusmapping_set.order_by("category", "code")
    for category, code in rows.values_list("category", "code"):
        codes.setdefault(category, []).append(code)
    return {"enabled": event_type.has_status_mapping, "codes": codes}


@transaction.atomic
def create_event_type(
    *,
    program: Program,
    code: str,
    name: str,
    category: str = EventType.Category.SALE,
    payout_levels: str = EventType.PayoutLevels.BOTH,
    deduplication_days: int = 30,
    reported_by: str = EventType.Reporters.SERVER,
    is_active: bool = True,
    works_out_status: bool = False,
    re_engaged_after_days: int = 365,
) -> EventType:
    """Make an event type. Raises Refused for a code that the program has already, and for bad values."""
    event_type = EventType(
        program=program,
        code=code.strip(),
        name=name.strip(),
        category=category,
        payout_levels=payout_levels,
        deduplication_days=deduplication_days,
        reported_by=reported_by,
        is_active=is_active,
        works_out_status=works_out_status,
        re_engaged_after_days=re_engaged_after_days,
    )
    with as_refused():
        event_type.clean_fields()
    hold_names(program)
    if EventType.objects.filter(program=program, code__iexact=event_type.code).exists():
        raise Refused(Refusal("code", f"An event type with the code {event_type.code} already exists.", "taken"))
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
    reported_by: str,
    is_active: bool,
    works_out_status: bool,
    re_engaged_after_days: int,
    seen: str | None = None,
) -> EventType:
    """Change all of an event type but its code: published terms and stored conversions name that.

    A new de-duplication window and who reports count for conversions that come from now on, and how an empty customer
    status is filled for orders that are priced from now on. Raises Refused, and Stale unless `seen` is the fingerprint
    of its values.
    """
    lock_unchanged(event_type, event_type_values, seen)
    event_type.name = name.strip()
    event_type.category = category
    event_type.payout_levels = payout_levels
    event_type.deduplication_days = deduplication_days
    event_type.reported_by = reported_by
    event_type.is_active = is_active
    event_type.works_out_status = works_out_status
    event_type.re_engaged_after_days = re_engaged_after_days
    with as_refused():
        event_type.clean_fields()
    event_type.save(update_fields=_CHANGED)
    return event_type


@transaction.atomic
def set_customer_status_mapping(
    *, event_type: EventType, mapping: Mapping[str, Iterable[str]], enabled: bool, seen: str | None = None
) -> EventType:
    """Store which codes mean which category, and whether the mapping is in force (payouts.md §4).

    New, Existing, Return and Returning are recognised without a mapping. Switching off keeps the codes. Actions that
    are priced already keep the category that they were priced with. The audit log names the codes that mean something
    else. Raises Refused as `read_mapping` does, and Stale unless `seen` is the fingerprint of the mapping.
    """
    rows = read_mapping(mapping)
    # One writer at a time, or two could each delete the stored rows and both insert.
    lock_unchanged(event_type, mapping_values, seen)
    before = _meanings(event_type)
    event_type.has_status_mapping = enabled
    event_type.save(update_fields=["has_status_mapping"])
    # Rows that stay are left alone: the audit log names those that were added or removed.
    present = {(row.category, row.code): row.pk for row in event_type.customerstatusmapping_set.all()}
    wanted = {(row.category, row.code): row for row in rows}
    gone = [pk for key, pk in present.items() if key not in wanted]
    event_type.customerstatusmapping_set.filter(pk__in=gone).delete()
    CustomerStatusMapping.objects.bulk_create(
        CustomerStatusMapping(
            program_id=event_type.program_id,
            event_type=event_type,
            category=row.category,
            code=row.code,
            code_key=row.key,
        )
        for key, row in wanted.items()
        if key not in present
    )
    _record_meanings(event_type, before, _meanings(event_type))
    return event_type


def _meanings(event_type: EventType) -> dict[str, str]:
    """The category of each code, while the mapping is in force."""
    return {code: category for category, codes in event_type.statuses().items() for code in codes}


def _record_meanings(event_type: EventType, before: Mapping[str, str], after: Mapping[str, str]) -> None:
    """Record in the audit log which codes changed meaning: the rows alone are deleted and inserted again."""
    codes = [code for code in sorted({*before, *after}) if before.get(code) != after.get(code)]
    if not codes:
        return
    moves = [f"{code} ({before.get(code, 'unmapped')} → {after.get(code, 'unmapped')})" for code in codes[:MOST_SAID]]
    more = f" and {len(codes) - MOST_SAID} more" if len(codes) > MOST_SAID else ""
    words = f"changed the customer status mapping of {event_type.name}: {', '.join(moves)}{more}"
    record(event="MAPPING_CHANGED", words=words, account=event_type.program.account)
