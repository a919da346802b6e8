"""Importing customers: new ids are added, known ones changed; a row that changes nothing is a duplicate."""

from typing import NamedTuple

from common.refusals import Refusal, Refused
from common.web.refusals import in_row
from program.customers.identity import erased_among, save_customers, stands_for_erased
from tracking.imports.import_run import Run, Sent
from tracking.intake import CustomerData, read_customer

BATCH = 500
COLUMNS = ["Row", "Customer Id", "Name", "Email", "Country", "City", "First Order Date", "Orders Before"]
_HASHES = ("EmailSha1", "EmailSha256")  # they follow the address, where a row brings one
_SHOWN = ("name", "email", "country", "city", "first_order_date", "orders_before")


class Read(NamedTuple):
    """A row that could be read, with what was sent."""

    number: int
    sent: Sent
    data: CustomerData


def import_rows(run: Run) -> None:
    """Save the customers of a file, five hundred at a time. An empty cell leaves what is stored."""
    run.outcome.extra = {"Added": 0, "Changed": 0, "Unchanged": 0}
    seen: dict[str, int] = {}
    batch: dict[str, Read] = {}
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
        batch[data.customer_id] = Read(number, sent, data)
        if len(batch) == BATCH:
            _save(run, batch)
            batch = {}
    _save(run, batch)


def _save(run: Run, batch: dict[str, Read]) -> None:
    for customer_id in erased_among(run.program, batch):
        row = batch.pop(customer_id)
        run.reject(row.sent, [stands_for_erased(customer_id)._replace(row=row.number)])
    for row in batch.values():
        run.show([row.number, row.data.customer_id, *(row.data.said.get(name, "") for name in _SHOWN)])
    counts = save_customers(program=run.program, rows=[row.data for row in batch.values()])
    run.outcome.extra["Added"] += counts.added
    run.outcome.extra["Changed"] += counts.changed
    run.outcome.extra["Unchanged"] += counts.unchanged
    run.outcome.accepted += counts.added + counts.changed
    run.outcome.duplicates += counts.unchanged
    mailed = {each.customer_id for each in counts.differences if each.column == "Email" and each.after}
    for difference in counts.differences:
        if difference.column not in _HASHES or difference.customer_id not in mailed:
            run.differs(batch[difference.customer_id].number, *difference)
