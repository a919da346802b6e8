"""The sheets of an xlsx workbook, in the process that reads it (`child.py`)."""

import tempfile
import zipfile
from collections.abc import Iterator, Mapping
from typing import IO, Any, BinaryIO
from xml.parsers import expat

from common.refusals import Refused
from common.tables.workbooks.cells import read_value, unescape
from common.tables.workbooks.limits import PROTECTED, allow_time, check_place
from common.tables.workbooks.merges import Merges, Range
from common.tables.workbooks.number_formats import Shown
from common.tables.workbooks.sheet import Sheet, SheetRow, add_cell

SIZE_PER_SECOND = 4 * 1024**2  # of unpacked xlsx
MAX_ENTRIES = 10_000
MAX_UNPACKED = 1024**3
MAX_STRINGS = 128 * 1024**2  # the shared strings are held in memory
MAX_RATIO = 200
RATIO_FROM = 1024**2
CHUNK = 256 * 1024
# The namespaces of Strict Open XML, which Excel writes when asked to, and those of the common kind.
STRICT = b"http://purl.oclc.org/ooxml/"
TRANSITIONAL = {
    STRICT + b"spreadsheetml/main": b"http://schemas.openxmlformats.org/spreadsheetml/2006/main",
    STRICT + b"officeDocument/relationships": b"http://schemas.openxmlformats.org/officeDocument/2006/relationships",
    STRICT + b"drawingml/main": b"http://schemas.openxmlformats.org/drawingml/2006/main",
}


def check_archive(file: BinaryIO) -> int:
    """Return how many bytes the archive unpacks to.

    Raises Refused where that is disproportionate, or a part declares document types or entities.
    """
    with zipfile.ZipFile(file) as archive:
        entries = archive.infolist()
        if len(entries) > MAX_ENTRIES:
            raise Refused(f"The workbook has {len(entries):,} parts; at most {MAX_ENTRIES:,} are read.")
        size = sum(entry.file_size for entry in entries)
        if size > MAX_UNPACKED:
            raise Refused("The workbook unpacks to more than 1 GB: save it as csv, or split it.")
        for entry in entries:
            if entry.flag_bits & 1:
                raise Refused(PROTECTED)
            if entry.file_size > max(RATIO_FROM, MAX_RATIO * entry.compress_size):
                raise Refused(f"A part of the workbook unpacks to more than {MAX_RATIO} times its size.")
            if entry.filename.casefold().endswith("sharedstrings.xml") and entry.file_size > MAX_STRINGS:
                raise Refused("The workbook holds more than 128 MB of text: save it as csv.")
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
        raise Refused("The workbook declares XML entities, which no spreadsheet program writes.")


