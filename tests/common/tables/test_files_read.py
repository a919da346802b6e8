"""What comes in as a file is read the same from every kind, or refused in one sentence."""

import gzip
import io
import zipfile
from datetime import date, datetime

import pytest
from openpyxl import Workbook

from common.refusals import Refused
from common.tables.layout import ID, OWN_NUMBER, TEXT, Layout
from common.tables.read import read_table
from tests.common.tables.hostile import with_sheet, workbook
from tests.common.tables.workbooks import BOOKS, xlsx

LAYOUT = Layout(
    "a test file",
    {"OrderId": ID, "Payout Value": OWN_NUMBER, "Note": TEXT},
    ("OrderId", "Payout Value"),
    numbered={"ItemSku": ID, "ItemText7": TEXT},
)


def rows_of(content: bytes, filename: str = "orders.csv"):
    return list(read_table(content, filename))


def rows_in(content: bytes | str, filename: str = "orders.csv"):
    """The rows by a layout, as an import reads them."""
    content = content.encode() if isinstance(content, str) else content
    return list(read_table(content, filename, layout=LAYOUT))


def refusal(content: bytes, filename: str = "orders.csv", layout: Layout | None = None) -> str:
    with pytest.raises(Refused) as refused:
        list(read_table(content, filename, layout=layout))
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
        (b"A\n1\n", "a.txt", "not a supported kind of file"),
        (b"A\n1\n", "a.gz", "not a supported kind of file"),
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


@pytest.mark.parametrize(
    "text",
    [
        "sep=;\r\nOrderId;Note\r\nA1;a, b\r\n",
        '"sep=;"\nOrderId;Note\nA1;a, b\n',
        "SEP=\t\nOrderId\tNote\nA1\ta, b\n",
        "sep=|\nOrderId|Note\nA1|a, b\n",
        "\ufeffsep=;\nOrderId;Note\nA1;a, b\n",
        "\ufeff\ufeffOrderId;Note\nA1;a, b\n",
        '\ufeff\ufeff"OrderId","Note"\nA1,"a, b"\n',
        'OrderId,Note\nA1, "a, b"\n',
        'OrderId, Note\n  "A1",   "a, b"\n',
        "\u200bOrderId;\u00a0No\u200bte\u00a0\nA1;a, b\n",
        "Order\u00a0Id;NOTE\nA1;a, b\n".replace("NOTE", "Note"),
    ],
)
def test_csv_as_programs_write_it_is_read(text):
    assert rows_in(text) == [(2, {"OrderId": "A1", "Note": "a, b"})]


@pytest.mark.parametrize("delimiter", [",", ";", "\t"], ids=["comma", "semicolon", "tab"])
@pytest.mark.parametrize("before", ["\r\n", "{d}{d}\r\n", "\r\n\r\n", '""{d}""\r\n'])
def test_blank_lines_before_the_header_do_not_say_the_delimiter(delimiter, before):
    before = before.format(d=delimiter)
    text = before + f"OrderId{delimiter}Note\r\nA1{delimiter}x\r\n"
    assert rows_in(text) == [(before.count("\n") + 2, {"OrderId": "A1", "Note": "x"})]
    assert rows_of(text.encode()) == rows_in(text)


def test_text_with_spaces_before_it_and_quotation_marks_in_it_stays_one_cell():
    assert rows_of(b'A,B,C\n"  x", "y ""z"", w",  u\n') == [(2, {"A": "  x", "B": 'y "z", w', "C": "u"})]


def test_names_are_known_whatever_their_case_and_spaces_and_two_of_one_name_are_refused():
    text = "orderid,Payout\u00a0 value,Item Sku 2,ItemText3_7,Other\u200b\nA1,5,S,T,O\n"
    assert rows_in(text) == [
        (2, {"orderid": "A1", "Payout Value": "5", "ItemSku2": "S", "ItemText3_7": "T", "Other": "O"})
    ]
    assert "twice, in columns 1 and 2" in refusal(b"OrderId,Order Id\n", layout=LAYOUT)


@pytest.mark.parametrize("kind", ["csv", *BOOKS])
def test_a_title_above_the_header_is_passed_over_and_said(kind):
    rows = [["Orders, May"], [None, "by hand"], ["OrderId", "Note"], ["A1", "x"]]
    if kind == "csv":
        content = b'"Orders, May";\n;by hand\nOrderId;Note\nA1;x\n'
    else:
        content = BOOKS[kind](rows)
    table = read_table(content, f"a.{kind}", layout=LAYOUT)
    assert list(table) == [(4, {"OrderId": "A1", "Note": "x"})]
    assert table.summary()["HeaderRow"] == 3


def test_a_file_without_the_columns_is_refused_in_one_sentence():
    for content in (b"Orders of May\n1,2\n", b"Orders of May\n" + b"1,2\n" * 50):
        assert refusal(content, layout=LAYOUT) == (
            "Row 1 holds “Orders of May”, and no row the column names of a test file, such as OrderId, Payout Value: "
            "put them above the data."
        )
    assert rows_in("OrderId,Nonsense\nA1,x\n") == [(2, {"OrderId": "A1", "Nonsense": "x"})]


@pytest.mark.parametrize("kind", BOOKS)
def test_formatted_cells_outside_of_the_table_are_not_of_it(kind):
    content = BOOKS[kind]([["OrderId", "Note"], ["A1", "x"]])
    assert rows_in(content, f"a.{kind}") == [(2, {"OrderId": "A1", "Note": "x"})]
    far = (
        b'<row r="1"><c r="A1" t="inlineStr"><is><t>OrderId</t></is></c><c r="XFD1" s="0"/></row>'
        b'<row r="2"><c r="A2"><v>7</v></c><c r="XFD2" s="0"/></row><row r="1048576"><c r="XFD1048576" s="0"/></row>'
    )
    assert rows_in(with_sheet(far), "a.xlsx") == [(2, {"OrderId": "7"})]


def test_strict_open_xml_is_read_as_the_common_kind():
    common = xlsx([["OrderId", "Note"], ["A1", date(2026, 5, 7)], [17, "x"]], formats={"A3": "0000"})
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(common)) as old, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as new:
        for name in old.namelist():
            part = old.read(name)
            for of, strict in (
                (b"http://schemas.openxmlformats.org/spreadsheetml/2006/main", b"spreadsheetml/main"),
                (
                    b"http://schemas.openxmlformats.org/officeDocument/2006/relationships",
                    b"officeDocument/relationships",
                ),
            ):
                part = part.replace(of, b"http://purl.oclc.org/ooxml/" + strict)
            new.writestr(name, part)
    assert rows_in(out.getvalue(), "a.xlsx") == rows_in(common, "a.xlsx")
    assert rows_in(common, "a.xlsx")[1] == (3, {"OrderId": "0017", "Note": "x"})
