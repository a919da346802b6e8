"""What a table looks like: the names of its columns, what each contains, and how a cell of it is read. A cell without a
usable value (an error, a formula that was never calculated, an id that the spreadsheet has changed, a percentage where
an amount belongs) is never blank and never guessed: it is an `UnreadableCell`, which the reader of the row refuses with
its `problem`.
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import Enum
from typing import NamedTuple, Self

from common.tables.workbooks.cells import Cell

# What spreadsheets make of a long number when they save it as text.
SHORTENED = re.compile(r"-?[0-9](?:[.,][0-9]+)?E\+[0-9]{2,}")
AS_TEXT = "format the column as text and enter the id again"
_INVISIBLE = re.compile("[\u200b-\u200d\u2060\ufeff]")
_NUMBERED = re.compile(r"([a-z]+)([1-9][0-9]{0,5})(?:_([1-9][0-9]?))?")


class Kind(Enum):
    """What a column contains."""

    ID = "id"
    RATE = "rate"  # per cent: 15% and 15 are the same
    NUMBER = "number"  # money, quantities and other numbers: never a percentage
    TEXT = "text"  # all else, dates included


class Merged(Enum):
    """What a cell means that is merged over several rows."""

    COUNTS_FOR_ALL = "all"
    COUNTS_FOR_ORDER = "order"  # once for an order: each row has it with its `merged`, for the reader of orders
    REFUSED = "refused"  # each row needs its own


class Column(NamedTuple):
    kind: Kind
    merged: Merged


ID = Column(Kind.ID, Merged.COUNTS_FOR_ALL)
TEXT = Column(Kind.TEXT, Merged.COUNTS_FOR_ALL)
OWN_NUMBER = Column(Kind.NUMBER, Merged.REFUSED)


class UnreadableCell(str):
    """A cell from which nothing is taken; its text is what the cell shows, `problem` says why and what to do."""

    __slots__ = ("problem",)

    problem: str

    @classmethod
    def made(cls, text: str, problem: str) -> Self:
        cell = cls(text)
        cell.problem = problem
        return cell


class GroupedCell(str):
    """A cell such as 1.234 where semicolons stand between cells: either a decimal point is in it, or, as most of Europe
    writes 1234, a point between thousands.
    """

    __slots__ = ()

    @property
    def problem(self) -> str:
        text = self.strip()
        whole = text.replace(".", "")
        return (
            f"“{text}” can be read as {text} or as {whole}: in files with semicolons between the cells a point often "
            f"stands between thousands. Write {whole}, or {text}0 with one decimal more."
        )


class MergedCell(str):
    """A cell that is merged over the rows of `merged`, as in D2:D4, and repeated in each of them."""

    __slots__ = ("merged",)

    merged: str

    @classmethod
    def made(cls, text: str, merged: str) -> Self:
        cell = cls(text)
        cell.merged = merged
        return cell


class Names:
    """The names of a table's columns, by which its header is found; upper case, spaces and invisible characters aside.

    `numbered` are names that may carry the number of an item: ItemSku3, ItemText3_7.
    """

    def __init__(self, names: Iterable[str], numbered: Iterable[str] = ()) -> None:
        self.plain = frozenset(map(_key, names))
        self.numbered = frozenset(map(_key, numbered))

    def known(self, name: str) -> str | None:
        """The key of a known name, an item's number taken off."""
        key = _key(name)
        if key in self.plain or key in self.numbered:
            return key
        match = _NUMBERED.fullmatch(key)
        base = match and match[1] + (match[3] or "")
        return base if base in self.numbered else None

    def count(self, cells: Iterable[str]) -> int:
        return len({key for cell in cells if cell and len(cell) < 100 and (key := self.known(cell))})

    def is_header(self, cells: Iterable[str]) -> bool:
        """Whether this is the row of names: a title or a row of data does not hold two of them."""
        return self.count(cells) > 1


