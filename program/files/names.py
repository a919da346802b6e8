"""From the cells of a table to rows by column name."""

from collections.abc import Iterator, Sequence

from program.files.refused import FileRefused

MAX_COLUMNS = 4_096
Record = tuple[int, Sequence[str]]


def name_cells(records: Iterator[Record]) -> Iterator[tuple[int, dict[str, str]]]:
    """Yield each record after the first by the names of the first; blank records are left out.

    A record is its row number, as a spreadsheet counts from 1, and its cells as text. A value beyond the header, or
    under a blank name, is kept as `Column 14`, so that whoever reads the row reports it there.
    """
    number, header = next(((number, cells) for number, cells in records if any(map(str.strip, cells))), (0, ()))
    if not number:
        raise FileRefused("The file is empty: its first row must hold the column names.")
    names = _names(number, header)
    nameless = [name for name, cell in zip(names, header, strict=False) if not cell.strip()]
    for number, cells in records:
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


def _names(number: int, header: Sequence[str]) -> list[str]:
    names = [cell.strip() for cell in header]
    while names and not names[-1]:
        names.pop()
    if len(names) > MAX_COLUMNS:
        raise FileRefused(f"The file has {len(names):,} columns; at most {MAX_COLUMNS:,} are read.")
    first: dict[str, int] = {}
    for column, name in enumerate(names, 1):
        if name and (before := first.setdefault(name.casefold(), column)) != column:
            raise FileRefused(
                f"Row {number} names “{name[:60]}” twice, in columns {before} and {column}: "
                "give each column a name of its own."
            )
    return [name or f"Column {column}" for column, name in enumerate(names, 1)]
