"""Every row of a file, of all visible sheets of a workbook, as cells: to look for something, whatever the columns."""

import io
from collections.abc import Iterator, Sequence

from common.tables.delimited import read_packed_text, read_text
from common.tables.workbooks.parent import read_sheet


def every_row(content: bytes, filename: str) -> Iterator[Sequence[str]]:
    """The cells of each row as text. Raises Refused for a file that cannot be read to its end."""
    name = filename.casefold()
    kind = next((kind for kind in (".xlsx", ".xls") if name.endswith(kind)), None)
    if kind is None:
        read = read_packed_text if name.endswith(".gz") else read_text
        yield from (cells for _, cells in read(io.BytesIO(content)))
        return
    others: list[str] = []
    yield from _sheet(content, kind, "", others)
    for sheet in list(others):
        yield from _sheet(content, kind, sheet, [])


def _sheet(content: bytes, kind: str, sheet: str, others: list[str]) -> Iterator[Sequence[str]]:
    records = read_sheet(io.BytesIO(content), kind, None, sheet, lambda _, found: others.extend(found))
    yield from (cells for _, cells in records)
