"""Ranked sections on the page of a draft, whose lists the pages treat alike."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import QuerySet

from common.web.edit_forms import EditForm
from contracts.drafts.documents import LISTS, value_of
from contracts.engine.document.terms import RANKED
from contracts.engine.explain.words import RowWords
from contracts.models import EventPayout
from contracts.sections.panels import PAGE, Summary
from program.templatetags.brandboard import number

SUMMARIZED = 8  # rows that the summary of a draft shows
IN_LINE = 3  # of them, in the closed row of the list


class RowForm(EditForm):
    """What the forms of groups, adjustments and restrictions have in common; their rules are read beside them."""

    def __init__(self, *args: Any, **options: Any) -> None:
        # It opens on a page whose own forms have a name and a payout, too: ids must differ.
        super().__init__(*args, **{"auto_id": "row_%s", **options})

    def values(self) -> dict[str, Any]:
        """What the services take, without the rules."""
        return dict(self.cleaned_data)

    @classmethod
    def initial_of(cls, row: Any) -> dict[str, Any]:
        """What the form holds of a row that stands: by the row's own names, where a form does not know better."""
        return {name: getattr(row, name) for name in cls.base_fields}


def _figures(active: "QuerySet[Any]", rows: Sequence[RowWords], currency: str) -> str:
    return " · ".join(f"{row.figure} {row.condition}" for row in rows[:IN_LINE])


@dataclass(frozen=True, slots=True)
class Preset:
    """A rule that many lists have, offered ready to fill in, and what it is for."""

    key: str
    label: str
    rule: dict[str, Any]
    help: str


@dataclass(frozen=True, slots=True)
class Kind:
    """One of the lists. `slug` is its path and the id of its section, `section` its name in the engine.

    `fields` says which field an error's path in the row belongs to; `counted` says in the summary what one row of the
    list does, and what more of them do; without it the summary shows the rows. `line` is what the closed list says of
    its rows that are switched on, of which it is given the first in words; amounts are in the terms' currency.
    """

    slug: str
    section: str
    form: type[RowForm]
    fields: Mapping[str, str]
    title: str
    switch: str
    help: str
    hint: str
    none: str
    add: Callable[..., Any]
    change: Callable[..., Any]
    changed: str
    for_view: Callable[..., Any]
    for_edit: Callable[..., Any]
    # Groups alone have names, and a file of their own.
    is_named: bool = False
    presets: Sequence[Preset] = ()
    counted: tuple[str, str] | None = None
    line: "Callable[[QuerySet[Any], Sequence[RowWords], str], str]" = _figures

    @property
    def sections(self) -> "tuple[Kind]":
        """The sections of this part of the page: the list alone."""
        return (self,)

    @property
    def model(self) -> Any:
        return LISTS[self.section]

    @property
    def noun(self) -> str:
        return RANKED[self.section].noun

    def words(self, row: Any, event_payout: EventPayout, currency: str) -> RowWords:
        """One row of the draft in words; amounts are in the terms' currency."""
        section = RANKED[self.section]
        return section.row_words(value_of(row), row.rank, event_payout.payout_level, currency, PAGE)

    def summary(self, event_payout: EventPayout) -> Summary:
        """What the summary of the draft says of it: the first rows, or what they do where they are `counted`."""
        if not event_payout.is_on(self.section):
            return Summary()
        active = self.model.objects.filter(event_payout=event_payout, is_active=True)
        count, currency = active.count(), event_payout.template_terms.currency
        if not count:
            return Summary(line=f"on, but no {self.nouns} yet")
        rows = [self.words(row, event_payout, currency) for row in active.order_by("rank")[:SUMMARIZED]]
        counted = f"{number(count)} {self.noun if count == 1 else self.nouns}"
        line = f"{counted}: {self.line(active, rows, currency)}"
        if self.counted:
            one, more = self.counted
            return Summary(sentence=one if count == 1 else more.format(count=count), line=line)
        figures = [(row.figure, f"{row.condition}, {row.note}" if row.note else row.condition) for row in rows]
        return Summary(figures, count - len(rows), line=line)

    @property
    def move_title(self) -> str:
        return f"Move {self.noun}"

    @property
    def delete_title(self) -> str:
        return f"Delete {self.noun}?"

    @property
    def nouns(self) -> str:
        return f"{self.noun}s"

    def __str__(self) -> str:
        return self.slug