def xlsx_sheets(file: BinaryIO) -> list[Sheet]:
    """The worksheets of a workbook, in its order."""
    size = check_archive(file)
    import openpyxl  # noqa: PLC0415 (only once the archive is known to be in proportion)
    from openpyxl.worksheet._read_only import ReadOnlyWorksheet  # noqa: PLC0415

    # A sheet that does not say its size would be read to its end to find out, every sheet of the book.
    ReadOnlyWorksheet._get_size = lambda self: None
    allow_time(1 + size // SIZE_PER_SECOND)  # for styles and shared strings
    book = openpyxl.load_workbook(_transitional(file), read_only=True, data_only=True, keep_links=False)
    codes = {index: _format(book, style.numFmtId) for index, style in enumerate(book._cell_styles)}
    return [_Sheet(book, sheet, codes) for sheet in book.worksheets]


class _Sheet:
    def __init__(self, book: Any, sheet: Any, codes: dict[int, str]) -> None:
        self.name = str(sheet.title)
        self.is_visible = sheet.sheet_state == "visible"
        self._book, self._sheet, self._codes = book, sheet, codes

    def rows(self) -> Iterator[SheetRow]:
        # Not sheet.iter_rows(): that fills every gap: one cell in the last corner would yield 17,000 million.
        for number, cells in _parser(self._book, self._sheet).parse():
            row = SheetRow(number, [], {})
            for cell in cells:
                value = cell["value"]
                if value is None:
                    continue
                check_place(number, cell["column"])
                if isinstance(value, str):
                    kind = {"e": "error", "f": "formula"}.get(cell["data_type"], "")
                    shown = Shown(unescape(value), kind)
                else:
                    shown = read_value(value, self._codes.get(cell["style_id"], ""))
                add_cell(row, cell["column"], shown)
            yield row

    def merges(self) -> Merges | None:
        """What is merged in the sheet; the file lists it after all rows."""
        with self._sheet._get_source() as part:
            if not any(b"mergeCell" in chunk for chunk in _chunks(part)):
                return None
        with self._sheet._get_source() as part:
            return Merges(_ranges(part))


def _parser(book: Any, sheet: Any) -> Any:
    from openpyxl.worksheet._reader import FORMULA_TAG, VALUE_TAG, WorkSheetParser  # noqa: PLC0415

    class Parser(WorkSheetParser):
        """Tells a formula without a stored value from a cell that is blank: openpyxl reads nothing in either."""

        def parse_cell(self, element: Any) -> dict[str, Any]:
            cell: dict[str, Any] = super().parse_cell(element)
            formula = element.find(FORMULA_TAG) if cell["value"] is None else None
            # A text of no characters is a value: the formula was calculated.
            if formula is not None and (element.get("t") != "str" or element.find(VALUE_TAG) is None):
                cell["value"], cell["data_type"] = f"={formula.text or '…'}", "f"
            return cell

    return Parser(
        sheet._get_source(), sheet._shared_strings, data_only=True, epoch=book.epoch,
        date_formats=book._date_formats, timedelta_formats=book._timedelta_formats,
    )  # fmt: skip


def _format(book: Any, number: int) -> str:
    from openpyxl.styles.numbers import BUILTIN_FORMATS, BUILTIN_FORMATS_MAX_SIZE  # noqa: PLC0415

    if number < BUILTIN_FORMATS_MAX_SIZE:
        return str(BUILTIN_FORMATS.get(number, ""))
    return str(book._number_formats[number - BUILTIN_FORMATS_MAX_SIZE])


def _ranges(part: IO[bytes]) -> list[Range]:
    from openpyxl.utils import range_boundaries  # noqa: PLC0415

    found: list[Range] = []

    def start(name: str, attributes: dict[str, str]) -> None:
        if name.rpartition(":")[2] == "mergeCell" and ":" in (ref := attributes.get("ref", "")):
            left, top, right, bottom = range_boundaries(ref)
            found.append(Range(top, left, bottom, right))

    parser = expat.ParserCreate()
    parser.StartElementHandler = start
    parser.ParseFile(part)
    return found


def _chunks(part: IO[bytes]) -> Iterator[bytes]:
    """A part in chunks, each with the end of the one before: what is looked for may be cut in two."""
    before = b""
    while chunk := part.read(CHUNK):
        yield before + chunk
        before = chunk[-16:]


def _transitional(file: BinaryIO) -> BinaryIO:
    """The workbook as it is, or, of a Strict one, a copy in the namespaces that openpyxl reads."""
    with zipfile.ZipFile(file) as archive:
        books = [name for name in archive.namelist() if name.casefold().endswith("workbook.xml")]
        if not any(STRICT in archive.open(name).read(4096) for name in books):
            file.seek(0)
            return file
        copy = tempfile.TemporaryFile()  # noqa: SIM115 (it ends with the process)
        with zipfile.ZipFile(copy, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as written:
            for entry in archive.infolist():
                is_xml = entry.filename.casefold().endswith((".xml", ".rels"))
                with archive.open(entry) as part, written.open(entry.filename, "w") as out:
                    out.writelines(_translated(part, TRANSITIONAL if is_xml else {}))
    copy.seek(0)
    return copy


def _translated(part: IO[bytes], names: Mapping[bytes, bytes]) -> Iterator[bytes]:
    """A part with these names as the others, chunk by chunk, none cut within a name."""
    rest, longest = b"", max(map(len, TRANSITIONAL)) - 1
    while chunk := part.read(CHUNK):
        rest += chunk
        for strict, common in names.items():
            rest = rest.replace(strict, common)
        yield rest[:-longest]
        rest = rest[-longest:]
    yield rest
