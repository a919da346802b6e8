"""What a cell of a workbook says depends on its column; what says nothing is named, never taken for blank."""

import io
import zipfile
from datetime import date, datetime

import pytest

from common.refusals import Refused
from common.tables.layout import ID, OWN_NUMBER, TEXT, Column, Kind, Layout, Merged
from common.tables.read import read_table
from tests.common.tables.hostile import with_part, with_sheet
from tests.common.tables.workbooks import BOOKS, xlsx

RATE = Column(Kind.RATE, Merged.REFUSED)
OF_ORDER = Column(Kind.NUMBER, Merged.COUNTS_FOR_ORDER)
LAYOUT = Layout(
    "a test file",
    {"OrderId": ID, "Status": TEXT, "Rate": RATE, "Price": OWN_NUMBER, "Discount": OF_ORDER},
    ("OrderId", "Status"),
    numbered={"ItemSku": ID, "ItemText1": TEXT},
)
HEAD = ["OrderId", "Status", "Rate", "Price", "Discount", "ItemSku"]
each_kind = pytest.mark.parametrize("kind", BOOKS)


def read(kind, rows, **options):
    table = read_table(BOOKS[kind]([HEAD, *rows], **options), f"a.{kind}", layout=LAYOUT)
    return [row for _, row in table]


def problems(row):
    return {name: cell.problem for name, cell in row.items() if hasattr(cell, "problem")}


@each_kind
@pytest.mark.parametrize("column", HEAD)
def test_a_formula_that_was_never_calculated_is_named_in_every_column(kind, column):
    cells = ["A1", "new", 5, 10, 1, "S1"]
    cells[HEAD.index(column)] = "=1+1"
    [row] = read(kind, [cells])
    [(name, problem)] = problems(row).items()
    assert name == column
    assert f"Cell {'ABCDEF'[HEAD.index(column)]}2 holds a formula without a stored value" in problem
    assert row[column].startswith("=")


@pytest.mark.parametrize("column", HEAD)
@pytest.mark.parametrize("error", ["#N/A", "#REF!", "#DIV/0!"])
def test_an_error_is_named_in_every_column(column, error):
    cells = ["A1", "new", 5, 10, 1, "S1"]
    cells[HEAD.index(column)] = error
    [row] = read("xlsx", [cells])
    assert row[column] == error
    assert list(problems(row)) == [column]
    assert f"holds the error {error}" in row[column].problem


def test_a_formula_whose_value_is_an_empty_text_is_blank_and_one_without_a_value_is_not():
    cells = (
        '<row r="1"><c r="A1" t="inlineStr"><is><t>OrderId</t></is></c>'
        '<c r="B1" t="inlineStr"><is><t>Status</t></is></c></row>'
        '<row r="2"><c r="A2"><v>1</v></c><c r="B2" t="str"><f>IF(1,"","x")</f><v></v></c></row>'
        '<row r="3"><c r="A3"><v>2</v></c><c r="B3" t="str"><f>IF(1,"","x")</f></c></row>'
        '<row r="4"><c r="A4"><v>3</v></c><c r="B4" t="e"><f>A1/0</f><v>#DIV/0!</v></c></row>'
        '<row r="5"><c r="A5"><v>4</v></c><c r="B5"/></row>'
    )
    rows = [row for _, row in read_table(with_sheet(cells.encode()), "a.xlsx", layout=LAYOUT)]
    assert [row["Status"] for row in rows] == ["", '=IF(1,"","x")', "#DIV/0!", ""]
    assert [bool(problems(row)) for row in rows] == [False, True, True, False]


@each_kind
@pytest.mark.parametrize(
    ("code", "value", "text"),
    [
        ("0%", 0.15, "15%"),
        ("0.0%", 0.155, "15.5%"),
        ("0.00%;[Red]-0.00%", 0.07, "7%"),
        ('0"%"', 15, "15%"),
        (r"0\%", 15, "15%"),
        (r"0.0\ \%", 12.5, "12.5%"),
        ('0.00" % of sale"', 7, "7%"),
        ('[Green]0"%";[Red]-0"%"', 15, "15%"),
        (r"_-* 0.0\%_-", 12.5, "12.5%"),
        ("General", 15, "15"),
        ("0.00", 15, "15"),
        ("0_%", 15, "15"),
        ("*%0", 15, "15"),
        ("[<1]0.00%;0.00", 0.5, "50%"),
        ("[<1]0.00%;0.00", 15, "15"),
    ],
)
def test_a_rate_is_the_percentage_that_its_cell_shows(kind, code, value, text):
    [row] = read(kind, [["A1", "new", value]], formats={"C2": code})
    assert (row["Rate"], type(row["Rate"])) == (text, str)