@dataclass(frozen=True)
class Layout:
    """A kind of table. `noun` is how it is called, `needed` are the first names that its header holds."""

    noun: str
    columns: Mapping[str, Column]
    needed: Sequence[str]
    numbered: Mapping[str, Column] = field(default_factory=dict)

    def __post_init__(self) -> None:
        object.__setattr__(self, "names", Names(self.columns, self.numbered))
        by_key = {_key(name): column for name, column in {**self.columns, **self.numbered}.items()}
        object.__setattr__(self, "_by_key", by_key)
        object.__setattr__(self, "_spelled", {_key(name): name for name in self.columns if " " in name})

    names: Names = field(init=False)
    _by_key: Mapping[str, Column] = field(init=False)
    _spelled: Mapping[str, str] = field(init=False)

    def column(self, name: str) -> Column | None:
        """What a column contains; None where the table has none of this name."""
        key = self.names.known(name)
        return self._by_key[key] if key else None

    def spelled(self, name: str) -> str:
        """The name as the reader of the rows knows it: without invisible characters and extra spaces."""
        name = clean(name)
        key = self.names.known(name)
        return self._spelled.get(key, "".join(name.split())) if key else name


def clean(name: str) -> str:
    """A name without invisible characters, and without spaces around it."""
    return (_INVISIBLE.sub("", name) if not name.isascii() else name).strip()


def read_cell(cell: str, column: Column | None) -> str:
    """Return what the cell says in this column: plain text, a MergedCell, or an UnreadableCell. An unknown column's
    cells are read as text."""
    column = column or TEXT
    if isinstance(cell, GroupedCell):
        return UnreadableCell.made(str(cell), cell.problem) if column.kind is Kind.NUMBER else str(cell)
    if isinstance(cell, Cell):
        problem = _problem(cell, column)
        if problem:
            return UnreadableCell.made(str(cell) or cell.as_id, problem)
        text = _text(cell, column)
        if cell.merged and column.merged is Merged.COUNTS_FOR_ORDER:
            return MergedCell.made(text, cell.merged)
        return text
    if column.kind is Kind.ID and "E+" in cell and SHORTENED.fullmatch(cell.strip()):
        return UnreadableCell.made(cell, f"“{cell.strip()}” is a number that a spreadsheet has shortened: {AS_TEXT}.")
    return cell


def _text(cell: Cell, column: Column) -> str:
    if cell.kind == "number" and column.kind is Kind.ID:
        return cell.as_id
    if cell.kind == "number" and column.kind is Kind.TEXT and cell.as_id.lstrip("0") == cell:
        return cell.as_id  # 01234 is a post code
    return str(cell)


def _problem(cell: Cell, column: Column) -> str:
    where = f"Cell {cell.place}"
    match cell.kind:
        case "formula":
            return (
                f"{where} holds a formula without a stored value: open the file in a spreadsheet program and save it, "
                "or paste the values in place of the formulas."
            )
        case "error":
            return f"{where} holds the error {cell}: correct its formula, or write the value itself."
        case "covered":
            return f"Cells {cell.merged} are merged over several columns: unmerge them, and fill each column."
    if cell.merged and column.merged is Merged.REFUSED:
        return f"Cells {cell.merged} are merged: unmerge them, and write into each row what counts for it."
    if cell.kind == "mille" and column.kind is not Kind.TEXT:
        return f"{where} is shown as per mille ({cell}): write a plain number."
    if column.kind is Kind.NUMBER and cell.kind == "percent":
        return f"{where} is a percentage ({cell}): write a plain number, such as 12.50, in a cell that is not one."
    return _id_problem(cell, where) if column.kind is Kind.ID else ""


def _id_problem(cell: Cell, where: str) -> str:
    match cell.kind:
        case "long":
            return f"{where} is a number of more than 15 digits, and spreadsheets keep only 15: {AS_TEXT}."
        case "hidden":
            return f"{where} holds {cell} and shows something else: {AS_TEXT}."
        case "percent":
            return f"{where} is a percentage ({cell}), not an id: {AS_TEXT}."
        case "date":
            return f"{where} is a date ({cell}), which a spreadsheet makes of ids such as 3-5: {AS_TEXT}."
        case "boolean":
            return f"{where} is a yes/no value ({cell}), not an id: {AS_TEXT}."
    return ""


def _key(name: str) -> str:
    return "".join(clean(name).casefold().split())
