"""The table of New vs. Return Customer: for one metric or all, a column for each customer status that has figures."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from operator import attrgetter, methodcaller
from typing import Any

from django.http import QueryDict
from django.utils.safestring import SafeString

from program.templatetags.brandboard import share
from reports.queries.figures import KNOWN_STATUSES, OTHER, PARTS, ByStatus, Figures, NamedPartner, PartnerRow
from reports.queries.tables import METRICS, figure_cells

from .behind import ActionsBehind
from .stats import written
from .statuses import share_bar

ALL = "all"
CHOICES = {"actions": "Actions", "action_cost": "Cost", "revenue": "Revenue", ALL: "All"}


@dataclass(frozen=True, slots=True)
class Group:
    """All customers, or those of one status: its head, the colour of its mark, whose figures it shows, and `status` as
    an address of actions takes it.
    """

    words: str
    mark: str
    part: Callable[[ByStatus], Figures]
    status: str | None
    keys: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class PartnerLine:
    partner: NamedPartner
    url: str
    cells: list[tuple[str, str]]
    rate: str
    bar: SafeString


class PartnerTable:
    """`metric` is one of CHOICES; with `is_unfolded` each status of the brand's own has columns beside Other's."""

    def __init__(
        self,
        total: ByStatus,
        *,
        metric: str,
        is_unfolded: bool,
        marks: dict[str, str],
        currency: str,
        behind: ActionsBehind,
    ) -> None:
        self.metric, self.is_unfolded, self.marks = metric, is_unfolded, marks
        self.currency, self.behind = currency, behind
        self.metrics = [each for each in METRICS if metric in (each.key, ALL)]
        self.own = _own(total)
        groups = self._groups(total)
        self.groups = [group for group in groups if any(group.part(total)[:3])]
        self.folded = [group.words for group in groups if group not in self.groups and group.words != "Total"]

    def _groups(self, total: ByStatus) -> list[Group]:
        found = [Group("Total", "", attrgetter("total"), "", self._keys("total_{}"))]
        for words, status in PARTS:
            if status is None and self.is_unfolded:
                found += [self._group_of(own) for own in (*self.own, OTHER)]
                continue
            part = methodcaller("of", status) if status else methodcaller("rest")
            key = words.lower().replace("-", "_") + "_{}"
            mark = self.marks[status or OTHER]
            found.append(Group(words, mark, part, status, self._keys(key)))
        return found

    def _group_of(self, status: str) -> Group:
        """A status of the brand's own, or Other without them: the orders without a status."""
        keys = self._keys(f"{{}}:{status}")
        return Group(status, self.marks[status], methodcaller("of", status), status, keys)

    def _keys(self, pattern: str) -> tuple[str, ...]:
        return tuple(pattern.replace("{}", each.key) for each in self.metrics)

    @property
    def title(self) -> str:
        """What the table holds, with the unit of all its figures."""
        if self.metric == ALL:
            return f"All by partner, amounts in {self.currency}"
        unit = f", {self.currency}" if self.metrics[0].kind == "money" else ""
        return f"{self.metrics[0].name} by partner{unit}"

    @property
    def heads(self) -> list[tuple[Group, list[tuple[str, str]]]]:
        """Each group with the label and key of its columns."""
        return [
            (group, [(CHOICES[each.key], key) for each, key in zip(self.metrics, group.keys, strict=True)])
            for group in self.groups
        ]

    def lines(self, rows: Iterable[PartnerRow]) -> list[PartnerLine]:
        return [
            PartnerLine(
                row.partner,
                self.behind.address(partner=row.partner.partner_id),
                self.cells(row.figures, row.partner.partner_id),
                rate_of(row.figures),
                self.bar(row.figures),
            )
            for row in rows
        ]

    def bar(self, figures: ByStatus) -> SafeString:
        return share_bar(figures, self.marks, names={status: words for words, status in PARTS if status})

    def cells(self, figures: ByStatus, partner: int | None = None) -> list[tuple[str, str]]:
        """The figures in words; the first of each group leads to the actions that it counts."""
        cells = []
        for group in self.groups:
            part = group.part(figures)
            words = written(figure_cells(part, self.metrics, self.currency), self.metrics, self.currency)
            url = self.behind.address(partner=partner, status=group.status) if part.actions else ""
            cells += [(word, "" if place else url) for place, word in enumerate(words)]
        return cells


def rate_of(figures: ByStatus) -> str:
    """The share of new customers in the actions, for reading."""
    rate = figures.new_customer_rate
    return "–" if rate is None else share(rate)


def metric_links(query: QueryDict, chosen: str) -> list[tuple[str, str, bool]]:
    """Words, address and whether chosen, of each metric. The order stays with the status that it is by."""
    return [(words, _with_metric(query, key, chosen), key == chosen) for key, words in CHOICES.items()]


def _with_metric(query: QueryDict, metric: str, chosen: str) -> str:
    asked: Any = query.copy()
    asked["metric"] = metric
    if "sort" in asked and ALL not in (metric, chosen):
        asked["sort"] = asked["sort"].replace(chosen, metric)
    return f"?{asked.urlencode()}"


def _own(total: ByStatus) -> list[str]:
    return sorted(set(total.statuses) - {*KNOWN_STATUSES, OTHER})
