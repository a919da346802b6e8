"""Importing the product catalog: SKUs added or changed, put in place of all that is there, or removed."""

from common.refusals import Refusal, Refused
from common.web.refusals import in_row
from program.catalog.services import (
    MOST_SKUS,
    TOO_MANY,
    Row,
    remove_catalog_items,
    replace_catalog,
    save_catalog_items,
)
from program.exception_lists.received import orders_with_skus
from tracking.imports.import_run import Run
from tracking.models import Upload

from .reading import CATALOG, CATALOG_NAMES, read_catalog_row
from .saved import NOTHING, PATIENCE, tell, whole_file

COLUMNS = ["Row", *(name if name != "OriginalFormatCategory" else "Original Format Category" for name in CATALOG)]
Mode = Upload.RowMode


def import_rows(run: Run) -> None:
    """Save the SKUs of a file. An empty cell leaves what is stored."""
    run.outcome.extra = dict(NOTHING)
    places, rows = _read(run)
    write = {Mode.REPLACE: replace_catalog, Mode.REMOVE: remove_catalog_items}.get(Mode(run.mode), save_catalog_items)
    with whole_file():
        outcome = write(program=run.program, rows=rows)
    for place, column, before, after in outcome.cells:
        run.differs(places[place], rows[place][0], CATALOG_NAMES[column], before, after)
    run.drops([sku for (sku,) in outcome.dropped])
    touched = [sku for (sku,) in (*outcome.added, *outcome.changed, *outcome.dropped)]
    tell(run, outcome, orders_with_skus(run.program, touched, patience=PATIENCE))


def _read(run: Run) -> tuple[list[int], list[Row]]:
    """The good rows, one of each SKU, and their places in the file."""
    places: list[int] = []
    rows: list[Row] = []
    first: dict[str, int] = {}
    for number, row in run.rows():
        sent = run.take([number])
        try:
            read = read_catalog_row(row)
            before = first.setdefault(read[0], number)
            if before != number:
                message = f"“{read[0]}” is already on row {before}: keep one of the two rows."
                raise Refused(Refusal("Sku", message, "taken"))
        except Refused as refused:
            run.reject(sent, in_row(number, refused))
            continue
        if len(rows) >= MOST_SKUS:
            raise Refused(TOO_MANY)
        run.show([number, *read])
        places.append(number)
        rows.append(read)
    return places, rows
