"""What goes out as a file comes in again unchanged, and runs nowhere as a formula."""

import csv
import io
from datetime import date
from decimal import Decimal

import pytest
import xlrd
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from openpyxl import load_workbook

from common.refusals import Refused
from common.tables.formulas import FIRST_CHARACTERS
from common.tables.read import read_table
from common.tables.write import write_csv, write_xls, write_xlsx

WRITERS = {"csv": write_csv, "xlsx": write_xlsx, "xls": write_xls}
TEXT = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0\ufffe\uffff"), max_size=20)
TRICKY = st.sampled_from(
    ["=1+1", "#N/A", "'=1", "''@x", "-5", "+", "@a", "\tx", "\rx", "＝1", "_x0041_", "_x000D_", '"', "a,b;c\nd"]
)


def written(kind: str, columns, rows) -> bytes:
    out = io.BytesIO()
    WRITERS[kind](columns, rows, out)
    return out.getvalue()


def test_csv_returns_what_was_written():
    @given(st.lists(st.lists(TEXT | TRICKY, min_size=3, max_size=3), max_size=8))
    @settings(max_examples=300, deadline=None)
    def round_trip(rows):
        content = written("csv", ["A", "B", "C"], rows)
        assert [list(row.values()) for _, row in read_table(content, "a.csv")] == filled(rows)

    round_trip()


@pytest.mark.parametrize("kind", ["xlsx", "xls"])
def test_a_workbook_returns_what_was_written(kind):
    @given(st.lists(st.lists(TEXT | TRICKY, min_size=3, max_size=3), min_size=20, max_size=60))
    @settings(max_examples=6, deadline=None, suppress_health_check=list(HealthCheck))
    def round_trip(rows):
        content = written(kind, ["A", "B", "C"], rows)
        assert [list(row.values()) for _, row in read_table(content, f"a.{kind}")] == filled(rows)

    round_trip()


def filled(rows):
    """Rows that hold nothing but blanks are not read."""
    return [row for row in rows if any(cell.strip() for cell in row)]


@pytest.mark.parametrize("kind", WRITERS)
def test_values_keep_their_meaning(kind):
    row = {"Price": Decimal("2.55"), "Id": 12345678901234567890, "Day": date(2026, 2, 1), "None": None, "Yes": True,
           "Text": "007", "Less": Decimal("-3.10"), "Fine": Decimal("1234567890123456.7891")}  # fmt: skip
    [(number, read)] = read_table(written(kind, list(row), [row]), f"a.{kind}")
    assert number == 2
    assert Decimal(read.pop("Less")) == Decimal("-3.1")
    assert read == {"Price": "2.55", "Id": "12345678901234567890", "Day": "2026-02-01", "None": "", "Yes": "true",
                    "Text": "007", "Fine": "1234567890123456.7891"}  # fmt: skip


@pytest.mark.parametrize("first", FIRST_CHARACTERS)
def test_no_csv_cell_starts_as_a_formula(first):
    content = written("csv", [f"{first}head"], [[f"{first}1"], [f"'{first}1"]])
    cells = [cell for row in csv.reader(io.StringIO(content.decode("utf-8-sig"), newline="")) for cell in row]
    assert cells == [f"'{first}head", f"'{first}1", f"''{first}1"]


def test_numbers_in_csv_stay_numbers():
    assert written("csv", ["A"], [[Decimal("-5.00")], [-7]]).decode("utf-8-sig").split() == ["A", "-5.00", "-7"]


def test_text_in_a_workbook_is_text():
    sheet = load_workbook(io.BytesIO(written("xlsx", ["A"], [["=1+1"]]))).active
    assert (sheet["A2"].value, sheet["A2"].data_type) == ("=1+1", "s")
    assert xlrd.open_workbook(file_contents=written("xls", ["A"], [["=1+1"]])).sheet_by_index(0).cell(1, 0).ctype == 1


def test_what_no_workbook_holds_is_refused_plainly():
    with pytest.raises(Refused, match="65,535 rows"):
        written("xls", ["A"], ([1] for _ in range(65_536)))
    with pytest.raises(Refused, match="32,767"):
        written("xlsx", ["A"], [["x" * 32_768]])


def test_progress_is_told():
    told = []
    write_csv(["A"], ([n] for n in range(1_200)), io.BytesIO(), told.append)
    assert told == [500, 1_000]
