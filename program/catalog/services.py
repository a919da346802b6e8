"""The product catalog: what rules on catalog variables look up by SKU."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from django.db import transaction

from common.db.edits import lock_unchanged
from common.db.sent_rows import Outcome, Target, remove_sent, replace_with_sent, save_sent
from common.formats.comparison import trimmed
from common.formats.ids import clean_id
from common.refusals import Refusal, Refusals, Refused
from program.models import CatalogItem, Program
from program.names import hold_names
from program.uses import Named, TermsUse, terms_using

VALUE_LENGTH = 255
MOST_SKUS = 1_000_000
MOST_TYPED = 10_000  # rows
MOST_TOLD = 20  # of them that are wrong
TOO_MANY = f"The catalog holds at most {MOST_SKUS:,} SKUs: leave out those that are not sold any more."
TOO_MANY_TYPED = f"At most {MOST_TYPED:,} rows can be typed at once: upload more as a file."
CATALOG_COLUMNS = CatalogItem.COLUMNS
Row = Sequence[str]  # a value for each of the columns


def catalog_item_values(item: CatalogItem) -> dict[str, Any]:
    """What the form of a catalog entry holds."""
    return {name: getattr(item, name) for name in CATALOG_COLUMNS}


def catalog_uses(program: Program) -> list[TermsUse]:
    """The terms whose rules look something up in the catalog; those in force come first."""
    return terms_using(program, Named.CATALOG)


def read_row(said: Mapping[str, str]) -> Row:
    """A row from what is said by column; what is not said is empty. Raises Refused with every bad value, by column."""
    faults = Refusals(one_per_path=True)
    values = [
        clean_id(said.get(name, "")) if name == "sku" else trimmed(said.get(name, "")) for name in CATALOG_COLUMNS
    ]
    for name, value in zip(CATALOG_COLUMNS, values, strict=True):
        if len(value) > VALUE_LENGTH or "\x00" in value:
            faults.add(name, f"Is longer than {VALUE_LENGTH} characters, or holds one that no text can.")
    if not values[0]:
        faults.add("sku", "Is required.", "required")
    faults.raise_any()
    return values


def read_typed_rows(rows: Iterable[Sequence[str]]) -> list[Row]:
    """Rows as typed, the columns in their order. Where a SKU is listed twice the last row wins. Raises Refused naming
    the first twenty bad rows.
    """
    read: dict[str, Row] = {}
    faults: list[str] = []
    for number, row in enumerate(rows, start=1):
        if number > MOST_TYPED:
            raise Refused(Refusal("rows", TOO_MANY_TYPED))
        if len(faults) >= MOST_TOLD:
            faults.append(f"Further rows were not read, from row {number} on.")
            break
        if len(row) > len(CATALOG_COLUMNS):
            faults.append(f"Row {number} has {len(row)} values; there are {len(CATALOG_COLUMNS)} columns.")
            continue
        try:
            values = read_row(dict(zip(CATALOG_COLUMNS, row, strict=False)))
        except Refused as refused:
            bad = [each for each in refused if each.code != "required"]
            faults.append(
                f"Row {number} has a value of more than {VALUE_LENGTH} characters."
                if bad
                else f"Row {number} has no SKU."
            )
        else:
            read[values[0]] = values
    if faults:
        raise Refused(*(Refusal("rows", fault) for fault in faults))
    return list(read.values())


@transaction.atomic
def save_catalog_items(*, program: Program, rows: Iterable[Row]) -> Outcome:
    """Add or change entries by SKU, each once; an empty value leaves what is stored."""
    hold_names(program)
    outcome = save_sent(_target(program), enumerate(rows))
    _refuse_too_many(program, outcome)
    return outcome


@transaction.atomic
def replace_catalog(*, program: Program, rows: Iterable[Row]) -> Outcome:
    """Have the catalog hold these SKUs and no other; an empty value leaves what is stored of its SKU."""
    hold_names(program)
    outcome = replace_with_sent(_target(program), enumerate(rows))
    _refuse_too_many(program, outcome)
    return outcome


@transaction.atomic
def remove_catalog_items(*, program: Program, rows: Iterable[Row]) -> Outcome:
    """Take these SKUs out of the catalog; one that is not in it counts as unchanged."""
    hold_names(program)
    return remove_sent(_target(program), enumerate(rows))


@transaction.atomic
def change_catalog_item(*, item: CatalogItem, values: Mapping[str, str], seen: str | None = None) -> CatalogItem:
    """Set what the catalog says of a SKU, which stays. `values` has the columns after the SKU.

    Raises Refused for a bad value, and Stale unless `seen` is the fingerprint of the entry's values.
    """
    hold_names(item.program_id)
    lock_unchanged(item, catalog_item_values, seen)
    read = read_row({**values, "sku": item.sku})
    for name, value in zip(CATALOG_COLUMNS[1:], read[1:], strict=True):
        setattr(item, name, value)
    item.save(update_fields=CATALOG_COLUMNS[1:])
    return item


def delete_catalog_item(*, item: CatalogItem) -> None:
    """Take a SKU out of the catalog. Orders that are priced already keep what the catalog said then."""
    item.delete()


def _refuse_too_many(program: Program, outcome: Outcome) -> None:
    skus = CatalogItem.objects.filter(program=program).order_by()
    if outcome.added and skus[MOST_SKUS : MOST_SKUS + 1].exists():
        raise Refused(Refusal("rows", TOO_MANY))


def _target(program: Program) -> Target:
    return Target(
        table=CatalogItem._meta.db_table,
        owner={"program_id": program.pk},
        key=("sku",),
        changing=CATALOG_COLUMNS[1:],
    )
