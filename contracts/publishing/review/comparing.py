"""What differs between two terms documents, in words: section by section, before and after."""

from bisect import bisect_left
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import partial
from typing import Any

from contracts.engine.document.sections.section import RankedSection
from contracts.engine.document.terms import OF_TERMS, RANKED, SINGLE, EventPayout, Terms
from contracts.engine.explain.words import RowWords
from contracts.sections.panels import PAGE
from program.models import EventType

type Pair = tuple[EventPayout | None, EventPayout | None]

# How many differences of one section are shown; the rest are counted.
MOST = 200


@dataclass(frozen=True, slots=True)
class Change:
    """What both say of one thing. `before` is empty for what was added, `after` for what was taken out. `section` is
    the engine's name of the section that says it; empty for what is of the terms' head.
    """

    what: str
    before: str
    after: str
    section: str = ""

    @property
    def differs(self) -> bool:
        return self.before != self.after


@dataclass(frozen=True, slots=True)
class Section:
    """The differences of one section: the first of them, and how many more there are. `code` is the event type's."""

    title: str
    changes: list[Change]
    more: int = 0
    code: str = ""


def changes_between(before: Terms | None, after: Terms, program_id: int, *, whole: bool = False) -> list[Section]:
    """The sections that differ; with nothing before, everything is new. Terms are spelled as drafts spell them.

    With `whole` what both say alike is among them, so that the two are side by side.
    """
    names = dict(EventType.objects.filter(program=program_id).values_list("code", "name"))
    old = before or Terms("", "")
    head = [
        Change("Name", old.name, after.name),
        Change("Currency", old.currency, after.currency),
        Change("Labels", ", ".join(old.labels), ", ".join(after.labels)),
    ]
    sections = [Section("Terms", head), Section("Every event type", _terms_changes(old, after))]
    payouts = [{each.event_type_code: each for each in terms.event_payouts} for terms in (old, after)]
    for code in dict.fromkeys([*payouts[1], *payouts[0]]):
        pair = payouts[0].get(code), payouts[1].get(code)
        found = _payout_changes(names.get(code, code), pair, (old.currency, after.currency), whole=whole)
        sections += [replace(section, code=code) for section in found]
    shown = [_shown(section, whole=whole) for section in sections]
    return [section for section in shown if section.changes]


def _terms_changes(before: Terms, after: Terms) -> list[Change]:
    changes = []
    for attribute, section in OF_TERMS.items():
        old, new = (section.compared(getattr(terms, attribute), terms.currency, PAGE) for terms in (before, after))
        every = dict.fromkeys([*old, *new])
        changes += [Change(what, old.get(what, ""), new.get(what, ""), attribute) for what in every]
    return changes


def _payout_changes(name: str, pair: Pair, currencies: tuple[str, str], *, whole: bool) -> list[Section]:
    single = []
    for attribute, one in SINGLE.items():
        old, new = (
            one.words(getattr(payout, attribute), currency, PAGE) if payout else ""
            for payout, currency in zip(pair, currencies, strict=True)
        )
        single.append(Change(one.name, old, new, attribute))
    sections = [Section(f"{name}: payout, dates and credit", single)]
    for attribute, ranked in RANKED.items():
        title = f"{name}: {ranked.name.lower()}"
        sections.append(_row_changes(title, ranked, attribute, pair, currencies, whole=whole))
    return sections


def _row_changes(
    title: str, ranked: RankedSection[Any], attribute: str, pair: Pair, currencies: tuple[str, str], *, whole: bool
) -> Section:
    """Rows are matched by name, or else by condition; moves are listed apart from changes. Words are made only of rows
    that are shown.
    """
    sides = [
        _Side(ranked, list(ranked.numbered(getattr(payout, attribute))) if payout else [], payout, currency)
        for payout, currency in zip(pair, currencies, strict=True)
    ]
    old, new = sides
    if not whole and old.spells_like(new):
        _leave_ends(old, new)
    before, after = old.by_key(), new.by_key()
    moved = _moved([key for key in before if key in after], [key for key in after if key in before])
    found = _Found(title, attribute, whole=whole)
    for key, place in after.items():
        if key not in before:
            found.add(partial(new.added, place))
            continue
        there = before[key]
        if whole or not (old.spells_like(new) and _are_alike(old.rows[there][1], new.rows[place][1])):
            found.add(partial(new.changed, place, old, there))
        if key in moved:
            found.add(partial(new.moved, place, old, there))
    for key, there in before.items():
        if key not in after:
            found.add(partial(old.removed, there))
    return found.section()


