"""Importing a table: its rows become what the kind of the file says, such as orders or partners; bad ones are
rejected.

A preview is the same import, rolled back by its caller: what it shows is what will happen.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import datetime

from django.db import transaction

from program.models import Program
from tracking.ads import ad_rows as import_ads
from tracking.ads import code_rows as import_codes
from tracking.customer_tags import file_rows as import_tags
from tracking.customers import import_rows as import_customers
from tracking.exchange_rates import import_rows as import_rates
from tracking.imports import modifications as import_changes
from tracking.imports import orders as import_orders
from tracking.imports import partners as import_partners
from tracking.imports.import_run import Outcome, Progress, Run
from tracking.lists import catalog_rows as import_catalog
from tracking.lists import entry_rows as import_entries
from tracking.models import Upload

from .checked_order_writer import CheckedOrderWriter

IMPORTERS: Mapping[str, Callable[[Run], None]] = {
    Upload.Kind.CONVERSIONS: import_orders.import_rows,
    Upload.Kind.MODIFICATIONS: import_changes.import_rows,
    Upload.Kind.PARTNERS: import_partners.import_rows,
    Upload.Kind.CUSTOMER_TAGS: import_tags.import_rows,
    Upload.Kind.CUSTOMERS: import_customers.import_rows,
    Upload.Kind.ADS: import_ads.import_rows,
    Upload.Kind.PROMO_CODES: import_codes.import_rows,
    Upload.Kind.EXCHANGE_RATES: import_rates.import_rows,
    Upload.Kind.EXCEPTION_LIST: import_entries.import_rows,
    Upload.Kind.CATALOG: import_catalog.import_rows,
}


class Rereadable:
    """The rows of a file that can be read more than once."""

    def __init__(self, read: Callable[[], Iterable[tuple[int, dict[str, str]]]]) -> None:
        self._read = read

    def __iter__(self) -> Iterator[tuple[int, dict[str, str]]]:
        return iter(self._read())


def import_table(
    program: Program,
    kind: str,
    table: Iterable[tuple[int, dict[str, str]]],
    *,
    now: datetime,
    upload: Upload | None = None,
    progress: Progress | None = None,
    writer: CheckedOrderWriter | None = None,
    mode: str = "",
) -> Outcome:
    """Store the good rows of a table and return the result.

    Must run in a transaction, which the caller commits, or rolls back for a preview. `kind` is one of Upload.Kind.
    `table` can be iterated more than once, as a list or a Rereadable can: a conversions file in which rows of one order
    are split is read twice. Dates without offset are in the program's time zone; `now` is what `NOW` means. With a
    `writer` it is a check: that stores the orders that were read for the import, which gets the `upload` alone and does
    not read the table while they are still valid. `mode` says what a file of customer tags, of entries or of
    the catalog does. Raises Refused, from
    the table, for a file that cannot be read to its end.
    """
    if not transaction.get_connection().in_atomic_block:
        raise transaction.TransactionManagementError("import_table runs in the caller's transaction")
    run = Run(program, table, now=now, upload=upload, progress=progress, writer=writer, mode=mode)
    IMPORTERS[kind](run)
    return run.outcome
