"""The lists of a draft page by page: payout groups, adjustments, restrictions."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, ClassVar

from django.core.paginator import Page, Paginator

from contracts.drafts.ranks import order_token, ranked_ids
from contracts.engine.explain.words import RowWords
from contracts.many_rows.found_rows import RowFilter, UsedVariable, used_in
from contracts.models import BulkChange, EventPayout
from contracts.rule_builder.findings import Finding, row_findings
from contracts.sections.lists.orders_won import orders_won
from contracts.sections.lists.ranked_lists import Kind
from contracts.sections.panels import Summary, line_of
from program.templatetags.brandboard import number

SIZE = 40
# The number of rows from which a search is offered: the list no longer fits on a screen.
SEARCHED = 8
NO_FILTER = RowFilter()


@dataclass(frozen=True, slots=True)
class ShownRow:
    """A row of a list, in words; `findings` are shown beneath it. `won` is as `orders_won` says, None for nothing."""

    row: Any
    words: RowWords
    findings: Sequence[Finding] = ()
    won: int | None = None

    @property
    def is_dead(self) -> bool:
        """Whether it does nothing as it stands."""
        return not self.row.is_active or any(finding.is_dead for finding in self.findings)


@dataclass(frozen=True, slots=True)
class RowList:
    """One page of one list. `saved` is the row that was just saved, which takes the focus, `opened` the form of a new
    one, in HTML; `counts_orders`: whether it says how many orders its rows won.
    """

    kind: Kind
    is_on: bool
    items: list[ShownRow]
    page: Page[Any]
    count: int
    asked: RowFilter
    variables: list[UsedVariable]
    token: str
    undo: BulkChange | None = None
    problem: str = ""
    line: str = ""
    is_open: bool = False
    saved: int | None = None
    opened: str = ""
    counts_orders: bool = False
    template: ClassVar[str] = "contracts/_rows.html"

    @property
    def slug(self) -> str:
        """The id of its row."""
        return self.kind.slug

    @property
    def title(self) -> str:
        return self.kind.title

    @property
    def unit(self) -> str:
        """What the payouts of most rows here are of, said once above them."""
        return Counter(shown.words.per for shown in self.items).most_common(1)[0][0] if self.items else ""

    @property
    def is_searched(self) -> bool:
        return self.count > SEARCHED or bool(self.asked)

    @property
    def last(self) -> int:
        return self.page.paginator.num_pages


def row_list(
    event_payout: EventPayout,
    kind: Kind,
    *,
    asked: RowFilter = NO_FILTER,
    number: Any = 1,
    problem: str = "",
    said: Summary | None = None,
    undo: BulkChange | None = None,
    is_open: bool = False,
    saved: int | None = None,
    opened: str = "",
) -> RowList:
    """The page of that number of a list, or of what is asked for in it; `said` is what the list's summary says."""
    said = said or kind.summary(event_payout)
    rows = kind.model.objects.filter(event_payout=event_payout).order_by("rank", "id")
    ids = ranked_ids(event_payout=event_payout, kind=kind.model)
    paginator = Paginator(asked.of(rows), SIZE)
    if not asked:
        paginator.count = len(ids)  # a cached property: the ids were just read
    page = paginator.get_page(number)
    currency = event_payout.template_terms.currency
    shown = list(page)
    found = row_findings(event_payout=event_payout, rows=shown)
    won = orders_won(event_payout, shown) if kind.is_named else None

    def in_words(row: Any) -> ShownRow:
        words = kind.words(row, event_payout, currency)
        return ShownRow(row, words, found.get(row.pk, ()), won.get(row.pk) if won else None)

    return RowList(
        kind=kind,
        is_on=event_payout.is_on(kind.section),
        items=[in_words(row) for row in shown],
        page=page,
        count=len(ids),
        asked=asked,
        variables=used_in(event_payout, kind) if len(ids) > SEARCHED else [],
        token=order_token(ids),
        undo=undo,
        problem=problem,
        line=line_of([said]),
        is_open=is_open,
        saved=saved,
        opened=opened,
        counts_orders=won is not None,
    )


@dataclass(frozen=True, slots=True)
class NewPlace:
    """Where in a list of several pages a row is that is added last."""

    rank: int
    page: int

    def __str__(self) -> str:
        return f"#{number(self.rank)}, on page {number(self.page)}"


def place_of_new(event_payout: EventPayout, kind: Kind) -> NewPlace | None:
    """Where the next row of a list is added; None where the list fits on one page."""
    count: int = kind.model.objects.filter(event_payout=event_payout).count()
    return NewPlace(count + 1, count // SIZE + 1) if count >= SIZE else None


def page_of_row(row: Any) -> int:
    """The number of the page on which a row stands."""
    before: int = type(row).objects.filter(event_payout=row.event_payout_id, rank__lt=row.rank).count()
    return before // SIZE + 1
