"""The entries of an exception list, or the product catalog, as a file that can be uploaded again."""

from collections.abc import Iterator
from io import BytesIO
from typing import Any

from django.db.models import QuerySet
from django.utils import timezone

from common.jobs.progress import Heartbeat
from common.refusals import Refused
from common.tables.write import write_csv, write_xlsx
from program.models import CatalogItem, ExceptionList, ExceptionListItem, Program
from reports.exports.about import plain
from reports.models import Export
from tracking.lists.reading import CATALOG, ENTRY

ENTRIES, ITEMS = "exception_list", "catalog"
TITLES = {ENTRIES: "Exception list", ITEMS: "Product catalog"}
CHUNK = 2_000


def create_list_export(
    *, program: Program, user_id: int, handle: str, exception_list: ExceptionList | None, format: str
) -> Export:
    """Put the list, or without one the catalog, into the queue of files to write; the caller enqueues the task."""
    today = timezone.localdate(timezone=program.zone)
    name = f"exception-list-{plain(exception_list.name)}" if exception_list else "catalog"
    return Export.objects.create(
        program=program,
        user_id=user_id,
        handle=handle,
        parameters={"list": [str(exception_list.pk)] if exception_list else []},
        format=format,
        filename=f"{name}-{today}.{format}",
    )


def render_list(export: Export) -> bytes:
    """The content of the file. Raises Refused where the list was deleted, or a workbook has too few rows."""
    heads, rows = _of_list(export) if export.handle == ENTRIES else _of_catalog(export.program)
    file, write = BytesIO(), write_xlsx if export.format == "xlsx" else write_csv
    Export.objects.filter(pk=export.pk).update(rows=rows.count(), beat_at=timezone.now())
    with Heartbeat(export) as beat:
        write(heads, _cells(rows), file, beat)
    return file.getvalue()


def _of_list(export: Export) -> tuple[list[str], "QuerySet[Any, tuple[Any, ...]]"]:
    found = ExceptionList.objects.filter(program=export.program, pk__in=export.parameters["list"]).first()
    if found is None:
        raise Refused("The list was deleted.")
    items = ExceptionListItem.objects.filter(exception_list=found).order_by("match_mode", "value_key")
    return list(ENTRY), items.values_list(*(field for field, _ in ENTRY.values()))


def _of_catalog(program: Program) -> tuple[list[str], "QuerySet[Any, tuple[Any, ...]]"]:
    items = CatalogItem.objects.filter(program=program).order_by("sku")
    return list(CATALOG), items.values_list(*(field for field, _ in CATALOG.values()))


def _cells(rows: "QuerySet[Any, tuple[Any, ...]]") -> Iterator[tuple[Any, ...]]:
    yield from rows.iterator(chunk_size=CHUNK)
