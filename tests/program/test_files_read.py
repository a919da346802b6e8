"""What comes in as a file is read the same from every kind, or refused in one sentence."""

import gzip
import io
import zipfile
from datetime import date, datetime

import pytest
from openpyxl import Workbook

from program.files.read import read_table
from program.files.refused import FileRefused

SHEET = "xl/worksheets/sheet1.xml"
OPEN = b'<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData>'


def workbook(*rows, **cells) -> bytes:
    book = Workbook()
    for row in rows:
        book.active.append(row)
    for place, value in cells.items():
        book.active[place] = value
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def with_part(content: bytes, name: str, data: bytes) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as old, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as new:
        for entry in old.infolist():
            new.writestr(entry.filename, data if entry.filename == name else old.read(entry))
    return out.getvalue()


def rows_of(content: bytes, filename: str = "orders.csv"):
    return list(read_table(content, filename))


def refusal(content: bytes, filename: str = "orders.csv") -> str:
    with pytest.raises(FileRefused) as refused:
        rows_of(content, filename)
    return str(refused.value)


@pytest.mark.parametrize("delimiter", [",", ";", "\t"], ids=["comma", "semicolon", "tab"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
def test_csv_is_read_with_the_delimiter_of_its_header(delimiter, encoding):
    text = f'OrderId{delimiter}"Item{delimiter}Name"\nA1{delimiter}Tasse für zwölf\n'
    assert rows_of(text.encode(encoding)) == [(2, {"OrderId": "A1", f"Item{delimiter}Name": "Tasse für zwölf"})]


def test_rows_are_numbered_as_a_spreadsheet_shows_them():
    content = b'A,B\n1,"two\nlines"\n\n , \n3,4\n'
    assert rows_of(content) == [(2, {"A": "1", "B": "two\nlines"}), (5, {"A": "3", "B": "4"})]


def test_a_row_that_is_too_short_ends_in_blanks_and_one_too_long_names_the_column():
    assert rows_of(b"A,B,\n1\n1,2,,x\n") == [(2, {"A": "1", "B": ""}), (3, {"A": "1", "B": "2", "Column 4": "x"})]


def test_a_column_without_a_name_is_kept_only_where_it_holds_something():
    assert rows_of(b"A,,B\n1,,2\n1,x,2\n") == [(2, {"A": "1", "B": "2"}), (3, {"A": "1", "Column 2": "x", "B": "2"})]


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", "is empty"),
        (b"\n\n,,\n", "is empty"),
        (b"A,a\n1,2\n", "twice, in columns 1 and 2"),
        ("A\nx\nM\xfcller\n".encode("cp1252"), "Line 3 is not UTF-8"),
        (b"A\n1\x00\n", "Line 2 contains a NUL"),
        (b'A,B\n"1,2\n3,4\n', "never closed"),
        (b'A,B\n"1"2,2\n', "Row 2 is not csv"),
        (b"A\n" + b"x" * 2_000_000, "Line 2 is longer"),
        (b"A\n" + b"x" * 200_000, "Row 2 has a cell of more than"),
        (b",".join(b"c%d" % n for n in range(5_000)), "5,000 columns"),
        ("A\nb\n".encode("utf-16")[:-1], "UTF-16"),
    ],
    ids=["empty", "blank", "names", "cp1252", "nul", "open quote", "after quote", "line", "cell", "wide", "cut"],
)  # fmt: skip
def test_bad_csv_is_refused_with_its_place(content, words):
    assert words in refusal(content)


def test_gzip_is_unpacked_within_bounds():
    assert rows_of(gzip.compress(b"A\n1\n"), "A.CSV.GZ") == [(2, {"A": "1"})]
    assert "200 times" in refusal(gzip.compress(b"A\n" + b"0\n" * 20_000_000), "a.csv.gz")
    assert "damaged" in refusal(gzip.compress(b"A\n1\n")[:-6], "a.csv.gz")


