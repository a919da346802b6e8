"""Who sends the orders: the demonstration's program, partners and terms, and its orders as often as wanted."""

import csv
import gzip
import io
import json
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from common.tables.read import read_table
from contracts.publishing.services import publish_document
from program.event_types.services import create_event_type, set_customer_status_mapping
from program.models import EventType, Program
from program.programs import create_account_and_program
from tracking.imports.layouts import LAYOUTS
from tracking.imports.table import import_table
from tracking.models import Upload

FOLDER = Path(settings.BASE_DIR) / "demonstration"
STATUSES = {"New": ["new"], "Existing": ["repeat"], "Re-Engaged": ["lapsed"]}
ROWS = 60_516  # of the demonstration's file


def limit_terms(program: Program) -> None:
    """The next version of its terms, for all partners from now on, counts what is paid and how many actions there are:
    by partner, by customer, and for the terms as a whole. No limit is reached.
    """
    document = json.loads((FOLDER / "terms.json").read_text())
    document["EventPayouts"][0]["Limits"] = [
        {"Type": "PAYOUT", "LimitBy": "ALL", "Period": "MONTH", "Value": "900000000"},
        {"Type": "PAYOUT", "LimitBy": "CUSTOMER", "Period": "MONTH", "Value": "900000"},
    ]
    document["SpendLimit"] = {"Value": "900000000", "Period": "MONTH"}
    publish_document(program=program, document=document, join="all", comment="With limits.")


@transaction.atomic
def make_brand(id: int = 1000) -> Program:
    """A program with 40 partners, all joined to terms of four payout groups, an adjustment and a restriction."""
    program = create_account_and_program(id=id, name="Benchmark", currency="GBP", time_zone="Europe/London")
    sale = create_event_type(
        program=program, code="SALE", name="Online sale", category=EventType.Category.SALE, deduplication_days=30
    )
    set_customer_status_mapping(event_type=sale, mapping=STATUSES, enabled=True)
    table = read_table(FOLDER / "partners.csv", "partners.csv", layout=LAYOUTS[Upload.Kind.PARTNERS])
    import_table(program, Upload.Kind.PARTNERS, table, now=timezone.now())
    document = json.loads((FOLDER / "terms.json").read_text())
    publish_document(program=program, document=document, join="all", comment="The terms of the demonstration.")
    return program


def orders_file(rows: int) -> bytes:
    """The demonstration's orders as one csv of about so many rows, again and again under new order ids."""
    with gzip.open(FOLDER / "conversions.csv.gz", "rt", encoding="utf-8", newline="") as file:
        header, *lines = csv.reader(file)
    when, order_id = header.index("EventDate"), header.index("OrderId")
    last = max(datetime.fromisoformat(line[when]) for line in lines)
    shift = timedelta(days=(timezone.now() - last).days)
    for line in lines:
        line[when] = (datetime.fromisoformat(line[when]) + shift).isoformat()
    text = io.StringIO(newline="")
    writer = csv.writer(text)
    writer.writerow(header)
    writer.writerows(_again(lines, order_id, rows))
    return text.getvalue().encode()


def _again(lines: list[list[str]], order_id: int, rows: int) -> Iterator[list[str]]:
    written = 0
    for copy in range(-(-rows // len(lines))):
        before = ""
        for line in lines:
            if written >= rows and line[order_id] != before:
                return  # no order is cut in half
            before = line[order_id]
            written += 1
            yield [*line[:order_id], f"{before}-{copy}", *line[order_id + 1 :]]
