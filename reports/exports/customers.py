"""The list of customers as a file: the customers, order and columns of the page that it was asked for on."""

from collections.abc import Iterator
from datetime import datetime
from io import BytesIO
from itertools import batched

from django.http import QueryDict
from django.utils import timezone

from common.jobs.progress import Heartbeat
from common.refusals import Refused
from common.tables.write import write_csv, write_xlsx
from program.customers.segments import kept_query
from program.customers.selection import CustomerFilters
from program.models import Customer, Program
from reports.models import Export
from tracking.customers.columns import Column, asked_columns, in_currency
from tracking.customers.paging import Order
from tracking.customers.rows import ListedCustomer, listed

HANDLE, TITLE = "customers", "Customers"
CHUNK = 1_000  # customers that are read at once
_HASHES = ("SHA-1 of the e-mail address", "SHA-256 of the e-mail address")


def create_customers_export(
    *, program: Program, user_id: int, query: QueryDict, columns: list[Column], format: str
) -> Export:
    """Put the list into the queue of files to write, as it is shown now; the caller enqueues the task. Raises Refused
    where its address asks for something that cannot be read.
    """
    if errors := CustomerFilters(program, query).errors:
        raise Refused(*errors)
    today = timezone.localdate(timezone=program.zone)
    return Export.objects.create(
        program=program,
        user_id=user_id,
        handle=HANDLE,
        parameters={"query": kept_query(query), "show": [column.key for column in columns]},
        format=format,
        filename=f"customers-{today}.{format}",
    )


def render_customers(export: Export) -> bytes:
    """The content of the file. Raises Refused where a filter names what is gone, or a workbook has too few rows."""
    query = QueryDict(export.parameters["query"])
    filters = CustomerFilters(export.program, query)
    if filters.errors:
        raise Refused(*filters.errors)
    columns = asked_columns(export.parameters["show"])
    numbers = list(Order(query.get("sort", "")).all(filters).values_list("pk", flat=True))
    Export.objects.filter(pk=export.pk).update(rows=len(numbers), beat_at=timezone.now())
    file, write = BytesIO(), write_xlsx if export.format == "xlsx" else write_csv
    with Heartbeat(export) as beat:
        write(_heads(columns, filters.currency), _rows(filters, numbers, columns), file, beat)
    return file.getvalue()


def _heads(columns: list[Column], currency: str) -> list[str]:
    heads = ["Customer id"]
    for column in in_currency(columns, currency):
        heads.append(column.label)
        heads += _HASHES if column.key == "email" else ()
    return heads


def _rows(filters: CustomerFilters, numbers: list[int], columns: list[Column]) -> Iterator[list[object]]:
    for chunk in batched(numbers, CHUNK):
        found = Customer.objects.in_bulk(chunk)
        for row in listed(filters, [found[number] for number in chunk if number in found]):
            cells: list[object] = [row.customer.customer_id]
            for column in columns:
                cells += _cells(row, column.key, filters.program)
            yield cells


def _cells(row: ListedCustomer, key: str, program: Program) -> list[object]:
    customer = row.customer
    if key == "email":
        return [customer.email, customer.email_sha1, customer.email_sha256]
    if key == "status":
        return [(customer.status or "Other") if customer.last_order else ""]
    if key == "tags":
        return [", ".join(tag.name for tag in row.tags)]
    if key == "partners":
        return [", ".join(row.partners)]
    if key == "revenue":
        return [row.revenue.revenue if row.revenue else None]
    value = getattr(customer, key)
    return [value.astimezone(program.zone) if isinstance(value, datetime) else value]
