"""Importing customers: new ids are added, known ones changed; a row that changes nothing is a duplicate."""

from common.refusals import Refusal, Refused
from common.web.refusals import in_row
from program.customers.identity import save_customers
from tracking.imports.import_run import Run
from tracking.intake import CustomerData, read_customer

BATCH = 500
COLUMNS = ["Row", "Customer Id", "Name", "Email", "Country", "City", "First Order Date", "Orders Before"]
_SHOWN = ("name", "email", "country", "city", "first_order_date", "orders_before")


def import_rows(run: Run) -> None:
    """Save the customers of a file, five hundred at a time. An empty cell leaves what is stored."""
    run.outcome.extra = {"Added": 0, "Changed": 0, "Unchanged": 0}
    seen: dict[str, int] = {}
    batch: dict[str, tuple[int, CustomerData]] = {}
    for number, row in run.rows():
        sent = run.take([number])
        try:
            data = read_customer(row, now=run.now, time_zone=run.program.time_zone, blank_clears=False)
        except Refused as refused:
            run.reject(sent, in_row(number, refused))
            continue
        first = seen.setdefault(data.customer_id, number)
        if first != number:
            message = f"Customer {data.customer_id} is already on row {first}: keep one of the two rows."
            run.reject(sent, [Refusal("CustomerId", message, "taken", number)])
            continue
        run.show([number, data.customer_id, *(data.said.get(name, "") for name in _SHOWN)])
        batch[data.customer_id] = (number, data)
        if len(batch) == BATCH:
            _save(run, batch)
            batch = {}
    _save(run, batch)


def _save(run: Run, batch: dict[str, tuple[int, CustomerData]]) -> None:
    counts = save_customers(program=run.program, rows=[data for _, data in batch.values()])
    run.outcome.extra["Added"] += counts.added
    run.outcome.extra["Changed"] += counts.changed
    run.outcome.extra["Unchanged"] += counts.unchanged
    run.outcome.accepted += counts.added + counts.changed
    run.outcome.duplicates += counts.unchanged
    for difference in counts.differences:
        run.differs(batch[difference.customer_id][0], *difference)
