"""Reading a table from a file of any of the four kinds. The name decides the kind, and the first bytes must agree."""

import contextlib
import io
from collections.abc import Callable, Generator, Iterable, Iterator
from pathlib import Path
from typing import BinaryIO

from common.refusals import Refused
from common.tables.delimited import DELIMITERS, read_packed_text, read_text
from common.tables.header import Record, name_cells
from common.tables.layout import Layout
from common.tables.workbooks.limits import ENCRYPTED, PROTECTED
from common.tables.workbooks.parent import MAX_SIZE, read_sheet

MAGIC = {b"PK\x03\x04": ".xlsx", b"\xd0\xcf\x11\xe0": ".xls", b"\x1f\x8b": ".csv.gz"}
KINDS = (".csv", ".csv.gz", ".xlsx", ".xls")
WORKBOOKS = (".xlsx", ".xls")
Content = Path | str | bytes | BinaryIO
Source = Content | Callable[[], Content]
Rows = Generator[tuple[int, dict[str, str]]]


class Table(Iterable[tuple[int, dict[str, str]]]):
    """The rows of a table, read lazily, and again on each iteration. What was found is known from the first row.

    `sheet` is the sheet of a workbook that is read and `others` are its other visible ones; `header` is the row of the
    column names and `first` the first row that holds anything, above it where there is a title.
    """

    SUMMARY = ("Sheet", "OtherSheets", "HeaderRow", "Delimiter")

    def __init__(self, source: Source, filename: str, layout: Layout | None = None, sheet: str = "") -> None:
        self.sheet = ""
        self.others: list[str] = []
        self.header = self.first = 0
        self.between = ","  # its cells, in a file that is sent back
        self._begin: Callable[[], Rows] = lambda: self._read(source, filename, layout, sheet)
        self._rows: Rows | None = None

    def __iter__(self) -> Iterator[tuple[int, dict[str, str]]]:
        self.close()
        self._rows = self._begin()
        return self._rows

    def close(self) -> None:
        """Stop the current reading, if there is one."""
        if self._rows is not None:
            self._rows.close()

    def summary(self) -> dict[str, object]:
        """What was read, where it was not all of the file from its first row, with commas between its cells: the sheet,
        the row of the header, and the delimiter.
        """
        header = self.header if self.header != self.first else 0
        found = {"Sheet": self.sheet, "OtherSheets": self.others, "HeaderRow": header}
        found["Delimiter"] = self.between if self.between != "," else ""
        return {name: value for name, value in found.items() if value}

    def _read(self, source: Source, filename: str, layout: Layout | None, sheet: str) -> Rows:
        kind = _kind(filename)
        source = source() if callable(source) else source
        file = _open(source)
        try:
            _check_magic(file, kind)
            records: Generator[Record]
            if kind in WORKBOOKS:
                records = read_sheet(file, kind, layout, sheet, self._found_sheet)
            elif sheet:
                raise Refused(f"A {kind} file has no sheets: leave out “{sheet}”.")
            else:
                records = (read_text if kind == ".csv" else read_packed_text)(file, layout, self._found_delimiter)
            with contextlib.closing(records):
                yield from name_cells(records, layout, self._found_header)
        finally:
            if file is not source:
                file.close()

    def _found_sheet(self, sheet: str, others: list[str]) -> None:
        self.sheet, self.others = sheet, others

    def _found_delimiter(self, delimiter: str) -> None:
        self.between = delimiter if delimiter in DELIMITERS else ","

    def _found_header(self, header: int, first: int) -> None:
        self.header, self.first = header, first


def read_table(source: Source, filename: str, *, layout: Layout | None = None, sheet: str = "") -> Table:
    """Return the rows of a table, read lazily: row number as a spreadsheet shows it, cells by column name.

    Values are text: numbers in plain decimal notation, dates in ISO 8601, nothing at all is "". With a `layout` the
    header is the first row that holds its columns, ids and percentages are read as the cells show them, and what cannot
    be used is an `UnreadableCell`. Of a workbook the `sheet` of that name is read, else the first visible one with that
    header, in a process of its own with memory and time limits. Raises Refused, at the first row or later, with one
    sentence that says what is wrong and what to do. An open file is read from its start and left open; a function is
    called for the content with the first row.
    """
    return Table(source, filename, layout, sheet)


def _kind(filename: str) -> str:
    name = filename.casefold()
    # .csv.gz ends in neither of the others
    kind = next((kind for kind in KINDS if name.endswith(kind)), None)
    if kind is None:
        raise Refused(f"“{filename[-60:]}” is not a supported kind of file: send {', '.join(KINDS)}.")
    return kind


def _open(source: Content) -> BinaryIO:
    if isinstance(source, bytes):
        return io.BytesIO(source)
    if isinstance(source, Path | str):
        try:
            return Path(source).open("rb")
        except OSError as error:
            raise Refused(f"{source}: {error.strerror}.") from None
    source.seek(0)
    return source


def _check_magic(file: BinaryIO, kind: str) -> None:
    start = file.read(4)
    file.seek(0)
    found = next((of for magic, of in MAGIC.items() if start.startswith(magic)), ".csv")
    if found == ".xls" and kind == ".xlsx" and _is_encrypted(file):
        raise Refused(PROTECTED)
    if found != kind and start:
        raise Refused(
            f"The name ends in {kind} but the content is not: "
            + (f"it is a {found} file, so name it so." if found != ".csv" else f"save it again as {kind}.")
        )


def _is_encrypted(file: BinaryIO) -> bool:
    """Whether this is what Excel makes of a workbook with a password: an old container, whatever the name says."""
    found = ENCRYPTED in file.read(MAX_SIZE)
    file.seek(0)
    return found
