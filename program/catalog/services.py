"""Exception lists and the product catalog: what rules look up by SKU, promo code or category."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from django.db import transaction

from common.db.edits import lock_unchanged
from common.formats.comparison import compared, trimmed
from common.formats.ids import clean_id
from common.patterns import MOST_PATTERNS, read_pattern
from common.refusals import Refusal, Refused
from program.models import CatalogItem, ExceptionList, ExceptionListItem, Program
from program.names import free_name, hold_names

MatchMode = ExceptionListItem.MatchMode
VALUE_LENGTH = 255
CATALOG_COLUMNS = ("sku", "manufacturer", "category", "subcategory", "original_format_category")


def read_entries(text: str) -> list[tuple[str, str]]:
    """Entries of a list as typed, one a line: a value, or a regular expression between slashes.

    Returns (value, match mode) pairs, each once in the form in which values are compared. Raises Refused
    naming every bad line.
    """
    entries: dict[tuple[str, str], str] = {}
    faults = []
    for number, line in enumerate(text.splitlines(), start=1):
        value = trimmed(line)
        if "\x00" in value:
            faults.append(f"Line {number} contains a NUL character; remove it.")
        elif len(value) > 2 and value.startswith("/") and value.endswith("/"):
            try:
                read_pattern(value[1:-1])
            except ValueError as error:
                faults.append(f"Line {number}: {error}.")
            entries[value[1:-1], MatchMode.REGEX.value] = value[1:-1]
        elif len(value) > ExceptionListItem.LONGEST_VALUE:
            faults.append(f"Line {number} is longer than {ExceptionListItem.LONGEST_VALUE} characters.")
        elif value:
            entries.setdefault((compared(value), MatchMode.EQ.value), value)
    if sum(mode == MatchMode.REGEX for _, mode in entries) > MOST_PATTERNS:
        faults.append(f"A list holds at most {MOST_PATTERNS:,} regular expressions; divide it among several lists.")
    if faults:
        raise Refused(*(Refusal("entries", fault) for fault in faults))
    return [(value, mode) for (_, mode), value in entries.items()]


def write_entries(items: Iterable[ExceptionListItem]) -> str:
    """The text that `read_entries` reads back as these entries."""
    return "\n".join(f"/{item.value}/" if item.match_mode == MatchMode.REGEX else item.value for item in items)


def exception_list_values(exception_list: ExceptionList) -> dict[str, Any]:
    """What the form of a list holds."""
    return {"name": exception_list.name, "entries": write_entries(exception_list.items.all())}


def catalog_item_values(item: CatalogItem) -> dict[str, Any]:
    """What the form of a catalog entry holds."""
    return {name: getattr(item, name) for name in CATALOG_COLUMNS}


@transaction.atomic
def create_exception_list(*, program: Program, name: str, entries: str) -> ExceptionList:
    """Make a list. Its name is final: rules ask for it by name. Raises Refused as `read_entries` does."""
    read = read_entries(entries)
    hold_names(program)
    exception_list = ExceptionList.objects.create(
        program=program, name=free_name(ExceptionList.objects.filter(program=program), name)
    )
    _add_entries(exception_list, read)
    return exception_list


@transaction.atomic
def set_exception_list_entries(
    *, exception_list: ExceptionList, entries: str, seen: str | None = None
) -> ExceptionList:
    """Replace the entries of a list. Orders that are priced already keep what the list said then.

    Raises Refused as `read_entries` does, and Stale unless `seen` is the fingerprint of its values.
    """
    read = read_entries(entries)
    lock_unchanged(exception_list, exception_list_values, seen)
    exception_list.items.all().delete()
    _add_entries(exception_list, read)
    return exception_list


def _add_entries(exception_list: ExceptionList, entries: list[tuple[str, str]]) -> None:
    ExceptionListItem.objects.bulk_create(
        (
            ExceptionListItem(
                program_id=exception_list.program_id, exception_list=exception_list, value=value, match_mode=mode
            )
            for value, mode in entries
        ),
        batch_size=1000,
    )


@transaction.atomic
def save_catalog_items(*, program: Program, rows: Iterable[Sequence[str]]) -> tuple[int, int]:
    """Add or replace catalog entries by SKU; a row holds the values of CATALOG_COLUMNS in order.

    Returns how many were added and how many were there before. Where a SKU is listed twice the last row wins.
    Raises Refused naming every bad row.
    """
    read: dict[str, CatalogItem] = {}
    faults = []
    for number, row in enumerate(rows, start=1):
        values = [clean_id(value) if place == 0 else trimmed(value) for place, value in enumerate(row)]
        if not values or not values[0]:
            faults.append(f"Row {number} has no SKU.")
        elif len(values) > len(CATALOG_COLUMNS):
            faults.append(f"Row {number} has {len(values)} values; there are {len(CATALOG_COLUMNS)} columns.")
        elif any(len(value) > VALUE_LENGTH or "\x00" in value for value in values):
            faults.append(f"Row {number} has a value of more than {VALUE_LENGTH} characters.")
        else:
            read[values[0]] = CatalogItem(program=program, **dict(zip(CATALOG_COLUMNS, values, strict=False)))
    if faults:
        raise Refused(*(Refusal("rows", fault) for fault in faults))
    hold_names(program)
    known = CatalogItem.objects.filter(program=program, sku__in=read).count()
    CatalogItem.objects.bulk_create(
        read.values(),
        batch_size=1000,
        update_conflicts=True,
        unique_fields=["program", "sku"],
        update_fields=CATALOG_COLUMNS[1:],
    )
    return len(read) - known, known


@transaction.atomic
def change_catalog_item(*, item: CatalogItem, values: Mapping[str, str], seen: str | None = None) -> CatalogItem:
    """Set what the catalog says of a SKU, which stays. `values` has the columns of CATALOG_COLUMNS after the SKU.

    Raises Stale unless `seen` is the fingerprint of the entry's values.
    """
    hold_names(item.program_id)
    lock_unchanged(item, catalog_item_values, seen)
    save_catalog_items(program=item.program, rows=[[item.sku, *(values[name] for name in CATALOG_COLUMNS[1:])]])
    item.refresh_from_db()
    return item


def delete_catalog_item(*, item: CatalogItem) -> None:
    """Take a SKU out of the catalog. Orders that are priced already keep what the catalog said then."""
    item.delete()
