"""What is exported imports again unchanged, or is refused plainly: import(export(x)) = x for every kind of file."""

import csv
import io
from collections.abc import Callable
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from common.refusals import Refused
from common.tables.read import read_table
from common.tables.write import CELL_TEXT, write_csv, write_xls, write_xlsx

WRITERS: dict[str, Callable[..., int]] = {"csv": write_csv, "xlsx": write_xlsx, "xls": write_xls}
SOME = settings(max_examples=5, deadline=None, suppress_health_check=list(HealthCheck))

TEXT = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=20)
PIECES = ["=", "+", "-", "@", "＝", "'", "''", '"', ";", ",", "\t", "\r", "\n", "\r\n", "=1+1", "_x000D_", "_x0000_",
          "_xFFFE_", "\ufffe", "\ufeff", "\x01", "\x1f", "\x7f", "\x85", "\u2028", "😀", "𝔘", "é", "e\u0301", "007",
          "1e5", "1.50", "12345678901234567890", "true", "#N/A", "2026-02-01", " ", "x"]  # fmt: skip
SIGNS = ("=", "+", "-", "@", "＝", "＋", "－", "＠")
NASTY = st.lists(st.sampled_from(PIECES), min_size=1, max_size=6).map("".join)
DECIMALS = st.decimals(allow_nan=False, allow_infinity=False, places=4, min_value=-(10**20), max_value=10**20)
WHOLE = st.integers(-(10**25), 10**25)
DATES = st.dates()


def written(kind: str, columns: list[str], rows: list[list[Any]]) -> bytes:
    out = io.BytesIO()
    WRITERS[kind](columns, rows, out)
    return out.getvalue()


def returned(kind: str, rows: list[list[Any]]) -> list[list[str]]:
    """The rows after a way out and in, beside a column that keeps a row of blanks from being left out."""
    content = written(kind, ["Row", *(f"C{n}" for n in range(len(rows[0])))], [["row", *row] for row in rows])
    return [list(row.values())[1:] for _, row in read_table(content, f"a.{kind}")]


@pytest.mark.parametrize("kind", WRITERS)
def test_text_returns_as_it_was(kind: str) -> None:
    @given(st.lists(st.tuples(TEXT, NASTY, TEXT | NASTY).map(list), min_size=100, max_size=100))
    @SOME
    def round_trip(rows: list[list[str]]) -> None:
        assert returned(kind, rows) == rows

    round_trip()


@pytest.mark.parametrize("kind", WRITERS)
def test_numbers_and_dates_return_as_they_were(kind: str) -> None:
    @given(st.lists(st.tuples(DECIMALS, WHOLE, DATES).map(list), min_size=100, max_size=100))
    @SOME
    def round_trip(rows: list[list[Any]]) -> None:
        assert [
            [Decimal(price), int(whole), date.fromisoformat(day)] for price, whole, day in returned(kind, rows)
        ] == rows

    round_trip()


@pytest.mark.parametrize("kind", WRITERS)
def test_names_of_columns_return_as_they_were(kind: str) -> None:
    names = ["=1+1", "-", "@a", "'=x", "a;=b", "😀", "_x0041_", 'say "so"', "#N/A"]
    [(_, row)] = read_table(written(kind, names, [["1"] * len(names)]), f"a.{kind}")
    assert list(row) == names


@pytest.mark.parametrize("kind", WRITERS)
@pytest.mark.parametrize("text", ["a\0b", "half \ud83d"], ids=["NUL", "half a character"])
def test_what_no_table_holds_is_refused_plainly(kind: str, text: str) -> None:
    with pytest.raises(Refused, match="A cell holds a NUL character or half a character"):
        written(kind, ["A"], [[text]])
    with pytest.raises(Refused, match="A cell holds a NUL character or half a character"):
        written(kind, [text], [["1"]])


@pytest.mark.parametrize("kind", ["xlsx", "xls"])
@pytest.mark.parametrize("character", ["x", "é", "😀"])
def test_a_workbook_holds_so_many_characters_and_no_more(kind: str, character: str) -> None:
    most = CELL_TEXT // (len(character.encode("utf-16-le")) // 2)
    assert returned(kind, [[character * most]]) == [[character * most]]
    with pytest.raises(Refused, match="choose csv"):
        written(kind, ["A"], [[character * (most + 1)]])


def test_a_workbook_never_cuts_what_it_must_spell_out() -> None:
    with pytest.raises(Refused, match="choose csv"):
        written("xlsx", ["A"], [["\r" * 20_000]])
    assert returned("xls", [["\r" * 20_000]]) == [["\r" * 20_000]]
    assert returned("csv", [["x" * 100_000]]) == [["x" * 100_000]]


@pytest.mark.parametrize("delimiter", [",", ";", "\t"], ids=["comma", "semicolon", "tab"])
def test_no_cell_starts_as_a_formula_whatever_the_spreadsheet_splits_at(delimiter: str) -> None:
    """A spreadsheet where semicolons stand between cells splits our files at them, through the quotation marks."""

    @given(st.lists(NASTY, min_size=1, max_size=4))
    @settings(max_examples=300, deadline=None)
    def dead(row: list[str]) -> None:
        text = written("csv", ["A"] * len(row), [row]).decode("utf-8-sig")
        for cells in csv.reader(io.StringIO(text, newline=""), delimiter=delimiter):
            assert not [cell for cell in cells if cell.lstrip("\t\r\n").startswith(SIGNS)]

    dead()