@pytest.mark.parametrize(
    ("content", "filename", "words"),
    [
        (b"A\n1\n", "a.xlsx", "save it again as .xlsx"),
        (b"<html>", "a.xls", "save it again as .xls"),
        (b"A\n1\n", "a.csv.gz", "save it again as .csv.gz"),
        (workbook(["A"]), "a.csv", "it is a .xlsx file"),
        (workbook(["A"]), "a.xls", "it is a .xlsx file"),
        (gzip.compress(b"A\n", mtime=0), "a.csv", "it is a .csv.gz file"),
        (b"A\n1\n", "a.txt", "not a kind of file"),
        (b"A\n1\n", "a.gz", "not a kind of file"),
    ],
)
def test_the_name_must_agree_with_the_content(content, filename, words):
    assert words in refusal(content, filename)


def test_an_open_file_is_left_open():
    file = io.BytesIO(b"A\n1\n")
    assert list(read_table(file, "a.csv")) == list(read_table(file, "a.csv"))


def test_cells_of_a_workbook_are_read_as_a_person_sees_them():
    content = workbook(
        ["Price", "Big", "Whole", "Long", "Day", "Moment", "Yes", "Blank", "Text"],
        [2.5500000000000003, 1e20, 5.0, 2147483648123, date(2026, 2, 1), datetime(2026, 2, 1, 9, 30), True, None, "7"],
    )  # fmt: skip
    assert rows_of(content, "a.xlsx") == [(2, {
        "Price": "2.55", "Big": "100000000000000000000", "Whole": "5", "Long": "2147483648123", "Day": "2026-02-01",
        "Moment": "2026-02-01T09:30:00", "Yes": "true", "Blank": "", "Text": "7",
    })]  # fmt: skip


def test_a_percentage_keeps_its_sign():
    book = Workbook()
    book.active.append(["Rate"])
    book.active.append([0.155])
    book.active["A2"].number_format = "0.0%"
    out = io.BytesIO()
    book.save(out)
    assert rows_of(out.getvalue(), "a.xlsx") == [(2, {"Rate": "15.5%"})]


def test_rows_are_numbered_over_gaps_in_a_workbook():
    assert rows_of(workbook(A1="A", A3="1", A7="2"), "a.xlsx") == [(3, {"A": "1"}), (7, {"A": "2"})]


HOSTILE = {
    "cells in the two corners": (workbook(A1="OrderId", XFD1048576=1), "column 16,384"),
    "a row past the end": (
        with_part(workbook(["A"]), SHEET, OPEN + b'<row r="1"><c><v>1</v></c></row><row r="999999999"><c><v>1</v></c>'
                  b"</row></sheetData></worksheet>"), "row 999,999,999"),
    "zip bomb": (with_part(workbook(["A"]), SHEET, OPEN + b" " * 200_000_000), "200 times its size"),
    "entity bomb": (
        with_part(workbook(["A"]), SHEET, b'<!DOCTYPE b [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;&a;">]>' + OPEN + b"&b;"),
        "XML entities"),
    "entities in UTF-16": (
        with_part(workbook(["A"]), SHEET, '<?xml version="1.0" encoding="utf-16"?><!DOCTYPE b [<!ENTITY a "a">]><b/>'
                  .encode("utf-16")), "XML entities"),
    "not XML at all": (with_part(workbook(["A"]), SHEET, b"\x00\x01\x02"), "damaged"),
    "cut off": (workbook(["A"])[:2_000], "damaged"),
    "old format, all zeros": (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(5_000), "damaged"),
}  # fmt: skip


@pytest.mark.parametrize("name", HOSTILE)
def test_a_hostile_workbook_is_refused_in_one_sentence(name):
    content, words = HOSTILE[name]
    message = refusal(content, "a.xls" if content.startswith(b"\xd0") else "a.xlsx")
    assert words in message
    assert "\n" not in message


def test_a_workbook_of_very_many_parts_is_refused():
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        for number in range(10_001):
            archive.writestr(f"{number}", b"")
    assert "10,001 parts" in refusal(out.getvalue(), "a.xlsx")


def test_the_child_ends_when_its_reader_stops_early():
    content = workbook(["A"], *([number] for number in range(20_000)))
    rows = read_table(content, "a.xlsx")
    assert next(rows) == (2, {"A": "0"})
    rows.close()
