"""The process that reads a workbook: `python -m program.files.child .xlsx PARENT < file`. See `sheets.py`."""

import json
import os
import resource
import signal
import sys
import zipfile
from collections.abc import Iterator
from typing import Any, BinaryIO
from xml.parsers import expat

from program.files.cells import as_text, unescape
from program.files.names import MAX_COLUMNS
from program.files.refused import FileRefused

MEMORY = 512 * 1024**2
CPU_TO_CHECK = 2  # seconds, its own start included
CPU_TO_READ = 300
SIZE_PER_SECOND = 4 * 1024**2  # of unpacked xlsx
XLS_SIZE_PER_SECOND = 1024**2
MAX_ENTRIES = 10_000
MAX_UNPACKED = 1024**3
MAX_STRINGS = 128 * 1024**2  # the shared strings are held in memory
MAX_RATIO = 200
RATIO_FROM = 1024**2
MAX_ROWS = 1_048_576
DAMAGED = "The workbook is damaged, or not what its name says: open it and save it again."
PROTECTED = "The workbook is protected by a password: save it without one."
ENCRYPTED = "EncryptedPackage".encode("utf-16-le")  # the stream in which Excel keeps a workbook with a password
Row = tuple[int, list[str]]


def main(kind: str, parent: int, file: BinaryIO) -> None:
    _end_with(parent)
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    resource.setrlimit(resource.RLIMIT_CPU, (CPU_TO_CHECK, CPU_TO_READ))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    try:
        for row in xlsx_rows(file) if kind == ".xlsx" else xls_rows(file):
            if any(row[1]):
                line = json.dumps(row)
                if "\\u0000" in line:
                    _check_text(row)
                sys.stdout.write(line + "\n")
        answer: dict[str, object] = {"end": True}
    except FileRefused as refused:
        answer = {"refused": str(refused)}
    except MemoryError:
        answer = {"refused": "The workbook needs more memory than it may have: save it as csv."}
    except BrokenPipeError:
        return
    except Exception:  # readers of workbooks fail in every way there is
        answer = {"refused": DAMAGED}
    sys.stdout.write(json.dumps(answer) + "\n")
    sys.stdout.flush()


def check_archive(file: BinaryIO) -> int:
    """Return how many bytes the archive unpacks to.

    Raises FileRefused where that is out of proportion, or a part declares document types or entities.
    """
    with zipfile.ZipFile(file) as archive:
        entries = archive.infolist()
        if len(entries) > MAX_ENTRIES:
            raise FileRefused(f"The workbook has {len(entries):,} parts; at most {MAX_ENTRIES:,} are read.")
        size = sum(entry.file_size for entry in entries)
        if size > MAX_UNPACKED:
            raise FileRefused("The workbook unpacks to more than 1 GB: save it as csv, or split it.")
        for entry in entries:
            if entry.flag_bits & 1:
                raise FileRefused(PROTECTED)
            if entry.file_size > max(RATIO_FROM, MAX_RATIO * entry.compress_size):
                raise FileRefused(f"A part of the workbook unpacks to more than {MAX_RATIO} times its size.")
            if entry.filename.casefold().endswith("sharedstrings.xml") and entry.file_size > MAX_STRINGS:
                raise FileRefused("The workbook holds more than 128 MB of text: save it as csv.")
            _check_declarations(archive, entry)
    return size


def _check_declarations(archive: zipfile.ZipFile, entry: zipfile.ZipInfo) -> None:
    """Read a part up to its first element: a document type, the only place of entities, can only come before it."""
    seen: list[str] = []
    parser = expat.ParserCreate()
    parser.StartDoctypeDeclHandler = lambda *_: seen.append("doctype")
    parser.StartElementHandler = lambda *_: seen.append("element")
    with archive.open(entry) as part:
        while not seen and (chunk := part.read(1024)):
            try:
                parser.Parse(chunk)
            except expat.ExpatError:
                break  # an image, or XML that the reader will refuse
    if "doctype" in seen:
        raise FileRefused("The workbook declares XML entities, which no spreadsheet program writes.")


