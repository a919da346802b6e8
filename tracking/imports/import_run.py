"""One import under way, as each kind of file is read, and what became of its rows."""

import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from common.refusals import Refusal
from program.models import Program
from tracking.models import Upload

from .checked_order_writer import CheckedOrderWriter
from .layouts import REASON_COLUMN

KEPT_PROBLEMS = 20_000
KEPT_OF_ROW = 20
KEPT_SIZE = 50_000_000  # characters of the rejected rows
KEPT_DUPLICATES = 100
KEPT_DIFFERENCES = 100
KEPT_DROPPED = 100
PREVIEWED = 10
BEAT = 0.5  # seconds between two reports of progress

Progress = Callable[[int], None]
Sent = dict[int, dict[str, str]]


@dataclass(frozen=True, slots=True)
class Problem:
    """What is wrong in a row. A row that is rejected only with its order has no message.

    The first of a row has all of its cells in `values`, any other the bad one alone.
    """

    row: int
    field: str
    message: str
    values: dict[str, str]


@dataclass
class Outcome:
    """What an import did, or would do. `rows` counts rows of the file, the others what the rows contain: orders,
    changes, partners, rates.
    """

    rows: int = 0
    columns: list[str] = field(default_factory=list)
    accepted: int = 0
    duplicates: int = 0
    rejected: int = 0
    # Of partners, customers and rates Added, Changed, Unchanged; of rates Priced, how many orders waited for them, and
    # Doubtful, how many are far from what is usual; of customer tags Began, Ended, Unchanged, Priced; of entries and
    # the catalog Added, Changed, Unchanged, Dropped, and Carried, how many orders had a value that changes; of changes
    # Unknown; of orders and changes NotSent, how many bring placeholders that count as not sent.
    extra: dict[str, int] = field(default_factory=dict)
    took_too_long: bool = False  # to count the Carried
    problems: list[Problem] = field(default_factory=list)  # of the first 20,000 rejected rows
    listed: list[list[str]] = field(default_factory=list)  # of the first 100 duplicates: row, name, why
    differing: list[list[str]] = field(default_factory=list)  # the first 100 changed cells of partners
    dropped: list[str] = field(default_factory=list)  # the first 100 entries or SKUs that are removed
    preview: list[list[str]] = field(default_factory=list)
    changes: dict[int, int] = field(default_factory=dict)  # of stored modifications: the row that each came from
    is_as_checked: bool = False  # the file was not read again: its problems are those which its check kept

    def summary(self) -> dict[str, object]:
        counts = {"Accepted": self.accepted, "Duplicates": self.duplicates, "Rejected": self.rejected}
        return {**counts, **self.extra, **({"Carried": None} if self.took_too_long else {})}

    def errors(self) -> list[dict[str, object]]:
        return [
            {"Row": problem.row, "Field": problem.field, "Message": problem.message}
            for problem in sorted(self.problems, key=lambda problem: problem.row)
            if problem.message
        ]


class Run:
    """A running import: yields the rows, keeps what was sent until it is known to be good, and counts."""

    def __init__(
        self,
        program: Program,
        table: Iterable[tuple[int, dict[str, str]]],
        *,
        now: datetime,
        upload: Upload | None = None,
        progress: Progress | None = None,
        writer: CheckedOrderWriter | None = None,
        mode: str = "",
    ) -> None:
        self.program = program
        self.now = now
        self.upload = upload
        self.writer = writer
        self.mode = upload.mode if upload else mode
        self.exception_list = upload.exception_list if upload else None
        self.user_id = upload.user_id if upload else None
        self.outcome = Outcome()
        self.table = table
        self._progress = progress
        self._due = time.monotonic() + BEAT
        self._sent: Sent = {}
        self._kept_size = 0

    def begin_again(self) -> None:
        """Forget all that was read, so that the table can be read a second time."""
        self.outcome = Outcome()
        self._sent = {}
        self._kept_size = 0
        if self.writer is not None:
            self.writer.clear()

    def rows(self) -> Iterator[tuple[int, dict[str, str]]]:
        """Yield the table's rows, reporting progress."""
        for number, row in self.table:
            row.pop(REASON_COLUMN, None)
            self.outcome.columns = self.outcome.columns or list(row)
            self.outcome.rows += 1
            self._sent[number] = row
            yield number, row
            self.tell(self.outcome.rows)

    def tell(self, rows: int) -> None:
        """Report progress, twice a second."""
        if self._progress and time.monotonic() > self._due:
            self._progress(rows)
            self._due = time.monotonic() + BEAT

    @property
    def settled(self) -> int:
        """How many rows were read and taken."""
        return self.outcome.rows - len(self._sent)

    def take(self, numbers: Iterable[int]) -> Sent:
        """Return rows as they were sent, and forget them."""
        return {number: self._sent.pop(number) for number in numbers}

    def reject(self, sent: Sent, errors: Iterable[Refusal], *, with_others: bool | None = None) -> bool:
        """Count one order, change or partner as rejected, and keep its rows with what is wrong in each, if there is
        room for them; returns whether they are kept.

        `with_others` is for further rows of an order that was counted: whether the first of them were kept. An
        order is kept with all its rows or with none, so that no part of it comes back in the file of rejected rows.
        """
        if with_others is None:
            self.outcome.rejected += 1
        has_room = len(self.outcome.problems) < KEPT_PROBLEMS and self._kept_size < KEPT_SIZE
        is_kept = has_room if with_others is None else with_others
        if is_kept:
            by_row: dict[int, list[Refusal]] = {row: [] for row in sorted(sent)}
            for error in errors:
                by_row.setdefault(error.row, []).append(error)
            for row, found in by_row.items():
                self.outcome.problems += _problems(row, found, sent.get(row, {}))
            self._kept_size += sum(len(cell) for values in sent.values() for cells in values.items() for cell in cells)
        return is_kept

    def duplicate(self, row: int, name: str, why: str) -> None:
        self.outcome.duplicates += 1
        if len(self.outcome.listed) < KEPT_DUPLICATES:
            self.outcome.listed.append([str(row), name, why])

    def differs(self, row: int, name: str, column: str, before: str, after: str) -> None:
        """Keep what a row changes of something that is stored, for the preview."""
        if len(self.outcome.differing) < KEPT_DIFFERENCES:
            self.outcome.differing.append([str(row), name, column, before, after])

    def drops(self, values: Sequence[str]) -> None:
        """Keep what is removed of what is stored, for the preview."""
        self.outcome.dropped = list(values[:KEPT_DROPPED])

    def show(self, cells: Sequence[object]) -> None:
        """Keep what was read of the first few, for the preview."""
        if len(self.outcome.preview) < PREVIEWED:
            self.outcome.preview.append([str(cell) for cell in cells])


def _problems(row: int, errors: Sequence[Refusal], values: dict[str, str]) -> Iterator[Problem]:
    """The first of a row's errors, with its cells once."""
    if not errors:
        yield Problem(row, "", "", values)
    more = len(errors) - KEPT_OF_ROW
    for place, (name, message, *_) in enumerate(errors[:KEPT_OF_ROW], 1):
        cells = values if place == 1 else {name: values[name]} if name in values else {}
        if more > 0 and place == KEPT_OF_ROW:
            message = f"{message} And {more:,} more in this row."
        yield Problem(row, name, message, cells)