@each_kind
@pytest.mark.parametrize("code", ["0%", '0"%"'])
@pytest.mark.parametrize("column", ["Price", "Discount", "OrderId", "ItemSku"])
def test_a_percentage_is_neither_an_amount_nor_an_id(kind, code, column):
    cells = ["A1", "new", 5, 10, 1, "S1"]
    cells[HEAD.index(column)] = 0.15
    place = f"{'ABCDEF'[HEAD.index(column)]}2"
    [row] = read(kind, [cells], formats={place: code})
    assert list(problems(row)) == [column]
    assert f"Cell {place} is a percentage" in row[column].problem


@each_kind
@pytest.mark.parametrize(
    ("code", "value", "text"),
    [
        ("General", 123, "123"),
        ("General", 123456789012345, "123456789012345"),
        ("General", 2028.01, "2028.01"),
        ("0", 5020000000000, "5020000000000"),
        ("0.00E+00", 5020000000000, "5020000000000"),
        ("000000", 123, "000123"),
        ("0.000", 2028.01, "2028.010"),
        ("#,##0", 1234567, "1234567"),
        (r"#\ ##0", 1234567, "1234567"),
        ("[Red]0000", 17, "0017"),
        ("[$€-407]\\ 0", 17, "17"),
        ('0 "€"', 17, "17"),
        ('"SKU-"0000', 17, "SKU-0017"),
        (r"000\-00\-0000", 123456789, "123-45-6789"),
        ("@", 12, "12"),
    ],
)
def test_an_id_has_the_zeros_and_decimals_of_its_format_and_no_separators_signs_or_colours(kind, code, value, text):
    [row] = read(kind, [[value, "new"]], formats={"A2": code})
    assert (row["OrderId"], type(row["OrderId"])) == (text, str)


@each_kind
@pytest.mark.parametrize(
    ("code", "value", "words"),
    [
        ("General", 1234567890123456, "more than 15 digits"),
        ("0", 1e20, "more than 15 digits"),
        ("0", 123.4, "holds 123.4 and shows something else"),
        (";;;", 5, "shows something else"),
        ("yyyy-mm-dd", date(2026, 5, 3), "is a date (2026-05-03)"),
        ("h:mm", datetime(2026, 5, 3, 9, 30), "is a date"),
        ("General", True, "is a yes/no value"),
    ],
)
def test_an_id_that_the_spreadsheet_has_changed_is_refused_with_what_to_do(kind, code, value, words):
    [row] = read(kind, [[value, "new"]], formats={"A2": code})
    assert words in row["OrderId"].problem
    assert "Cell A2" in row["OrderId"].problem
    assert "format the column as text and enter the id again" in row["OrderId"].problem


@pytest.mark.parametrize("text", ["5.02E+12", "5E+12", "5,02E+12", " 1.5E+100 "])
def test_a_shortened_number_in_text_is_no_id(text):
    for content, name in ((f'OrderId,Status\n"{text}",new\n'.encode(), "a.csv"), (xlsx([HEAD, [text, "n"]]), "a.xlsx")):
        [(_, row)] = read_table(content, name, layout=LAYOUT)
        assert "a spreadsheet has shortened" in row["OrderId"].problem


@pytest.mark.parametrize("text", ["12E4", "5.02e+12", "5.02E12", "E+12", "X5.02E+12", "5.02E+1", "000123", "2028.010"])
def test_any_other_text_is_an_id_as_it_is(text):
    content = f"OrderId,Status,ItemSku3\n{text},5.02E+12,{text}\n".encode()
    [(_, row)] = read_table(content, "a.csv", layout=LAYOUT)
    assert row == {"OrderId": text, "Status": "5.02E+12", "ItemSku3": text}
    assert {type(cell) for cell in row.values()} == {str}


