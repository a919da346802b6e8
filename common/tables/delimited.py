"""Reading csv and csv.gz, a row at a time: memory holds one row, whatever the file unpacks to."""

import contextlib
import csv
import gzip
import io
import re
import zlib
from collections.abc import Callable, Generator, Iterator
from itertools import chain
from typing import BinaryIO

from common.refusals import Refused
from common.tables.formulas import rearm
from common.tables.header import LOOKED_AT, Record
from common.tables.layout import GroupedCell, Layout, Names

MAX_UNPACKED = 1024**3
MAX_RATIO = 200  # tables of orders pack ten to thirty times smaller
RATIO_FROM = 16 * 1024**2
CHUNK = 1024**2
MAX_LINE = 1_000_000  # characters
_BAD_BYTE = re.compile("[\udc80-\udcff]")  # what surrogateescape makes of a byte that is not UTF-8
_QUOTED = re.compile('"[^"]*"')
_SAYS_DELIMITER = re.compile('"?sep=([,;\t|])"?', re.IGNORECASE)  # a first line for Excel, which does not show it
DELIMITERS = ",;\t"
_GROUPED = re.compile(r"[1-9][0-9]{0,2}\.[0-9]{3}")


def read_text(
    file: BinaryIO, layout: Layout | None = None, found: Callable[[str], None] = lambda _: None
) -> Generator[Record]:
    """Yield the rows of a csv file, comma, semicolon or tab between cells, as its header or a line `sep=;` shows. With
    a layout, a number whose point may stand between thousands is a GroupedCell. `found` receives the delimiter.
    """
    start = file.read(2)
    file.seek(0)
    encoding = "utf-16" if start in (b"\xff\xfe", b"\xfe\xff") else "utf-8-sig"  # Excel's "Unicode text"
    lines = _lines(io.TextIOWrapper(file, encoding=encoding, errors="surrogateescape", newline=""))
    first, delimiter = _begin(lines, layout.names if layout else None)
    found(delimiter)
    # Spaces before a cell are left out, so that a quotation mark after one is one: our own files quote such a cell.
    records = csv.reader(chain(first, lines), delimiter=delimiter, strict=True, skipinitialspace=True)
    number, is_grouping = 0, layout is not None and delimiter == ";"
    try:
        for number, cells in enumerate(records, 1):
            read = list(map(rearm, cells)) if "'" in "".join(cells) else cells
            yield number, list(map(_grouped, read)) if is_grouping else read
    except csv.Error as error:
        raise Refused(_in_words(number + 1, str(error))) from None


def _grouped(cell: str) -> str:
    return GroupedCell(cell) if "." in cell and _GROUPED.fullmatch(cell.strip()) else cell


def read_packed_text(
    file: BinaryIO, layout: Layout | None = None, found: Callable[[str], None] = lambda _: None
) -> Generator[Record]:
    """The same for a gzip file, which may unpack to a gigabyte and no more than 200 times its size."""
    _check_packed(file)
    with gzip.GzipFile(fileobj=file, mode="rb") as unpacked:
        yield from read_text(unpacked, layout, found)  # type: ignore[arg-type]


def _check_packed(file: BinaryIO) -> None:
    """Unpack it all once before any row is used: unpacking is a hundred times faster than reading rows.

    The unpacked size is compared with what was read of the file so far, so that a bomb is recognised within its first
    16 MB.
    """
    file.seek(0)
    unpacked = 0
    try:
        with gzip.GzipFile(fileobj=file, mode="rb") as stream:
            while chunk := stream.read1(CHUNK):
                unpacked += len(chunk)
                if unpacked > max(RATIO_FROM, MAX_RATIO * file.tell()):
                    raise Refused(f"The file unpacks to more than {MAX_RATIO} times its size; no table does.")
                if unpacked > MAX_UNPACKED:
                    raise Refused("The file unpacks to more than 1 GB: split it.")
    except (EOFError, OSError, zlib.error):
        raise Refused("The gzip file is damaged or incomplete: pack it again.") from None
    file.seek(0)


def _lines(text: io.TextIOWrapper) -> Iterator[str]:
    number = 0
    try:
        while line := text.readline(MAX_LINE):
            number += 1
            if len(line) == MAX_LINE:
                raise Refused(f"Line {number} is longer than {MAX_LINE:,} characters; this is not a table.")
            if "\0" in line:
                raise Refused(f"Line {number} contains a NUL character: save the file again as CSV UTF-8.")
            if not line.isascii() and _BAD_BYTE.search(line):
                raise Refused(
                    f"Line {number} is not UTF-8 text: save the file again as “CSV UTF-8”. "
                    "No other encoding is guessed, so that no name is changed."
                )
            yield line
    except UnicodeError:  # UTF-16 cut in half
        raise Refused(f"Line {number + 1} is not UTF-16 text: save the file again as “CSV UTF-8”.") from None
    finally:
        with contextlib.suppress(ValueError):  # it may already be closed
            text.detach()  # the caller closes the file that it opened


def _begin(lines: Iterator[str], names: Names | None) -> tuple[list[str], str]:
    """Take the first lines, down to the header, and return them with its delimiter."""
    first = next(lines, "").lstrip("\ufeff")  # some programs put a second byte order mark behind the first
    if says := _SAYS_DELIMITER.fullmatch(first.rstrip("\r\n")):
        return [], says[1]
    taken: list[str] = []
    filled: list[str] = []
    for line in chain([first], lines):
        taken.append(line)
        if not line.strip(f'{DELIMITERS} "\r\n'):
            continue
        filled.append(line)
        likely = _delimiter(line)
        if names is None:
            return taken, likely
        for delimiter in (likely, *DELIMITERS.replace(likely, "")):
            if names.is_header(_cells(line, delimiter)):
                return taken, delimiter
        if len(filled) == LOOKED_AT:
            break
    return taken, _delimiter(filled[0] if filled else "")


def _cells(line: str, delimiter: str) -> list[str]:
    try:
        return next(csv.reader([line], delimiter=delimiter, skipinitialspace=True), [])
    except csv.Error:
        return []  # told when the row is read


def _delimiter(header: str) -> str:
    plain = _QUOTED.sub("", header)
    return max(DELIMITERS, key=plain.count)


def _in_words(row: int, error: str) -> str:
    if "field larger than" in error:
        return (
            f"Row {row} has a cell of more than {csv.field_size_limit():,} characters: is a quotation mark not closed?"
        )
    if "unexpected end" in error:
        return f"Row {row} opens a quotation mark that is never closed: close it, or double it inside the cell."
    return f"Row {row} is not csv: after a closing quotation mark comes text; double each quotation mark inside a cell."
