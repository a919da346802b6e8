"""Reading a table from a file of any of the four kinds. The name decides the kind, and the first bytes must agree."""

import contextlib
import io
from collections.abc import Generator, Iterator
from pathlib import Path
from typing import BinaryIO

from program.files.child import ENCRYPTED, PROTECTED
from program.files.names import Record, name_cells
from program.files.refused import FileRefused
from program.files.sheets import MAX_SIZE, read_sheet
from program.files.text import read_packed_text, read_text

MAGIC = {b"PK\x03\x04": ".xlsx", b"\xd0\xcf\x11\xe0": ".xls", b"\x1f\x8b": ".csv.gz"}
KINDS = (".csv", ".csv.gz", ".xlsx", ".xls")


def read_table(source: Path | str | bytes | BinaryIO, filename: str) -> Iterator[tuple[int, dict[str, str]]]:
    """Yield the rows of a table lazily: row number as a spreadsheet shows it (the header is row 1), cells by name.

    Values are text: numbers in plain decimal notation, dates in ISO 8601, nothing at all is "". Of a workbook the
    first sheet is read, in a process of its own with memory and time limits. Raises FileRefused, at the first row or
    later, with one sentence that says what is wrong and what to do. An open file is read from its start and left open.
    """
    kind = _kind(filename)
    file = _open(source)
    try:
        _check_magic(file, kind)
        records: Generator[Record]
        if kind == ".csv":
            records = read_text(file)
        elif kind == ".csv.gz":
            records = read_packed_text(file)
        else:
            records = read_sheet(file, kind)
        with contextlib.closing(records):
            yield from name_cells(records)
    finally:
        if file is not source:
            file.close()


def _kind(filename: str) -> str:
    name = filename.casefold()
    # .csv.gz ends in neither of the others
    kind = next((kind for kind in KINDS if name.endswith(kind)), None)
    if kind is None:
        raise FileRefused(f"“{filename[-60:]}” is not a kind of file that is read here: send {', '.join(KINDS)}.")
    return kind


def _open(source: Path | str | bytes | BinaryIO) -> BinaryIO:
    if isinstance(source, bytes):
        return io.BytesIO(source)
    if isinstance(source, Path | str):
        try:
            return Path(source).open("rb")
        except OSError as error:
            raise FileRefused(f"{source}: {error.strerror}.") from None
    source.seek(0)
    return source


def _check_magic(file: BinaryIO, kind: str) -> None:
    start = file.read(4)
    file.seek(0)
    found = next((of for magic, of in MAGIC.items() if start.startswith(magic)), ".csv")
    if found == ".xls" and kind == ".xlsx" and _is_encrypted(file):
        raise FileRefused(PROTECTED)
    if found != kind and start:
        raise FileRefused(
            f"The name ends in {kind} but the content is not: "
            + (f"it is a {found} file, so name it so." if found != ".csv" else f"save it again as {kind}.")
        )


def _is_encrypted(file: BinaryIO) -> bool:
    """Whether this is what Excel makes of a workbook with a password: an old container, whatever the name says."""
    found = ENCRYPTED in file.read(MAX_SIZE)
    file.seek(0)
    return found
