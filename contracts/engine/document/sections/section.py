"""What every section of the terms can do, so that nothing else needs to know which sections there are."""

from abc import ABC, abstractmethod
from collections.abc import Collection, Iterator, Sequence
from decimal import Decimal
from enum import IntEnum
from typing import Any, ClassVar, Protocol

from contracts.engine.document.reading import Node
from contracts.engine.explain.unit import Unit
from contracts.engine.explain.words import PLAIN, RowWords, Spelling
from contracts.engine.rules.rule import Rule

type Lists = Collection[str] | None  # the names of the program's exception lists; None to accept any
type PathAndWords = tuple[str, str]
type NamedAmount = tuple[str, Decimal]


class Stage(IntEnum):
    """When a section acts on what an order or line earns (payouts.md §5)."""

    RESTRICT = 1
    PAY = 2
    PAY_THE_REST = 3
    ADJUST = 4


class Section[Value](ABC):
    """A part of an event payout. `keys` are its fields in the document, `absent` its value where they are left out.

    `stage` says when it acts on a payout; a section without one does not.
    """

    keys: ClassVar[tuple[str, ...]]
    name: ClassVar[str]
    stage: ClassVar[Stage | None] = None
    absent: Value

    @abstractmethod
    def read(self, node: Node, lists: Lists) -> Value:
        """The section's value from the event payout's object; errors are reported there, each with its path."""

    @abstractmethod
    def write(self, value: Value) -> dict[str, Any]:
        """The section's fields of the canonical document: `read` gives the same value again."""

    def drafted(self, value: Value) -> Value:
        """The value in the one spelling that a draft has, where a document has several for the same."""
        return value

    def doubts(self, value: Value) -> Iterator[PathAndWords]:
        """What can be published but should be checked, each with its path in the event payout."""
        yield from ()

    def explain(self, value: Value, unit: Unit) -> None:
        """What the section does to what a unit earns, written down in the unit."""
        raise NotImplementedError


class SingleSection[Value](Section[Value]):
    """A section that is said in one sentence."""

    offered: Value  # what a new draft begins with
    has_amounts: ClassVar[bool] = False  # in the terms' currency

    @abstractmethod
    def words(self, value: Value, currency: str, spelling: Spelling = PLAIN) -> str:
        """What was agreed, as a sentence or a figure with what it is of."""

    def compared(self, value: Value, currency: str, spelling: Spelling = PLAIN) -> dict[str, str]:
        """What it says where two of them are compared, by what it is said of."""
        return {self.name: self.words(value, currency, spelling)}

    def amounts(self, value: Value) -> Iterator[NamedAmount]:
        """Every amount in the terms' currency, with what it is."""
        yield from ()


class Ruled(Protocol):
    """A row of a ranked section: it applies where all of its rules hold."""

    @property
    def rules(self) -> tuple[Rule, ...]: ...


class RankedSection[Row: Ruled](Section[tuple[Row, ...]]):
    """A section that is a list of rows with rules. `noun` is what one row is called."""

    noun: ClassVar[str]
    row: type[Row]
    absent: tuple[Row, ...] = ()

    @property
    def key(self) -> str:
        """The field of the document that holds the list."""
        return self.keys[0]

    @abstractmethod
    def read_row(self, node: Node, lists: Lists) -> Row:
        """One row from its object in the document."""

    @abstractmethod
    def write_row(self, row: Row) -> dict[str, Any]:
        """One row as the canonical document writes it."""

    @abstractmethod
    def row_words(self, row: Row, rank: int, level: str, currency: str, spelling: Spelling = PLAIN) -> RowWords:
        """One row in words; amounts are in the terms' currency."""

    def read(self, node: Node, lists: Lists) -> tuple[Row, ...]:
        return tuple(self.read_row(Node(raw, path, node.errors), lists) for path, raw in node.rows(self.key))

    def write(self, value: tuple[Row, ...]) -> dict[str, Any]:
        return {self.key: [self.write_row(row) for row in value]}

    def row_doubts(self, row: Row) -> Iterator[PathAndWords]:
        """What should be checked about one row, each with its path in the row."""
        yield from ()

    def row_amounts(self, row: Row) -> Iterator[NamedAmount]:
        """Every amount of the row in the terms' currency but those in its rules, with what it is."""
        yield from ()

    def numbered(self, rows: Sequence[Row]) -> Iterator[tuple[int, Row]]:
        """Each row with its rank, which counts from 1 where a row has none of its own."""
        return ((getattr(row, "rank", place), row) for place, row in enumerate(rows, 1))
