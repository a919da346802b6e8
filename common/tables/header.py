"""From the cells of a table to rows by column name."""

from collections.abc import Callable, Iterator, Sequence
from itertools import chain

from common.refusals import Refused
from common.tables.layout import Column, Layout, read_cell

MAX_COLUMNS = 4_096
LOOKED_AT = 20  # rows in which the names of columns are looked for
_PLAIN = frozenset({str})
Record = tuple[int, Sequence[str]]


def name_cells(
    records: Iterator[Record], layout: Layout | None = None, found: Callable[[int, int], None] = lambda *_: None
) -> Iterator[tuple[int, dict[str, str]]]:
    """Yield each record after the header by its names; blank records are left out.

    A record is its row number, as a spreadsheet counts from 1, and its cells as text. The header is the first record;
    with a layout, the first that holds names of its columns, and cells are read as their columns want it. `found`
    receives the row of the header, and that of the first record. A value beyond the header, or under a blank name, is
    kept as `Column 14`, so that the reader of the row reports it there.
    """
    first, number, header, records = _header(records, layout)
    found(number, first)
    names = _names(number, header, layout)
    nameless = [name for name, cell in zip(names, header, strict=False) if not cell.strip()]
    columns = [layout.column(name) for name in names] if layout else []
    for number, cells in records:
        if layout:
            cells = _read(cells, columns)
        row = dict(zip(names, cells, strict=False))
        if len(cells) < len(names):
            row.update(dict.fromkeys(names[len(cells) :], ""))
        if len(cells) > len(names):
            beyond = enumerate(cells[len(names) :], len(names) + 1)
            row.update({f"Column {column}": cell for column, cell in beyond if cell.strip()})
        for name in nameless:
            if not row[name].strip():
                del row[name]
        if any(map(str.strip, row.values())):
            yield number, row


def _read(cells: Sequence[str], columns: Sequence[Column | None]) -> Sequence[str]:
    """The cells as their columns want them. Most rows are plain text in which no id can be shortened: they stay."""
    if "E+" not in "".join(cells) and _PLAIN.issuperset(map(type, cells)):
        return cells
    return [read_cell(cell, columns[index] if index < len(columns) else None) for index, cell in enumerate(cells)]


def _header(records: Iterator[Record], layout: Layout | None) -> tuple[int, int, Sequence[str], Iterator[Record]]:
    """Return the row of the first record and of the header, its cells, and the records below it."""
    passed: list[Record] = []
    for number, cells in records:
        if not any(map(str.strip, cells)):
            continue
        passed.append((number, cells))
        if layout is None or layout.names.is_header(cells):
            return passed[0][0], number, cells, records
        if len(passed) == LOOKED_AT:
            break
    if not passed:
        raise Refused("The file is empty: its first row must hold the column names.")
    number, cells = passed[0]
    assert layout is not None
    if not layout.names.count(cells):
        shown = ", ".join(f"“{cell.strip()[:40]}”" for cell in cells if cell.strip())[:200]
        raise Refused(
            f"Row {number} holds {shown}, and no row the column names of {layout.noun}, "
            f"such as {', '.join(layout.needed)}: put them above the data."
        )
    return number, number, cells, chain(passed[1:], records)


def _names(number: int, header: Sequence[str], layout: Layout | None) -> list[str]:
    names = [layout.spelled(cell) if layout else cell.strip() for cell in header]
    while names and not names[-1]:
        names.pop()
    if len(names) > MAX_COLUMNS:
        raise Refused(f"The file has {len(names):,} columns; at most {MAX_COLUMNS:,} are read.")
    first: dict[str, int] = {}
    for column, name in enumerate(names, 1):
        if name and (before := first.setdefault(name.casefold(), column)) != column:
            raise Refused(
                f"Row {number} names “{name[:60]}” twice, in columns {before} and {column}: "
                "give each column a name of its own."
            )
    return [name or f"Column {column}" for column, name in enumerate(names, 1)]
