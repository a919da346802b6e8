"""What comes in as a file is read the same from every kind, or refused in one sentence."""

import gzip
import io
from datetime import date, datetime

import pytest
from openpyxl import Workbook

from program.files.read import read_table
from program.files.refused import FileRefused
from tests.program.hostile import workbook


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