class _Side:
    """The rows of one of the two that are compared; `first` is the place of the first of them in their list."""

    def __init__(
        self, ranked: RankedSection[Any], rows: list[tuple[int, Any]], payout: EventPayout | None, currency: str
    ) -> None:
        self.ranked, self.rows, self.currency = ranked, rows, currency
        self.level = payout.payout_level if payout else ""
        self.first = 1

    def spells_like(self, other: "_Side") -> bool:
        """Whether equal rows say the same."""
        return (self.level, self.currency) == (other.level, other.currency)

    def by_key(self) -> dict[tuple[str, int], int]:
        """The place of each row among `rows`, by what it is matched by."""
        known: dict[tuple[str, int], int] = {}
        seen: Counter[str] = Counter()
        for place, (_, row) in enumerate(self.rows):
            key = getattr(row, "name", "") or self.read(place).condition
            seen[key] += 1
            known[key, seen[key]] = place
        return known

    def read(self, place: int) -> RowWords:
        rank, row = self.rows[place]
        return self.ranked.row_words(row, rank, self.level, self.currency, PAGE)

    def added(self, place: int) -> Change:
        return Change(self._name(place), "", f"{self._said(place)}, {self._at(place)}")

    def changed(self, place: int, old: "_Side", there: int) -> Change:
        return Change(self._name(place), old._said(there), self._said(place))

    def moved(self, place: int, old: "_Side", there: int) -> Change:
        return Change(self._name(place), old._at(there), self._at(place))

    def removed(self, place: int) -> Change:
        return Change(self._name(place), self._said(place), "")

    def _name(self, place: int) -> str:
        return self.read(place).name

    def _said(self, place: int) -> str:
        read = self.read(place)
        return f"{read.condition}: {read.effect}"

    def _at(self, place: int) -> str:
        return f"at rank {self.first + place}"


class _Found:
    """The changes of a list: the first of them in words, and how many more there are."""

    def __init__(self, title: str, section: str, *, whole: bool) -> None:
        self.title, self.of, self.whole, self.more = title, section, whole, 0
        self.changes: list[Change] = []

    def add(self, said: Callable[[], Change]) -> None:
        if len(self.changes) >= MOST:
            self.more += 1
        elif (change := said()).differs or self.whole:
            self.changes.append(replace(change, section=self.of))

    def section(self) -> Section:
        return Section(self.title, self.changes, self.more)


def _leave_ends(old: _Side, new: _Side) -> None:
    """Leave out the rows that both begin with and that both end with: a draft of ten thousand differs in a few."""
    most = min(len(old.rows), len(new.rows))
    begin = end = 0
    while begin < most and _are_alike(old.rows[begin][1], new.rows[begin][1]):
        begin += 1
    while end < most - begin and _are_alike(old.rows[-1 - end][1], new.rows[-1 - end][1]):
        end += 1
    for side in (old, new):
        side.rows, side.first = side.rows[begin : len(side.rows) - end], begin + 1


def _are_alike(old: Any, new: Any) -> bool:
    """Whether two rows are the same but for their rank."""
    return bool(old == new or (hasattr(old, "rank") and replace(old, rank=new.rank) == new))


def _moved(old: list[Any], new: list[Any]) -> set[Any]:
    """The fewest rows whose move explains the new order: all but a longest run that keeps its order."""
    place = {key: number for number, key in enumerate(old)}
    ends: list[int] = []
    at: list[Any] = []
    before: dict[Any, Any] = {}
    for key in new:
        length = bisect_left(ends, place[key])
        before[key] = at[length - 1] if length else None
        ends[length : length + 1] = [place[key]]
        at[length : length + 1] = [key]
    kept = set()
    key = at[-1] if at else None
    while key is not None:
        kept.add(key)
        key = before[key]
    return set(new) - kept


def _shown(section: Section, *, whole: bool) -> Section:
    """The section with what differs, or with all that either says; the first of it."""
    found = [each for each in section.changes if each.differs or (whole and each.before)]
    return replace(section, changes=found[:MOST], more=section.more + max(0, len(found) - MOST))
