"""The engine's table of variables against a copy of the specification's, and the naive reading's own ground."""

import ast
from pathlib import Path

import pytest

from contracts.engine.rules.fields import VARIABLES
from contracts.engine.rules.variables import TABLE
from tests.engine.naive.fields import FIELDS, rows

OUR_COLUMNS = ("key", "label", "parameter", "family", "level", "type", "count")
STANDARD = {"csv", "datetime", "fractions", "pathlib", "re", "typing", "unicodedata", "zoneinfo"}
NAIVE = sorted((Path(__file__).parent / "naive").glob("*.py"))


def test_every_row_of_the_specification_is_one_of_the_table_and_in_its_place():
    specified = [(row["key"].upper(), row["label"], row["count"]) for row in rows()]
    ours = [[cell.strip() for cell in row.split("|")] for row in TABLE.strip().splitlines()]
    assert [(row[0], row[1], row[OUR_COLUMNS.index("count")]) for row in ours] == specified
    assert all(meaning for *_, meaning in ours)


def test_the_table_has_no_variable_more_and_none_less():
    assert VARIABLES.keys() == FIELDS.keys()
    assert len(FIELDS) == 203


@pytest.mark.parametrize("column", ["label", "parameter", "family", "level", "type"])
def test_every_variable_is_as_specified(column):
    ours = {key: getattr(variable, column) for key, variable in VARIABLES.items()}
    assert ours == {key: getattr(field, column) for key, field in FIELDS.items()}


@pytest.mark.parametrize("path", NAIVE, ids=lambda path: path.stem)
def test_the_naive_reading_imports_nothing_of_the_project(path):
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.ImportFrom):
            assert node.level == 1 or node.module in STANDARD, node.module
        elif isinstance(node, ast.Import):
            assert {each.name for each in node.names} <= STANDARD