def test_a_post_code_keeps_the_zeros_of_its_format_and_other_texts_are_as_they_were():
    [row] = read("xlsx", [["A1", 1234]], formats={"B2": "00000"})
    assert row["Status"] == "01234"
    [row] = read("xlsx", [["A1", 5]], formats={"B2": "0.00"})
    assert row["Status"] == "5"


@each_kind
def test_a_merged_cell_counts_for_all_its_rows_in_texts_and_ids(kind):
    rows = [["A1", "new", None, 10], [None, None, None, 20], [None, None, None, 30], ["A2", "old", None, 5]]
    read_rows = read(kind, rows, merged=["A2:A4", "B2:B4"])
    assert [(row["OrderId"], row["Status"], row["Price"]) for row in read_rows] == [
        ("A1", "new", "10"), ("A1", "new", "20"), ("A1", "new", "30"), ("A2", "old", "5"),
    ]  # fmt: skip
    assert not any(problems(row) for row in read_rows)


@each_kind
def test_a_number_that_is_merged_over_rows_is_refused_in_each_of_them(kind):
    rows = read(kind, [["A1", "new", None, 10, None, "S1"], ["A1", "new", None, None, None, "S2"]], merged=["D2:D3"])
    assert [problems(row) for row in rows] == [
        {"Price": "Cells D2:D3 are merged: unmerge them, and write into each row what counts for it."}
    ] * 2


@each_kind
def test_an_amount_of_the_order_that_is_merged_says_over_which_cells(kind):
    rows = read(kind, [["A1", "n", None, 1, 5], ["A1", "n", None, 2], ["A2", "n", None, 3, 7]], merged=["E2:E3"])
    assert [(row["Discount"], getattr(row["Discount"], "merged", "")) for row in rows] == [
        ("5", "E2:E3"), ("5", "E2:E3"), ("7", ""),
    ]  # fmt: skip


@each_kind
def test_cells_merged_over_columns_are_refused_in_those_that_they_cover(kind):
    [row] = read(kind, [["A1", "new", None, 10, None, "S1"]], merged=["B2:C2"])
    assert row["Status"] == "new"
    assert "Cells B2:C2 are merged over several columns" in row["Rate"].problem


@each_kind
def test_the_first_visible_sheet_with_the_columns_is_read_and_hidden_ones_never_by_themselves(kind):
    sheets = {
        "last year": [HEAD, ["H1", "new"]],
        "notes": [["Read me"], ["Orders are on the third sheet"]],
        "orders": [HEAD, ["A1", "new"]],
        "more": [HEAD, ["B1", "new"]],
    }
    content = BOOKS[kind]([], sheets=sheets, hidden=["last year"])
    table = read_table(content, f"a.{kind}", layout=LAYOUT)
    assert [row["OrderId"] for _, row in table] == ["A1"]
    assert (table.sheet, table.others) == ("orders", ["notes", "more"])
    chosen = read_table(content, f"a.{kind}", layout=LAYOUT, sheet="more")
    assert [row["OrderId"] for _, row in chosen] == ["B1"]
    with pytest.raises(Refused, match="no sheet “other”; its sheets are “notes”, “orders”, “more”"):
        list(read_table(content, f"a.{kind}", layout=LAYOUT, sheet="other"))


def test_a_workbook_of_hidden_sheets_alone_is_refused():
    content = xlsx([HEAD, ["A1", "new"]])
    with zipfile.ZipFile(io.BytesIO(content)) as book:
        part = book.read("xl/workbook.xml").replace(b'state="visible"', b'state="hidden"')
    with pytest.raises(Refused, match="no sheet with cells that is not hidden"):
        list(read_table(with_part("xl/workbook.xml", part, content), "a.xlsx", layout=LAYOUT))


def test_a_csv_file_has_no_sheet_to_choose():
    with pytest.raises(Refused, match=r"A \.csv file has no sheets"):
        list(read_table(b"OrderId,Status\nA1,new\n", "a.csv", layout=LAYOUT, sheet="orders"))
