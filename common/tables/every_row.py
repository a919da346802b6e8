"""Every row of a file, of all visible sheets of a workbook, as cells: to look for something, whatever the columns."""

import io
from collections.abc import Iterator, Sequence

from common.tables.delimited import read_packed_text, read_text
from common.tables.read import WORKBOOKS
from common.tables.workbooks.parent import read_sheet


def every_row(content: bytes, kind: str) -> Iterator[Sequence[str]]:
    """The cells of each row as text; `kind` is one of KINDS. Raises Refused for what cannot be read to its end."""
    if kind not in WORKBOOKS:
        read = read_packed_text if kind == ".csv.gz" else read_text
        yield from (cells for _, cells in read(io.BytesIO(content)))
        return
    others: list[str] = []
    yield from _sheet(content, kind, "", others)
    for sheet in list(others):
        yield from _sheet(content, kind, sheet, [])


def _sheet(content: bytes, kind: str, sheet: str, others: list[str]) -> Iterator[Sequence[str]]:
    records = read_sheet(io.BytesIO(content), kind, None, sheet, lambda _, found: others.extend(found))
    yield from (cells for _, cells in records)