def xlsx_rows(file: BinaryIO) -> Iterator[Row]:
    size = check_archive(file)
    import openpyxl  # noqa: PLC0415 (only once the archive is known to be in proportion)
    from openpyxl.worksheet._read_only import ReadOnlyWorksheet  # noqa: PLC0415
    from openpyxl.worksheet._reader import WorkSheetParser  # noqa: PLC0415

    # A sheet that does not say its size would be read to its end to find out, every sheet of the book.
    ReadOnlyWorksheet._get_size = lambda self: None
    _allow_time(1 + size // SIZE_PER_SECOND)  # for styles and shared strings
    file.seek(0)
    book = openpyxl.load_workbook(file, read_only=True, data_only=True, keep_links=False)
    sheet = _first(book.worksheets)
    percents = {index for index, style in enumerate(book._cell_styles) if "%" in _format(book, style.numFmtId)}
    # Not sheet.iter_rows(): that fills every gap, and a cell in the last corner makes seventeen thousand million.
    parser = WorkSheetParser(
        sheet._get_source(),
        sheet._shared_strings,
        data_only=True,
        epoch=book.epoch,
        date_formats=book._date_formats,
        timedelta_formats=book._timedelta_formats,
    )
    _allow_time()
    for number, cells in parser.parse():
        row: list[str] = []
        for cell in cells:
            _check_place(number, cell["column"])
            row.extend([""] * (cell["column"] - len(row)))
            text = as_text(cell["value"], is_percent=cell["style_id"] in percents)
            row[cell["column"] - 1] = unescape(text)
        yield number, row


def _format(book: Any, number: int) -> str:
    from openpyxl.styles.numbers import BUILTIN_FORMATS, BUILTIN_FORMATS_MAX_SIZE  # noqa: PLC0415

    if number < BUILTIN_FORMATS_MAX_SIZE:
        return BUILTIN_FORMATS.get(number, "")
    return str(book._number_formats[number - BUILTIN_FORMATS_MAX_SIZE])


def xls_rows(file: BinaryIO) -> Iterator[Row]:
    import xlrd  # noqa: PLC0415

    # A long text goes on in a second record, and xlrd decodes each by itself: a character may be cut in two.
    xlrd.book.unicode = lambda raw, encoding: str(raw, encoding, "surrogatepass")
    content = file.read()
    _allow_time(1 + len(content) // XLS_SIZE_PER_SECOND)  # xlrd reads the whole sheet at once
    try:
        book = xlrd.open_workbook(
            file_contents=content, logfile=sys.stderr, on_demand=True, formatting_info=True, ragged_rows=True
        )
        sheet = _first([book.sheet_by_index(index) for index in range(min(book.nsheets, 1))])
    except xlrd.XLRDError as error:
        if "encrypted" in str(error) or ENCRYPTED in content:
            raise FileRefused(PROTECTED) from None
        raise
    _allow_time()
    for index in range(sheet.nrows):
        _check_place(index + 1, sheet.row_len(index))
        yield index + 1, [_xls_text(book, sheet, index, column) for column in range(sheet.row_len(index))]


def _xls_text(book: Any, sheet: Any, row: int, column: int) -> str:
    import xlrd  # noqa: PLC0415

    cell = sheet.cell(row, column)
    if cell.ctype == xlrd.XL_CELL_DATE:
        return as_text(xlrd.xldate_as_datetime(cell.value, book.datemode))
    if cell.ctype == xlrd.XL_CELL_BOOLEAN:
        return as_text(bool(cell.value))
    if cell.ctype == xlrd.XL_CELL_ERROR:
        return str(xlrd.error_text_from_code.get(cell.value, "#ERROR"))
    if cell.ctype == xlrd.XL_CELL_NUMBER:
        shown = book.format_map[book.xf_list[cell.xf_index].format_key].format_str
        return as_text(cell.value, is_percent="%" in shown)
    if cell.ctype == xlrd.XL_CELL_TEXT and not cell.value.isascii():
        return str(cell.value.encode("utf-16-le", "surrogatepass"), "utf-16-le")
    return as_text(cell.value)


def _first(sheets: list[Any]) -> Any:
    if not sheets:
        raise FileRefused("The workbook has no sheet with cells.")
    return sheets[0]


def _check_place(row: int, column: int) -> None:
    if row > MAX_ROWS:
        raise FileRefused(f"The sheet has a cell in row {row:,}; no sheet has more than {MAX_ROWS:,} rows.")
    if column > MAX_COLUMNS:
        raise FileRefused(
            f"Row {row:,} has a cell in column {column:,}; at most {MAX_COLUMNS:,} columns are read: "
            "delete what lies outside the table."
        )


def _check_text(row: Row) -> None:
    if any("\0" in cell for cell in row[1]):
        raise FileRefused(f"Row {row[0]:,} contains a NUL character: delete it and save the file again.")


def _end_with(parent: int) -> None:
    """Look every second whether the reader is still there: a worker that is killed leaves nobody at work for it."""

    def look(*_: object) -> None:
        if os.getppid() != parent:
            os._exit(1)

    signal.signal(signal.SIGALRM, look)
    signal.setitimer(signal.ITIMER_REAL, 1, 1)


def _allow_time(seconds: int = CPU_TO_READ) -> None:
    """Let the process use so many seconds more, of the 300 that it has."""
    used = resource.getrusage(resource.RUSAGE_SELF)
    limit = int(used.ru_utime + used.ru_stime) + 1 + seconds
    resource.setrlimit(resource.RLIMIT_CPU, (min(limit, CPU_TO_READ), CPU_TO_READ))


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]), sys.stdin.buffer)
